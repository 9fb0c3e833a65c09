/*
 * --verify FILE: what the unit at hand says, thing by thing and value by value, and what P8 has in
 * its place.  Sums have told which kinds are worth this look (look[]); of a user of several units
 * all are.  A line on standard output for each difference, of which DIFFERS_SHOWN are printed.
 * A struct differs owns its statements and memory; differs_close frees them.
 */
#ifndef LOAD_DIFFERS_H
#define LOAD_DIFFERS_H

#include "base/lookup.h"
#include "base/kindnames.h"
#include "kinds/user.h"
#include "store/attrread.h"
#include "store/unit.h"
#include "target/sql.h"

#define DIFFERS_SHOWN 100
#define DIFFERS_LIST 64			/* things asked for in one query */
/* SQL: its parameters. */
#define DIFFERS_IN "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?," \
	"?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"

enum differs_query {
	DQ_ENTITIES, DQ_BOOK, DQ_CARDS, DQ_CALENDAR, DQ_OBJECTS, DQ_SHARE,
	DQ_VALUES, DQ_QUERIES = DQ_VALUES + AT_COUNT
};

struct differs {
	struct target *t;
	struct unit *unit;
	struct user *user;		/* not open: the unit is of nobody */
	struct kind_names *kinds;
	const char *snapshot, *source;	/* of the stream */
	struct attrread *attrs;
	bool look[STREAM_KINDS];
	uint64_t found;			/* differences */

	/* Of the kinds. */
	struct dbq q[DQ_QUERIES];
	struct lookup uuids, ids, values, cards;
	enum attr_type type;		/* the attribute table at hand, */
	bool *seen;			/* and which of the unit's rows P8 has */
	size_t seen_size;
	int64_t *card;			/* ids of the user's cards, by address book and URI */
	size_t cards_size;
	bool cards_known;
	int64_t *objects;		/* of each calendar of the user, in the stream */
	size_t objects_size;
};

void differs_close(struct differs *d);
/* Another user begins. */
void differs_user(struct differs *d);
/* A difference of thing KEY of kind KIND: printed and counted. */
void differs_print(struct differs *d, const char *kind, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Is the kind NAME worth a look? */
bool differs_look(const struct differs *d, const char *name);
/* TEXT with the N values V, run; NULL: error. */
struct dbq *differs_run(struct differs *d, enum differs_query q, const char *text,
    const struct dbval *v, unsigned n, struct err *e);
/* The same: the first row is in the query; NULL: there is none, or *RC is -1. */
struct dbq *differs_row(struct differs *d, enum differs_query q, const char *text,
    const struct dbval *v, unsigned n, int *rc, struct err *e);

/* The values of a list, behind those that do not change. */
struct differs_list {
	enum differs_query q;
	const char *text;		/* ends in DIFFERS_IN ")", or goes on behind it */
	struct dbval v[1 + DIFFERS_LIST];
	unsigned fixed, n;		/* FIXED: 0 or 1 */
	void (*row)(struct differs *d, const struct dbq *q);
};

/* One more value.  When the list is full, or at the end, ROW gets the rows that P8 has of them. */
int differs_list(struct differs *d, struct differs_list *l, struct dbval v, struct err *e);
int differs_list_end(struct differs *d, struct differs_list *l, struct err *e);

/* After the user's last unit: calendars that have more objects in P8 than in the stream. */
int objects_differ_more(struct differs *d, struct err *e);

#endif

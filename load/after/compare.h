/*
 * --verify FILE: what a P8 stream says and what P8 holds, attribute by attribute, book by book,
 * card by card, calendar by calendar, event by event, file by file.  Entities are found by their
 * UUIDs among those of the user.  A line on standard output for each difference (the first
 * COMPARE_SHOWN of them).
 */
#ifndef LOAD_COMPARE_H
#define LOAD_COMPARE_H

#include "davname.h"
#include "store/attrread.h"
#include "run/load.h"
#include "after/verify.h"

#define COMPARE_SHOWN 100
#define COMPARE_IDS 64			/* ids asked for in one query */

/* Places in a table, found by a hash of what they are looked up by. */
struct lookup {
	struct {
		uint64_t hash;
		size_t at;		/* index + 1, 0: empty */
	} *slot;
	size_t size;			/* power of two */
};

int lookup_reset(struct lookup *t, size_t n, struct err *e);
void lookup_put(struct lookup *t, uint64_t hash, size_t at);
/* The first place under HASH, or with *CURSOR (0 at first) the next one; SIZE_MAX: no more. */
size_t lookup_get(const struct lookup *t, uint64_t hash, size_t *cursor);
void lookup_free(struct lookup *t);

#define COMPARE_OBJECTS 32		/* calendar objects asked for in one query */

struct compare_object {
	size_t uri;			/* in uris */
	uint64_t hash;			/* rowhash_object */
	bool seen;
};

/* The calendar at hand, and some of its objects. */
struct compare_calendars {
	struct dbq calendar, objects, share;
	struct buf name, uris;
	char uuid[UUID_LEN + 1], uri[DAV_URI_MAX + 1];
	char components[32];
	int64_t p7;			/* its number there */
	int64_t id;			/* in P8, 0: it is not there */
	int64_t in_p8, in_stream;	/* objects */
	struct compare_object o[COMPARE_OBJECTS];
	unsigned n;
};

struct compare {
	struct load *l;
	const struct verify_opts *o;
	struct dbq ents, attrs[AT_COUNT], books, cards, card_list;
	struct attrread ranges;
	struct lookup uuids, ids, values, card_ids;
	int64_t *card_id;		/* ids of the user's cards, found through card_ids */
	size_t ncards, cards_size;
	bool *seen;			/* rows of the attribute table at hand */
	size_t seen_size;
	int base;			/* the user's files, -1 */
	bool named;			/* the user's USER record was read */
	uint64_t skipped[2];		/* users whose contacts, whose calendars were left out */
	bool skips[2];			/* this is one of them */
	struct compare_calendars cal;
	uint64_t users, values_n, calendars, objects, shares, differences;
	uint64_t by_time;		/* with deep: files of which the stream has no checksum */
};

/* A difference of thing KEY of kind KIND: printed and counted. */
void compare_say(struct compare *c, const char *kind, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Entities and attributes of the load's unit. */
int compare_entities(struct compare *c, struct err *e);
/* Cards of the unit, and the list of the user's cards before the first one. */
int compare_cards(struct compare *c, struct err *e);
int compare_card_list(struct compare *c, struct err *e);
/* The user's address books, all of which the stream has named. */
int compare_books_open(struct compare *c, struct err *e);
int compare_books(struct compare *c, struct err *e);

/*
 * Calendars, shares and objects, as they come: objects by sums of their bytes, which the server
 * computes of its own.  At the end of the block the last calendar is done.
 */
int compare_calendars_open(struct compare *c, struct err *e);
int compare_calendars(struct compare *c, struct err *e);
int compare_calendars_end(struct compare *c, struct err *e);
void compare_calendars_close(struct compare *c);

int verify_stream(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e);

#endif

/*
 * What P8 holds of a user, read back and counted and hashed by kind as the loader did (rowhash.h),
 * beside what the ledger says.  Rows are found by the ledger's ids, in windows of constant size, or
 * by the user's calendars; each kind reads its own (kind.h).
 * A struct readback owns its statements and memory; readback_close frees them.
 */
#ifndef LOAD_READBACK_H
#define LOAD_READBACK_H

#include "store/attrread.h"
#include "buf.h"
#include "base/intern.h"
#include "base/rowhash.h"
#include "target/target.h"
#include "store/unit.h"

#define READBACK_WINDOW 4096		/* ids looked at in one go */
#define READBACK_LINES 100		/* files that are named */
#define READBACK_LINES_MAX ((size_t)4 << 20)	/* bytes of that */
#define READBACK_FILLED 16		/* of a user; further ones count as loaded */

/* Each is prepared when it is first used: only users with calendars need the tables of them. */
enum readback_query {
	RB_OWN, RB_KINDS, RB_ENTITIES, RB_BOOKS, RB_CARDS, RB_FILES, RB_LINKS, RB_LINK,
	RB_CALENDARS, RB_OBJECTS, RB_REMINDERS, RB_SHARES, RB_NEW_SHARES, RB_QUERIES
};

/*
 * Values in GOT that may have been empty when they were loaded (rowhash_filled).  The ledger's sum
 * tells which: there has to be a set of them without which GOT is WANT.
 */
struct readback_kind {
	char name[STREAM_KIND_LEN];
	struct kind_sum want, got;
	uint64_t filled[READBACK_FILLED];	/* their hashes */
	unsigned nfilled;
};

struct readback_user {
	int64_t row;			/* in p7m_users */
	const char *email, *public_id, *uuid;
};

struct readback_run {
	char what;			/* letter of p7m_own (ledger.h) */
	int64_t first, last, step;
	unsigned kind;
};

/* An entity of the window. */
struct readback_ent {
	bool ours;
	unsigned kind;
	char uuid[UUID_LEN + 1];
	const char *type;		/* interned */
};

struct readback {
	struct target *t;
	bool deep;			/* read the content of files */
	bool without_singles;		/* files, address books and links are not read */
	struct dbq q[RB_QUERIES];
	struct attrread attrs;
	const struct readback_user *user;	/* at hand */
	struct readback_kind k[STREAM_KINDS];
	unsigned n;
	uint64_t differing;		/* files of the user that are not as they were loaded */
	struct buf lines;		/* what is the matter with the first of them */
	uint64_t overdue;		/* shares that wait, though their sharee is in P8 */
	uint64_t shared;		/* shares of the user's calendars that P8's people made */
	uint64_t by_time;		/* with deep, of all users: files without a checksum */
	struct readback_run *runs;
	size_t nruns, runs_size;
	struct readback_ent *window;
	struct intern *names;
};

int readback_open(struct readback *r, struct target *t, struct err *e);
void readback_close(struct readback *r);
/* A user begins: what the ledger has of each kind; the kinds read the rest (kinds.h). */
int readback_begin(struct readback *r, const struct readback_user *u, struct err *e);
/*
 * The next line of r->lines behind *AT (NULL at first), without its newline: its length is *N;
 * NULL: no more.
 */
const char *readback_line(const struct readback *r, const char **at, size_t *n);
/* Is kind K as it is wanted, but for what P8 fills?  More is allowed than by the next. */
bool readback_same(const struct readback_kind *k);
/* Is there a difference in kind K that P8 does not make by being used? */
bool readback_differs(const struct readback_kind *k);
/* The kind NAME of this user; NULL: the ledger has none. */
struct readback_kind *readback_find(struct readback *r, const char *name);
/* The same, made when it is new; NULL: too many, and E says so. */
struct readback_kind *readback_kind(struct readback *r, const char *name, struct err *e);

/* For the kinds.  A row of P8 or of the ledger, which belongs to kind K. */
typedef void readback_row(struct readback *r, struct readback_kind *k, const struct dbq *q);
/* TEXT with the N values V, run; NULL: error. */
struct dbq *readback_run(struct readback *r, enum readback_query q, const char *text,
    const struct dbval *v, unsigned n, struct err *e);
/* ROW for each row of it. */
int readback_rows(struct readback *r, enum readback_query q, const char *text,
    const struct dbval *v, unsigned n, struct readback_kind *k, readback_row *row, struct err *e);
/*
 * ROW for each row of P8 that is the user's by its id, the first column of TEXT, which has two
 * parameters, the first and the last id of a window; WHAT is the letter of p7m_own.
 */
int readback_ids(struct readback *r, char what, enum readback_query q, const char *text,
    readback_row *row, struct err *e);
/* One more thing of the kind, with so many values that are counted. */
void readback_add(struct readback_kind *k, uint64_t rows, uint64_t hash);
/* Column I of the row. */
struct rowhash_text readback_text(const struct dbq *q, unsigned i);

/*
 * The next window of ids W[0] .. W[1] of runs WHAT, from *RUN and *AT (0 at first) on; false: no
 * more.  Then the kind of a row in it; -1: it is not the user's.
 */
bool readback_window(struct readback *r, char what, size_t *run, int64_t *at, int64_t w[2]);
int readback_kind_of(const struct readback *r, char what, size_t run, int64_t id);

#endif

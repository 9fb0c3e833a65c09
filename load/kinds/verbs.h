/*
 * What each kind of thing can do once it is loaded (kind.h has the table): read itself back, name
 * what P8's people added, leave P8 again, and name what differs from a stream.
 */
#ifndef LOAD_VERBS_H
#define LOAD_VERBS_H

#include "buf.h"
#include "kinds/differs.h"
#include "kinds/readback.h"
#include "kinds/kind.h"
#include "target/sql.h"

/* A user, or a principal that is none (entity 0), on the way out of P8. */
struct leaving {
	struct sql *sql;
	int64_t row, entity;		/* in p7m_users, in P8 */
	const char *public_id;		/* "": not known */
	char principal[USER_PRINCIPAL_LEN];
	int64_t calendars_kept;		/* found on the way: somebody else's in P8 now */
};

/* A run of ids of p7m_own, and what P8 knows the user by; not NAMED: nothing, the load failed. */
struct own_run {
	char what[2];
	int64_t first, last, step;
	char name[USER_EMAIL_MAX];
	bool named;
};

int entities_read(struct readback *r, struct err *e);
int entities_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
int entities_remove(struct leaving *u, struct err *e);
int entities_remove_run(struct sql *s, const struct own_run *run, struct err *e);
int entities_differ(struct differs *d, struct err *e);
/* How many contacts P8 has collected since the user was loaded: no change, but they leave, too. */
int entities_collected(struct readback *r, int64_t entity, int64_t *n, struct err *e);

int books_read(struct readback *r, struct err *e);
int books_remove(struct leaving *u, struct err *e);
int books_remove_run(struct sql *s, const struct own_run *run, struct err *e);
int books_differ(struct differs *d, struct err *e);

int cards_read(struct readback *r, struct err *e);
int cards_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
int cards_remove(struct leaving *u, struct err *e);
int cards_remove_run(struct sql *s, const struct own_run *run, struct err *e);
int cards_differ(struct differs *d, struct err *e);

/*
 * The files of r->user (row 0: those of the installation), with r->deep by content too, where the
 * ledger has a checksum: the others are counted in r->by_time.  Those that are as they were loaded
 * are counted and hashed as found; each other one is in r->differing, and its line in r->lines,
 * "path: what" and a newline, for the first READBACK_LINES of them.  Without a data directory they
 * count as there.
 */
int files_read(struct readback *r, struct err *e);
int files_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
/*
 * Remove the files that the ledger has of the user (0: corporate ones), then its rows, outside of a
 * transaction.  Files that P8 changed stay and are counted in *KEPT; directories go when they are
 * empty; nothing that was not loaded is touched.
 */
int files_remove(struct target *t, int64_t user, const char *uuid, uint64_t *kept, struct err *e);

/* P8's file is in the place of the one that was loaded, and stays: the ledger forgets that one. */
int files_disown(struct target *t, int64_t user, const char *path, struct err *e);

int links_read(struct readback *r, struct err *e);
int links_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
int links_remove(struct leaving *u, struct err *e);

int calendars_read(struct readback *r, struct err *e);
int calendars_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
int calendars_remove(struct leaving *u, struct err *e);
int calendars_remove_run(struct sql *s, const struct own_run *run, struct err *e);
int calendars_differ(struct differs *d, struct err *e);

int objects_read(struct readback *r, struct err *e);
int objects_differ(struct differs *d, struct err *e);

int shares_read(struct readback *r, struct err *e);
int shares_added(struct readback *r, int64_t entity, struct buf *out, struct err *e);
int shares_remove(struct leaving *u, struct err *e);
int shares_differ(struct differs *d, struct err *e);

int reminders_read(struct readback *r, struct err *e);
int reminders_remove_run(struct sql *s, const struct own_run *run, struct err *e);
/* Those of calendars that are gone, after these. */
int reminders_remove_rest(struct leaving *u, struct err *e);

/* Everything of the user but the files, and what the ledger knows of it, in one transaction. */
int verbs_remove(struct leaving *u, struct err *e);
/*
 * What is known to be the user's leaves P8 (entities, cards, address books, calendars with all that
 * is in them, reminders, links), a piece a transaction, and then the knowledge; it may be stopped
 * and repeated at any point.  An id of p7m_own is no proof: a server that was restarted can give it
 * out again (MySQL before 8.0).  Calendars and reminders that are somebody else's by now stay.
 */
int ledger_remove_own(struct sql *s, int64_t user, struct err *e);
/* The same, but the files, inside the caller's transaction. */
int ledger_remove_rows(struct sql *s, int64_t user, struct err *e);

/* STATEMENT for a run of ids, with its first and last id and the step. */
int remove_ids(struct sql *s, enum sql_id statement, const struct own_run *run, struct err *e);
/* The same for rows of which those that are known to be another user's stay. */
int remove_named(struct sql *s, enum sql_id statement, const struct own_run *run, struct err *e);
/*
 * The STATEMENTS (of one parameter, NULL-terminated) for each id that FIND finds for A, B and
 * behind the one of its third parameter: it sorts by them and finds at most 200 in one go.
 */
int remove_each(struct target *t, const char *find, struct dbval a, struct dbval b,
    const char *const *statements, struct err *e);

#endif

/*
 * The current unit written to P8 in one transaction, together with its ledger rows.
 * A unit is written again after a deadlock, a lock timeout or a lost connection; when the server
 * refuses a value, a bisection finds it, it is emptied and reported, and the rest is written.
 */
#ifndef LOAD_WRITE_H
#define LOAD_WRITE_H

#include <stdbool.h>

#include "err.h"

struct load;

enum write_what {
	WRITE_MORE,	/* a user's unit that is not his last */
	WRITE_LAST,	/* his last: ledger and team CTag, too */
	WRITE_FILES,	/* files of a user who was loaded without them before, the last */
	WRITE_MORE_FILES,
	WRITE_MORE_CONTACTS,	/* contacts of a user who is there, not the last: no commit */
	WRITE_CONTACTS,		/* the last, and the ledger: committed with those before */
	WRITE_MORE_CALENDARS,	/* the same of his calendars */
	WRITE_CALENDARS,
	WRITE_GLOBAL,	/* one entity that belongs to no user */
	WRITE_NOTES	/* notes that belong to no user */
};

enum write_result {
	WRITE_FAILED = -1,	/* the run cannot go on */
	WRITE_OK,
	WRITE_DUPLICATE,	/* the ledger has his PublicId, or another loader took him up */
	WRITE_REFUSED		/* the server refuses something that is no single value */
};

/* On WRITE_OK the unit is committed, its notes published, and the unit emptied. */
enum write_result unit_write(struct load *l, enum write_what what, struct err *e);
/*
 * All rows of the unit but those of the ledger about users, inside a transaction of the caller;
 * CAREFUL looks for what the server refuses, HIDDEN keeps calendars from being seen.  Then its
 * notes.
 */
int write_rows(struct load *l, bool careful, bool hidden, struct err *e);
int write_notes(struct load *l, struct err *e);
/*
 * Files of a user who is in P8 lie beside their place, in a transaction of the caller: his state
 * says so, and P8's count of the bytes that he uses grows, whether P8 has begun it or not.
 */
int write_late_files(struct load *l, struct err *e);

#endif

/*
 * The current unit written to P8 in one transaction, together with its ledger rows.
 * A unit is written again after a deadlock, a lock timeout or a lost connection; when the server
 * refuses a value, a bisection finds it, it is emptied and reported, and the rest is written.
 */
#ifndef LOAD_WRITE_H
#define LOAD_WRITE_H

#include <stdbool.h>

#include "err.h"

struct context;
struct load;

enum write_what {
	WRITE_USER,		/* the user; the last unit brings ledger and team CTag, too */
	WRITE_CONTACTS,		/* of a user who is there: all units are one transaction */
	WRITE_CALENDARS,	/* the same of the calendars */
	WRITE_FILES,		/* files of a user who was loaded without them before */
	WRITE_GLOBAL,		/* one entity that belongs to no user */
	WRITE_NOTES		/* notes alone */
};

enum write_result {
	WRITE_FAILED = -1,	/* the run cannot go on */
	WRITE_OK,
	WRITE_DUPLICATE,	/* the ledger has the PublicId, or another loader has the user */
	WRITE_REFUSED		/* the server refuses something that is no single value */
};

/*
 * MORE: further units of the same follow.  On WRITE_OK the unit is committed (contacts and
 * calendars with the last one), its notes are published, and it is empty.
 */
enum write_result unit_write(struct load *l, enum write_what what, bool more, struct err *e);
/* The unit's notes into the ledger, in a transaction of the caller. */
int write_notes(const struct context *x, struct err *e);
/*
 * Files of a user who is in P8 lie beside their place, in a transaction of the caller: his state
 * says so, and P8's count of the bytes that he uses grows, whether P8 has begun it or not.
 */
int write_late_files(struct load *l, struct err *e);

#endif

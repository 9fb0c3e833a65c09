/*
 * The kinds of records and what becomes of each: one file with all that it does, which ends in its
 * struct kind_ops, and one entry of the list in kinds.c; kinds that are entities and nothing else
 * share entity.c.  What loads a stream, and what looks at P8
 * afterwards, knows the verbs only.
 *
 *   take    the record at hand becomes rows of the unit
 *   write   the unit's rows of the kind go to P8, inside the caller's transaction
 *   sum     counts and hashes of what was written, for the ledger
 *   source  a hash of what the record says, whatever becomes of it in P8: by that a later run knows
 *           whether P7 has changed it
 *   read    what P8 has of the user, counted and hashed
 *   added   a line for each thing that P8's people added
 *   remove  what P8 and its people made of it for the user goes, before what was loaded does
 *   remove_run  rows that were loaded go, by a run of ids; what is known to be another user's stays
 *   differs names what of the unit P8 does not have, or has otherwise
 */
#ifndef LOAD_KIND_H
#define LOAD_KIND_H

#include "kinds/context.h"

/*
 * The parts of a user: base (settings, accounts, identities, links ...), contacts (with collected
 * addresses and groups), files, calendars (with objects, shares and reminders).
 */
enum part { PART_BASE, PART_CONTACTS, PART_FILES, PART_CALENDARS, PARTS };

struct differs;
struct leaving;
struct own_run;
struct readback;

struct write_how {
	bool careful;	/* look for the value that the server refuses (target/rows.h) */
	bool hidden;	/* more of the user follows: P8 is not to see calendars and reminders yet */
};

struct kind_ops {
	const char *kind;	/* of the record; "": any other entity */
	const char *word;	/* what people call it when it has changed; NULL: the kind */
	enum part part;
	unsigned some;		/* SOME_... bit (ledger.h) when none of the kind came */
	char letter;		/* of its rows in p7m_own; 0: it is not found by ids */
	bool of_principals;	/* a principal that is not a user can have some */
	int (*take)(struct context *x, struct err *e);
	int (*write)(struct context *x, const struct write_how *how, struct err *e);
	void (*sum)(const struct context *x, struct sums *sums);
	uint64_t (*source)(const struct input *in);
	int (*read)(struct readback *r, struct err *e);
	int (*added)(struct readback *r, int64_t entity, struct buf *out, struct err *e);
	int (*remove)(struct leaving *u, struct err *e);
	int (*remove_run)(struct sql *s, const struct own_run *run, struct err *e);
	int (*differs)(struct differs *d, struct err *e);
};

#endif

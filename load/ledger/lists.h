/* --list: who is migrated and who is not, from the ledger. */
#ifndef LOAD_LISTS_H
#define LOAD_LISTS_H

#include "target/target.h"

/* The remedy for a user whose undo was interrupted. */
#define LIST_UNDO_FIRST "end it with p8-load --p8 DIR --undo EMAIL, or p7-migrate with --redo" \
	" EMAIL, which brings them anew"

/*
 * WHAT "migrated": an e-mail a line; "not-migrated": e-mail, reason, remedy, with tabs between;
 * "loaded": source, number in P7, e-mail, "files" or "-", "calendars" or "-", "contacts",
 * "some" or "-"; "left-out": e-mail, and which parts of the user did not come yet;
 * "known": source, number, e-mail
 * of everybody whom an undo can take back, principals with "-" for the number; "amounts": e-mail
 * ("" for what is nobody's), kind, number, also of "files", their "bytes", and shares "waiting";
 * "corporate": the ids of P7 of which a run has read all corporate files; "target": database,
 * "dav" or "-", "ledger" or "-", the P7 that the ledger knows (as in the target's description),
 * prefix;
 * "rejects": the REJECT and WARN records as they are.  PATH NULL: standard output.
 */
int list_write(struct target *t, const char *what, const char *path, struct err *e);
/* What P8 keeps when the ledger is forgotten: users brought wholly or in part. */
int list_staying(struct target *t, int64_t *users, int64_t *parts, struct err *e);
/*
 * Call TAKE for each row of the list WHAT of the ledger (none when there is no ledger), until it
 * fails.  Its columns, NULL behind the last one, are as lists show them ("rejects": as they are),
 * and valid until TAKE returns.
 */
int list_each(struct target *t, const char *what,
    int (*take)(void *arg, char *const *column, struct err *e), void *arg, struct err *e);
/* Is WHAT one of these? */
bool list_known(const char *what);

#endif

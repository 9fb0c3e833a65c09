/* --list: who is migrated and who is not, from the ledger. */
#ifndef LOAD_LISTS_H
#define LOAD_LISTS_H

#include "target/target.h"

/*
 * WHAT "migrated": an e-mail a line; "not-migrated": e-mail, reason, remedy, with tabs between;
 * "loaded": source, number in P7, e-mail, "files" or "-", "calendars" or "-", "contacts",
 * "some" or "-"; "left-out": e-mail, and which parts of the user did not come yet;
 * "staying", for scripts/migrate: the two numbers of list_staying;
 * "rejects": the REJECT and WARN records as they are.  PATH NULL: standard output.
 */
int list_write(struct target *t, const char *what, const char *path, struct err *e);
/* What P8 keeps when the ledger is forgotten: users brought wholly or in part. */
int list_staying(struct target *t, int64_t *users, int64_t *parts, struct err *e);
/* Is WHAT one of these? */
bool list_known(const char *what);

#endif

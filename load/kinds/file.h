/* Files that were loaded leave P8's data directory. */
#ifndef LOAD_FILE_H
#define LOAD_FILE_H

#include "target/target.h"

/*
 * Remove the files that the ledger has for USER (0: corporate ones) and that are as they were
 * loaded (readfiles.h), and the directories that are empty then.  *KEPT counts the others that are
 * there.
 */
int undofiles(struct target *t, int64_t user, const char *uuid, uint64_t *kept, struct err *e);

#endif

/*
 * Files of the stream into P8's data directory: a user's by way of disk/stage.h, those of the whole
 * installation by way of corporate.h.
 * Owner, group and mode are those that P8 would give there (tree_like), not P7's.
 * A full disk ends the run with EXIT_TEMPORARY: it can be resumed.  So does a file of P7 that
 * cannot be read, with the status that says why: only what is not there any more, or is not a file
 * any more, is a REJECT.
 */
#ifndef LOAD_FILE_H
#define LOAD_FILE_H

#include "kinds/kind.h"

/* The file at hand is left out, and reported with its record. */
int file_reject(struct context *x, const char *code, const char *reason, const char *remedy,
    struct err *e);
/* The same; the remedy is BEFORE ("rename it and ", or ""), and how the file comes again. */
int file_reject_again(struct context *x, const char *code, const char *reason, const char *before,
    struct err *e);
/* Another record follows: the file at hand is complete, or is rejected. */
int files_close_one(struct context *x, struct err *e);
/* All files of the user are there: directory times are set, everything is synced. */
int files_sync(struct context *x, struct err *e);
/* Move the user's files to their place, or find that this was done. */
int files_place(struct context *x, struct err *e);
/* Forget and remove what was staged. */
void files_discard(struct context *x);
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

#endif

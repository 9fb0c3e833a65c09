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

int file_take(struct context *x, struct err *e);
int file_chunk_take(struct context *x, struct err *e);
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
int files_write(struct context *x, const struct write_how *how, struct err *e);
void files_sum(const struct context *x, struct sums *sums);
/* A directory's time is that of the last file in it, and says nothing. */
uint64_t file_source(const struct input *in);

#endif

/*
 * A P8 stream read beside what was loaded of it, for --verify FILE and --changed: nothing is
 * written, and records of users who are not in P8 are passed over.
 */
#ifndef LOAD_BLOCKS_H
#define LOAD_BLOCKS_H

#include "run/load.h"

struct blocks {
	/*
	 * The block of l->user begins.  Mode UM_THERE: what was loaded is to be looked at, else it
	 * was not loaded; neither was a principal when the user is not open.
	 */
	int (*begin)(void *arg, struct err *e);
	/* A record of a user or principal that was loaded. */
	int (*record)(void *arg, struct err *e);
	int (*end)(void *arg, struct err *e);
	/* A record of nobody; or NULL. */
	int (*global)(void *arg, struct err *e);
};

/* Open the stream O->input beside the ledger, which has to be there; then RUN. */
int blocks_run(struct target *t, const struct load_opts *o,
    int (*run)(void *arg, struct load *l, struct err *e), void *arg, struct err *e);
/* The stream up to its end. */
int blocks_read(struct load *l, const struct blocks *b, void *arg, struct err *e);

#endif

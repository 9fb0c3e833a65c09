/*
 * --verify: P8 read back and compared with the ledger, user by user and kind by kind.
 * A line on standard output for each difference, then the counts of all kinds.
 */
#ifndef LOAD_VERIFY_H
#define LOAD_VERIFY_H

#include "base/progress.h"
#include "target/target.h"

struct verify_opts {
	const char *input;	/* a P8 stream to compare with, NULL: the ledger */
	bool edited;		/* it was altered on purpose */
	bool deep;		/* the content of files, too */
	bool quiet;
	struct progress *progress;	/* or NULL */
};

/* *STATUS: EXIT_BALANCED, or EXIT_REJECTS when there are differences. */
int verify_ledger(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e);
/* --verify FILE: likewise, of the differences between P8 and the P8 stream o->input. */
int verify_stream(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e);

#endif

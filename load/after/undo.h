/*
 * --undo: what was loaded leaves P8 again, by the ledger, and nothing else does.
 * A user's rows go in one transaction, then the files, then the rows of the ledger; stopped
 * anywhere, the same command goes on.  When something of a user has changed in P8 since
 * (changes.h), what has is named; unless forced, nobody is undone then: all are looked
 * at before the first one.  Before everybody is undone, the operator confirms it (confirm.h).
 */
#ifndef LOAD_UNDO_H
#define LOAD_UNDO_H

#include "base/progress.h"
#include "target/target.h"

struct undo_opts {
	const char *const *users;	/* e-mails */
	size_t n;
	const char *source;	/* only users of this P7, or NULL */
	bool all;		/* everybody, then servers and corporate files, too */
	bool force, quiet;
	bool yes;		/* nobody is asked before everybody is undone */
	bool dry_run;		/* say what would be done */
	struct progress *progress;	/* or NULL */
};

/* *STATUS: EXIT_REJECTS when a user was refused or is not of the ledger. */
int undo_run(struct target *t, const struct undo_opts *o, enum exitcode *status, struct err *e);

#endif

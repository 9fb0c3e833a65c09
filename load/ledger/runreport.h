/*
 * --report: what a run ends with.  Who is in P8 and who is not, why, and what to do, from the
 * ledger, the rejects, and what --select said; lists for people, one object for programs, and the
 * verdict.  Users are known by source and number: several may have one name.
 */
#ifndef LOAD_RUNREPORT_H
#define LOAD_RUNREPORT_H

#include "target/target.h"

/* --found: what the caller knows of the run. */
enum {
	FOUND_VERIFIED = 1,		/* P8 was read back and is as it was loaded */
	FOUND_DIFFERS = 2,		/* it is not */
	FOUND_CHANGED = 4,		/* P7 has changed since */
	FOUND_REJECTED = 8,		/* a stage ended with rejects */
	FOUND_INTERRUPTED = 16		/* only the lists are made */
};

struct report_opts {
	const char *selected;		/* what --select wrote */
	const char *rejects;		/* the rejects and warnings that stand, each once */
	const char *dir;		/* where the lists go */
	const char *p7, *p8;		/* where both are, as the caller has it */
	const char *rerun;		/* "run the same command again", or another advice */
	const char *without;		/* ",KIND,": what this run left out on purpose */
	unsigned found;
	bool quiet;			/* the verdict only */
};

/*
 * Without SELECTED only what REJECTS say is not carried is told.  Otherwise, into DIR:
 * migrated-users, not-migrated-users, left-out-users and migration (p7-migrate(1), FILES);
 * what it amounts to on standard output.  *STATUS: EXIT_REJECTS when not all is in P8.
 */
int report_write(struct target *t, const struct report_opts *o, enum exitcode *status,
    struct err *e);
/*
 * The notes of the ledger that stand after a run, to standard output: those of users whom SELECTED
 * has, but for the rejected users among them that the run was about, who have a new reason.
 */
int report_standing(struct target *t, const char *selected, struct err *e);

#endif

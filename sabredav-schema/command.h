/*
 * The commands.  Each prints its result on standard output; a failure is in ERR, and *STATUS is
 * the exit status of one that ended (EXIT_REJECTS: verify found something).
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "plan.h"
#include "run.h"

struct command {
	const char *prefix;
	unsigned to;		/* the step to reach, in steps[] */
	bool quiet;		/* stage: not a word of what comes next */
	bool with_public, fix_etags;
	bool discard;		/* restore: also what was written since */
	bool force;		/* cleanup: without verify */
	bool drop_journal;	/* cleanup: the journal as well */
	uint64_t stop_after;
	struct db_opts db;
	/* Options of commands that are suggested, for sh: " --prefix 'x_' --database 'dav'", and
	   without the prefix; "": none were given. */
	const char *where, *database;
	/* of a stream; NULL: standard input or output, no file of rejects */
	const char *input, *output, *rejects;
	bool gz, edited;
};

/* The state of the database, for every command. */
struct look {
	struct schema schema;
	struct journal journal;
	struct facts facts;
};

/*
 * Do WORK on a fresh look at the tables; if it ALTERS them, with every other run kept out.
 */
int on_tables(struct db *db, const struct command *c, bool alters, int (*work)(struct run *r,
    const struct command *c, struct look *l, int *status, struct err *e), int *status,
    struct err *e);
/* The plan to step TO; alters l->schema.  plan_free in each case. */
int plan_to(struct plan *p, struct look *l, const struct command *c, unsigned to, struct err *e);
/* Checks; the number of those that failed is in *FAILED. */
int verify(struct db *db, struct look *l, unsigned *failed, struct err *e);

/* On a stream; DB is where the staged tables are, NULL when the stream is all. */
int command_records(struct db *db, const struct command *c, int *status, struct err *e);
int command_stage(struct db *db, const struct command *c, int *status, struct err *e);
int command_unstage(struct db *db, const struct command *c, int *status, struct err *e);

/* On tables. */
#define ON_TABLES(name) int command_##name(struct run *r, const struct command *c, struct look *l, \
    int *status, struct err *e)
ON_TABLES(status);
ON_TABLES(plan);
ON_TABLES(apply);
ON_TABLES(verify);
ON_TABLES(restore);
ON_TABLES(cleanup);

#endif

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

/* What every command needs to know of the database. */
struct look {
	struct schema schema;
	struct journal journal;
	struct facts facts;
};

int look(struct look *l, struct db *db, const char *prefix, struct err *e);
void look_free(struct look *l);
/* The plan to version TO; alters l->schema. */
int plan_to(struct plan *p, struct look *l, const struct command *c, struct err *e);
/* Do WORK on a fresh look at the database, with every other run kept out. */
int under_lock(struct db *db, const struct command *c,
    int (*work)(struct run *r, const struct command *c, struct look *l, struct err *e),
    struct err *e);
/* Checks; the number of those that failed is in *FAILED. */
int verify(struct db *db, struct look *l, unsigned *failed, struct err *e);

/* DB is where the staged tables are, NULL when the stream is all. */
int command_records(struct db *db, const struct command *c, int *status, struct err *e);
int command_stage(struct db *db, const struct command *c, int *status, struct err *e);
int command_unstage(struct db *db, const struct command *c, int *status, struct err *e);
int command_status(struct db *db, const struct command *c, int *status, struct err *e);
int command_plan(struct db *db, const struct command *c, int *status, struct err *e);
int command_apply(struct db *db, const struct command *c, int *status, struct err *e);
int command_verify(struct db *db, const struct command *c, int *status, struct err *e);
int command_restore(struct db *db, const struct command *c, int *status, struct err *e);
int command_cleanup(struct db *db, const struct command *c, int *status, struct err *e);

#endif

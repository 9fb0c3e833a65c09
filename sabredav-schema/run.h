/*
 * Running a plan.  Each statement is journalled as started before and as done after it; one on
 * data that goes in batches writes how far it came in the transaction of the batch.
 * Two runs are kept apart by two named locks of the server (GET_LOCK; no DDL releases them): one
 * on a connection of its own, which is asked before every statement whether it still has it, and
 * one on the working connection, which the server gives up only when a statement of a program
 * that was killed has ended.
 * A struct run owns both connections' locks and the second connection; run_close frees them.
 */
#ifndef RUN_H
#define RUN_H

#include <stdio.h>

#include "plan.h"

struct run {
	struct db *db;
	struct db lock;
	char lock_name[2][64];
	struct journal *j;
	const char *prefix;
	FILE *out;		/* what was done, and what a person should know */
	uint64_t stop_after;	/* stop after so many changes on the server; 0: never */
	uint64_t changes;
	int patience;		/* seconds that a statement waits for others to leave its table */
	uint64_t reported;	/* rows that were told of */
};

/* Take the locks (EXIT_TEMPORARY when another run has them). */
int run_open(struct run *r, struct db *db, const struct db_opts *o, const char *prefix,
    struct err *e);
void run_close(struct run *r);

/* Is the lock still ours?  EXIT_TEMPORARY: it is not. */
int run_check_lock(struct run *r, struct err *e);
/* One change more: EXIT_TEMPORARY when it was the last one wanted. */
int run_changed(struct run *r, struct err *e);
int run_begin(struct run *r, struct err *e);
/* Ends a batch: position and counts of EN go into the journal with it. */
int run_commit(struct run *r, const struct entry *en, struct err *e);
/* A row that a person should know of: "TABLE id ID: ...". */
void run_tell(struct run *r, const char *table, int64_t id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#define RUN_PATIENCE 120	/* seconds */
/* Statements wait so long for a table that another connection uses, not for days. */
int run_patience(struct run *r, int seconds, struct err *e);

#endif

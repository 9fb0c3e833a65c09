/*
 * The journal: a table PREFIXdsu_journal in the database that is upgraded, with a row for each
 * statement: planned, started, done.  It says how far statements on data came; how far the schema
 * came is read from information_schema.  For a person it is the record of what was run.
 * A struct journal owns its entries; journal_free frees them.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "schema.h"

#define ACTION_SIZE 64

enum state { STATE_NONE, STATE_PLANNED, STATE_STARTED, STATE_DONE };

struct entry {
	char step[8];
	char action[ACTION_SIZE];
	enum state state;
	int64_t position;	/* ids up to this one are done */
	int64_t rows_seen;	/* rows changed or counted */
	int64_t rows_off;	/* of those counted: with an untrue etag or size */
};

struct journal {
	struct db *db;
	char name[NAME_SIZE];
	bool exists;
	struct entry *v;
	size_t n, size;
};

/* Read it; without the table the journal is empty. */
int journal_load(struct journal *j, struct db *db, const char *prefix, struct err *e);
void journal_free(struct journal *j);
int journal_create(struct journal *j, struct err *e);

/* The entry of a statement, or NULL. */
struct entry *journal_find(const struct journal *j, const char *step, const char *action);
enum state journal_state(const struct journal *j, const char *step, const char *action);

/* True when there are statements that an earlier run did not come to the end of. */
bool journal_interrupted(const struct journal *j);

/* Write a statement down as planned; one that was not done keeps its position if KEEP. */
int journal_plan(struct journal *j, const char *step, const char *action, const char *sql,
    bool keep, struct err *e);
int journal_set(struct journal *j, struct entry *en, enum state state, struct err *e);
/* Write position and counts; the caller's transaction. */
int journal_progress(struct journal *j, const struct entry *en, struct err *e);
/* Forget a step (after it was undone). */
int journal_forget(struct journal *j, const char *step, struct err *e);
/*
 * Before an apply: statements that were started and that KEEP (of the new plan) does not name were
 * done; those that were only planned, and what an unfinished restore wrote down, are forgotten.
 * Steps after TO are left alone.
 */
int journal_settle(struct journal *j, const char *to,
    bool (*keep)(void *arg, const char *step, const char *action), void *arg, struct err *e);
int journal_drop(struct journal *j, struct err *e);

#endif

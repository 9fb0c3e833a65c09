/*
 * A list of statements that lead from the schema as it is to the one that is wanted.
 * The steps (step.h) append to it; each statement is applied to the model of the schema at once.
 * Every statement has a key, STEP + ACTION, under which the journal knows it, and can be run again
 * after any interruption: a DDL statement is only planned while information_schema shows that it
 * is needed, and statements on data take what is not done yet (and are planned until the journal
 * says that they ended).  Failures are sticky: plan_end reports the first.
 * A struct plan owns its statements; plan_free frees them.  Schema, journal, facts are borrowed.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdio.h>

#include "facts.h"
#include "journal.h"
#include "schema.h"

enum stmt_kind {
	STMT_DDL,
	STMT_SWAP,	/* a RENAME TABLE that puts a new table in place of an empty one */
	STMT_DATA,	/* one statement, one transaction */
	STMT_RANGE,	/* ends in its WHERE clause; run for ranges of t.id */
	STMT_COUNT,	/* SELECT COUNT(*), COUNT of what is off: kept for verify */
	STMT_ETAG,	/* etag and size, on a server without MD5() (etag.c) */
	STMT_UID,	/* uid of calendar objects (uid.c) */
	STMT_OWNERS	/* calendars whose URI must change to get an owner instance (owners.c) */
};

struct stmt {
	const char *step;
	char action[ACTION_SIZE];
	enum stmt_kind kind;
	char table[NAME_SIZE];	/* the table that is walked through, or "" */
	bool fresh;		/* from the start: what the journal knows of it is out of date */
	char *sql;		/* by hand, it does the same for ordinary data */
	char *each;		/* run for each row that sql shows, or NULL */
};

struct plan {
	struct schema *s;
	const struct journal *j;
	const struct facts *f;
	bool with_public;	/* calendarinstances.public */
	bool fix_etags;		/* also etag and size of calendar objects */
	const char *step;	/* of the statements that are being added */
	struct stmt *v;
	size_t n, size;
	char **note;
	size_t notes, notes_size;
	char action[ACTION_SIZE];	/* plan_action */
	struct err err;		/* the first failure */
};

void plan_init(struct plan *p, struct schema *s, const struct journal *j, const struct facts *f);
void plan_free(struct plan *p);
int plan_end(const struct plan *p, struct err *e);
void plan_fail(struct plan *p, enum exitcode status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The name of a statement, until the next call; and what the journal has of it in this step. */
const char *plan_action(struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum state plan_state(const struct plan *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Append a statement, whose FMT is as in sql.h: one of DDL; */
void plan_ddl(struct plan *p, const char *action, const char *fmt, ...);
/* one on data, unless the journal says that it is done and FRESH is false; */
void plan_data(struct plan *p, enum stmt_kind kind, bool fresh, const char *table,
    const char *action, const char *fmt, ...);
/* the number of rows of T, which is or stands for BASE, to be compared in the end; */
void plan_counted(struct plan *p, const char *base, const struct table *t);
/* what is run for each row of the statement that was appended last, if it was. */
void plan_each(struct plan *p, const char *fmt, ...);
/* A line for people to read before the plan is run. */
void plan_note(struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Statements of one step, or of all (STEP NULL). */
unsigned plan_count(const struct plan *p, const char *step);
/* Print notes and statements as SQL with comments. */
void plan_print(const struct plan *p, FILE *out);

/*
 * Fail (EXIT_CONFIG) if foreign keys or triggers are tied to T, which is to be put aside or
 * replaced; with ROWS, if triggers are that would fire when its rows are updated.
 */
void plan_untied(struct plan *p, const struct table *t, bool rows);

/* A table as sabre makes it. */
#define LAYOUT_COLUMNS 17
#define LAYOUT_ID { "id", "INT UNSIGNED NOT NULL AUTO_INCREMENT" }
struct layout {
	const char *base;
	bool mb4;			/* utf8mb4, else utf8 */
	const char *col[LAYOUT_COLUMNS][2];	/* name, type; ended by NULL */
	const char *keys;		/* besides the primary one, each with ", " before it */
};

struct width {			/* a column that has to be wider than sabre makes it */
	const char *col;
	char type[32];
};

/*
 * CREATE TABLE PREFIX + base + SUFFIX in layout L, with the columns W (ended by NULL; or NULL) as
 * they say there; ids go on from AUTO_INCREMENT when it is not 0.
 */
void plan_create(struct plan *p, const struct layout *l, const char *suffix,
    uint64_t auto_increment, const struct width *w);
/* The same where the table is missing; TELL: with a note.  Was it? */
bool plan_missing(struct plan *p, const struct layout *l, bool tell);
/* A column more of T; NULL: out of memory, which plan_end tells. */
struct column *plan_column(struct plan *p, struct table *t, const char *name, const char *type,
    const char *charset);
/* Append the columns of T that L does not have (but for ctag, of old) to OUT, commas between. */
void layout_others(struct buf *out, const struct layout *l, const struct table *t);
/* Copy the table PREFIX + BASE to BASE + SUFFIX ("_dsu20") before it is altered. */
void plan_backup(struct plan *p, const char *base, const char *suffix);
/* Make sure that the name PREFIX + BASE + SUFFIX is free: drops a table of ours, no other. */
void plan_free_name(struct plan *p, const char *base, const char *suffix);
/* A new table in layout L takes the place of the empty one, which is kept under SUFFIX. */
void plan_swap(struct plan *p, const struct layout *l, const char *suffix);

#endif

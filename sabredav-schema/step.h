/*
 * The steps between sabre/dav's schema versions: each appends to a plan what leads from the state
 * the tables are in to its version, be that the version before or what a stock script left behind
 * half-way.  Tables that are there keep their engine and their columns' types; new ones are
 * InnoDB.
 */
#ifndef STEP_H
#define STEP_H

#include "plan.h"

struct records;

struct step {
	const char *name;	/* "2.0"; names sort in the order of the steps */
	void (*plan)(struct plan *p);	/* never NULL: one without tables appends nothing */
	void (*undo)(struct plan *p);	/* never NULL */
	int (*record)(struct records *s, struct err *e);	/* NULL: it alters no record */
};

/* In the order in which they are done.  A new step is an entry at the end, and a higher number. */
#define STEPS 4
extern const struct step steps[];
#define STEP_LAST (steps[STEPS - 1].name)	/* the version that all of them lead to */

extern const char *const step_versions[];	/* the names of all; NULL at the end */

void step_20(struct plan *p);
void step_20_undo(struct plan *p);
void step_21(struct plan *p);
void step_21_undo(struct plan *p);
void step_30(struct plan *p);
void step_30_undo(struct plan *p);
void step_32(struct plan *p);
void step_32_undo(struct plan *p);
/* Append the columns that only the backup of calendars has and that are not sabre's. */
void step_32_others(struct buf *out, const struct schema *s);

/* Drop PREFIX + BASE if the journal says that this step made it; data in it must not be lost. */
void undo_create(struct plan *p, const char *base);
/* Put the table that was kept as BASE + SUFFIX back. */
void undo_backup(struct plan *p, const char *base, const char *suffix);
/* Drop column COL of BASE if the journal says that ACTION of this step added it. */
void undo_column(struct plan *p, const char *base, const char *col, const char *action);

/*
 * The default of a new column whose values come row by row, in ALTER TABLE ... FORCE: the
 * table is built anew with blanks of a value's size in each row (of a UID's usual size), so
 * that the rows do not grow later.  InnoDB would move nearly each row of a full page, and log
 * the page; this takes less than half the time and an eighth of the log.  Blanks count as no
 * value; plan_unreserve() makes the default NULL in the end.
 */
#define RESERVED "'                                '"		/* an etag */
#define UID_USUAL 36	/* bytes of a UID where there is none to look at: a UUID */
void plan_unreserve(struct plan *p, const char *base, const char *col);

/* sabre's calendars from 2.0 on, until 3.2 moves most columns to calendarinstances. */
extern const struct layout calendars_20;

#define SUFFIX_20 "_dsu20"
#define SUFFIX_30 "_dsu30"
#define SUFFIX_32 "_dsu32"

#endif

/*
 * The objects of P7's calendars.
 * Nothing leads from a calendar to its objects (P7 has no index on calendarid), so all keys are
 * read once, in the order of blocks, calendars and ids, and wait in a spool; the server sorts
 * them, in files of its own when they are many.  The rows of a batch of blocks are read by their
 * primary key, in stretches of it where they lie together, otherwise a hundred at a time, and wait
 * in a spool too, because contacts are streamed meanwhile.  Whatever an installation's size, one
 * row and CHUNK keys are in memory.
 */
#ifndef CALOBJECTS_H
#define CALOBJECTS_H

#include "source/run.h"
#include "database/form.h"

struct calobjects {
	bool present;
	bool whole;			/* no index on id either: all rows were read at once */
	struct form form;
	struct buf by_range, by_list;	/* the two statements */
	struct dbq set_range, set_list;	/* their variables */
	struct spool keys;		/* unit, calendarid: the id */
	struct spool shared;		/* likewise, of those whose URI another one has */
	struct spool rows;		/* of the batch: unit, calendarid: members as JSON */
};

void calobjects_init(struct calobjects *o);
/* ONLY: SQL, a further condition on the calendars c (calsql.h), which may be empty. */
int calobjects_open(struct calobjects *o, struct run *r, const char *only, struct err *e);
/* Make the rows of N units, ascending, ready. */
int calobjects_begin(struct calobjects *o, struct run *r, const int64_t *unit, unsigned n,
    struct err *e);
/* The objects of a calendar ... */
int calobjects_write(struct calobjects *o, struct run *r, int64_t unit, int64_t calendar,
    struct err *e);
/* ... or their number, added to *N. */
int calobjects_count(struct calobjects *o, int64_t unit, int64_t calendar, uint64_t *n,
    struct err *e);
void calobjects_close(struct calobjects *o);

#endif

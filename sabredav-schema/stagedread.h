/*
 * records --staged: the stream that was staged is read again, and what the steps made of the
 * tables takes the place of its calendars, objects and shares, calendar by calendar.  What the
 * tables lack (an etag, a UID) is filled as in any record.  Reminders follow a calendar whose URI a
 * step had to change.  A user or principal that was not staged is left out, with a REJECT; so are
 * objects and shares that the tables do not have.  A calendar that stage left out, for it has no id
 * or UUID, and all of a second block of one name, are lifted as without tables.
 */
#ifndef STAGEDREAD_H
#define STAGEDREAD_H

#include "command.h"
#include "records.h"
#include "staged.h"

struct staged_reader {
	struct db *db;
	const struct command *c;	/* whose prefix they have */
	struct staged st;
	struct dbq blocks, calendar, shares, objects;
	struct buf uris;		/* of this block: old and new ones, NUL behind each */
	struct buf seen;		/* keys of the names that have more than one block */
	/* Of the calendar at hand. */
	uint64_t objects_in_stream, objects_in_tables, shares_in_stream, shares_in_tables;
	char uuid[UUID_LEN + 1];
	bool open;			/* a calendar is at hand that the tables have */
	bool again;			/* of this block they have nothing: it is like any */
	bool held;			/* this block is left out */
};

/*
 * Checks that the tables are of this stream, whole, and at the last version: EXIT_CONFIG, with what
 * to do.
 */
int staged_open(struct staged_reader *r, struct db *db, const struct command *c,
    const struct stream_in *in, struct err *e);
void staged_close(struct staged_reader *r);
/* The current record of the stream: 1 when it was dealt with, 0 when it is like any, -1. */
int staged_record(struct records *s, struct err *e);

#endif

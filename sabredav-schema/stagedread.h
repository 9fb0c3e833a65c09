/*
 * records --staged: the stream that was staged is read again, and what the steps made of the
 * tables takes the place of its calendars, objects and shares, calendar by calendar.  What the
 * tables lack (an etag, a UID) is filled as in any record.  Reminders follow a calendar whose URI a
 * step had to change.  A user or principal that was not staged is left out, with a REJECT.
 */
#ifndef STAGEDREAD_H
#define STAGEDREAD_H

#include "records.h"
#include "staged.h"

struct staged_reader {
	struct db *db;
	struct staged st;
	struct dbq user, calendar, shares, objects;
	struct buf uris;		/* of this block: old and new ones, NUL behind each */
	uint64_t in_stream, in_tables;	/* objects of the calendar at hand */
	char uuid[UUID_LEN + 1];
	bool open;			/* a calendar is at hand */
	bool held;			/* this block is left out */
};

/* Checks that the tables are of this stream, whole, and at 3.2: EXIT_CONFIG, with what to do. */
int staged_open(struct staged_reader *r, struct db *db, const char *prefix,
    const struct stream_in *in, struct err *e);
void staged_close(struct staged_reader *r);
/* Which records it wants to see parsed, besides those that the steps do. */
bool staged_parses(const char *kind);
/* Which ones it only counts: they need not be parsed. */
bool staged_counts(const char *kind);
/* The current record of the stream: 1 when it was dealt with, 0 when it is like any, -1. */
int staged_record(struct records *s, struct err *e);

#endif

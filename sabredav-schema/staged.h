/*
 * Staged tables: the calendars of a stream in tables of sabre/dav 1.8 under a prefix, so that the
 * steps can be run on tables, ours or sabre's scripts.
 *
 *   stage               makes the tables and fills them (stage.c)
 *   records --staged    puts what became of them back into the same stream (stagedread.c)
 *   unstage             drops them
 *
 * PREFIXdsu_stage says that they are ours and what they are of: source and snapshot of the stream,
 * and whether all of it is there.  PREFIXdsu_users has a row for each block that was in the stream,
 * with the hash of its name (a user's or principal's), which may be of any length.  Nothing is
 * made where a table of such a name is that is not ours, and only tables with sabre's names (and
 * what the steps put aside) under a prefix that is noted are dropped.
 */
#ifndef STAGED_H
#define STAGED_H

#include "db.h"
#include "jsonr.h"
#include "uuid.h"

struct staged {
	const char *prefix;
	char source[UUID_LEN + 1];
	char snapshot[64];
	bool present;
	bool whole;
};

/*
 * Both ends of a stream may stand still for hours: let the server neither hang up on a connection
 * that asks nothing, nor on one that does not read.
 */
int staged_wait(struct db *db, struct err *e);

/* Is this CALENDAR (parsed) one for the tables: has it an id and a UUID?  If not, UUID is "". */
bool staged_calendar(const struct jdoc *d, int64_t *id, char uuid[UUID_LEN + 1]);

/* The name of the user or principal whose block begins; "": it has none. */
const char *staged_block_name(const struct jdoc *d);
#define STAGED_KEY 65
/* The name as dsu_users has it. */
void staged_key(const char *name, char key[STAGED_KEY]);
/* How many blocks have it. */
int staged_prepare_count(struct dbq *q, struct db *db, const char *prefix, struct err *e);
int staged_count(struct dbq *q, const char *key, int64_t *n, struct err *e);

/* Source and snapshot of a stream's header; EXIT_DATA when it has no source. */
int staged_of_header(struct staged *st, const struct jdoc *header, const char *name,
    struct err *e);
/* The note under the prefix; st->present false: there is none. */
int staged_find(struct staged *st, struct db *db, const char *prefix, struct err *e);
/* Fresh tables; those of an earlier stage of ours are dropped first. */
int staged_create(struct db *db, const struct staged *st, struct err *e);
/* Drop them all, the note last. */
int staged_drop(struct db *db, const char *prefix, struct err *e);

#endif

/*
 * Staging of P7's DAV tables in the target.
 * A "dav" stream becomes tables in P7's layout (sabre/dav 1.8) under a stage prefix of their own,
 * so that dav-schema-upgrade, or the stock scripts, can lift them to 3.2; dav_move.h takes the rows
 * from there.  Ids are those of P7: the tables are ours alone.
 *
 * What belongs to us is written down, never guessed: the table <P8 prefix>p7m_dav_stage has a row
 * with the stage prefix from before the first table is made until after the last one is dropped.
 * While it is there, the tables of a sabre/dav site (and the upgrade's backups and journal) under
 * that prefix are ours; without it a table of such a name is somebody else's and is refused.
 *
 * Two further tables of ours outlive the stage:
 *   p7m_dav_calendar  a row a P7 calendar: its principal, and its number in P8 once it is there
 *   p7m_dav_share     a row a share that is not in P8 yet
 * Nothing here allocates what the caller would have to free.
 */
#ifndef LOAD_DAV_STAGE_H
#define LOAD_DAV_STAGE_H

#include "base/progress.h"
#include "report.h"
#include "target/target.h"

struct dav_stage_opts {
	const char *input;	/* file, NULL or "-": standard input */
	const char *prefix;	/* stage prefix; NULL: <P8 prefix>p7dav_; "": bare names */
	bool edited;
	bool itemize;		/* print what there is, dav_list.h */
	bool dry_run;		/* the same, and write nothing */
	struct progress *progress;	/* or NULL */
};

/* What a stage holds; found in the database, so that every program run sees the same. */
struct dav_stage {
	char prefix[TARGET_PREFIX_MAX + 32];
	char source[UUID_LEN + 1];	/* source.id of the stream it was made from */
	bool present;			/* there is one */
	bool whole;			/* the stream was read to its end */
	bool all_users;			/* the stream was made without a selection of users */
	char snapshot[20];
};

/* Create our tables that outlive the stage, where they are not there yet. */
int dav_tables_create(struct target *t, struct err *e);
/* Look for a stage; ST->present says whether there is one.  Creates nothing. */
int dav_stage_find(struct target *t, struct dav_stage *st, struct err *e);
/*
 * Read the stream into fresh staged tables (an earlier stage of ours is dropped first).  Calendars
 * that are in P8 already are left out.  REJECT and WARN records go to R.
 * A dry run writes nothing.
 */
int dav_stage_load(struct target *t, const struct dav_stage_opts *o, struct report *r,
    struct err *e);
/* 0 when the staged tables are at 3.2; otherwise the message names what is missing. */
int dav_stage_ready(struct target *t, const struct dav_stage *st, struct err *e);
/* Drop the staged tables and forget the stage; no stage: nothing to do. */
int dav_stage_drop(struct target *t, struct err *e);
/* Append the staged table NAME, in backquotes. */
void dav_stage_table(const struct dav_stage *st, struct buf *out, const char *name);

#endif

/*
 * One run of p7-extract: what is open.
 * Everything is read over one connection in one consistent snapshot; only one result is open at a
 * time, so a part that streams rows (contacts.h) does so when all else of the batch is in spools.
 */
#ifndef RUN_H
#define RUN_H

#include "database/catalog.h"
#include "db.h"
#include "base/opts.h"
#include "report.h"
#include "database/rows.h"
#include "source/selection.h"
#include "site/site.h"
#include "p7/source.h"
#include "stream.h"

struct run {
	const struct opts *o;
	struct site site;
	struct source_id id;
	struct db db;
	struct catalog cat;
	bool checked;			/* the server had to CHECK tables */
	struct selection sel;
	char snapshot[32];		/* "YYYY-MM-DD HH:MM:SS", UTC */
	struct stream_out so;
	struct report rep;
};

/* What that does to P7, for messages about such tables. */
#define RUN_CHECKED "; CHECK TABLE looked at them, which notes time and statistics in their" \
	" indexes and no row (--no-check-tables leaves it out)"

/* run.c: connect, look at the tables, begin the snapshot, read the list of users. */
int run_open(struct run *r, const struct opts *o, struct err *e);
void run_close(struct run *r);
/* Is something of all users to be told, by this shard? */
bool run_tells_all(const struct run *r);
/* Send the row, whose bytes are members, as a record of KIND. */
int run_put(struct run *r, const char *kind, const struct srow *row, struct err *e);
/* All rows of S with these keys (spool_of). */
int run_put_all(struct run *r, const char *kind, struct spool *s, int64_t key, int64_t key2,
    struct err *e);

#endif

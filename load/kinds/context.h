/*
 * What the verbs of the kinds work on: the record at hand and the session, the rows that they make
 * of it, and whose they are.  A driver (run/, after/) owns all of it and passes this on; of
 * its options the kinds know those that say how, and nothing of progress and roles.
 */
#ifndef LOAD_CONTEXT_H
#define LOAD_CONTEXT_H

#include "base/input.h"
#include "base/intern.h"
#include "base/kindnames.h"
#include "kinds/user.h"
#include "ledger/globals.h"
#include "ledger/own.h"
#include "ledger/rejects.h"
#include "store/unit.h"
#include "target/session.h"

struct context {
	struct session *s;
	struct input *in;
	struct rejects *rejects;
	struct load_counts *counts;
	struct kind_names *kinds;
	struct intern *names;		/* of attributes and types */
	struct globals *globals;
	struct unit *unit;
	struct own *own;
	struct user *user;
	bool itemize;			/* print the change list */
	bool has_links, link_users;	/* P8 has min_hashes; and it has a column for the user */
	bool without_files, without_cards;
	const char *files_from;		/* P7's data directory; NULL: the stream has contents */
	const char *run;		/* UUID of this run */
	struct buf dry_shares;		/* of a dry run: owner, P7's number, sharee, NULs */
	/* The unit is written and committed now. */
	int (*commit)(void *driver, struct err *e);
	void *driver;
};

/* The id of the user's entity: in P8, or of this unit, which is being written; 0: none. */
int64_t user_entity(const struct context *x);
/* The sum of the kind NAME; there is room for them all. */
struct kind_sum *kind_sum(const struct context *x, struct sums *sums, const char *name);

#endif

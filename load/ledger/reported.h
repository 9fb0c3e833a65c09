/* What runreport.c has collected and verdict.c tells. */
#ifndef LOAD_REPORTED_H
#define LOAD_REPORTED_H

#include "base/reasons.h"
#include "base/strtree.h"
#include "ledger/runreport.h"

enum { MINE = 1, MIGRATED = 2 };	/* flags of a name: the run is about it; it is in P8 */

struct lines {
	char **v;
	size_t n, size;
};

struct reported {
	struct target *t;
	const struct report_opts *o;
	bool all;			/* the run was about all users */
	char source[UUID_LEN + 1];	/* of P7 */
	void *name;			/* of P7's users in P8 and P7, and of those in P8 */
	void *there;			/* source and number of who is in P8 */
	void *reasons, *why, *seen;	/* of users who are not */
	void *kinds, *mine;		/* amounts: of all, and of the run's users */
	struct lines lacking_users;
	void *lacks;			/* what was left out: of how many users */
	void *codes;			/* rejects by code, of all */
	void *left;			/* what is not carried: "table TAB what", and what to do */
	struct reasons by_reason;	/* of the run's users */
	uint64_t selected, missing;	/* users */
	uint64_t rejects, others, warnings;	/* "others": rejects of other users */
	bool lacking;			/* some of it this run did not leave out itself */
};

uint64_t reported_mine(const struct reported *r, const char *kind);
/* Things of P7 that P8 has no place for. */
void say_not_carried(const struct reported *r);
/* The verdict on standard output: is all in P8? */
bool verdict(struct reported *r);

#endif

/* What a load did. */
#ifndef LOAD_COUNTS_H
#define LOAD_COUNTS_H

#include "stream.h"

/*
 * A count goes up behind the commit, never inside a transaction, which may be repeated; a new one
 * needs an entry of summary_number (run/summary.h).
 */
struct load_counts {
	uint64_t read, loaded, there, rejected;		/* users */
	uint64_t changed;				/* there, but P7 has changed since */
	uint64_t principals;				/* brought now, or there */
	uint64_t shares_waiting;			/* in the ledger, at the end */
	uint64_t own_rejects, stream_rejects, warnings;
	struct kind_counts kinds;			/* loaded, of users and global ones */
	uint64_t files, bytes;
};

#endif

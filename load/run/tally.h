/* Counts and hashes of what a user has in P8, by kind, for the ledger. */
#ifndef LOAD_TALLY_H
#define LOAD_TALLY_H

#include "err.h"
#include "base/rowhash.h"

struct load;

/* Add what the current unit wrote (its ids are known) to SUMS. */
void tally_unit(struct load *l, struct sums *sums);

#endif

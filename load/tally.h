/* Counts and hashes of what a user has in P8, by kind, for the ledger. */
#ifndef LOAD_TALLY_H
#define LOAD_TALLY_H

#include "err.h"
#include "rowhash.h"

struct load;

/* Add what the current unit wrote (its ids are known) to SUMS. */
void tally_unit(struct load *l, struct sums *sums);
/* Keep the sums of the current user in the ledger. */
int tally_store(struct load *l, const struct sums *sums, struct err *e);

#endif

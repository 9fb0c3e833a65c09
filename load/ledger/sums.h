/* The ledger's sums of one user, altered after they were written (own.h writes them). */
#ifndef LOAD_SUMS_H
#define LOAD_SUMS_H

#include "base/rowhash.h"
#include "target/target.h"

/* What is known of KIND and K added to it, modulo 2^64; inside the caller's transaction. */
int sums_add(struct target *t, int64_t user, const char *kind, const struct kind_sum *k,
    struct err *e);

#endif

/* Inside the transaction that brings a part of a user who is in P8 (late.h). */
#ifndef LOAD_PARTROWS_H
#define LOAD_PARTROWS_H

#include "run/parts.h"

/* Their rows are written: clients of P8's own address books learn of the cards. */
int late_rows(struct load *l, struct err *e);
/* What the ledger says of the part: 0, WRITE_DUPLICATE (write.h), -1. */
int late_ledger(struct load *l, enum part p, const struct sums *sums, struct err *e);
/* The sums of part P take the place of those that there were. */
int late_sums(struct load *l, const struct sums *sums, enum part p, struct err *e);

#endif

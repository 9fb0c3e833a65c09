/*
 * DAV principals that are no users of P7, and users who come later and have their name.
 *
 * A PRINCIPAL block is a unit of the ledger as a user is (ledger.h), with calendars only.  When a
 * user of that name comes, P8 shows him these calendars at once; so in his last transaction they
 * become his in the ledger, too, and what his own block has of them is there already.
 */
#ifndef LOAD_HEIR_H
#define LOAD_HEIR_H

#include "err.h"

struct load;
struct sums;

/* PRINCIPAL_BEGIN; what follows is as of a user (user.h), up to user_end at PRINCIPAL_END. */
int principal_begin(struct load *l, struct err *e);
/* Before its first calendar: P8's own user is not given any, and what nobody has is said. */
int principal_check(struct load *l, struct err *e);
/* Look once for the principal whose calendars become those of the open user. */
int heir_find(struct load *l, struct err *e);
/* In his last transaction: they become his; their sums are added to SUMS. */
int heir_take_over(struct load *l, struct sums *sums, struct err *e);

#endif

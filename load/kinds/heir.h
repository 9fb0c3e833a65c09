/*
 * DAV principals that are no users of P7, and users who come later and have their name.
 *
 * A PRINCIPAL block is a unit of the ledger as a user is (ledger.h), with calendars only.  When a
 * user of exactly that name comes with calendars, what P7 has of them now is in his own block: what
 * came with the principal leaves in the transaction that brings the first of his.  When P8's people
 * have changed something of it since, it stays, becomes his in the ledger in his last transaction,
 * and a REJECT says so; it becomes his, too, when his block has no calendars.
 */
#ifndef LOAD_HEIR_H
#define LOAD_HEIR_H

#include <stdbool.h>

#include "err.h"

struct context;
struct sums;
struct user;

/* Before the open user's first calendar: look once for the principal of his name. */
int heir_find(struct context *x, struct err *e);
/* In each transaction that can have calendars of the user: it does so now. */
int heir_make_room(struct context *x, struct err *e);
/* In the last one: what stays becomes his; its sums are added to SUMS. */
int heir_take_over(struct context *x, struct sums *sums, struct err *e);

#endif

/*
 * Shares of the ledger on their way into P8: one becomes P8's, and "made", as soon as its
 * sharee is a user of P8: in the owner's last transaction, or else in the sharee's.  Two
 * transactions do not see each other, so each load ends with a look for waiting shares whose sharee
 * is there.  What P8's people revoked stays revoked (ledger.h).
 * A dry run has no ledger: it remembers its shares and looks at them at the end.
 */
#ifndef LOAD_SHAREMAKE_H
#define LOAD_SHAREMAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct context;

/* In the last transaction of the open user: their calendars' shares whose sharees are there. */
int shares_make_owned(struct context *x, struct err *e);
/* In the last transaction of a user: the shares that wait for them. */
int shares_make_waiting(struct context *x, struct err *e);
/*
 * At the end of a load: what the users' transactions could not see of each other is made, and what
 * still waits is counted; when the stream has ALL users each such share is a REJECT.
 */
int shares_sweep(struct context *x, bool all, struct err *e);
/* Remember a share of the open user, in a dry run. */
int shares_dry_add(struct context *x, int64_t share, const char *sharee, struct err *e);

#endif

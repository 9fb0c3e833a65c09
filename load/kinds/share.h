/*
 * Shares of calendars: a CALENDAR_INSTANCE of access 2 or 3.  Each is a row of p7m_shares first, of
 * the calendar's owner, "waiting".  It becomes P8's, and "made", as soon as its sharee is a user of
 * P8: in the owner's last transaction, or else in the sharee's.  Two transactions do not see each
 * other, so each load ends with a look for waiting shares whose sharee is there.
 * What P8's people revoked stays revoked (ledger.h).
 */
#ifndef LOAD_SHARE_H
#define LOAD_SHARE_H

#include "base/rowhash.h"

struct load;

/* Such a record into the unit. */
int share_record(struct load *l, struct err *e);
/* The unit's shares into the ledger; inside the caller's transaction. */
int shares_write(struct load *l, struct err *e);
void shares_tally(const struct load *l, struct kind_sum *k);
/* In the last transaction of the open user: his calendars' shares whose sharees are there. */
int shares_make_owned(struct load *l, struct err *e);
/* In the last transaction of a user: the shares that wait for him. */
int shares_make_waiting(struct load *l, struct err *e);
/*
 * At the end of a load: what the users' transactions could not see of each other is made, and what
 * still waits is counted; of a stream of all users each such share is a REJECT.
 */
int shares_sweep(struct load *l, struct err *e);

#endif

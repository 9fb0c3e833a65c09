/*
 * Shares of calendars on their way in: a CALENDAR_INSTANCE of access 2 or 3.  Each is a row of
 * p7m_shares first, of the calendar's owner, "waiting"; sharemake.h makes it P8's.
 */
#ifndef LOAD_SHARE_H
#define LOAD_SHARE_H

#include "base/rowhash.h"

struct context;

/* Such a record into the unit. */
int share_record(struct context *x, struct err *e);
/* The unit's shares into the ledger; inside the caller's transaction. */
int shares_write(struct context *x, struct err *e);
void shares_tally(const struct context *x, struct kind_sum *k);

#endif

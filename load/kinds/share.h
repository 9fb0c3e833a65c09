/*
 * Shares of calendars on their way in: a CALENDAR_INSTANCE of access 2 or 3.  Each is a row of
 * p7m_shares first, of the calendar's owner, "waiting"; sharemake.h makes it P8's.
 */
#ifndef LOAD_SHARE_H
#define LOAD_SHARE_H

#include "kinds/kind.h"

/* Such a record into the unit. */
int share_take(struct context *x, struct err *e);
int shares_write(struct context *x, const struct write_how *how, struct err *e);
void shares_sum(const struct context *x, struct sums *sums);

#endif

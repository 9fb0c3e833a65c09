/*
 * What becomes of calendars between a load and an undo: what P8's people added and changed, and the
 * shares, which the ledger keeps (ledger.h) when an owner or a sharee leaves.
 */
#ifndef LOAD_ADDEDCALENDARS_H
#define LOAD_ADDEDCALENDARS_H

#include "kinds/readback.h"

/*
 * Append a line for each kind of what was added, and of what was changed in a calendar that others
 * share with the user.  Events in calendars that were brought: readback.h.
 */
int addedcalendars_find(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e);
/*
 * Inside the transaction that takes the user's rows out, before them: shares that P8's people ended
 * are revoked from now on; the user's own access to calendars of others leaves, and waits for the
 * user to come again.  PUBLIC_ID is the name of a principal that is not a user, too.
 */
int addedcalendars_leave(struct target *t, int64_t row, const char *public_id, struct err *e);
/* Behind them: reminders of calendars that the user does not have any more. */
int addedcalendars_end(struct target *t, const char *public_id, struct err *e);

#endif

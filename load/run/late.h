/*
 * Parts that follow: a user who is in P8 gets the contacts, calendars or files that he was loaded
 * without, when a stream has them, each in a transaction of its own under his lock.  Stopped
 * anywhere he is whole, with or without the part, and the next load goes on.
 *
 *   contacts  all in one transaction, however many there are: P8 sees them from the first row on
 *   calendars the same, with his shares
 *   files     beside their place, then rows, then moved there (files.h)
 *
 * P8 may have made address books and change tags of its own for the user by then: they are used,
 * and its clients are told of the cards that come into them.
 */
#ifndef LOAD_LATE_H
#define LOAD_LATE_H

#include <stdbool.h>

#include "run/driver.h"

/* USER_BEGIN of a user who is in P8: which parts may follow. */
void late_begin(struct load *l);
/* A record of him, also a REJECT or WARN. */
int late_record(struct load *l, struct err *e);
/* USER_END: what is left to be written of the parts, and the states that are known now. */
int late_end(struct load *l, struct err *e);
/* The connection or the stream was lost: nothing of the part is in P8. */
void late_abandon(struct load *l);
/*
 * What was in hand of a user while he was loaded, now from P8: his PublicId, and the entities that
 * others refer to.  1, 0: P8 does not have him any more, -1.
 */
int late_recall(struct load *l, struct err *e);
int late_refs(struct load *l, struct err *e);

#endif

/* A user, with everything that was loaded, leaves P8 again. */
#ifndef LOAD_LEAVE_H
#define LOAD_LEAVE_H

#include "kinds/removal.h"

/* Everything of the user but the files, and what the ledger knows of it, in one transaction. */
int kinds_leave(struct leaving *u, struct err *e);
/*
 * What is known to be the user's leaves P8 (entities, cards, address books, calendars with all that
 * is in them, reminders, links), a piece a transaction, and then the knowledge; it may be stopped
 * and repeated at any point.  An id of p7m_own is no proof: a server that was restarted can give it
 * out again (MySQL before 8.0).  Calendars and reminders that are somebody else's by now stay.
 */
int kinds_remove_own(struct sql *s, int64_t user, struct err *e);
/* The same, but the files, inside the caller's transaction. */
int kinds_remove_rows(struct sql *s, int64_t user, struct err *e);

#endif

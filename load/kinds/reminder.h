/*
 * Reminders of a user: rows of P8 that name the user, the calendar's URI and the event.  They
 * follow a calendar whose URI is another one in P8.
 */
#ifndef LOAD_REMINDER_H
#define LOAD_REMINDER_H

#include "kinds/kind.h"

/* All were read: those of calendars that are left out are said. */
int reminders_end(struct context *x, struct err *e);
/* Those of calendars that are gone, after the user's. */
int reminders_remove_rest(struct leaving *u, struct err *e);

#endif

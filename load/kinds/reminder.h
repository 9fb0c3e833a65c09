/*
 * Reminders of a user: rows of P8 that name the user, the calendar's URI and the event.  They
 * follow a calendar whose URI is another one in P8.
 */
#ifndef LOAD_REMINDER_H
#define LOAD_REMINDER_H

#include "base/rowhash.h"

struct context;

/* A REMINDER record into the unit. */
int reminder_record(struct context *x, struct err *e);
/* All were read: those of calendars that are left out are said. */
int reminders_end(struct context *x, struct err *e);
int reminders_write(struct context *x, struct err *e);
void reminders_tally(const struct context *x, struct kind_sum *k);

#endif

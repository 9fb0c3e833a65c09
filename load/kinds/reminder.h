/*
 * Reminders of a user: rows of P8 that name the user, the calendar's URI and the event.  They
 * follow a calendar whose URI is another one in P8.
 */
#ifndef LOAD_REMINDER_H
#define LOAD_REMINDER_H

#include "kinds/kind.h"

int reminder_take(struct context *x, struct err *e);
/* All were read: those of calendars that are left out are said. */
int reminders_end(struct context *x, struct err *e);
int reminders_write(struct context *x, const struct write_how *how, struct err *e);
void reminders_sum(const struct context *x, struct sums *sums);
uint64_t reminder_source(const struct input *in);

#endif

/*
 * Calendars of a user, or of a principal that is not a user: CALENDAR and, directly behind it, its
 * owner's CALENDAR_INSTANCE become a row of each of P8's two tables and one of p7m_calendars.
 *
 * Of a user in several transactions the instances have no principal and are not public until the
 * last one gives them both (calendars_show): nobody ever sees half a calendar.
 * A calendar that another row of the ledger has is there already, with all that belongs to it: its
 * owner was a principal without user then (heir.h).
 */
#ifndef LOAD_CALENDAR_H
#define LOAD_CALENDAR_H

#include "davkind.h"
#include "kinds/kind.h"

/* A CALENDAR_INSTANCE of the calendar's owner: one without "share_href" (or it is a share's). */
bool calendar_is_instance(const struct input *in);
int calendar_take_instance(struct context *x, struct err *e);
/* By its access it is the owner's. */
bool instance_is_owners(const struct input *in);
/* Before a record that is not an instance: a calendar that has none until now is left out. */
int calendar_before(struct context *x, struct err *e);
/* All of them were read: what is left to be said of them. */
int calendars_end(struct context *x, struct err *e);
/* The calendar of this user; NULL: none came.  Its instance came, or it is UC_OUT. */
int calendar_of(struct context *x, const char *uuid, struct user_calendar **out, struct err *e);
/* The record at hand is of calendar C, which was left out (UC_OUT): a REJECT, or counted in its. */
int calendar_lost(struct context *x, const struct user_calendar *c, const char *code,
    const char *remedy, struct err *e);

/* In the user's last transaction: what was hidden gets its principal. */
int calendars_show(struct context *x, struct err *e);
/* Committed: what was hidden, and what the last transaction showed. */
void calendars_committed(struct context *x, bool hidden);
/*
 * What the calendar says of itself; its sync token counts changes.  An instance is summed with what
 * it is: the calendar, or a share of it.
 */
uint64_t calendar_source(const struct input *in);
int calendars_differ(struct differs *d, struct err *e);

#endif

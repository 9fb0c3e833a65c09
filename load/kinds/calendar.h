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

#include "base/rowhash.h"
#include "davkind.h"
#include "kinds/user.h"

struct bulk;
struct davtext;
struct context;

#define CALENDAR_COMPONENTS sizeof(DAV_COMPONENTS)

/* What the calendar at hand may hold: a word that P8's column takes, else DAV_COMPONENTS. */
int calendar_components(struct context *x, const struct davtext *of, char out[CALENDAR_COMPONENTS],
    struct err *e);

/* Any record of PART_CALENDARS into the unit. */
int calendars_record(struct context *x, struct err *e);
/* All of them were read: what is left to be said of them. */
int calendars_end(struct context *x, struct err *e);
/* The calendar of this user; NULL: none came.  Its instance came, or it is UC_OUT. */
int calendar_of(struct context *x, const char *uuid, struct user_calendar **out, struct err *e);
/* The record at hand is of calendar C, which was left out (UC_OUT): a REJECT, or counted in its. */
int calendar_lost(struct context *x, const struct user_calendar *c, const char *code,
    const char *remedy, struct err *e);
/* One more; NULL: too many, or out of memory. */
struct user_calendar *calendar_add(struct user *u, const char *uuid, struct err *e);
void calendars_free(struct user *u);

/* For write.c, inside its transaction; HIDDEN: without their principal. */
int calendars_write(struct context *x, bool hidden, struct err *e);
int calendars_show(struct context *x, struct err *e);
/* Committed: what was hidden, and what the last transaction showed. */
void calendars_committed(struct context *x, bool hidden);
void calendars_tally(const struct context *x, struct kind_sum *k);

/* Ids of new rows of a table whose rows have no key by which MySQL would find them again. */
struct bulk_data;
int calendars_insert_ids(struct bulk *b, const struct bulk_data *d, size_t n, int64_t *ids,
    struct err *e);

#endif

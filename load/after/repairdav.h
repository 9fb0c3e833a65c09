/* --repair of CalDAV and CardDAV records: what the loader has in hand of calendars, and facts. */
#ifndef LOAD_REPAIRDAV_H
#define LOAD_REPAIRDAV_H

#include "after/repair.h"

/* The user's calendars, as the loader knows them while it reads the user, now from P8. */
int repairdav_recall(struct load *l, struct err *e);
/*
 * The current record is a CARD or a CALENDAR_OBJECT whose bytes may have been corrected: etag,
 * size, type, times and UID become those of the bytes, whatever the record says.
 */
int repairdav_facts(struct repair *r, struct err *e);
/* Inside the transaction: clients of the calendars learn of the objects of the unit. */
int repairdav_tell(struct load *l, struct err *e);

#endif

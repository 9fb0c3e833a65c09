/*
 * Calendars of a user read back, for readback.c: each with its owner's instance, objects (their
 * bytes by a sum that the server computes, so that they need not travel), reminders by their ids,
 * and the shares that the ledger knows.
 */
#ifndef LOAD_READCALENDARS_H
#define LOAD_READCALENDARS_H

#include "kinds/readback.h"
#include "db.h"

/* Into r->k: calendars, objects, reminders and shares; r->overdue and r->shared. */
int readcalendars(struct readback *r, const struct readback_user *u, struct err *e);
void readcalendars_close(struct readback *r);

/* SQL: what is compared of the object o, and its hash when it is in Q from column AT on. */
#define READ_OBJECT "o.uri, CRC32(o.calendardata), o.size, o.lastmodified, o.etag," \
	" o.componenttype, o.firstoccurence, o.lastoccurence, o.uid"
uint64_t readcalendars_object(const char *calendar, const struct dbq *q, unsigned at);

/*
 * SQL: share s of the ledger has its row i of P8, when it has one, and the sharee is a user of P8.
 * The type of users is the parameter.
 */
#define SHARE_INSTANCE "{adav_calendarinstances} i ON i.id=s.instance AND" \
	" i.calendarid=s.calendarid"
#define SHAREE_IS_THERE "(s.sharee='" EVERYONE "' OR EXISTS (SELECT 1 FROM" \
	" {eav_attributes_string} a JOIN {eav_entities} e ON e.id=a.id_entity AND" \
	" e.entity_type=? WHERE a.name='PublicId' AND a.value=s.sharee))"

#endif

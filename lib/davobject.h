/*
 * What sabre/dav keeps in columns beside the bytes of a calendar object or a card, computed from
 * those bytes alone, so that every program gets the same:
 *   etag, size                   MD5 of the bytes, their number
 *   componenttype                the first component that is not a VTIMEZONE; "" for none
 *   firstoccurence, lastoccurence   when it first and last happens (ical.h)
 *   uid                          the component's UID, shortened when the column cannot hold it
 * The data are not altered.
 */
#ifndef DAVOBJECT_H
#define DAVOBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "columns.h"
#include "ical.h"
#include "icaluid.h"


/* The etag of N bytes; DATA may be NULL (no data: that of nothing). */
void davobject_etag(const char *data, size_t n, char etag[33]);

/*
 * The UID as the column holds it, NUL-terminated, in OUT ("" and 0: there is none); its length.
 * *ALTERED: it did not fit.
 */
size_t davobject_uid(const char *data, size_t n, char out[DAV_UID_MAX + 1], bool *altered);

/*
 * The UID in at most MAX bytes (over 9): one that is longer, or that was cut, ends in "-" and
 * eight hex digits of its MD5, so that UIDs stay different.  True when it had to be altered.
 */
bool davobject_uid_fit(const struct icaluid *u, size_t max, char *out);

#endif

/*
 * UIDs as they are put into the column calendarobjects.uid.
 * A UID that the column cannot hold is put there all the same, shortened or with '?' for what it
 * has no character for, and then with "-" and eight hex digits of the whole UID's MD5, so that
 * UIDs stay different.  The URI of a calendar that is too long, or taken, is treated in the same
 * way.  Nothing is allocated.
 */
#ifndef UID_H
#define UID_H

#include "icaluid.h"
#include "schema.h"

#define UID_PREFIX 65536	/* characters of an object that are looked at first */
#define UID_SIZE (4 * ICALUID_MAX + 16)

/* Fit the UID for column C; true when it had to be altered. */
bool uid_fit(const struct column *c, const struct icaluid *u, char out[UID_SIZE]);

#define URI_SIZE 1024
/*
 * The NTH choice (from 1) for a URI in at most LIMIT (16 to URI_SIZE - 1) bytes: 1 is the URI
 * itself, or its beginning with "-" and eight hex digits of its MD5 when it is too long; 2 and
 * more have "-2", "-3", ... at the end.  UTF-8 sequences stay whole.
 */
void uri_fit(const char *uri, size_t n, size_t limit, unsigned nth, char out[URI_SIZE]);

#endif

/*
 * UIDs as they are put into the column calendarobjects.uid.
 * What the column cannot hold is put there all the same, shortened or with '?' for what it has no
 * character for, and then with "-" and eight hex digits of the whole UID's MD5, so that UIDs stay
 * different.  Nothing is allocated.
 */
#ifndef UID_H
#define UID_H

#include "icaluid.h"
#include "schema.h"

#define UID_PREFIX 65536	/* characters of an object that are looked at first */
#define UID_SIZE (4 * ICALUID_MAX + 16)

/* Fit the UID for column C; true when it had to be altered. */
bool uid_fit(const struct column *c, const struct icaluid *u, char out[UID_SIZE]);

#endif

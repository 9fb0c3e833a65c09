/*
 * Time zones by the names that programs give them.
 */
#ifndef ICALZONE_H
#define ICALZONE_H

#include <libical/ical.h>

/*
 * The zone of libical that NAME means: Area/City, also at the end of a path as Mozilla and
 * Evolution write it, or a name of Windows.  NULL: there is none.
 */
icaltimezone *icalzone_named(const char *name);
/* What is told by GMT+0200 or "(UTC+02:00) ...": whole hours, all year.  NULL: nothing. */
icaltimezone *icalzone_hours(const char *name);

#endif

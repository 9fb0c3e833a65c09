/*
 * Calendar objects that end too early.
 */
#ifndef ICALCUT_H
#define ICALCUT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is the last VCALENDAR of the N bytes at TEXT still open at their end?  Lines are read as
 * icaluid.h reads them; what stands behind the END of the last one does not count.
 */
bool icalcut_is_open(const char *text, size_t n);

#endif

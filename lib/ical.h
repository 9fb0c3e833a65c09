/*
 * What sabre/dav keeps about a calendar object besides its bytes: the type of its component and
 * when it first and last happens (libical does the recurrences).
 *
 * The component is the first one that is not a VTIMEZONE, whatever its name; eight characters of
 * its name have room in the column.
 * For VEVENT, first is the earliest start and last the latest end of all instances: DTSTART, DTEND
 * or DURATION (a date without either lasts a day), RRULE with COUNT and UNTIL, RDATE, EXDATE, and
 * instances with a RECURRENCE-ID.  It is never later than DTSTART, which sabre/dav takes for the
 * first instance.  A series without end, or whose rule cannot be read, ends on 2038-01-01 as in
 * sabre/dav; one that begins later ends with the largest value.  Times before 1970 are 0, times
 * beyond 32 bits the largest value.
 * A date with a TZID begins at midnight there.  Floating times, dates without one, and times in a
 * unknown zone count as UTC.  Other components have no times.
 */
#ifndef ICAL_H
#define ICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICAL_FOREVER INT64_C(2145916800)	/* 2038-01-01 00:00:00 UTC */

struct ical_facts {
	char component[9];	/* VEVENT, VTODO, X-...; "" when there is none; upper case */
	bool timed;		/* first and last are known */
	bool vague;		/* they depend on the zone that the reader assumes, or its names */
	int64_t first, last;	/* seconds since 1970, 0 to UINT32_MAX */
	int64_t sure;		/* last, but where clocks change in an instance the earlier end */
};

/*
 * Look at N bytes of iCalendar at TEXT (TEXT[N] is NUL; or TEXT is NULL), also in UTF-16, with NULs
 * in it, or cut off: what stands before the cut counts.  False, and F all zero, when nothing can be
 * told: no component is found.
 * Uses libical's global time zones; one thread at a time.
 */
bool ical_look(const char *text, size_t n, struct ical_facts *f);

#endif

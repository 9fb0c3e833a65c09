/*
 * The UID of a calendar object, found without parsing iCalendar.
 * Looks for the first component that has a UID: what stands directly below VCALENDAR (or at the
 * top, when VCALENDAR is missing), but no VTIMEZONE and no VCARD.  A UID of VCALENDAR itself or of
 * a VALARM is not the object's.  Lines end in LF, CRLF or CR and are unfolded byte by byte, so a
 * fold in the middle of a character does no harm; backslash escapes are undone, NULs are dropped, a
 * UTF-8 byte order mark is skipped, UTF-16 (with a mark, or recognised by its NULs) is read as
 * such.  Missing END lines, junk between components and truncated data are not errors.
 * Data with NULs are copied for it; otherwise nothing is allocated.  The data are not altered.
 */
#ifndef ICALUID_H
#define ICALUID_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

#define ICALUID_MAX 1024	/* bytes kept of a UID */
#define ICALUID_NAME 32

struct icaluid {
	char uid[ICALUID_MAX + 1];	/* NUL-terminated; UTF-8 when the data are */
	size_t len;
	bool cut;			/* the UID is longer than ICALUID_MAX */
	bool open;			/* it touches the end of the data; more might follow */
	/*
	 * The first one below VCALENDAR that is not a VTIMEZONE, upper case, or ""; without a
	 * VCALENDAR only VEVENT, VTODO and what else stands in calendars, or VCARD.
	 */
	char component[ICALUID_NAME];
};

/*
 * The same data as the scan reads them: UTF-8 (from UTF-16), without byte order mark and NULs.
 * Appended to OUT; lines and folds stay.
 */
void icaluid_text(const void *data, size_t n, struct buf *out);

/* True when there is one; else OUT->len is 0. */
bool icaluid_find(const void *data, size_t n, struct icaluid *out);

#endif

/*
 * Calendar objects through libical's parser, line by line.
 *
 * Only lines that say when something happens are given to it (a picture of a megabyte is not),
 * unfolded byte by byte.  What it would stumble over is put right: ENDs that are missing are added,
 * those without a BEGIN are left out, and so is what is nested deeper than ICALPARSE_DEPTH.
 * Times keep their TZID and no other parameter, periods are named so; what is a day, by its own
 * form or its VALUE, has ICALPARSE_DAY instead.
 */
#ifndef ICALPARSE_H
#define ICALPARSE_H

#include <libical/ical.h>
#include <stddef.h>

#define ICALPARSE_DEPTH 16	/* components in each other */
#define ICALPARSE_DAY "X-DAY"

/*
 * All components of the N bytes at TEXT (no NUL in them, but TEXT[N] is one), below one
 * XROOT component, which the caller frees with icalcomponent_free.  NULL when memory is short.
 */
icalcomponent *icalparse(const char *text, size_t n);

#endif

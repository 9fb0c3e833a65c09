/*
 * Releases of P8 as numbers that can be compared: 8.5.3 is 80503, 8.6 is 80600.
 * Known are 8.3 to 8.8.  Where a later release keeps things is not known, so it is refused.
 */
#ifndef P8_RELEASE_H
#define P8_RELEASE_H

#include "err.h"

#define P8RELEASE_MIN 80300	/* the first that is known */
#define P8RELEASE_END 80900	/* the first that is not known any more */

/* "8.5.3", "8.8.3.rc6", "8.8.3-build-o5": the rest is ignored.  0: not a release. */
unsigned p8release_parse(const char *text);
/* Is TEXT, which WHERE says, a known release?  Otherwise EXIT_CONFIG with the text found. */
int p8release_check(const char *where, const char *text, struct err *e);

#endif

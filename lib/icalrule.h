/*
 * Recurrence rules in a form that libical takes.
 *
 * Blanks, unknown parts, and the first of two parts of one name are left out; so is UNTIL beside
 * COUNT, which takes precedence in sabre/dav.  Anything that is not a rule even then becomes one
 * without end: an event that is looked at in vain is better than one that is never found.
 */
#ifndef ICALRULE_H
#define ICALRULE_H

#include "buf.h"

/* TEXT is the value of an RRULE; OUT, emptied first, gets the rule. */
void icalrule_clean(const char *text, struct buf *out);

#endif

/*
 * What has to be reported about the record being made: kept until the record is in the stream, then
 * sent behind it.  Texts are constants; nothing is allocated.
 */
#ifndef NOTES_H
#define NOTES_H

#include <stdbool.h>

#include "mapping/mapping.h"

#define NOTES_MAX 256		/* of one record; attributes have at most two or three each */

struct note {
	bool reject;
	const char *code, *reason, *action;
	const struct map_attr *attr;
	bool secret;		/* the value must not be repeated */
};

struct notes {
	struct note v[NOTES_MAX];
	unsigned n;
};

static inline void note_add(struct notes *t, const struct note *n)
{
	if (t->n < NOTES_MAX)
		t->v[t->n++] = *n;
}

#endif

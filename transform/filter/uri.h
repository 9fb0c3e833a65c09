/* URIs of DAV things, each once among those of its kind, and of a form that clients take. */
#ifndef URI_H
#define URI_H

#include "filter/filter.h"
#include "text/names.h"

#define URI_NUMBERED 9		/* calendars and objects: the last number that makes one unique */

struct uri_form {
	size_t max;		/* bytes */
	const char *ending;	/* of a thing whose own URI is empty */
	unsigned numbers;	/* how many are tried before it gets digits of a UUID; 0: all */
};

/*
 * The first that is free of "x", "x-2", "x-3" ... for thing ID, which P7 calls OLD, into OUT; it is
 * taken from now on.  Where very many are called alike there is no number.
 * 1: OLD itself; 0: a new one; -1: error.
 */
int uri_choose(const struct filter *f, struct names *taken, const struct uri_form *form,
    const char *old, size_t n, int64_t id, struct buf *out, struct err *e);

#endif

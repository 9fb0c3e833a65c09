/*
 * Rows one of which the server refuses: a bisection finds it, it is reported and left out, and the
 * rest is written.  For things that are whole or not there; values: attrs.c.
 */
#ifndef LOAD_CAREFUL_H
#define LOAD_CAREFUL_H

#include <stddef.h>

#include "err.h"

struct load;

struct careful {
	int (*insert)(struct load *l, size_t from, size_t n, struct err *e);
	/* Report row ROW and take it out of the unit; the last row takes its place. */
	int (*blame)(struct load *l, size_t row, const struct err *why, struct err *e);
};

/* Insert rows 0 .. N-1, inside the caller's transaction. */
int careful_insert(struct load *l, const struct careful *c, size_t n, struct err *e);

/* What is left of a record, for its REJECT. */
struct careful_row {
	const char *kind, *in, *in_value, *member, *uri, *data;
	size_t n;
};
int careful_reject(struct load *l, const struct careful_row *r, const struct err *why,
    struct err *e);

#endif

/*
 * Rows one of which the server refuses: a bisection finds it, it is reported and mended or left
 * out, and the rest is written.
 */
#ifndef LOAD_CAREFUL_H
#define LOAD_CAREFUL_H

#include "target/sql.h"

struct careful {
	int (*insert)(void *arg, size_t from, size_t n, struct err *e);
	/* Report row ROW, and write it altered or take it out: the last row takes its place. */
	int (*refused)(void *arg, size_t row, const struct err *why, struct err *e);
	void *arg;
};

/* Insert rows 0 .. N-1, inside the caller's transaction. */
int careful_insert(struct sql *s, const struct careful *c, size_t n, struct err *e);

#endif

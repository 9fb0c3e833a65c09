/*
 * Rows one of which the server refuses: a bisection finds it, it is reported and mended or left
 * out, and the rest is written.
 */
#ifndef LOAD_CAREFUL_H
#define LOAD_CAREFUL_H

#include <stddef.h>

#include "err.h"
#include "report.h"

struct load;

struct careful {
	int (*insert)(struct load *l, unsigned set, size_t from, size_t n, struct err *e);
	/* Report row ROW, and write it altered or take it out: the last row takes its place. */
	int (*blame)(struct load *l, unsigned set, size_t row, const struct err *why,
	    struct err *e);
	unsigned set;		/* which rows of several alike, for the two */
};

/* Insert rows 0 .. N-1, inside the caller's transaction. */
int careful_insert(struct load *l, const struct careful *c, size_t n, struct err *e);

/* ITEM with RECORD, which is what is left of the row's; frees its text. */
int careful_note(struct load *l, struct report_item item, struct buf *record, struct err *e);

/* What is left of a record, for its REJECT. */
struct careful_row {
	const char *kind, *in, *in_value, *member, *uri, *data;
	size_t n;
};
int careful_reject(struct load *l, const struct careful_row *r, const struct err *why,
    struct err *e);

#endif

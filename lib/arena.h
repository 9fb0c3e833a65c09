/*
 * Memory of one record or one transaction: taken piece by piece, given back all at once.
 * Pieces stay where they are until arena_reset or arena_free.  A struct arena that is all zero is
 * an empty one; it owns its blocks.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

#define ARENA_BLOCK ((size_t)256 << 10)		/* usual block */
#define ARENA_MAX ((size_t)512 << 20)		/* taken between two resets */

struct arena_block;

struct arena {
	struct arena_block *first, *at;	/* blocks before "at" are full */
	size_t bytes;			/* taken since the last reset */
};

/*
 * N bytes, not aligned, and a NUL behind them: a copy of P unless P is NULL.  NULL when memory or
 * ARENA_MAX is exhausted.
 */
char *arena_add(struct arena *a, const void *p, size_t n);
/* Give everything back, keep the usual blocks for what comes next. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif

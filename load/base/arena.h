/*
 * Memory for the values of one transaction: taken piece by piece, given back all at once.
 * Pieces stay where they are until arena_reset or arena_free.
 */
#ifndef LOAD_ARENA_H
#define LOAD_ARENA_H

#include <stddef.h>

#define ARENA_BLOCK ((size_t)256 << 10)

struct arena_block;

struct arena {
	struct arena_block *first, *at;	/* blocks before "at" are full */
	size_t bytes;			/* taken since the last reset */
};

/* N bytes (and a NUL behind them), a copy of P unless P is NULL; NULL: out of memory. */
char *arena_add(struct arena *a, const void *p, size_t n);
/* Give everything back, keep the ordinary blocks for the next transaction. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif

/*
 * Memory of one record: taken piece by piece, given back all at once, never moved.
 * A struct arena owns its blocks; arena_reset keeps one of the usual size for the next record.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

#define ARENA_BLOCK ((size_t)256 << 10)		/* usual block */
#define ARENA_MAX ((size_t)512 << 20)		/* of one record */

struct arena_block;

struct arena {
	struct arena_block *blocks;	/* the one being filled first */
	size_t used;			/* bytes taken of it */
	size_t total;			/* bytes of all blocks */
};

/* N bytes, or NULL when memory or ARENA_MAX is exhausted. */
char *arena_get(struct arena *a, size_t n);
/* A copy of N bytes with a NUL behind them. */
char *arena_copy(struct arena *a, const char *s, size_t n);
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif

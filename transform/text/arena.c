#include <stdlib.h>
#include <string.h>

#include "text/arena.h"

struct arena_block {
	struct arena_block *next;
	size_t size;
	char data[];
};

static bool add_block(struct arena *a, size_t n)
{
	size_t size = n > ARENA_BLOCK ? n : ARENA_BLOCK;
	struct arena_block *b;

	if (size > ARENA_MAX - a->total)
		return false;
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		return false;
	b->next = a->blocks;
	b->size = size;
	a->blocks = b;
	a->used = 0;
	a->total += size;
	return true;
}

char *arena_get(struct arena *a, size_t n)
{
	char *p;

	if (n > ARENA_MAX)
		return NULL;
	n = (n + 15) & ~(size_t)15;
	if ((a->blocks == NULL || n > a->blocks->size - a->used) && !add_block(a, n))
		return NULL;
	p = a->blocks->data + a->used;
	a->used += n;
	return p;
}

char *arena_copy(struct arena *a, const char *s, size_t n)
{
	char *p = arena_get(a, n + 1);

	if (p == NULL)
		return NULL;
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

void arena_reset(struct arena *a)
{
	struct arena_block *b, *keep = NULL;

	while ((b = a->blocks) != NULL) {
		a->blocks = b->next;
		if (keep == NULL && b->size == ARENA_BLOCK)
			keep = b;
		else
			free(b);
	}
	if (keep != NULL)
		keep->next = NULL;
	a->blocks = keep;
	a->used = 0;
	a->total = keep != NULL ? keep->size : 0;
}

void arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	memset(a, 0, sizeof(*a));
}

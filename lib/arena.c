#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	char data[];
};

static struct arena_block *block_new(size_t n)
{
	size_t size = n > ARENA_BLOCK ? n : ARENA_BLOCK;
	struct arena_block *b = malloc(sizeof(*b) + size);

	if (b != NULL) {
		b->next = NULL;
		b->used = 0;
		b->size = size;
	}
	return b;
}

/* The block that has room for N bytes: the current, the next kept one, or a new one. */
static struct arena_block *room(struct arena *a, size_t n)
{
	struct arena_block *b = a->at, *fresh;

	if (b != NULL && b->size - b->used >= n)
		return b;
	if (b != NULL && b->next != NULL && b->next->size >= n)
		return a->at = b->next;
	fresh = block_new(n);
	if (fresh == NULL)
		return NULL;
	if (b == NULL)
		a->first = fresh;
	else {
		fresh->next = b->next;
		b->next = fresh;
	}
	return a->at = fresh;
}

char *arena_add(struct arena *a, const void *p, size_t n)
{
	struct arena_block *b;
	char *to;

	if (n >= ARENA_MAX - a->bytes)
		return NULL;
	b = room(a, n + 1);
	if (b == NULL)
		return NULL;
	to = b->data + b->used;
	b->used += n + 1;
	a->bytes += n + 1;
	if (p != NULL)
		memcpy(to, p, n);
	to[n] = '\0';
	return to;
}

void arena_reset(struct arena *a)
{
	struct arena_block **p = &a->first, *b;

	while ((b = *p) != NULL) {
		if (b->size > ARENA_BLOCK) {
			*p = b->next;
			free(b);
			continue;
		}
		b->used = 0;
		p = &b->next;
	}
	a->at = a->first;
	a->bytes = 0;
}

void arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	memset(a, 0, sizeof(*a));
}

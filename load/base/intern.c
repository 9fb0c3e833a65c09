#include <string.h>
#include <xxhash.h>

#include "base/intern.h"

const struct interned *intern(struct intern *t, const char *s, size_t n)
{
	size_t at = (size_t)XXH3_64bits(s, n);
	struct interned *i;

	for (;; at++) {
		i = &t->slot[at & (INTERN_SLOTS - 1)];
		if (i->s == NULL)
			break;
		if (i->n == n && memcmp(i->s, s, n) == 0)
			return i;
	}
	if (t->used == INTERN_MAX || (i->s = arena_add(&t->a, s, n)) == NULL)
		return NULL;
	i->n = n;
	t->used++;
	return i;
}

void intern_free(struct intern *t)
{
	arena_free(&t->a);
	memset(t, 0, sizeof(*t));
}

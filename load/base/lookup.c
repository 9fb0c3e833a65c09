#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

int lookup_reset(struct lookup *t, size_t n, struct err *e)
{
	size_t want = 64;

	while (want < n * 2)
		want *= 2;
	if (want > t->size) {
		lookup_free(t);
		t->slot = calloc(want, sizeof(*t->slot));
		if (t->slot == NULL)
			return err_memory(e);
		t->size = want;
	}
	memset(t->slot, 0, t->size * sizeof(*t->slot));
	return 0;
}

void lookup_put(struct lookup *t, uint64_t hash, size_t at)
{
	size_t i = (size_t)hash & (t->size - 1);

	while (t->slot[i].at != 0)
		i = (i + 1) & (t->size - 1);
	t->slot[i].hash = hash;
	t->slot[i].at = at + 1;
}

size_t lookup_get(const struct lookup *t, uint64_t hash, size_t *cursor)
{
	size_t i;

	for (; t->size > 0 && *cursor < t->size; ++*cursor) {
		i = ((size_t)hash + *cursor) & (t->size - 1);
		if (t->slot[i].at == 0)
			break;
		if (t->slot[i].hash == hash) {
			++*cursor;
			return t->slot[i].at - 1;
		}
	}
	return SIZE_MAX;
}

void lookup_free(struct lookup *t)
{
	free(t->slot);
	memset(t, 0, sizeof(*t));
}

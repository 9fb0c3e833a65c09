#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "text/names.h"

#define NAMES_KEEP 4096		/* a larger table is not kept for the next user */

void names_reset(struct names *n)
{
	if (n->size > NAMES_KEEP) {
		free(n->v);
		n->v = NULL;
		n->size = 0;
	} else if (n->n > 0)
		memset(n->v, 0, n->size * sizeof(*n->v));
	n->n = 0;
}

void names_free(struct names *n)
{
	free(n->v);
	memset(n, 0, sizeof(*n));
}

/* Where the hash is, or has its place; the table is never full. */
static uint64_t *place(const struct names *n, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (n->size - 1);

	while (n->v[at] != 0 && n->v[at] != hash)
		at = (at + 1) & (n->size - 1);
	return &n->v[at];
}

static int grow(struct names *n, struct err *e)
{
	struct names old = *n;
	uint32_t i;

	n->size = old.size ? 4 * old.size : 256;
	n->v = calloc(n->size, sizeof(*n->v));
	if (n->v == NULL) {
		*n = old;
		return err_memory(e);
	}
	for (i = 0; i < old.size; i++)
		if (old.v[i] != 0)
			*place(n, old.v[i]) = old.v[i];
	free(old.v);
	return 0;
}

int names_take(struct names *n, const char *s, size_t len, struct err *e)
{
	uint64_t hash = XXH3_64bits(s, len) | 1, *p;

	if (4 * (n->n + 1) > 3 * n->size && grow(n, e) < 0)
		return -1;
	p = place(n, hash);
	if (*p == hash)
		return 0;
	*p = hash;
	n->n++;
	return 1;
}

bool names_has(const struct names *n, const char *s, size_t len)
{
	uint64_t hash = XXH3_64bits(s, len) | 1;

	return n->size > 0 && *place(n, hash) == hash;
}

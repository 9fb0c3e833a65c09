#include <string.h>

#include "kinds/source.h"

uint64_t source_value(const struct jdoc *d, const struct jval *v, uint64_t seed)
{
	const struct jval *m;

	switch (v->type) {
	case J_STR:
		return XXH3_64bits_withSeed(v->s, v->n, seed + 1);
	case J_OTHER:
		return XXH3_64bits_withSeed(v->s, v->n, seed + 2);
	case J_INT:
		return XXH3_64bits_withSeed(&v->i, sizeof(v->i), seed + 3);
	case J_BOOL:
		return XXH3_64bits_withSeed(v->b ? "t" : "f", 1, seed);
	case J_NULL:
		return XXH3_64bits_withSeed("", 0, seed);
	default:
		seed += 4;
		for (m = jr_first(d, v); m != NULL; m = jr_next(d, m))
			seed = source_value(d, m, XXH3_64bits_withSeed(m->key, m->keylen, seed));
		return seed;
	}
}

uint64_t source_members(const struct input *in, const char *const *names)
{
	const struct jdoc *d = &in->si.doc;
	const struct jval *v;
	uint64_t sum = 1;

	for (; *names != NULL; names++) {
		v = jr_get(d, NULL, *names);
		if (v == NULL)
			continue;
		sum = source_value(d, v, XXH3_64bits_withSeed(*names, strlen(*names), sum));
	}
	return sum;
}

/*
 * Places in a table, found by a hash of what they are looked up by; several may have one hash.
 * A struct lookup that is all zero is empty; it owns its memory, which lookup_free frees.
 */
#ifndef LOAD_LOOKUP_H
#define LOAD_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct lookup {
	struct {
		uint64_t hash;
		size_t at;		/* index + 1, 0: empty */
	} *slot;
	size_t size;			/* power of two */
};

/* Empty, with room for N places. */
int lookup_reset(struct lookup *t, size_t n, struct err *e);
void lookup_put(struct lookup *t, uint64_t hash, size_t at);
/* The first place under HASH, or with *CURSOR (0 at first) the next one; SIZE_MAX: no more. */
size_t lookup_get(const struct lookup *t, uint64_t hash, size_t *cursor);
void lookup_free(struct lookup *t);

#endif

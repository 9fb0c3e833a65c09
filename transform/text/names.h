/*
 * Names that are taken, as hashes: eight bytes of memory a name, in a table that is at most three
 * quarters full.  A struct that is all zero is an empty one.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct names {
	uint64_t *v;			/* 0: free */
	uint32_t n, size;
};

void names_reset(struct names *n);
void names_free(struct names *n);
/* 1: the name is new, and taken from now on; 0: it was taken; -1: no memory. */
int names_take(struct names *n, const char *s, size_t len, struct err *e);
bool names_has(const struct names *n, const char *s, size_t len);

#endif

/* Finding by number in an array, in ascending order, of structures that begin with it. */
#ifndef FIND_H
#define FIND_H

#include <stdint.h>
#include <stdlib.h>

static inline int find_compare(const void *id, const void *element)
{
	int64_t a = *(const int64_t *)id, b = *(const int64_t *)element;

	return (a > b) - (a < b);
}

/* The element of N, each of SIZE bytes, whose number is ID; NULL: there is none. */
static inline void *find_id(const void *v, size_t n, size_t size, int64_t id)
{
	return n > 0 ? bsearch(&id, v, n, size, find_compare) : NULL;
}

#endif

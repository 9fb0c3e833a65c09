/*
 * An array that grows: a pointer, the number of elements in use, and the number there is room for.
 * The owner of the three frees the pointer.  Where a number of elements is the limit of something,
 * the caller compares it first and says so in its own words.
 */
#ifndef GROW_H
#define GROW_H

#include <stddef.h>

#include "err.h"

/*
 * Make room for element N (from 0) in V, so that v[n] can be written; SIZE, a size_t, is at least
 * doubled when it has to grow, and new elements are not initialized.  0, or err_memory: then
 * nothing has changed.
 *	if (GROW(list->v, list->n, list->size, e) < 0)
 *		return -1;
 *	list->v[list->n++] = ...;
 */
#define GROW(v, n, size, e) \
	((n) < (size) ? 0 : grow_array(&(v), sizeof(*(v)), (n), &(size), (e)))

/* The same: ARRAY is the address of the pointer, ONE the size of an element in bytes. */
int grow_array(void *array, size_t one, size_t n, size_t *size, struct err *e);

#endif

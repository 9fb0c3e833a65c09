/* The attribute rows of the current unit, inside the caller's transaction. */
#ifndef LOAD_ATTRS_H
#define LOAD_ATTRS_H

#include <stdbool.h>

#include "err.h"

struct load;

/* Put the ids of the entities into the rows, and of what they refer to. */
void attrs_resolve(struct load *l);
/*
 * Insert all of them.  CAREFUL: behind savepoints, so that a value which the server refuses is
 * found by bisection, emptied (or, when that does not help, left out) and reported.
 */
int attrs_insert(struct load *l, bool careful, struct err *e);

#endif

/*
 * What of a loaded user has changed in P8 since, besides what P8 changes by being used:
 * the attributes of rowhash_volatile, sync tokens, CTags, system folders that P8 adds to an
 * account, and the default calendar as long as it is empty.
 */
#ifndef LOAD_CHANGES_H
#define LOAD_CHANGES_H

#include "readback.h"

/* Append a line for each change to OUT; 1: something changed, 0, -1. */
int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e);

#endif

/*
 * What of a loaded user has changed in P8 since, besides what P8 changes by being used (p8-load(1)
 * has the list): the attributes of rowhash_volatile and rowhash_filled, sync tokens, CTags,
 * reminders that were sent, system folders that P8 adds to an account or takes from it, the
 * calendar and address books that P8 makes for who has none, as long as they are empty, and the
 * contacts that it collects when mail is sent (Auto), with their cards.
 */
#ifndef LOAD_CHANGES_H
#define LOAD_CHANGES_H

#include "kinds/readback.h"

/* Append a line for each change to OUT; 1: something changed, 0, -1. */
int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e);
/* A line of OUT: N things (0: not counted) of the user, of KIND, and WHAT happened to them. */
void changes_say(struct buf *out, const struct readback_user *u, const char *kind, int64_t n,
    const char *what);
/* How many of those are there that it has collected since. */
int changes_collected(struct readback *r, const struct readback_user *u, int64_t entity,
    int64_t *n, struct err *e);

#endif

/*
 * What of a loaded user has changed in P8 since, besides what P8 changes by being used (p8-load(1)
 * has the list): the attributes of rowhash_volatile and rowhash_filled, sync tokens, CTags,
 * reminders that were sent, system folders that P8 adds to an account or takes from it, the
 * calendar and address books that P8 makes for users without any, as long as they are empty, and
 * the contacts that it collects when mail is sent (Auto), with their cards.
 *
 * Things that P8's people added and that name the user by a number, or one of the user's things,
 * leave with the user: without the user nobody would ever see them again.  Things that name the
 * user by e-mail stay (address books and calendars that P8 made, when they are not empty), and so
 * do files: whoever comes by that name, or that number of P7, finds them.
 */
#ifndef LOAD_CHANGES_H
#define LOAD_CHANGES_H

#include "kinds/readback.h"

/* Append a line for each change to OUT; 1: something changed, 0, -1. */
int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e);

#endif

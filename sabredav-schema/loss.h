/*
 * What undoing a step would throw away: rows that were added, altered or deleted in the tables that
 * the step made or replaced, since it did.  Each table with such rows becomes a note of the plan.
 */
#ifndef LOSS_H
#define LOSS_H

#include "plan.h"

/* For the step of P; its statements are not needed yet. */
int loss_notes(struct plan *p, struct db *db, struct err *e);

#endif

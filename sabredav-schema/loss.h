/*
 * The rows that undoing a step would throw away: those that were added, altered or deleted, since
 * the step, in the tables that it made or replaced.  Each table with such rows becomes a
 * note of the plan.
 */
#ifndef LOSS_H
#define LOSS_H

#include "plan.h"

/* For the step of P; its statements are not needed yet. */
int loss_notes(struct plan *p, struct db *db, struct err *e);

#endif

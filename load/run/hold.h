/* The user at hand is held by this loader: lock, state in the ledger, and the end of it. */
#ifndef LOAD_HOLD_H
#define LOAD_HOLD_H

#include "run/driver.h"

/* The user is ours until user_unlock, or until our connection ends; waits for other loaders. */
int user_lock(struct load *l, struct err *e);
int user_unlock(struct load *l);
/* What the ledger says of the user now. */
int user_look_up(struct load *l, struct err *e);
/* All rows are in P8, the files beside their place (state "rows"): finish that. */
int user_place(struct load *l, struct err *e);
/* The same, and unlock. */
int user_finish(struct load *l, struct err *e);
/* A dry run: what the unit says is said, and nothing of it is written. */
int user_pass_unit(struct load *l, struct err *e);
/* Things and rows that were loaded of the user, added to those of the run. */
uint64_t user_count(struct load *l, uint64_t *rows);

#endif

/*
 * What P8 made of itself for a user by being used, and what is worth nothing without him: change
 * tags, system folders of his accounts, and calendars and address books that are empty and were
 * not there when he was loaded.
 */
#ifndef LOAD_UNDOUSE_H
#define LOAD_UNDOUSE_H

#include "target/target.h"

struct undouse {
	int64_t row, entity;		/* in p7m_users, in P8 */
	const char *public_id;
};

/* Delete it, inside the caller's transaction and before the user's own rows. */
int undouse(struct target *t, const struct undouse *u, struct err *e);

/*
 * The STATEMENTS (of one parameter, NULL-terminated) for each id that FIND finds for A, B and
 * behind the one of its third parameter: it sorts by them and finds at most 200 in one go.
 */
int undo_each(struct target *t, const char *find, struct dbval a, struct dbval b,
    const char *const *statements, struct err *e);

#endif

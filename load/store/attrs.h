/* The attribute rows of a unit, inside the caller's transaction. */
#ifndef LOAD_ATTRS_H
#define LOAD_ATTRS_H

#include "store/unit.h"
#include "target/session.h"

struct attrs_writer {
	struct session *s;
	struct unit *u;
	/* Report a value that only the server found wrong. */
	int (*report)(void *arg, enum attr_type t, size_t row, const struct err *why,
	    struct err *e);
	void *arg;
};

/* Put the ids of the entities into the rows, and of what they refer to; USER: the user's. */
void attrs_resolve(struct unit *u, int64_t user);
/*
 * Insert all of them.  CAREFUL: behind savepoints, so that a value which the server refuses is
 * found by bisection, emptied (or, when that does not help, left out) and reported.  UNSEEN: nobody
 * can remove the rows' entities meanwhile.
 */
int attrs_insert(struct attrs_writer *w, bool careful, bool unseen, struct err *e);

#endif

/*
 * What one transaction writes, held in memory until it is committed, so that it can be written
 * again after a deadlock or a lost connection.
 * A user is one unit, or several when there are too many rows or bytes.  Entities are named by
 * their number in the unit until they have ids.
 * Invariant: every pointer points into the unit's arenas or into interned text; unit_reset keeps
 * the arrays and gives the texts back.
 */
#ifndef LOAD_UNIT_H
#define LOAD_UNIT_H

#include "target/rows.h"

/* The row ROW of the integer attributes holds the id of entity ENT of this unit. */
struct ref {
	size_t row;
	size_t ent;
};

/* A REJECT or WARN that belongs to this unit. */
struct note {
	bool reject;
	bool own;		/* made by this program, not read from the stream */
	char *line;		/* the whole record */
	size_t n;
	uint64_t count;		/* of things that it is about */
};

struct unit {
	struct arena a;		/* of all but the reminders */
	/*
	 * Reminders wait for the user's last transaction: P8 would remind of them before their user
	 * is there.  So they have an arena of their own.
	 */
	struct arena waiting;
	struct rows r[UNIT_TABLES];
	struct {
		size_t n, size;
		struct ref *v;
	} refs;
	struct {
		size_t n, size;
		struct note *v;
	} notes;
	bool there;		/* its entities are in P8 already, by their ids */
	size_t rows;		/* of all tables but the small ones, and notes */
};

/* Functions that add return -1 only when memory is out. */
int unit_add(struct unit *u, enum table t, int64_t of, const struct rows_value *v,
    struct err *e);
int unit_note(struct unit *u, bool reject, bool own, const char *line, size_t n, struct err *e);
/* Take row ROW of table T out again (the last row takes its place). */
void unit_drop(struct unit *u, enum table t, size_t row);

void unit_reset(struct unit *u);
/* The user's next unit begins: all but the reminders is forgotten. */
void unit_next(struct unit *u);
void unit_free(struct unit *u);

#endif

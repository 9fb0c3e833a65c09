/*
 * One text column of many rows by few statements: UPDATE ... SET COL=ELT(...) for a range of
 * ids.  Where ids follow one another closely, which is the rule, a value is found by the
 * distance of its id from the first one; elsewhere by a search among the ids of the statement.
 * An UPDATE of one table changes its rows as it reads them; with a join that names the values
 * first, the server would put the rows aside and come back to them.  A struct byid owns its
 * statements and texts; byid_close frees them.  Transactions are the caller's.
 */
#ifndef BYID_H
#define BYID_H

#include "schema.h"

#define BYID_SPAN 500		/* ids of a statement whose ids are close to one another */
#define BYID_SEARCHED 100	/* rows of one whose ids are not */
#define BYID_ROWS 5000		/* rows between two calls of byid_write */

struct byid_row {
	int64_t id;
	bool null;
	size_t at;		/* its value in the text */
};

struct byid {
	struct dbq near, far;
	struct byid_row row[BYID_ROWS];
	unsigned n;
	struct buf text;	/* values, NUL-terminated */
};

/*
 * The columns that are set: COL of T (alias t) and those of ALSO (", x=..." or ""), in rows for
 * which WHERE (" AND ...") holds.  OTHERWISE is the SQL of COL's value in rows
 * between those that are given.
 */
struct byid_column {
	const char *col, *otherwise, *also, *where;
	size_t text_max;	/* bytes of all values between two calls of byid_write */
};

int byid_open(struct byid *b, struct db *db, const struct table *t, const struct byid_column *c,
    struct err *e);
/* Rows may come in any order.  TEXT NULL: as OTHERWISE says. */
void byid_add(struct byid *b, int64_t id, const char *text);
/* Write what was added, and forget it. */
int byid_write(struct byid *b, struct err *e);
void byid_close(struct byid *b);

#endif

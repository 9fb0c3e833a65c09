/*
 * Rows into a table, many with one statement.  A struct rows owns its statements and a copy of the
 * values until they are sent; rows_close frees them.  Transactions are the caller's.
 */
#ifndef ROWS_H
#define ROWS_H

#include "db.h"

#define ROWS_MANY 40		/* rows of one statement */
#define ROWS_COLS 12
#define ROWS_BYTES ((size_t)1 << 20)	/* of values, after which they are sent */

struct rows {
	struct dbq many, one;
	unsigned cols, n;
	struct buf text;
	struct {
		size_t at, n;
		int64_t i;
		bool is_int, null;
	} cell[ROWS_MANY * ROWS_COLS];
};

/* COLUMNS, COLS of them with commas between, of the table PREFIX + NAME. */
int rows_open(struct rows *r, struct db *db, const char *prefix, const char *name,
    const char *columns, unsigned cols, struct err *e);
/* V has a value for each column; it is copied, and perhaps sent. */
int rows_add(struct rows *r, const struct dbval *v, struct err *e);
int rows_send(struct rows *r, struct err *e);
void rows_close(struct rows *r);

#endif

/*
 * Rows of one table that are collected and then inserted together, column by column as bulk.h
 * needs them, in the order of table_info (tables.h).
 * A struct rows is valid when it is zeroed.  Texts are the arena's, or the caller's for longer than
 * the rows are; n = 0 forgets the rows and keeps their room; rows_free gives that back.
 */
#ifndef LOAD_ROWS_H
#define LOAD_ROWS_H

#include "arena.h"
#include "target/session.h"

struct rows {
	size_t n, size;
	struct bulk_data col[BULK_COLS];
	int64_t *of;		/* what each belongs to, by a number of the caller */
	int64_t *id;		/* in the table, when it is known */
};

/* A value of a row: NUM of a number, else the N bytes at P; P NULL, or NULL: SQL's NULL, or "". */
struct rows_value {
	const char *p;
	size_t n;
	int64_t num;
	bool null;		/* of a number */
	bool kept;		/* the bytes stay where they are: they are not copied */
};
#define ROW_NUM(v) { .num = (v) }
#define ROW_BYTES(bytes, len) { .p = (bytes), .n = (len) }
#define ROW_TEXT(s) { .p = (s), .n = strlen(s) }
#define ROW_KEPT(bytes, len) { .p = (bytes), .n = (len), .kept = true }

/* Add a row of table T with a value for each of its columns; -1: no memory. */
int rows_add(struct rows *r, enum table t, struct arena *a, int64_t of,
    const struct rows_value *v, struct err *e);
/* Take row ROW out again: the last row takes its place. */
void rows_drop(struct rows *r, enum table t, size_t row);
/* Row I goes to place MAP[I]. */
int rows_permute(struct rows *r, enum table t, const size_t *map, struct err *e);
bool rows_null(const struct rows *r, unsigned col, size_t row);
/* The same value in all rows. */
void rows_fill_num(struct rows *r, unsigned col, int64_t v);
void rows_fill_text(struct rows *r, unsigned col, const char *s, bool null);
void rows_free(struct rows *r);

/*
 * How the server is given rows.  CAREFUL: one that it refuses is found by bisection, behind
 * savepoints, and REFUSED reports it, and mends and writes it, or takes it out (the last row takes
 * its place); the rest is written.
 */
struct rows_how {
	bool ids;		/* ask for their ids, which are in ascending order then */
	bool careful;
	int (*refused)(void *arg, size_t row, const struct err *why, struct err *e);
	void *arg;
};
/* Insert all rows, inside the caller's transaction.  H NULL: as they are, no ids. */
int rows_insert(struct rows *r, enum table t, struct session *s, const struct rows_how *h,
    struct err *e);
/* Row ROW again, alone and as it is now, after "SAVEPOINT p7m". */
int rows_insert_one(struct rows *r, enum table t, struct session *s, size_t row, struct err *e);

#endif

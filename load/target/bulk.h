/*
 * Many rows into one table, values always bound.
 * On MariaDB rows that need no ids go by array binding, one message for thousands of rows;
 * otherwise, and on MySQL, by multi-row INSERTs of a few fixed sizes, prepared once.  Ids of new
 * rows come from INSERT ... RETURNING on MariaDB; on MySQL the rows are read back by their key
 * inside the transaction.  Nothing is assumed about gaps between ids.
 * Data stays the caller's, column by column.  A struct bulk owns its statements; bulk_close frees
 * them, also after a lost connection, before the struct is set up again.
 */
#ifndef LOAD_BULK_H
#define LOAD_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "err.h"

#define BULK_COLS 12
#define BULK_ROWS 4096			/* of one array-bound message */
#define BULK_BYTES ((size_t)4 << 20)	/* of one statement, unless one row alone has more */
#define BULK_SIZES 10			/* multi-row statements: 512, 256, ... 1 rows */
#define BULK_MULTI_MAX 512

enum bulk_type { BULK_INT, BULK_TEXT, BULK_BLOB };

struct bulk_col {
	const char *name;
	enum bulk_type type;
	const char *expr;	/* around "?", NULL: "?" */
	bool nullable;		/* rows of it can have NULL (rows.h) */
};

/* Column by column: num for BULK_INT, otherwise p and len; null may be NULL (no NULLs). */
struct bulk_data {
	int64_t *num;
	char **p;
	unsigned long *len;
	char *null;		/* STMT_INDICATOR_NULL or STMT_INDICATOR_NONE */
};

struct bulk {
	struct db *db;
	char table[160];	/* quoted */
	struct bulk_col col[BULK_COLS];
	unsigned cols;
	size_t bytes;		/* of one statement: BULK_BYTES, or what the server takes */
	const char *tail;	/* of the statement, behind its rows; NULL: none */
	unsigned keys;		/* the first KEYS columns find a new row again on MySQL */
	MYSQL_STMT *array;
	MYSQL_STMT *multi[BULK_SIZES];		/* without ids */
	MYSQL_STMT *with_ids[BULK_SIZES];	/* with RETURNING id */
};

/* TABLE is quoted already; COL is copied. */
void bulk_init(struct bulk *b, struct db *db, const char *table, const struct bulk_col *col,
    unsigned cols, unsigned keys);
/* Insert rows FROM .. FROM+N-1 of the columns D. */
int bulk_insert(struct bulk *b, const struct bulk_data *d, size_t from, size_t n, struct err *e);
/* The same, and put their ids into IDS[0..N-1]. */
int bulk_insert_ids(struct bulk *b, const struct bulk_data *d, size_t from, size_t n,
    int64_t *ids, struct err *e);
void bulk_close(struct bulk *b);

#endif

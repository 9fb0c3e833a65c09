/*
 * Rows of a statement in the text protocol, unbuffered.
 * The statements are made of constants, quoted identifiers and session variables (sql.h); the
 * values that they use are set before (rows_prepare_set, bound parameters).  Text rows cost a third
 * of what bound columns cost, and nothing is copied: a row lies in the client library's buffer
 * until the next one.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "database/sql.h"

struct rows {
	struct db *db;
	MYSQL_RES *res;
	MYSQL_ROW v;		/* the current row */
	unsigned long *len;
};

/*
 * Run SQL; TAKE gets each row.  A failure, also one of TAKE, cuts the connection, because the rows
 * that are left may be millions.
 */
typedef int rows_take(void *arg, const struct rows *r, struct err *e);
int rows_each(struct db *db, const struct buf *sql, rows_take *take, void *arg, struct err *e);
/* The same for a statement that is run once: SQL is freed. */
int rows_once(struct db *db, struct buf *sql, rows_take *take, void *arg, struct err *e);
/* The number that SQL, which is freed, asks for. */
int rows_count(struct db *db, struct buf *sql, int64_t *n, struct err *e);

/* The same by hand, for rows that are wanted one at a time. */
int rows_open(struct rows *r, struct db *db, const struct buf *sql, struct err *e);
/* 1: a row; 0: no more; -1: error (EXIT_TEMPORARY when the connection is lost). */
int rows_next(struct rows *r, struct err *e);
/* Rows that are left are read and dropped; or cut, when RC is below 0. */
void rows_close(struct rows *r, int rc);

int64_t rows_int(const struct rows *r, unsigned i);	/* 0 for NULL */
const char *rows_str(const struct rows *r, unsigned i);	/* "" for NULL */

#define ROWS_BATCH SQL_IDS
/* Prepare the setting of variables: EACH ("@u#=?") for ROWS_BATCH numbers (sql_repeat). */
int rows_prepare_set(struct dbq *q, struct db *db, const char *each, struct err *e);
/* The list of ids that a statement refers to as {ids}. */
int rows_ids_open(struct dbq *ids, struct db *db, struct err *e);
/* Set the list to N ids, 1 to ROWS_BATCH. */
int rows_ids_set(struct dbq *ids, const int64_t *id, unsigned n, struct err *e);

#endif

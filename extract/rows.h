/*
 * Rows of a statement in the text protocol, unbuffered, and how they become JSON.
 * The statements are made of constants, quoted identifiers and session variables; the values that
 * they use are set before through rows_ids (bound parameters).  Text rows cost a third of what
 * bound columns cost, and nothing is copied: a row lies in the client library's buffer until the
 * next one.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "catalog.h"
#include "db.h"

struct rows {
	struct db *db;
	MYSQL_RES *res;
	MYSQL_ROW v;		/* the current row */
	unsigned long *len;
	unsigned n;		/* columns */
};

int rows_open(struct rows *r, struct db *db, const char *sql, struct err *e);
/* 1: a row; 0: no more; -1: error (EXIT_TEMPORARY when the connection is lost). */
int rows_next(struct rows *r, struct err *e);
/*
 * Rows that are left are read and dropped; after a failure (RC below 0) the connection is cut
 * instead, because they may be millions.
 */
void rows_close(struct rows *r, int rc);
int64_t rows_int(const struct rows *r, unsigned i);	/* 0 for NULL */
const char *rows_str(const struct rows *r, unsigned i);	/* "" for NULL */

/* A list of ids that a statement refers to as ROWS_IDS. */
#define ROWS_BATCH 100
struct rows_ids {
	struct dbq q;
	char list[ROWS_BATCH * 6 + 2];	/* "(@u0,@u1,...)" */
};

int rows_ids_open(struct rows_ids *ids, struct db *db, struct err *e);
/* Set the list to N ids, 1 to ROWS_BATCH. */
int rows_ids_set(struct rows_ids *ids, const int64_t *id, unsigned n, struct err *e);
void rows_ids_close(struct rows_ids *ids);

/* A column of P7: its name is the member's name, too. */
struct column {
	const char *name;	/* NULL ends a list; "*" before it: a secret, see form_put */
				/* "member=expression": of columns that are there */
	const char *def;	/* JSON for a P7 that has no such column; NULL: no member then */
};

#define FORM_COLUMNS 96

/* The columns of a statement as members of a JSON object, without the braces. */
struct form {
	struct buf lead;		/* all texts that go before values */
	struct {
		size_t from, len;	/* in lead: {"a":1,}"name": */
		bool number, secret;
	} f[FORM_COLUMNS];
	unsigned n;			/* selected columns */
	unsigned first;			/* column of the statement that is f[0] */
	size_t tail;			/* in lead: defaults behind the last column */
};

/* Add the columns that T has to the SQL text (",t.`name`" each), as form F. */
int form_make(struct form *f, const struct column *c, const struct cat_table *t, struct buf *sql,
    struct err *e);
/* Say where the columns begin and learn which are numbers; after rows_open. */
void form_bind(struct form *f, const struct rows *r, unsigned first);
/* Append the members of the current row to OUT, secrets in P7's password codec. */
void form_put(const struct form *f, const struct rows *r, struct buf *out);
void form_free(struct form *f);

#endif

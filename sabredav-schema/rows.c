#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "sql.h"

static int prepare(struct dbq *q, struct db *db, const char *table, const char *columns,
    unsigned cols, unsigned rows, struct err *e)
{
	struct buf values = BUF_INIT(1 << 16);
	unsigned i, c;
	int rc;

	for (i = 0; i < rows; i++) {
		buf_adds(&values, i > 0 ? ",(" : "(");
		for (c = 0; c < cols; c++)
			buf_adds(&values, c > 0 ? ",?" : "?");
		buf_addc(&values, ')');
	}
	rc = buf_check(&values, e) < 0 ? -1 : sql_prepare(q, db, "", e,
	    "INSERT INTO %I (%S) VALUES %S", table, columns, values.data);
	buf_free(&values);
	return rc;
}

int rows_open(struct rows *r, struct db *db, const char *prefix, const char *name,
    const char *columns, unsigned cols, struct err *e)
{
	char table[NAME_BUF];

	snprintf(table, sizeof(table), "%s%s", prefix, name);
	memset(r, 0, sizeof(*r));
	r->cols = cols;
	buf_init(&r->text, BUF_RECORD_MAX + ROWS_BYTES);
	return prepare(&r->many, db, table, columns, cols, ROWS_MANY, e) < 0 ? -1 :
	    prepare(&r->one, db, table, columns, cols, 1, e);
}

static int send(struct rows *r, struct dbq *q, unsigned first, unsigned rows, struct err *e)
{
	struct dbval v[ROWS_MANY * ROWS_COLS];
	unsigned i, at;

	for (i = 0; i < rows * r->cols; i++) {
		at = first * r->cols + i;
		v[i] = r->cell[at].is_int ? DB_INT(r->cell[at].i) : r->cell[at].null ? DB_NULL :
		    DB_BYTES(r->text.data + r->cell[at].at, r->cell[at].n);
	}
	return dbq_run(q, v, rows * r->cols, e);
}

/* A statement of many rows is of exactly so many; what is left goes row by row. */
int rows_send(struct rows *r, struct err *e)
{
	int rc = buf_check(&r->text, e);
	unsigned i;

	if (rc == 0 && r->n == ROWS_MANY)
		rc = send(r, &r->many, 0, r->n, e);
	else
		for (i = 0; rc == 0 && i < r->n; i++)
			rc = send(r, &r->one, i, 1, e);
	r->n = 0;
	buf_reset(&r->text);
	return rc;
}

int rows_add(struct rows *r, const struct dbval *v, struct err *e)
{
	unsigned c, at;
	size_t n = 0;

	for (c = 0; c < r->cols; c++)
		n += v[c].n;
	/* A large one goes without a copy. */
	if (n >= ROWS_BYTES)
		return rows_send(r, e) < 0 ? -1 : dbq_run(&r->one, v, r->cols, e);
	for (c = 0; c < r->cols; c++) {
		at = r->n * r->cols + c;
		r->cell[at].is_int = v[c].is_int;
		r->cell[at].i = v[c].i;
		r->cell[at].null = v[c].p == NULL;
		r->cell[at].at = r->text.len;
		r->cell[at].n = v[c].n;
		if (!v[c].is_int && v[c].p != NULL)
			buf_add(&r->text, v[c].p, v[c].n);
		/* An empty text has an address, too. */
		buf_addc(&r->text, '\0');
	}
	r->n++;
	return r->n == ROWS_MANY || r->text.len >= ROWS_BYTES ? rows_send(r, e) : 0;
}

void rows_close(struct rows *r)
{
	dbq_close(&r->many);
	dbq_close(&r->one);
	buf_free(&r->text);
}

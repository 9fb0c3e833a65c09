#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"

#define CELL_START 256
#define LARGE ((size_t)1 << 20)	/* bytes of a parameter */

/* Where the client puts a column of the row. */
struct dbq_cell {
	struct buf text;
	unsigned long len;
	my_bool null;
};

static int fail(struct dbq *q, struct err *e)
{
	unsigned no = mysql_stmt_errno(q->st);
	const char *why = mysql_stmt_error(q->st);

	/* A result that breaks off leaves its error with the connection. */
	if (no == 0) {
		no = mysql_errno(q->db->c);
		why = mysql_error(q->db->c);
	}
	return db_error(no, no != 0 ? why : "the result broke off", q->what, e);
}

static int bind_columns(struct dbq *q, struct err *e)
{
	unsigned i;

	q->bind = calloc(q->cols, sizeof(*q->bind));
	q->cell = calloc(q->cols, sizeof(*q->cell));
	q->col = calloc(q->cols, sizeof(*q->col));
	if (!q->bind || !q->cell || !q->col)
		return err_memory(e);
	for (i = 0; i < q->cols; i++) {
		buf_init(&q->cell[i].text, BUF_RECORD_MAX);
		if (!buf_room(&q->cell[i].text, CELL_START))
			return err_memory(e);
		q->bind[i].buffer_type = MYSQL_TYPE_STRING;
		q->bind[i].buffer = q->cell[i].text.data;
		q->bind[i].buffer_length = CELL_START;
		q->bind[i].length = &q->cell[i].len;
		q->bind[i].is_null = &q->cell[i].null;
	}
	return mysql_stmt_bind_result(q->st, q->bind) ? fail(q, e) : 0;
}

int dbq_prepare(struct dbq *q, struct db *db, const char *sql, struct err *e)
{
	memset(q, 0, sizeof(*q));
	q->db = db;
	snprintf(q->what, sizeof(q->what), "%.*s", (int)sizeof(q->what) - 1, sql);
	q->st = mysql_stmt_init(db->c);
	if (q->st == NULL)
		return err_memory(e);
	if (mysql_stmt_prepare(q->st, sql, strlen(sql)) != 0) {
		fail(q, e);
		dbq_close(q);
		return -1;
	}
	q->cols = mysql_stmt_field_count(q->st);
	if (q->cols > 0 && bind_columns(q, e) < 0) {
		dbq_close(q);
		return -1;
	}
	return 0;
}

/* What is large goes piece by piece: the client would copy it, and the room for it stays. */
static bool send_large(struct dbq *q, const struct dbval *v, unsigned n)
{
	const char *p;
	size_t left, part;
	unsigned i;

	for (i = 0; i < n; i++) {
		if (v[i].is_int || v[i].p == NULL || v[i].n < LARGE)
			continue;
		for (p = v[i].p, left = v[i].n; left > 0; p += part, left -= part) {
			part = left < LARGE ? left : LARGE;
			if (mysql_stmt_send_long_data(q->st, i, p, part))
				return true;
		}
	}
	return false;
}

int dbq_run(struct dbq *q, const struct dbval *v, unsigned n, struct err *e)
{
	MYSQL_BIND b[DBQ_PARAMS];
	unsigned i;

	if (n > DBQ_PARAMS || n != mysql_stmt_param_count(q->st))
		return err_set(e, EXIT_BUG, "%s: %u parameters given, %lu needed", q->what, n,
		    mysql_stmt_param_count(q->st));
	mysql_stmt_free_result(q->st);
	memset(b, 0, n * sizeof(*b));
	for (i = 0; i < n; i++) {
		if (v[i].is_int) {
			b[i].buffer_type = MYSQL_TYPE_LONGLONG;
			b[i].buffer = (void *)(uintptr_t)&v[i].i;
		} else if (v[i].p == NULL)
			b[i].buffer_type = MYSQL_TYPE_NULL;
		else {
			b[i].buffer_type = MYSQL_TYPE_STRING;
			b[i].buffer = (void *)(uintptr_t)v[i].p;
			b[i].buffer_length = v[i].n;
		}
	}
	if ((n > 0 && mysql_stmt_bind_param(q->st, b)) || send_large(q, v, n) ||
	    mysql_stmt_execute(q->st) != 0)
		return fail(q, e);
	return 0;
}

/*
 * Columns that did not fit into their buffers: grow and fetch them again.  The grown buffers are
 * bound before the next row, for some releases of the client forget the lengths of this one then.
 */
static int fetch_long(struct dbq *q, struct err *e)
{
	struct dbq_cell *c = q->cell;
	unsigned i;

	for (i = 0; i < q->cols; i++, c++) {
		if (c->null || c->len <= q->bind[i].buffer_length)
			continue;
		c->text.len = 0;
		if (!buf_room(&c->text, c->len))
			return err_set(e, EXIT_DATA, "%s: a value of %lu bytes is too large",
			    q->what, c->len);
		q->bind[i].buffer = c->text.data;
		q->bind[i].buffer_length = c->text.size - 1;
		if (mysql_stmt_fetch_column(q->st, &q->bind[i], i, 0) != 0)
			return fail(q, e);
		q->grown = true;
	}
	return 0;
}

int dbq_next(struct dbq *q, struct err *e)
{
	struct dbq_cell *c = q->cell;
	unsigned i;
	int rc;

	if (q->grown && mysql_stmt_bind_result(q->st, q->bind))
		return fail(q, e);
	q->grown = false;
	rc = mysql_stmt_fetch(q->st);
	if (rc == MYSQL_NO_DATA)
		return 0;
	if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
		return fail(q, e);
	if (fetch_long(q, e) < 0)
		return -1;
	for (i = 0; i < q->cols; i++, c++) {
		q->col[i].p = c->null ? NULL : c->text.data;
		q->col[i].n = c->null ? 0 : c->len;
		c->text.data[q->col[i].n] = '\0';
	}
	return 1;
}

const char *dbq_str(const struct dbq *q, unsigned i)
{
	return q->col[i].p != NULL ? q->col[i].p : "";
}

int64_t dbq_int(const struct dbq *q, unsigned i)
{
	return q->col[i].p != NULL ? strtoll(q->col[i].p, NULL, 10) : 0;
}

uint64_t dbq_affected(struct dbq *q)
{
	return mysql_stmt_affected_rows(q->st);
}

void dbq_close(struct dbq *q)
{
	unsigned i;

	if (q->st != NULL)
		mysql_stmt_close(q->st);
	for (i = 0; q->cell != NULL && i < q->cols; i++)
		buf_free(&q->cell[i].text);
	free(q->bind);
	free(q->cell);
	free(q->col);
	memset(q, 0, sizeof(*q));
}

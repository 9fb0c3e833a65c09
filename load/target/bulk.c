#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/bulk.h"

static const size_t sizes[BULK_SIZES] = { BULK_MULTI_MAX, 256, 128, 64, 32, 16, 8, 4, 2, 1 };

void bulk_init(struct bulk *b, struct db *db, const char *table, const struct bulk_col *col,
    unsigned cols, unsigned keys)
{
	memset(b, 0, sizeof(*b));
	b->db = db;
	b->cols = cols;
	b->keys = keys;
	b->bytes = BULK_BYTES;
	snprintf(b->table, sizeof(b->table), "%s", table);
	memcpy(b->col, col, cols * sizeof(*col));
}

void bulk_close(struct bulk *b)
{
	unsigned i;

	if (b->array != NULL)
		mysql_stmt_close(b->array);
	for (i = 0; i < BULK_SIZES; i++) {
		if (b->multi[i] != NULL)
			mysql_stmt_close(b->multi[i]);
		if (b->with_ids[i] != NULL)
			mysql_stmt_close(b->with_ids[i]);
	}
	memset(b, 0, sizeof(*b));
}

static int fail(const struct bulk *b, MYSQL_STMT *st, const char *doing, struct err *e)
{
	char what[sizeof(b->table) + 40];

	snprintf(what, sizeof(what), "%s %s", doing, b->table);
	return db_error(mysql_stmt_errno(st), mysql_stmt_error(st), what, e);
}

static void row_text(const struct bulk *b, struct buf *sql)
{
	unsigned i;

	for (i = 0; i < b->cols; i++) {
		buf_addc(sql, i == 0 ? '(' : ',');
		buf_adds(sql, b->col[i].expr != NULL ? b->col[i].expr : "?");
	}
	buf_addc(sql, ')');
}

static int prepare(struct bulk *b, MYSQL_STMT **to, size_t rows, bool ids, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 20);
	size_t r;
	unsigned i;
	int rc = 0;

	buf_addf(&sql, "INSERT INTO %s", b->table);
	for (i = 0; i < b->cols; i++) {
		buf_addc(&sql, i == 0 ? '(' : ',');
		db_ident(&sql, b->col[i].name);
	}
	buf_adds(&sql, ") VALUES ");
	for (r = 0; r < rows; r++) {
		if (r > 0)
			buf_addc(&sql, ',');
		row_text(b, &sql);
	}
	if (b->tail != NULL)
		buf_adds(&sql, b->tail);
	if (ids && b->db->mariadb)
		buf_adds(&sql, " RETURNING id");
	*to = mysql_stmt_init(b->db->c);
	if (sql.failed || *to == NULL)
		rc = err_memory(e);
	else if (mysql_stmt_prepare(*to, sql.data, sql.len) != 0) {
		rc = fail(b, *to, "preparing an INSERT into", e);
		mysql_stmt_close(*to);
		*to = NULL;
	}
	buf_free(&sql);
	return rc;
}

static size_t row_bytes(const struct bulk *b, const struct bulk_data *d, size_t row)
{
	size_t n = 0;
	unsigned i;

	for (i = 0; i < b->cols; i++)
		n += b->col[i].type == BULK_INT ? 8 : d[i].len[row] + 9;
	return n;
}

/* How many of N rows at FROM fit into one statement, at least one. */
static size_t fitting(const struct bulk *b, const struct bulk_data *d, size_t from, size_t n)
{
	size_t i, bytes = row_bytes(b, d, from);

	for (i = 1; i < n; i++) {
		bytes += row_bytes(b, d, from + i);
		if (bytes > b->bytes)
			break;
	}
	return i;
}

static enum enum_field_types field_type(enum bulk_type t)
{
	return t == BULK_INT ? MYSQL_TYPE_LONGLONG : t == BULK_TEXT ? MYSQL_TYPE_STRING :
	    MYSQL_TYPE_BLOB;
}

static int array_send(struct bulk *b, const struct bulk_data *d, size_t from, size_t n,
    struct err *e)
{
	MYSQL_BIND bind[BULK_COLS];
	unsigned rows = (unsigned)n, i;

	memset(bind, 0, sizeof(bind));
	for (i = 0; i < b->cols; i++) {
		bind[i].buffer_type = field_type(b->col[i].type);
		if (b->col[i].type == BULK_INT)
			bind[i].buffer = d[i].num + from;
		else {
			bind[i].buffer = d[i].p + from;
			bind[i].length = d[i].len + from;
		}
		bind[i].u.indicator = d[i].null != NULL ? d[i].null + from : NULL;
	}
	mysql_stmt_attr_set(b->array, STMT_ATTR_ARRAY_SIZE, &rows);
	if (mysql_stmt_bind_param(b->array, bind) || mysql_stmt_execute(b->array) != 0)
		return fail(b, b->array, "INSERT into", e);
	return 0;
}

static int array_insert(struct bulk *b, const struct bulk_data *d, size_t from, size_t n,
    struct err *e)
{
	size_t some;

	if (b->array == NULL && prepare(b, &b->array, 1, false, e) < 0)
		return -1;
	for (; n > 0; from += some, n -= some) {
		some = fitting(b, d, from, n < BULK_ROWS ? n : BULK_ROWS);
		if (array_send(b, d, from, some, e) < 0)
			return -1;
	}
	return 0;
}

/* The largest prepared size that N rows at FROM fill within the byte limit. */
static unsigned choose_size(const struct bulk *b, const struct bulk_data *d, size_t from,
    size_t n)
{
	unsigned k;

	n = fitting(b, d, from, n < BULK_MULTI_MAX ? n : BULK_MULTI_MAX);
	for (k = 0; sizes[k] > n; k++)
		;
	return k;
}

static int multi_send(struct bulk *b, MYSQL_STMT *st, const struct bulk_data *d, size_t from,
    size_t rows, struct err *e)
{
	MYSQL_BIND *bind = calloc(rows * b->cols, sizeof(*bind)), *p = bind;
	unsigned i;
	size_t r;
	int rc = 0;

	if (bind == NULL)
		return err_memory(e);
	for (r = from; r < from + rows; r++)
		for (i = 0; i < b->cols; i++, p++) {
			p->buffer_type = field_type(b->col[i].type);
			if (d[i].null != NULL && d[i].null[r] == STMT_INDICATOR_NULL)
				p->buffer_type = MYSQL_TYPE_NULL;
			else if (b->col[i].type == BULK_INT)
				p->buffer = &d[i].num[r];
			else {
				p->buffer = d[i].p[r];
				p->buffer_length = d[i].len[r];
			}
		}
	if (mysql_stmt_bind_param(st, bind) || mysql_stmt_execute(st) != 0)
		rc = fail(b, st, "INSERT into", e);
	free(bind);
	return rc;
}

static int multi_insert(struct bulk *b, const struct bulk_data *d, size_t from, size_t n,
    struct err *e)
{
	unsigned k;

	for (; n > 0; from += sizes[k], n -= sizes[k]) {
		k = choose_size(b, d, from, n);
		if (b->multi[k] == NULL && prepare(b, &b->multi[k], sizes[k], false, e) < 0)
			return -1;
		if (multi_send(b, b->multi[k], d, from, sizes[k], e) < 0)
			return -1;
	}
	return 0;
}

int bulk_insert(struct bulk *b, const struct bulk_data *d, size_t from, size_t n, struct err *e)
{
	if (n == 0)
		return 0;
	/* An expression around a parameter is not worth a message of its own. */
	if (b->db->mariadb && n > 1)
		return array_insert(b, d, from, n, e);
	return multi_insert(b, d, from, n, e);
}

/* Fetch exactly N ids, the first column of ST's result. */
static int fetch_ids(struct bulk *b, MYSQL_STMT *st, int64_t *ids, size_t n, struct err *e)
{
	int64_t id = 0;
	MYSQL_BIND col = { .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &id };
	size_t got = 0;
	int rc;

	if (mysql_stmt_bind_result(st, &col) || mysql_stmt_store_result(st) != 0)
		return fail(b, st, "ids of new rows of", e);
	while ((rc = mysql_stmt_fetch(st)) == 0) {
		if (got < n)
			ids[got] = id;
		got++;
	}
	mysql_stmt_free_result(st);
	if (rc != MYSQL_NO_DATA)
		return fail(b, st, "ids of new rows of", e);
	if (got != n)
		return err_set(e, EXIT_BUG, "%s: %zu ids for %zu new rows", b->table, got, n);
	return 0;
}

/* SELECT id ... WHERE id>=? AND (key,...) IN ((?,...),...) ORDER BY id */
static int prepare_readback(struct bulk *b, MYSQL_STMT *st, size_t rows, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 20);
	unsigned i;
	size_t r;
	int rc = 0;

	buf_addf(&sql, "SELECT id FROM %s WHERE id>=? AND ", b->table);
	for (i = 0; i < b->keys; i++) {
		buf_addc(&sql, i == 0 ? '(' : ',');
		db_ident(&sql, b->col[i].name);
	}
	buf_adds(&sql, ") IN ");
	for (r = 0; r < rows; r++) {
		buf_adds(&sql, r == 0 ? "((" : ",(");
		for (i = 0; i < b->keys; i++)
			buf_adds(&sql, i == 0 ? "?" : ",?");
		buf_addc(&sql, ')');
	}
	buf_adds(&sql, ") ORDER BY id");
	if (sql.failed)
		rc = err_memory(e);
	else if (mysql_stmt_prepare(st, sql.data, sql.len) != 0)
		rc = fail(b, st, "looking for new rows of", e);
	buf_free(&sql);
	return rc;
}

static int readback_run(struct bulk *b, MYSQL_STMT *st, const struct bulk_data *d, size_t from,
    size_t rows, int64_t first, struct err *e)
{
	MYSQL_BIND *bind = calloc(rows * b->keys + 1, sizeof(*bind)), *p = bind;
	unsigned i;
	size_t r;
	int rc = 0;

	if (bind == NULL)
		return err_memory(e);
	p->buffer_type = MYSQL_TYPE_LONGLONG;
	p++->buffer = &first;
	for (r = from; r < from + rows; r++)
		for (i = 0; i < b->keys; i++, p++) {
			p->buffer_type = field_type(b->col[i].type);
			if (b->col[i].type == BULK_INT)
				p->buffer = &d[i].num[r];
			else {
				p->buffer = d[i].p[r];
				p->buffer_length = d[i].len[r];
			}
		}
	if (mysql_stmt_bind_param(st, bind) || mysql_stmt_execute(st) != 0)
		rc = fail(b, st, "looking for new rows of", e);
	free(bind);
	return rc;
}

static int read_back(struct bulk *b, MYSQL_STMT *inserted, const struct bulk_data *d, size_t from,
    size_t rows, int64_t *ids, struct err *e)
{
	int64_t first = (int64_t)mysql_stmt_insert_id(inserted);
	MYSQL_STMT *st;
	int rc;

	if (rows == 1) {
		ids[0] = first;
		return 0;
	}
	st = mysql_stmt_init(b->db->c);
	if (st == NULL)
		return err_memory(e);
	rc = prepare_readback(b, st, rows, e);
	if (rc == 0)
		rc = readback_run(b, st, d, from, rows, first, e);
	if (rc == 0)
		rc = fetch_ids(b, st, ids, rows, e);
	mysql_stmt_close(st);
	return rc;
}

int bulk_insert_ids(struct bulk *b, const struct bulk_data *d, size_t from, size_t n,
    int64_t *ids, struct err *e)
{
	unsigned k;
	int rc;

	for (; n > 0; from += sizes[k], ids += sizes[k], n -= sizes[k]) {
		k = choose_size(b, d, from, n);
		if (b->with_ids[k] == NULL && prepare(b, &b->with_ids[k], sizes[k], true, e) < 0)
			return -1;
		if (multi_send(b, b->with_ids[k], d, from, sizes[k], e) < 0)
			return -1;
		rc = b->db->mariadb ? fetch_ids(b, b->with_ids[k], ids, sizes[k], e) :
		    read_back(b, b->with_ids[k], d, from, sizes[k], ids, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

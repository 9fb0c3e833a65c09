#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "database/rows.h"

int rows_open(struct rows *r, struct db *db, const struct buf *sql, struct err *e)
{
	char what[60];

	memset(r, 0, sizeof(*r));
	r->db = db;
	if (sql_check(sql, e) < 0)
		return -1;
	if (mysql_query(db->c, sql->data) == 0)
		r->res = mysql_use_result(db->c);
	if (r->res == NULL) {
		snprintf(what, sizeof(what), "%.59s", sql->data);
		return db_fail(db, what, e);
	}
	return 0;
}

int rows_next(struct rows *r, struct err *e)
{
	r->v = mysql_fetch_row(r->res);
	if (r->v == NULL)
		return mysql_errno(r->db->c) == 0 ? 0 : db_fail(r->db, "reading rows", e);
	r->len = mysql_fetch_lengths(r->res);
	return 1;
}

void rows_close(struct rows *r, int rc)
{
	if (r->res != NULL && rc < 0)
		shutdown(mysql_get_socket(r->db->c), SHUT_RDWR);
	if (r->res != NULL)
		mysql_free_result(r->res);
	r->res = NULL;
}

int rows_each(struct db *db, const struct buf *sql, rows_take *take, void *arg, struct err *e)
{
	struct rows r;
	int rc;

	if (rows_open(&r, db, sql, e) < 0)
		return -1;
	while ((rc = rows_next(&r, e)) > 0)
		if ((rc = take(arg, &r, e)) < 0)
			break;
	rows_close(&r, rc);
	return rc;
}

int rows_once(struct db *db, struct buf *sql, rows_take *take, void *arg, struct err *e)
{
	int rc = rows_each(db, sql, take, arg, e);

	buf_free(sql);
	return rc;
}

static int take_number(void *arg, const struct rows *r, struct err *e)
{
	(void)e;
	*(int64_t *)arg = rows_int(r, 0);
	return 0;
}

int rows_count(struct db *db, struct buf *sql, int64_t *n, struct err *e)
{
	*n = 0;
	return rows_once(db, sql, take_number, n, e);
}

int64_t rows_int(const struct rows *r, unsigned i)
{
	return r->v[i] != NULL ? strtoll(r->v[i], NULL, 10) : 0;
}

const char *rows_str(const struct rows *r, unsigned i)
{
	return r->v[i] != NULL ? r->v[i] : "";
}

int rows_prepare_set(struct dbq *q, struct db *db, const char *each, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	int rc;

	buf_adds(&sql, "SET ");
	sql_repeat(&sql, NULL, ",", each, ROWS_BATCH);
	rc = dbq_prepare(q, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int rows_ids_open(struct dbq *ids, struct db *db, struct err *e)
{
	return rows_prepare_set(ids, db, "@u#=?", e);
}

int rows_ids_set(struct dbq *ids, const int64_t *id, unsigned n, struct err *e)
{
	struct dbval v[ROWS_BATCH];
	unsigned i;

	for (i = 0; i < ROWS_BATCH; i++)
		v[i] = DB_INT(id[i < n ? i : n - 1]);
	return dbq_run(ids, v, ROWS_BATCH, e);
}

#include <stdio.h>
#include <string.h>

#include "kinds/dav_sql.h"
#include "target/sql.h"

static void staged_text(const struct target *t, struct buf *out, const char *column, size_t n)
{
	if (t->dav_text == DAV_TEXT_SERVER)
		buf_addf(out, "CONVERT(CAST(CONVERT(%.*s USING utf8mb4) AS BINARY) USING %s)",
		    (int)n, column, t->db.client_charset);
	else
		buf_add(out, column, n);
}

/* A word in [] or <> that begins at P ("a<b" is no such word); its length, or 0. */
static size_t word(const char *p, char close)
{
	size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_.");

	return n > 0 && p[n + 1] == close ? n : 0;
}

int dav_prepare(struct dbq *q, struct target *t, const struct dav_stage *st, const char *text,
    struct err *e)
{
	struct buf half = BUF_INIT(1 << 16), sql = BUF_INIT(1 << 16);
	char name[64];
	size_t n;
	int rc;

	for (; *text != '\0'; text++) {
		n = *text == '[' ? word(text, ']') : *text == '<' ? word(text, '>') : 0;
		if (n == 0 || n >= sizeof(name)) {
			buf_addc(&half, *text);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)n, text + 1);
		if (*text == '[')
			dav_stage_table(st, &half, name);
		else
			staged_text(t, &half, name, n);
		text += n + 1;
	}
	rc = half.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    sql_expand(t, half.data, &sql, e);
	if (rc == 0)
		rc = dbq_prepare(q, &t->db, sql.data, e);
	buf_free(&half);
	buf_free(&sql);
	return rc;
}

int dav_run(struct target *t, const struct dav_stage *st, const char *text,
    const struct dbval *v, unsigned n, struct err *e)
{
	struct dbq q;
	int rc;

	if (dav_prepare(&q, t, st, text, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	dbq_close(&q);
	return rc;
}

int dav_insert(struct target *t, const char *text, const struct dbval *v, unsigned n,
    int64_t *id, struct err *e)
{
	struct dbq q;
	int rc;

	if (dav_prepare(&q, t, NULL, text, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	if (rc == 0)
		*id = (int64_t)mysql_stmt_insert_id(q.st);
	dbq_close(&q);
	return rc;
}

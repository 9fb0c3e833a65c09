#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "jsonw.h"
#include "p7/password.h"
#include "rows.h"

int rows_open(struct rows *r, struct db *db, const char *sql, struct err *e)
{
	char what[60];

	memset(r, 0, sizeof(*r));
	r->db = db;
	if (mysql_query(db->c, sql) == 0)
		r->res = mysql_use_result(db->c);
	if (r->res == NULL) {
		snprintf(what, sizeof(what), "%.59s", sql);
		return db_fail(db, what, e);
	}
	r->n = mysql_num_fields(r->res);
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

int64_t rows_int(const struct rows *r, unsigned i)
{
	return r->v[i] != NULL ? strtoll(r->v[i], NULL, 10) : 0;
}

const char *rows_str(const struct rows *r, unsigned i)
{
	return r->v[i] != NULL ? r->v[i] : "";
}

int rows_ids_open(struct rows_ids *ids, struct db *db, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	unsigned i;
	int rc;

	ids->list[0] = '\0';
	for (i = 0; i < ROWS_BATCH; i++) {
		sprintf(ids->list + strlen(ids->list), "%s@u%u", i == 0 ? "(" : ",", i);
		buf_addf(&sql, "%s@u%u=?", i == 0 ? "SET " : ",", i);
	}
	strcat(ids->list, ")");
	rc = dbq_prepare(&ids->q, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int rows_ids_set(struct rows_ids *ids, const int64_t *id, unsigned n, struct err *e)
{
	struct dbval v[ROWS_BATCH];
	unsigned i;

	for (i = 0; i < ROWS_BATCH; i++)
		v[i] = DB_INT(id[i < n ? i : n - 1]);
	return dbq_run(&ids->q, v, ROWS_BATCH, e);
}

void rows_ids_close(struct rows_ids *ids)
{
	if (ids->q.st != NULL)
		dbq_close(&ids->q);
}

int form_make(struct form *f, const struct column *c, const struct cat_table *t, struct buf *sql,
    struct err *e)
{
	const char *name, *expr;
	size_t from = 0;
	int n;

	memset(f, 0, sizeof(*f));
	buf_init(&f->lead, 1 << 16);
	for (; c->name != NULL; c++) {
		name = c->name + (c->name[0] == '*');
		expr = strchr(name, '=');
		n = expr != NULL ? (int)(expr - name) : (int)strlen(name);
		if (expr == NULL && !cat_has(t, name)) {
			if (c->def != NULL)
				buf_addf(&f->lead, ",\"%s\":%s", name, c->def);
			continue;
		}
		if (f->n == FORM_COLUMNS)
			return err_set(e, EXIT_BUG, "%s: too many columns", t->name);
		buf_addf(&f->lead, ",\"%.*s\":", n, name);
		f->f[f->n].secret = name != c->name;
		f->f[f->n].from = from;
		f->f[f->n++].len = f->lead.len - from;
		from = f->lead.len;
		buf_adds(sql, expr != NULL ? "," : ",t.");
		if (expr != NULL)
			buf_adds(sql, expr + 1);
		else
			db_ident(sql, name);
	}
	f->tail = from;
	if (f->lead.failed || sql->failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return 0;
}

/* Numbers go into JSON as they are; zero-filled ones would be no JSON. */
static bool is_number(const MYSQL_FIELD *field)
{
	if (field->flags & ZEROFILL_FLAG)
		return false;
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		return true;
	default:
		return false;
	}
}

void form_bind(struct form *f, const struct rows *r, unsigned first)
{
	const MYSQL_FIELD *field = mysql_fetch_fields(r->res);
	unsigned i;

	f->first = first;
	for (i = 0; i < f->n; i++)
		f->f[i].number = is_number(&field[first + i]);
}

static void put_secret(struct jsonw *w, const char *v, size_t n)
{
	struct buf coded = BUF_INIT(BUF_RECORD_MAX);

	p7password_encode(&coded, v, n);
	if (coded.failed)
		w->out->failed = true;
	jw_str_n(w, coded.len > 0 ? coded.data : "", coded.len);
	buf_free(&coded);
}

void form_put(const struct form *f, const struct rows *r, struct buf *out)
{
	struct jsonw w;
	const char *v;
	size_t n, lead;
	unsigned i;

	jw_begin(&w, out);
	for (i = 0; i < f->n; i++) {
		v = r->v[f->first + i];
		n = v != NULL ? r->len[f->first + i] : 4;
		lead = f->f[i].len;
		if (!buf_room(out, lead + n))
			return;
		/* The first member has no comma before it. */
		memcpy(out->data + out->len, f->lead.data + f->f[i].from + (i == 0),
		    lead - (i == 0));
		out->len += lead - (i == 0);
		if (v != NULL && !f->f[i].number) {
			w.comma = false;
			if (f->f[i].secret)
				put_secret(&w, v, n);
			else
				jw_str_n(&w, v, n);
			continue;
		}
		memcpy(out->data + out->len, v != NULL ? v : "null", n);
		out->len += n;
	}
	buf_add(out, f->lead.data + f->tail, f->lead.len - f->tail);
}

void form_free(struct form *f)
{
	buf_free(&f->lead);
	f->n = 0;
}

#include <string.h>

#include "database/form.h"
#include "jsonw.h"
#include "p7/password.h"

#define TEXT_KEPT ((size_t)1 << 20)

int form_make(struct form *f, unsigned first, const struct cat_table *t, struct buf *sql,
    struct err *e)
{
	const struct p7_column *c;
	size_t from = 0;

	memset(f, 0, sizeof(*f));
	f->table = t;
	f->first = first;
	buf_init(&f->lead, 1 << 16);
	buf_init(&f->text, BUF_RECORD_MAX);
	for (c = t->p7->col; c < t->p7->col + t->p7->cols; c++) {
		if (c->def != NULL && strcmp(c->def, P7_UNREAD) == 0)
			continue;
		if (c->sql == NULL && !cat_has(t, c->name)) {
			if (c->def != NULL)
				buf_addf(&f->lead, ",\"%s\":%s", c->name, c->def);
			continue;
		}
		if (f->n == FORM_COLUMNS)
			return err_set(e, EXIT_BUG, "%s: too many columns", t->name);
		buf_addf(&f->lead, ",\"%s\":", c->name);
		f->f[f->n].secret = c->secret;
		f->f[f->n].from = from;
		f->f[f->n++].len = f->lead.len - from;
		from = f->lead.len;
		buf_adds(sql, c->sql != NULL ? "," : ",t.");
		if (c->sql != NULL)
			buf_adds(sql, c->sql);
		else
			db_ident(sql, c->name);
	}
	f->tail = from;
	return buf_check(&f->lead, e);
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

static void bind(struct form *f, const struct rows *r)
{
	const MYSQL_FIELD *field = mysql_fetch_fields(r->res);
	unsigned i;

	for (i = 0; i < f->n; i++)
		f->f[i].number = is_number(&field[f->first + i]);
	f->bound = true;
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

void form_put(struct form *f, const struct rows *r, struct buf *out)
{
	struct jsonw w;
	const char *v;
	size_t n, lead;
	unsigned i;

	if (!f->bound)
		bind(f, r);
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

struct buf *form_text(struct form *f)
{
	buf_reset(&f->text);
	return &f->text;
}

int form_spool(struct form *f, struct spool *to, int64_t key, int64_t key2, struct err *e)
{
	int rc = f->text.failed ?
	    err_set(e, EXIT_DATA, "a row of %s is larger than %zu bytes", f->table->full,
	    BUF_RECORD_MAX) : spool_add(to, key, key2, f->text.data, f->text.len, e);

	/* A buffer that one huge row made large is given back. */
	if (f->text.size > TEXT_KEPT)
		buf_free(&f->text);
	return rc;
}

void form_free(struct form *f)
{
	buf_free(&f->lead);
	buf_free(&f->text);
	f->n = 0;
}

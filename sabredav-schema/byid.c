#include <stdlib.h>
#include <string.h>

#include "byid.h"
#include "sql.h"

static void marks(struct buf *sql, unsigned n)
{
	while (n-- > 0)
		buf_adds(sql, ", ?");
}

/* Parameters: where the value is found, the values, the range of ids. */
static int prepare(struct dbq *q, struct db *db, const struct table *t,
    const struct byid_column *c, bool near, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	sql_add(&sql, "", "UPDATE %I t SET t.%I", t->name, c->col);
	buf_adds(&sql, near ? "=COALESCE(ELT(t.`id`-?" : "=COALESCE(ELT(FIELD(t.`id`");
	if (!near) {
		marks(&sql, BYID_SEARCHED);
		buf_addc(&sql, ')');
	}
	marks(&sql, near ? BYID_SPAN : BYID_SEARCHED);
	buf_addf(&sql, "), %s)%s WHERE t.`id`>? AND t.`id`<=?%s", c->otherwise, c->also, c->where);
	rc = buf_check(&sql, e) < 0 ? -1 : dbq_prepare(q, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int byid_open(struct byid *b, struct db *db, const struct table *t, const struct byid_column *c,
    struct err *e)
{
	memset(b, 0, sizeof(*b));
	buf_init(&b->text, c->text_max);
	return prepare(&b->near, db, t, c, true, e) < 0 ? -1 :
	    prepare(&b->far, db, t, c, false, e);
}

void byid_add(struct byid *b, int64_t id, const char *text)
{
	struct byid_row *r = &b->row[b->n++];

	r->id = id;
	r->null = text == NULL;
	r->at = b->text.len;
	if (text != NULL)
		buf_add(&b->text, text, strlen(text) + 1);
}

static struct dbval value(const struct byid *b, const struct byid_row *r)
{
	return r->null ? DB_NULL : DB_STR(b->text.data + r->at);
}

/* N rows whose ids are not more than BYID_SPAN behind FROM. */
static int write_near(struct byid *b, const struct byid_row *r, unsigned n, int64_t from,
    struct err *e)
{
	struct dbval v[BYID_SPAN + 3];
	unsigned i;

	for (i = 0; i < BYID_SPAN; i++)
		v[1 + i] = DB_NULL;
	for (i = 0; i < n; i++)
		v[r[i].id - from] = value(b, &r[i]);
	v[0] = v[BYID_SPAN + 1] = DB_INT(from);
	v[BYID_SPAN + 2] = DB_INT(r[n - 1].id);
	return dbq_run(&b->near, v, BYID_SPAN + 3, e);
}

static int write_far(struct byid *b, const struct byid_row *r, unsigned n, int64_t from,
    struct err *e)
{
	struct dbval v[2 * BYID_SEARCHED + 2];
	unsigned i;

	for (i = 0; i < BYID_SEARCHED; i++) {
		/* No row has id 0. */
		v[i] = DB_INT(i < n ? r[i].id : 0);
		v[BYID_SEARCHED + i] = i < n ? value(b, &r[i]) : DB_NULL;
	}
	v[2 * BYID_SEARCHED] = DB_INT(from);
	v[2 * BYID_SEARCHED + 1] = DB_INT(r[n - 1].id);
	return dbq_run(&b->far, v, 2 * BYID_SEARCHED + 2, e);
}

static int compare(const void *a, const void *b)
{
	const struct byid_row *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

int byid_write(struct byid *b, struct err *e)
{
	const struct byid_row *r = b->row, *end = b->row + b->n;
	int64_t from;
	unsigned n;
	int rc = buf_check(&b->text, e);

	qsort(b->row, b->n, sizeof(*b->row), compare);
	for (; rc == 0 && r < end; r += n) {
		from = r->id - 1;
		for (n = 0; r + n < end && r[n].id - from <= BYID_SPAN; n++)
			;
		if (n >= BYID_SEARCHED || r + n == end) {
			rc = write_near(b, r, n, from, e);
		} else {
			n = end - r < BYID_SEARCHED ? (unsigned)(end - r) : BYID_SEARCHED;
			rc = write_far(b, r, n, from, e);
		}
	}
	b->n = 0;
	buf_reset(&b->text);
	return rc;
}

void byid_close(struct byid *b)
{
	dbq_close(&b->near);
	dbq_close(&b->far);
	buf_free(&b->text);
}

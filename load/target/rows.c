#include <stdlib.h>
#include <string.h>

#include "target/rows.h"
#include "target/sqlerr.h"

#define FIRST_ROWS 64

static char empty[1];

/* An array of the rows: where its pointer is kept, and how large an element is. */
struct array {
	void *at;
	size_t width;
};
#define ARRAYS_MAX (3 * BULK_COLS + 2)

static unsigned arrays(struct rows *r, enum table t, struct array *out)
{
	const struct table_info *info = &table_info[t];
	unsigned i, n = 0;

	out[n++] = (struct array){ &r->of, sizeof(*r->of) };
	out[n++] = (struct array){ &r->id, sizeof(*r->id) };
	for (i = 0; i < info->cols; i++) {
		struct bulk_data *d = &r->col[i];

		if (info->col[i].type == BULK_INT)
			out[n++] = (struct array){ &d->num, sizeof(*d->num) };
		else {
			out[n++] = (struct array){ &d->p, sizeof(*d->p) };
			out[n++] = (struct array){ &d->len, sizeof(*d->len) };
		}
		if (info->col[i].nullable)
			out[n++] = (struct array){ &d->null, sizeof(*d->null) };
	}
	return n;
}

static void *pointer(const struct array *a)
{
	void *p;

	memcpy(&p, a->at, sizeof(p));
	return p;
}

static int grow(struct rows *r, enum table t, struct err *e)
{
	size_t more = r->size ? r->size * 2 : FIRST_ROWS;
	struct array a[ARRAYS_MAX];
	unsigned i, n = arrays(r, t, a);
	void *p;

	for (i = 0; i < n; i++) {
		p = realloc(pointer(&a[i]), more * a[i].width);
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		memcpy(a[i].at, &p, sizeof(p));
	}
	r->size = more;
	return 0;
}

int rows_add(struct rows *r, enum table t, struct arena *a, int64_t of,
    const struct rows_value *v, struct err *e)
{
	const struct table_info *info = &table_info[t];
	struct bulk_data *d = r->col;
	size_t n = r->n;
	unsigned i;
	bool null;

	if (n == r->size && grow(r, t, e) < 0)
		return -1;
	for (i = 0; i < info->cols; i++, d++, v++) {
		null = v->null;
		if (info->col[i].type == BULK_INT)
			d->num[n] = v->num;
		else {
			null = v->p == NULL;
			d->len[n] = null ? 0 : v->n;
			d->p[n] = d->len[n] == 0 ? empty : v->kept ? (char *)(uintptr_t)v->p :
			    arena_add(a, v->p, v->n);
			if (d->p[n] == NULL)
				return err_set(e, EXIT_TEMPORARY, "out of memory");
		}
		if (d->null != NULL)
			d->null[n] = null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	}
	r->of[n] = of;
	r->id[n] = 0;
	r->n++;
	return 0;
}

void rows_drop(struct rows *r, enum table t, size_t row)
{
	struct array a[ARRAYS_MAX];
	unsigned i, n = arrays(r, t, a);
	char *p;

	r->n--;
	for (i = 0; i < n; i++) {
		p = pointer(&a[i]);
		memmove(p + row * a[i].width, p + r->n * a[i].width, a[i].width);
	}
}

int rows_permute(struct rows *r, enum table t, const size_t *map, struct err *e)
{
	struct array a[ARRAYS_MAX];
	unsigned i, n = arrays(r, t, a);
	char *room = malloc(r->n * sizeof(uint64_t)), *p;
	size_t k;

	if (room == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	for (i = 0; i < n; i++) {
		p = pointer(&a[i]);
		for (k = 0; k < r->n; k++)
			memcpy(room + map[k] * a[i].width, p + k * a[i].width, a[i].width);
		memcpy(p, room, r->n * a[i].width);
	}
	free(room);
	return 0;
}

bool rows_null(const struct rows *r, unsigned col, size_t row)
{
	return r->col[col].null != NULL && r->col[col].null[row] == STMT_INDICATOR_NULL;
}

void rows_fill_num(struct rows *r, unsigned col, int64_t v)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		r->col[col].num[i] = v;
}

void rows_fill_text(struct rows *r, unsigned col, const char *s, bool null)
{
	struct bulk_data *d = &r->col[col];
	size_t i, n = strlen(s);

	for (i = 0; i < r->n; i++) {
		d->p[i] = (char *)(uintptr_t)s;		/* bound, never written to */
		d->len[i] = n;
		if (d->null != NULL)
			d->null[i] = null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	}
}

void rows_free(struct rows *r)
{
	unsigned i;

	free(r->of);
	free(r->id);
	for (i = 0; i < BULK_COLS; i++) {
		free(r->col[i].num);
		free(r->col[i].p);
		free(r->col[i].len);
		free(r->col[i].null);
	}
	memset(r, 0, sizeof(*r));
}

/* An insertion on its way. */
struct insertion {
	struct rows *r;
	struct bulk *b;
	struct session *s;
	const struct rows_how *h;
};

/* Rows without a key by which MySQL would find them again are asked for their ids one by one. */
static int insert(const struct insertion *x, size_t from, size_t n, struct err *e)
{
	size_t i;

	if (!x->h->ids)
		return bulk_insert(x->b, x->r->col, from, n, e);
	if (x->b->db->mariadb || x->b->keys > 0)
		return bulk_insert_ids(x->b, x->r->col, from, n, x->r->id + from, e);
	for (i = from; i < from + n; i++)
		if (bulk_insert_ids(x->b, x->r->col, i, 1, x->r->id + i, e) < 0)
			return -1;
	return 0;
}

/* The later half goes first: what takes the place of a row that is left out is written by then. */
static int bisect(const struct insertion *x, size_t from, size_t n, struct err *e)
{
	struct err why = { .msg = "" };

	if (sql_exec(&x->s->sql, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (insert(x, from, n, &why) == 0)
		return 0;
	if (!sqlerr_is_data(why.db)) {
		*e = why;
		return -1;
	}
	if (sql_exec(&x->s->sql, "ROLLBACK TO SAVEPOINT p7m", e) < 0)
		return -1;
	if (n == 1)
		return x->h->refused(x->h->arg, from, &why, e);
	if (bisect(x, from + n / 2, n - n / 2, e) < 0)
		return -1;
	return bisect(x, from, n / 2, e);
}

static int by_id(const void *a, const void *b)
{
	int64_t p = *(const int64_t *)a, q = *(const int64_t *)b;

	return (p > q) - (p < q);
}

int rows_insert(struct rows *r, enum table t, struct session *s, const struct rows_how *h,
    struct err *e)
{
	static const struct rows_how plain = { .ids = false };
	const struct insertion x = { r, &s->w.b[t], s, h != NULL ? h : &plain };

	if (r->n == 0)
		return 0;
	if (!x.h->careful)
		return insert(&x, 0, r->n, e);
	if (bisect(&x, 0, r->n, e) < 0)
		return -1;
	/* They came in another order, and nothing else hangs on their ids. */
	if (x.h->ids && r->n > 1)
		qsort(r->id, r->n, sizeof(*r->id), by_id);
	return 0;
}

int rows_insert_one(struct rows *r, enum table t, struct session *s, size_t row, struct err *e)
{
	return bulk_insert(&s->w.b[t], r->col, row, 1, e);
}

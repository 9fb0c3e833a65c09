#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "kinds/differs.h"

void differs_close(struct differs *d)
{
	unsigned i;

	for (i = 0; i < DQ_QUERIES; i++)
		dbq_close(&d->q[i]);
	lookup_free(&d->uuids);
	lookup_free(&d->ids);
	lookup_free(&d->values);
	lookup_free(&d->cards);
	free(d->card);
	free(d->seen);
	free(d->objects);
}

void differs_user(struct differs *d)
{
	d->cards_known = false;
	if (d->objects_size > 0)
		memset(d->objects, 0, d->objects_size * sizeof(*d->objects));
}

void differs_print(struct differs *d, const char *kind, const char *key, const char *fmt, ...)
{
	va_list ap;

	if (++d->found > DIFFERS_SHOWN)
		return;
	print("! %s %s %s: ", d->user->open ? user_name(d->user) : "-", kind, key);
	va_start(ap, fmt);
	vprint(fmt, ap);
	va_end(ap);
	putchar('\n');
}

bool differs_look(const struct differs *d, const char *name)
{
	unsigned i;

	for (i = 0; i < STREAM_KINDS; i++)
		if (strcmp(d->kinds->name[i], name) == 0)
			return d->look[i];
	return false;
}

struct dbq *differs_run(struct differs *d, enum differs_query q, const char *text,
    const struct dbval *v, unsigned n, struct err *e)
{
	if (d->q[q].st == NULL && sql_prepare(d->t, &d->q[q], text, e) < 0)
		return NULL;
	return dbq_run(&d->q[q], v, n, e) < 0 ? NULL : &d->q[q];
}

struct dbq *differs_row(struct differs *d, enum differs_query q, const char *text,
    const struct dbval *v, unsigned n, int *rc, struct err *e)
{
	struct dbq *x = differs_run(d, q, text, v, n, e);

	*rc = x != NULL ? dbq_next(x, e) : -1;
	if (*rc == 1)
		mysql_stmt_free_result(x->st);	/* the row itself is kept */
	return *rc == 1 ? x : NULL;
}

int differs_list_end(struct differs *d, struct differs_list *l, struct err *e)
{
	struct dbq *q;
	unsigned i;
	int rc;

	if (l->n == 0)
		return 0;
	for (i = l->n; i < DIFFERS_LIST; i++)
		l->v[l->fixed + i] = l->v[l->fixed];
	l->n = 0;
	q = differs_run(d, l->q, l->text, l->v, l->fixed + DIFFERS_LIST, e);
	rc = q != NULL ? 0 : -1;
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1)
		l->row(d, q);
	return rc;
}

int differs_list(struct differs *d, struct differs_list *l, struct dbval v, struct err *e)
{
	l->v[l->fixed + l->n++] = v;
	return l->n == DIFFERS_LIST ? differs_list_end(d, l, e) : 0;
}

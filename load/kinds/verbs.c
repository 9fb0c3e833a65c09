#include <stdio.h>
#include <string.h>

#include "kinds/verbs.h"
#include "kinds/links.h"
#include "ledger/ledger.h"
#include "target/tx.h"

#define SOME 200	/* things found in one go */

int remove_ids(struct sql *s, enum sql_id statement, const struct own_run *r, struct err *e)
{
	struct dbval v[] = { DB_INT(r->first), DB_INT(r->last), DB_INT(r->first),
	    DB_INT(r->step) };

	return sql_run(s, statement, v, 4, e);
}

int remove_named(struct sql *s, enum sql_id statement, const struct own_run *r, struct err *e)
{
	struct dbval v[] = { r->named ? DB_STR(r->name) : DB_NULL, DB_INT(r->first),
	    DB_INT(r->last), DB_INT(r->first), DB_INT(r->step) };

	return sql_run(s, statement, v, 5, e);
}

int remove_each(struct target *t, const char *find, struct dbval a, struct dbval b,
    const char *const *statements, struct err *e)
{
	struct dbval v[] = { a, b, DB_INT(0) };
	int64_t ids[SOME], got, i;
	struct dbq q;
	unsigned k;
	int rc;

	do {
		got = 0;
		if (sql_prepare(t, &q, find, e) < 0)
			return -1;
		rc = dbq_run(&q, v, 3, e);
		while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
			ids[got++] = dbq_int(&q, 0);
		dbq_close(&q);
		if (rc < 0)
			return -1;
		v[2] = DB_INT(got > 0 ? ids[got - 1] : 0);
		for (i = 0; i < got; i++)
			for (k = 0; statements[k] != NULL; k++)
				if (sql_do(t, statements[k], &DB_INT(ids[i]), 1, e) < 0)
					return -1;
	} while (got == SOME);
	return 0;
}

static int remove_things(struct sql *s, const struct own_run *r, struct err *e)
{
	const struct kind_ops *k;

	for (k = kind_ops; k->kind != NULL; k++)
		if (k->remove_run != NULL && k->letter == r->what[0])
			return k->remove_run(s, r, e);
	return err_set(e, EXIT_BUG, "the ledger (p7m_own) has rows of the unknown letter \"%s\";"
	    " nothing of them was removed", r->what);
}

/*
 * Remove one run of rows; 1: there may be more, 0: that was all.  The latest go first: reminders,
 * calendars, entities, cards, address books; nothing ever refers to what is gone.
 */
static int remove_run(struct sql *s, int64_t user, struct err *e)
{
	struct dbval id = DB_INT(user);
	struct own_run r;
	struct dbq *q;
	int rc;

	rc = sql_row(s, SQL_OWN_NEXT, &id, 1, &q, e);
	if (rc <= 0)
		return rc;
	snprintf(r.what, sizeof(r.what), "%s", dbq_str(q, 0));
	r.first = dbq_int(q, 1);
	r.last = dbq_int(q, 2);
	r.step = dbq_int(q, 3);
	r.named = q->col[4].p != NULL;
	snprintf(r.name, sizeof(r.name), "%s", dbq_str(q, 4));

	struct dbval key[] = { id, DB_STR(r.what), DB_INT(r.first) };

	return remove_things(s, &r, e) < 0 || sql_run(s, SQL_OWN_DELETE, key, 3, e) < 0 ? -1 : 1;
}

/* Links, and what the ledger knows of calendars; shares that were revoked stay so. */
static int forget_rest(struct sql *s, int64_t user, struct err *e)
{
	struct dbval id = DB_INT(user);

	if (links_remove_own(s, user, e) < 0 || sql_run(s, SQL_CALENDARS_FORGET, &id, 1, e) < 0)
		return -1;
	return sql_run(s, SQL_SHARES_FORGET, &id, 1, e);
}

int ledger_remove_rows(struct sql *s, int64_t user, struct err *e)
{
	int rc;

	while ((rc = remove_run(s, user, e)) == 1)
		;
	return rc < 0 ? -1 : forget_rest(s, user, e);
}

struct piece {
	struct sql *sql;
	int64_t user;
	int more;	/* what remove_run says */
};

static int remove_piece(void *arg, struct err *e)
{
	struct piece *p = arg;

	p->more = remove_run(p->sql, p->user, e);
	return p->more < 0 ? -1 : 0;
}

int ledger_remove_own(struct sql *s, int64_t user, struct err *e)
{
	struct dbval id = DB_INT(user);
	struct piece p = { s, user, 1 };
	const struct tx tx = { .t = s->t, .run = remove_piece, .arg = &p };

	while (p.more == 1)
		if (tx_retry(&tx, e) < 0)
			return -1;
	if (forget_rest(s, user, e) < 0 || sql_run(s, SQL_FILES_DELETE, &id, 1, e) < 0)
		return -1;
	return sql_run(s, SQL_KINDS_DELETE, &id, 1, e);
}

int verbs_remove(struct leaving *u, struct err *e)
{
	const struct kind_ops *k;

	for (k = kind_ops; k->kind != NULL; k++)
		if (k->remove != NULL && (u->entity != 0 || k->of_principals) &&
		    k->remove(u, e) < 0)
			return -1;
	if (ledger_remove_rows(u->sql, u->row, e) < 0 || reminders_remove_rest(u, e) < 0)
		return -1;
	return sql_run(u->sql, SQL_KINDS_DELETE, &DB_INT(u->row), 1, e);
}

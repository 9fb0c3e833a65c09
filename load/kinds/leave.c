#include <stdio.h>
#include <string.h>

#include "kinds/kinds.h"
#include "kinds/leave.h"
#include "kinds/links.h"
#include "kinds/reminder.h"
#include "target/tx.h"

static int remove_things(struct sql *s, const struct own_run *r, struct err *e)
{
	const struct kind_ops *const *k;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->remove_run != NULL && (*k)->letter == r->what[0])
			return (*k)->remove_run(s, r, e);
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

int kinds_remove_rows(struct sql *s, int64_t user, struct err *e)
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

int kinds_remove_own(struct sql *s, int64_t user, struct err *e)
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

int kinds_leave(struct leaving *u, struct err *e)
{
	const struct kind_ops *const *k;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->remove != NULL && (u->entity != 0 || (*k)->of_principals) &&
		    (*k)->remove(u, e) < 0)
			return -1;
	if (kinds_remove_rows(u->sql, u->row, e) < 0 || reminders_remove_rest(u, e) < 0)
		return -1;
	return sql_run(u->sql, SQL_KINDS_DELETE, &DB_INT(u->row), 1, e);
}

#include "store/attrs.h"
#include "store/careful.h"
#include "target/sqlerr.h"

void attrs_resolve(struct unit *u, int64_t user)
{
	struct attrs *s;
	size_t i;
	unsigned t;

	for (t = 0; t < AT_COUNT; t++) {
		s = &u->attrs[t];
		for (i = 0; i < s->n; i++)
			s->id[i] = s->ent[i] == UNIT_USER ? user : u->ents.id[s->ent[i]];
	}
	for (i = 0; i < u->refs.n; i++)
		u->attrs[AT_INT].num[u->refs.v[i].row] = u->ents.id[u->refs.v[i].ent];
}

/* One of the tables, for careful.h. */
struct table {
	struct attrs_writer *w;
	enum attr_type t;
};

static int insert(void *arg, size_t from, size_t n, struct err *e)
{
	const struct table *a = arg;
	struct attrs *s = &a->w->u->attrs[a->t];
	struct bulk_data d[] = { { .num = s->id }, { .p = s->name, .len = s->name_len },
	    { .num = s->num, .p = s->val, .len = s->val_len, .null = s->null } };

	return bulk_insert(&a->w->s->w.attrs[a->t], d, from, n, e);
}

/* The one row that is to blame: emptied and tried again, then left out. */
static int refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	static char empty[1], zero[] = "0";
	const struct table *a = arg;
	struct attrs *s = &a->w->u->attrs[a->t];
	struct err again = { .msg = "" };

	if (a->w->report(a->w->arg, a->t, row, why, e) < 0)
		return -1;
	s->num[row] = 0;
	s->val[row] = a->t == AT_DOUBLE ? zero : empty;
	s->val_len[row] = a->t == AT_DOUBLE;
	if (a->t == AT_DATETIME)
		s->null[row] = STMT_INDICATOR_NULL;
	if (sql_exec(&a->w->s->sql, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (insert(arg, row, 1, &again) == 0)
		return 0;
	if (!sqlerr_is_data(again.db)) {
		*e = again;
		return -1;
	}
	unit_attr_drop(a->w->u, a->t, row);
	return sql_exec(&a->w->s->sql, "ROLLBACK TO SAVEPOINT p7m", e);
}

static int insert_all(struct attrs_writer *w, bool careful, struct err *e)
{
	struct table a = { w, 0 };
	unsigned t;
	size_t n;
	int rc;

	for (t = 0; t < AT_COUNT; t++) {
		a.t = t;
		n = w->u->attrs[t].n;
		if (n == 0)
			continue;
		rc = careful ? careful_insert(&w->s->sql, &(struct careful){ insert, refused, &a },
		    n, e) : insert(&a, 0, n, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/*
 * While a user is loaded, each row's entity was inserted in this transaction, or is the user, whom
 * P8 does not see yet: to look for it again is a third of all page reads.  Of a user who is there
 * P8 may just now remove something.  Unique keys are checked; with both checks off MariaDB would
 * lock an empty table as a whole.  Deletions need the checks for their cascades, so they are on
 * again in any case.
 */
int attrs_insert(struct attrs_writer *w, bool careful, bool unseen, struct err *e)
{
	struct err ignored = { .msg = "" };
	int rc;

	if (!unseen)
		return insert_all(w, careful, e);
	if (sql_exec(&w->s->sql, "SET foreign_key_checks=0", e) < 0)
		return -1;
	rc = insert_all(w, careful, e);
	if (sql_exec(&w->s->sql, "SET foreign_key_checks=1", rc < 0 ? &ignored : e) < 0)
		return -1;
	return rc;
}

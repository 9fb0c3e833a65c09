#include "kinds/removal.h"

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

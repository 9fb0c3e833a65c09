#include "store/careful.h"
#include "target/sqlerr.h"

/* The later half goes first: what takes the place of a row that is left out is written by then. */
static int bisect(struct sql *s, const struct careful *c, size_t from, size_t n, struct err *e)
{
	struct err why = { .msg = "" };

	if (sql_exec(s, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (c->insert(c->arg, from, n, &why) == 0)
		return 0;
	if (!sqlerr_is_data(why.db)) {
		*e = why;
		return -1;
	}
	if (sql_exec(s, "ROLLBACK TO SAVEPOINT p7m", e) < 0)
		return -1;
	if (n == 1)
		return c->refused(c->arg, from, &why, e);
	if (bisect(s, c, from + n / 2, n - n / 2, e) < 0)
		return -1;
	return bisect(s, c, from, n / 2, e);
}

int careful_insert(struct sql *s, const struct careful *c, size_t n, struct err *e)
{
	return n == 0 ? 0 : bisect(s, c, 0, n, e);
}

#include <stdio.h>

#include "count.h"
#include "kinds/outside.h"

static bool counts(const struct catalog *c, const struct p7_left *l)
{
	const struct cat_table *t = catalog_table(c, l->table);

	return t != NULL && (l->column == NULL || cat_has(t, l->column)) &&
	    (l->with == NULL || catalog_table(c, l->with) != NULL) &&
	    (l->unless == NULL || catalog_table(c, l->unless) == NULL);
}

static int count(struct run *r, const struct p7_left *l, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);

	sql_addf(&sql, &r->cat, "SELECT COUNT(*) FROM {%s t}", l->table);
	if (l->where != NULL) {
		buf_adds(&sql, " WHERE ");
		sql_add(&sql, &r->cat, l->where);
	}
	return rows_count(&r->db, &sql, n, e);
}

static int report(struct run *r, const struct p7_left *l, int64_t n, struct err *e)
{
	char reason[200], done[200];
	struct report_item item = { .code = "not-carried", .table = l->table, .id = -1,
	    .field = l->column, .reason = reason, .action = done };

	snprintf(reason, sizeof(reason), "%s not carried: %s", COUNT(n, "row"), l->what);
	snprintf(done, sizeof(done), "left in P7: %s", l->action);
	return report_add(&r->rep, &item, e);
}

int leftout_write(struct run *r, struct err *e)
{
	const struct p7_left *l;
	int64_t n;

	/* They are of all users, so they are counted where all are extracted, by one shard. */
	if (!run_tells_all(r) || !(r->o->families & F_SETTINGS))
		return 0;
	for (l = p7_left; l->table != NULL; l++) {
		if (!counts(&r->cat, l))
			continue;
		if (count(r, l, &n, e) < 0 || (n > 0 && report(r, l, n, e) < 0))
			return -1;
	}
	return 0;
}

#include <inttypes.h>
#include <stdio.h>

#include "kinds/outside.h"

/*
 * Rows that P7 left behind when it deleted a user, an account or a calendar.  They are reached from
 * nothing, so they are only counted: one line a table, never silence.
 */
static const struct {
	const char *table, *rows;	/* which of its rows are carried; NULL: no table knows */
	const char *what;		/* in a sentence */
} owners[] = {
	[OF_USER] = { "awm_accounts", "SELECT p.id_user FROM {awm_accounts p}", "users" },
	[OF_ACCOUNT] = { "awm_accounts", "SELECT p.id_acct FROM {awm_accounts p}", "accounts" },
	[OF_BOOK] = { "adav_addressbooks", "SELECT p.id FROM {adav_addressbooks p}",
	    "address books" },
	[OF_PRINCIPAL] = { NULL, NULL, "principals" },
	[OF_CALENDAR] = { "adav_calendars", "SELECT p.id FROM {adav_calendars p} WHERE NOT "
	    SQL_NO_PRINCIPAL("p"), "calendars" },
};

int lost_report(struct run *r, const char *table, const char *field, const char *reason,
    const char *action, struct err *e)
{
	struct report_item item = { .code = "orphan-rows", .table = table, .id = -1,
	    .field = field, .reason = reason, .action = action };

	return report_add(&r->rep, &item, e);
}

/* Accounts are owners themselves (orphans.c), and links count as left out, as old folders do. */
static bool can_be_lost(const struct run *r, const struct cat_table *t)
{
	const struct p7_table *p7 = t->p7;
	const char *owners_table = owners[p7->of].table;

	return t->there && p7->of != OF_NOBODY && p7->of != OF_LINK && p7->where == NULL &&
	    (p7->part != P7_DAV || (r->o->families & F_CALENDARS)) && cat_has(t, p7->owner) &&
	    (owners_table == NULL || (catalog_table(&r->cat, owners_table) != NULL &&
	    t != catalog_table(&r->cat, owners_table)));
}

static int count(struct run *r, const struct p7_table *p7, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);

	sql_addf(&sql, &r->cat, "SELECT COUNT(*) FROM {%s t} WHERE 1", p7->name);
	/* Not a correlated search: an upgraded database may lack the index for it. */
	if (owners[p7->of].rows != NULL)
		sql_addf(&sql, &r->cat, " AND (t.%s IS NULL OR t.%s NOT IN (%s))", p7->owner,
		    p7->owner, owners[p7->of].rows);
	if (p7->lost_where != NULL)
		buf_addf(&sql, " AND %s", p7->lost_where);
	return rows_count(&r->db, &sql, n, e);
}

int lost_write(struct run *r, struct err *e)
{
	const struct cat_table *t;
	char reason[120];
	int64_t n;

	if (!run_tells_all(r))
		return 0;
	for (t = r->cat.table; t < r->cat.table + P7_TABLES; t++) {
		if (!can_be_lost(r, t))
			continue;
		if (count(r, t->p7, &n, e) < 0)
			return -1;
		snprintf(reason, sizeof(reason), "rows that name %s that are not there: %" PRId64,
		    owners[t->p7->of].what, n);
		if (n > 0 && lost_report(r, t->name, NULL, reason, "left out", e) < 0)
			return -1;
	}
	return 0;
}

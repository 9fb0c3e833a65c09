#include <inttypes.h>
#include <stdio.h>

#include "extract.h"
#include "kinds.h"

/*
 * Rows that P7 left behind when it deleted a user, an account or a calendar.  They are reached from
 * nothing, so they are only counted: one line a table, never silence.
 */
static const struct {
	const char *table, *column;	/* whose rows, and what they name */
	const char *parent, *key;	/* where that should be; NULL: nowhere */
	const char *what;		/* in a sentence */
	const char *where;		/* which rows count */
	bool dav;
} links[] = {
	{ "awm_settings", "id_user", "awm_accounts", "id_user", "users", "", false },
	{ "acal_users_data", "user_id", "awm_accounts", "id_user", "users", "", false },
	{ "awm_system_folders", "id_acct", "awm_accounts", "id_acct", "accounts", "", false },
	{ "awm_folders_order", "id_acct", "awm_accounts", "id_acct", "accounts", "", false },
	{ "awm_identities", "id_acct", "awm_accounts", "id_acct", "accounts", "", false },
	{ "awm_social", "id_acct", "awm_accounts", "id_acct", "accounts", "", false },
	{ "twofa_accounts", "account_id", "awm_accounts", "id_acct", "accounts", "", false },
	{ "awm_senders", "id_user", "awm_accounts", "id_user", "users", "", false },
	{ "awm_addr_groups", "id_user", "awm_accounts", "id_user", "users", "", false },
	{ "awm_addr_book", "id_user", "awm_accounts", "id_user", "users",
	  " AND t.deleted=0 AND t.id_user<>0", false },
	{ "adav_calendars", "principaluri", NULL, NULL, "principals",
	  " AND COALESCE(t.principaluri,'')=''", true },
	{ "adav_calendarobjects", "calendarid", "adav_calendars", "id", "calendars", "", true },
	{ "adav_calendarshares", "calendarid", "adav_calendars", "id", "calendars", "", true },
	{ "adav_delegates", "calendarid", "adav_calendars", "id", "calendars", "", true },
};

static int count(struct run *r, unsigned i, const struct cat_table *t, const struct cat_table *to,
    int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	int rc;

	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " WHERE 1");
	/* Not a correlated search: an upgraded database may lack the index for it. */
	if (to != NULL) {
		buf_addf(&sql, " AND t.%s NOT IN (SELECT p.%s FROM", links[i].column,
		    links[i].key);
		sql_table(&sql, to, "p", NULL);
		buf_addc(&sql, ')');
	}
	buf_adds(&sql, links[i].where);
	rc = sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    db_one_int(&r->db, sql.data, NULL, 0, n, e);
	buf_free(&sql);
	return rc < 0 ? -1 : 0;
}

int nobody_write(struct run *r, struct err *e)
{
	const struct cat_table *t, *to;
	char reason[120];
	struct report_item item = { .code = "orphan-rows", .id = -1, .reason = reason,
	    .action = "left out" };
	int64_t n;
	unsigned i;

	if (!r->sel.all || r->sel.shard > 1)
		return 0;
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		t = catalog_table(&r->cat, links[i].table);
		to = links[i].parent != NULL ? catalog_table(&r->cat, links[i].parent) : NULL;
		if (links[i].dav != r->o->dav || t == NULL || !cat_has(t, links[i].column) ||
		    (links[i].parent != NULL && (to == NULL || !cat_has(to, links[i].key))))
			continue;
		if (count(r, i, t, to, &n, e) < 0)
			return -1;
		if (n == 0)
			continue;
		item.table = links[i].table;
		snprintf(reason, sizeof(reason), "rows that name %s that are not there: %" PRId64,
		    links[i].what, n);
		if (report_add(&r->rep, &item, e) < 0)
			return -1;
	}
	return 0;
}

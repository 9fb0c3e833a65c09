#include <inttypes.h>
#include <stdio.h>

#include "extract.h"
#include "kinds.h"

/*
 * Rows that P7 left behind when it deleted a user, an account or a calendar.  They are reached from
 * nothing, so they are only counted: one line a table, never silence.
 */
static const struct link {
	const char *table, *column;	/* whose rows, and what they name */
	const char *parent, *key;	/* where that should be; NULL: nowhere */
	const char *what;		/* in a sentence */
	const char *where;		/* which rows count */
	const char *there;		/* which of PARENT's are carried */
	bool dav;			/* calendars */
} links[] = {
#define NO_PRINCIPAL(x) "(LENGTH(COALESCE(" x ".principaluri,''))=0 OR (LENGTH(" x \
	".principaluri)=11 AND " x ".principaluri='principals/'))"
#define TO_USER .parent = "awm_accounts", .key = "id_user", .what = "users"
#define TO_ACCOUNT .parent = "awm_accounts", .key = "id_acct", .what = "accounts"
#define TO_CALENDAR .parent = "adav_calendars", .key = "id", .what = "calendars", .dav = true, \
	.there = " WHERE NOT " NO_PRINCIPAL("p")
	{ .table = "awm_settings", .column = "id_user", TO_USER },
	{ .table = "acal_users_data", .column = "user_id", TO_USER },
	{ .table = "awm_system_folders", .column = "id_acct", TO_ACCOUNT },
	{ .table = "awm_folders_order", .column = "id_acct", TO_ACCOUNT },
	{ .table = "awm_identities", .column = "id_acct", TO_ACCOUNT },
	{ .table = "awm_social", .column = "id_acct", TO_ACCOUNT },
	{ .table = "twofa_accounts", .column = "account_id", TO_ACCOUNT },
	{ .table = "awm_senders", .column = "id_user", TO_USER },
	{ .table = "awm_addr_groups", .column = "id_user", TO_USER },
	{ .table = "awm_addr_book", .column = "id_user", TO_USER,
	  .where = " AND t.deleted=0 AND t.id_user<>0" },
	{ .table = "adav_cards", .column = "addressbookid", .parent = "adav_addressbooks",
	  .key = "id", .what = "address books" },
	{ .table = "adav_calendars", .column = "principaluri", .what = "principals",
	  .where = " AND " NO_PRINCIPAL("t"), .dav = true },
	{ .table = "adav_calendarobjects", .column = "calendarid", TO_CALENDAR },
	{ .table = "adav_calendarshares", .column = "calendarid", TO_CALENDAR },
	{ .table = "adav_delegates", .column = "calendarid", TO_CALENDAR },
};

static int count(struct run *r, const struct link *l, const struct cat_table *t,
    const struct cat_table *to, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	int rc;

	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " WHERE 1");
	/* Not a correlated search: an upgraded database may lack the index for it. */
	if (to != NULL) {
		buf_addf(&sql, " AND (t.%s IS NULL OR t.%s NOT IN (SELECT p.%s FROM", l->column,
		    l->column, l->key);
		sql_table(&sql, to, "p", NULL);
		buf_addf(&sql, "%s))", l->there != NULL ? l->there : "");
	}
	if (l->where != NULL)
		buf_adds(&sql, l->where);
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
		if ((links[i].dav && !(r->o->families & F_CALENDARS)) ||
		    t == NULL || !cat_has(t, links[i].column) ||
		    (links[i].parent != NULL && (to == NULL || !cat_has(to, links[i].key))))
			continue;
		if (count(r, &links[i], t, to, &n, e) < 0)
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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "count.h"
#include "kinds.h"
#include "members.h"

void members_sql_name(struct buf *sql, const char *alias, const char *column)
{
	buf_addf(sql, "LOWER(IF(%s.%s LIKE '%%.vcf',LEFT(%s.%s,CHAR_LENGTH(%s.%s)-4),%s.%s))",
	    alias, column, alias, column, alias, column, alias, column);
}

static void sql_there(struct buf *sql, const struct cat_table *t, const char *alias,
    const char *column)
{
	buf_addf(sql, " WHERE %s.%s<>''", alias, column);
	if (cat_has(t, "deleted"))
		buf_addf(sql, " AND %s.deleted=0", alias);
}

/* Which rows have a str_id that another one has. */
static int read_shared(struct run *r, struct spool *s, const struct cat_table *t,
    const char *column, const char *key, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows = { .res = NULL };
	int rc;

	buf_addf(&sql, "SELECT b.id_user,b.%s FROM", key);
	sql_table(&sql, t, "b", NULL);
	buf_adds(&sql, " STRAIGHT_JOIN (SELECT ");
	members_sql_name(&sql, "t", column);
	buf_adds(&sql, " k FROM");
	sql_table(&sql, t, "t", NULL);
	sql_there(&sql, t, "t", column);
	buf_adds(&sql, " GROUP BY k HAVING COUNT(*)>1) x ON x.k=");
	members_sql_name(&sql, "b", column);
	sql_there(&sql, t, "b", column);
	buf_addf(&sql, " ORDER BY b.id_user,b.%s", key);
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = spool_add(s, rows_int(&rows, 0), rows_int(&rows, 1), "", 0, e);
	rows_close(&rows, rc);
	spool_rewind(s);
	return rc;
}

/* Usually nothing occurs twice, and then the server need not compare. */
static int any_group_twice(struct run *r, const struct cat_table *t, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows = { .res = NULL };
	struct dupes d;
	int rc;

	dupes_init(&d);
	buf_adds(&sql, "SELECT t.group_str_id FROM");
	sql_table(&sql, t, "t", NULL);
	sql_there(&sql, t, "t", "group_str_id");
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = dupes_add(&d, bookscan_hash(rows.v[0], rows.len[0]), e);
	rows_close(&rows, rc);
	if (rc == 0)
		rc = dupes_any(&d, e);
	dupes_free(&d);
	return rc;
}

int members_open(struct members *m, struct run *r, struct err *e)
{
	const struct cat_table *g = catalog_table(&r->cat, "awm_addr_groups");
	bool twice = false;
	int rc = 0;

	memset(m, 0, sizeof(*m));
	spool_init(&m->groups);
	spool_init(&m->contact_shared);
	spool_init(&m->group_shared);
	spool_init(&m->ranges);
	buf_init(&m->ids, 1 << 24);
	if (r->o->families & (F_CONTACTS | F_COLLECTED))
		rc = bookscan(m, r, &twice, e);
	if (rc == 0 && twice)
		rc = read_shared(r, &m->contact_shared, catalog_table(&r->cat, "awm_addr_book"),
		    "str_id", "id_addr", e);
	if (rc < 0 || !(r->o->families & F_GROUPS) || g == NULL || !cat_has(g, "group_str_id"))
		return rc;
	rc = any_group_twice(r, g, e);
	return rc > 0 ? read_shared(r, &m->group_shared, g, "group_str_id", "id_group", e) : rc;
}

void members_close(struct members *m)
{
	spool_free(&m->groups);
	spool_free(&m->contact_shared);
	spool_free(&m->group_shared);
	spool_free(&m->ranges);
	buf_free(&m->ids);
}

static int warn_membership(struct run *r, const struct membership *ms, int64_t id_addr,
    const char *email, struct err *e)
{
	char reason[120];
	struct report_item item = {
		.code = ms->state == GROUP_MISSING ? "group-missing" : "group-of-another-user",
		.user = email, .table = "awm_addr_groups_contacts", .id = id_addr,
		.field = "id_group", .reason = reason,
		.action = "the contact is carried without this group",
	};

	snprintf(reason, sizeof(reason), ms->state == GROUP_MISSING ?
	    "the contact is said to be in group %" PRId64 ", which is not there" :
	    "the contact is said to be in group %" PRId64 " of another user", ms->group);
	return report_add(&r->rep, &item, e);
}

static bool have(const struct buf *ids, int64_t id)
{
	int64_t last;

	if (ids->len == 0)
		return false;
	memcpy(&last, ids->data + ids->len - sizeof(last), sizeof(last));
	return last == id;
}

int members_groups(struct members *m, struct run *r, int64_t id_user, int64_t id_addr,
    const char *email, struct err *e)
{
	struct membership ms;
	struct srow row;
	int rc;

	buf_reset(&m->ids);
	rc = spool_seek(&m->groups, id_user, id_addr, &row, e);
	while (rc > 0 && row.key == id_user && row.key2 == id_addr) {
		memcpy(&ms, row.p, sizeof(ms));
		if (ms.state == GROUP_OWN && !have(&m->ids, ms.group))
			buf_add(&m->ids, &ms.group, sizeof(ms.group));
		else if (ms.state != GROUP_OWN &&
		    warn_membership(r, &ms, id_addr, email, e) < 0)
			return -1;
		spool_skip(&m->groups, &row);
		rc = spool_peek(&m->groups, &row, e);
	}
	if (m->ids.failed)
		return err_set(e, EXIT_DATA, "a contact is in too many groups");
	return rc < 0 ? -1 : 0;
}

static int is_there(struct spool *s, int64_t key, int64_t key2, struct err *e)
{
	struct srow row;
	int rc = spool_seek(s, key, key2, &row, e);

	return rc > 0 ? row.key == key && row.key2 == key2 : rc;
}

int members_contact_shared(struct members *m, int64_t id_user, int64_t id_addr, struct err *e)
{
	return is_there(&m->contact_shared, id_user, id_addr, e);
}

int members_group_shared(struct members *m, int64_t id_user, int64_t id_group, struct err *e)
{
	return is_there(&m->group_shared, id_user, id_group, e);
}

int members_report(struct members *m, struct run *r, struct err *e)
{
	char reason[120];
	struct report_item item = {
		.code = "orphan-rows", .table = "awm_addr_groups_contacts", .id = -1,
		.reason = reason, .action = "left out",
	};

	if (m->orphans == 0 || !r->sel.all || r->sel.shard > 1)
		return 0;
	snprintf(reason, sizeof(reason), "%s of contacts that are not there",
	    COUNT(m->orphans, "membership"));
	return report_add(&r->rep, &item, e);
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "members.h"

struct membership {
	int64_t group;
	enum { GROUP_OWN, GROUP_MISSING, GROUP_OTHER } state;
};

/*
 * SQL: the str_id COLUMN of ALIAS as it is compared, without ".vcf" and letter case.
 */
static void sql_name(struct buf *sql, const char *alias, const char *column)
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

/* Hashes of 64 bits are counted first: usually nothing occurs twice, and that is known soon. */
static int any_twice(struct run *r, const struct cat_table *t, const char *column, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc, twice = 0;

	buf_adds(&sql, "SELECT COUNT(*)-COUNT(DISTINCT CRC32(");
	sql_name(&sql, "t", column);
	buf_adds(&sql, ")*4294967296+CRC32(REVERSE(");
	sql_name(&sql, "t", column);
	buf_adds(&sql, "))) FROM");
	sql_table(&sql, t, "t", NULL);
	sql_there(&sql, t, "t", column);
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	if (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		twice = rows_int(&rows, 0) != 0;
	rows_close(&rows);
	return rc < 0 ? -1 : twice;
}

static int read_shared(struct run *r, struct spool *s, const char *table, const char *column,
    const char *key, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, table);
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc;

	spool_init(s);
	if (t == NULL || !cat_has(t, column) || !cat_has(t, key))
		return 0;
	rc = any_twice(r, t, column, e);
	if (rc <= 0)
		return rc;
	buf_addf(&sql, "SELECT b.id_user,b.%s FROM", key);
	sql_table(&sql, t, "b", NULL);
	buf_adds(&sql, " JOIN (SELECT ");
	sql_name(&sql, "t", column);
	buf_adds(&sql, " k FROM");
	sql_table(&sql, t, "t", NULL);
	sql_there(&sql, t, "t", column);
	buf_adds(&sql, " GROUP BY k HAVING COUNT(*)>1) x ON x.k=");
	sql_name(&sql, "b", column);
	sql_there(&sql, t, "b", column);
	buf_addf(&sql, " ORDER BY b.id_user,b.%s", key);
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = spool_add(s, rows_int(&rows, 0), rows_int(&rows, 1), "", 0, e);
	rows_close(&rows);
	spool_rewind(s);
	return rc;
}

/* id_user of the contact, id_addr, id_group, id_user of the group. */
static void sql_memberships(struct buf *sql, const struct cat_table *m,
    const struct cat_table *book, const struct cat_table *g)
{
	buf_addf(sql, "SELECT b.id_user,m.id_addr,m.id_group,%s FROM",
	    g != NULL ? "g.id_user" : "NULL");
	sql_table(sql, m, "m", NULL);
	buf_adds(sql, " LEFT JOIN");
	sql_table(sql, book, "b", NULL);
	buf_adds(sql, " ON b.id_addr=m.id_addr AND b.deleted=0");
	if (g != NULL) {
		buf_adds(sql, " LEFT JOIN");
		sql_table(sql, g, "g", NULL);
		buf_adds(sql, " ON g.id_group=m.id_group");
	}
	buf_adds(sql, " ORDER BY b.id_user,m.id_addr,m.id_group");
}

static int take_membership(struct members *m, const struct rows *rows, struct err *e)
{
	struct membership ms = { .group = rows_int(rows, 2), .state = GROUP_OWN };

	if (rows->v[0] == NULL) {
		m->orphans++;
		return 0;
	}
	if (rows->v[3] == NULL)
		ms.state = GROUP_MISSING;
	else if (rows_int(rows, 3) != rows_int(rows, 0))
		ms.state = GROUP_OTHER;
	return spool_add(&m->groups, rows_int(rows, 0), rows_int(rows, 1), &ms, sizeof(ms), e);
}

static int read_memberships(struct members *m, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_addr_groups_contacts");
	const struct cat_table *book = catalog_table(&r->cat, "awm_addr_book");
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc;

	if (t == NULL || book == NULL)
		return 0;
	sql_memberships(&sql, t, book, catalog_table(&r->cat, "awm_addr_groups"));
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = take_membership(m, &rows, e);
	rows_close(&rows);
	spool_rewind(&m->groups);
	return rc;
}

int members_open(struct members *m, struct run *r, struct err *e)
{
	memset(m, 0, sizeof(*m));
	spool_init(&m->groups);
	buf_init(&m->ids, 1 << 24);
	if (read_shared(r, &m->contact_shared, "awm_addr_book", "str_id", "id_addr", e) < 0 ||
	    read_shared(r, &m->group_shared, "awm_addr_groups", "group_str_id", "id_group", e) < 0)
		return -1;
	return r->o->families & F_GROUPS ? read_memberships(m, r, e) : 0;
}

void members_close(struct members *m)
{
	spool_free(&m->groups);
	spool_free(&m->contact_shared);
	spool_free(&m->group_shared);
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
	snprintf(reason, sizeof(reason), "%" PRIu64 " memberships name contacts that are not there",
	    m->orphans);
	return report_add(&r->rep, &item, e);
}

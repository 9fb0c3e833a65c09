#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "count.h"
#include "kinds/members.h"
#include "kinds/outside.h"

/* SQL: rows whose str_id another one has; AND_T, AND_B: further conditions on t and b. */
#define SHARED(table, column, key, and_t, and_b) "SELECT b.id_user,b." key " FROM {" table " b}" \
	" STRAIGHT_JOIN (SELECT " SQL_STR_ID("t." column) " k FROM {" table " t} WHERE t." column \
	"<>''" and_t " GROUP BY k HAVING COUNT(*)>1) x ON x.k=" SQL_STR_ID("b." column) \
	" WHERE b." column "<>''" and_b " ORDER BY b.id_user,b." key

static int take_shared(void *arg, const struct rows *rows, struct err *e)
{
	return spool_add(arg, rows_int(rows, 0), rows_int(rows, 1), "", 0, e);
}

static int read_shared(struct run *r, struct spool *s, const char *text, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	int rc;

	sql_add(&sql, &r->cat, text);
	rc = rows_once(&r->db, &sql, take_shared, s, e);
	spool_rewind(s);
	return rc;
}

static int take_group(void *arg, const struct rows *rows, struct err *e)
{
	return dupes_add(arg, bookscan_hash(rows->v[0], rows->len[0]), e);
}

/* Usually nothing occurs twice, and then the server need not compare. */
static int any_group_twice(struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct dupes d;
	int rc;

	dupes_init(&d);
	sql_add(&sql, &r->cat, "SELECT t.group_str_id FROM {awm_addr_groups t}"
	    " WHERE t.group_str_id<>''");
	rc = rows_once(&r->db, &sql, take_group, &d, e);
	if (rc == 0)
		rc = dupes_any(&d, e);
	dupes_free(&d);
	return rc;
}

int members_open(struct members *m, struct run *r, struct err *e)
{
	const struct cat_table *g = catalog_table(&r->cat, "awm_addr_groups");
	int rc = 0;

	memset(m, 0, sizeof(*m));
	spool_init(&m->groups);
	spool_init(&m->contact_shared);
	spool_init(&m->group_shared);
	spool_init(&m->ranges);
	buf_init(&m->ids, 1 << 24);
	if (r->o->families & (F_CONTACTS | F_COLLECTED))
		rc = bookscan(m, r, e);
	if (rc > 0)
		rc = read_shared(r, &m->contact_shared, SHARED("awm_addr_book", "str_id", "id_addr",
		    " AND t.deleted=0", " AND b.deleted=0"), e);
	if (rc < 0 || !(r->o->families & F_GROUPS) || g == NULL || !cat_has(g, "group_str_id"))
		return rc;
	rc = any_group_twice(r, e);
	return rc > 0 ? read_shared(r, &m->group_shared, SHARED("awm_addr_groups", "group_str_id",
	    "id_group", "", ""), e) : rc;
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
	while ((rc = spool_of(&m->groups, id_user, id_addr, &row, e)) > 0) {
		memcpy(&ms, row.p, sizeof(ms));
		if (ms.state == GROUP_OWN && !have(&m->ids, ms.group))
			buf_add(&m->ids, &ms.group, sizeof(ms.group));
		else if (ms.state != GROUP_OWN &&
		    warn_membership(r, &ms, id_addr, email, e) < 0)
			return -1;
	}
	return m->ids.failed ? err_set(e, EXIT_DATA, "a contact is in too many groups") : rc;
}

int members_contact_shared(struct members *m, int64_t id_user, int64_t id_addr, struct err *e)
{
	struct srow row;

	return spool_of(&m->contact_shared, id_user, id_addr, &row, e);
}

int members_group_shared(struct members *m, int64_t id_user, int64_t id_group, struct err *e)
{
	struct srow row;

	return spool_of(&m->group_shared, id_user, id_group, &row, e);
}

int members_report(struct members *m, struct run *r, struct err *e)
{
	char reason[120];

	if (m->orphans == 0 || !run_tells_all(r))
		return 0;
	snprintf(reason, sizeof(reason), "%s of contacts that are not there",
	    COUNT(m->orphans, "membership"));
	return lost_report(r, "awm_addr_groups_contacts", NULL, reason, "left out", e);
}

#include <string.h>

#include "kinds/contacts.h"

enum { COL_GLOBAL, COL_ID, COL_USER };	/* COL_ID is the first column of the form */

/* Which rows: not deleted, personal ones and stubs of global ones, of the families wanted. */
static void sql_where(struct buf *sql, const struct cat_table *t, unsigned families)
{
	buf_adds(sql, " AND t.deleted=0");
	if (cat_has(t, "type"))
		buf_adds(sql, " AND t.type IN (0,1)");
	if (!(families & F_COLLECTED))
		buf_adds(sql, " AND t.auto_create=0");
	if (!(families & F_CONTACTS))
		buf_adds(sql, " AND t.auto_create<>0");
}

/*
 * The columns.  A row of type 1 stands for an entry of the global address book, and that for a
 * user, whose account may be gone; the sub-select is evaluated for such rows only.
 */
static int sql_select(struct contacts *c, const struct run *r, const struct cat_table *t,
    struct buf *sql, struct err *e)
{
	const struct cat_table *a = catalog_table(&r->cat, "awm_accounts");

	if (cat_has(t, "type") && cat_has(t, "type_id")) {
		sql_add(sql, &r->cat, "SELECT IF(t.type=1,IFNULL((SELECT CAST(g.type_id AS SIGNED)"
		    " FROM {awm_addr_book g} WHERE g.id_addr=CAST(t.type_id AS SIGNED) AND"
		    " g.type=2 AND g.id_user=0");
		if (cat_index(a, "id_user") != NULL)
			sql_add(sql, &r->cat, " AND EXISTS (SELECT 1 FROM {awm_accounts u id_user}"
			    " WHERE u.id_user=CAST(g.type_id AS SIGNED))");
		buf_adds(sql, "),-1),NULL)");
	} else
		buf_adds(sql, "SELECT NULL");
	return form_make(&c->form, COL_ID, t, sql, e);
}

static int build(struct contacts *c, struct run *r, const struct cat_table *t, struct err *e)
{
	bool index = cat_index(t, "id_user") != NULL;

	if (sql_select(c, r, t, &c->by_index, e) < 0)
		return -1;
	buf_add(&c->by_key, c->by_index.data, c->by_index.len);
	sql_add(&c->by_index, &r->cat, index ? " FROM {awm_addr_book t id_user} WHERE t.id_user IN"
	    " {ids}" : " FROM {awm_addr_book t} WHERE 1");
	sql_where(&c->by_index, t, r->o->families);
	buf_adds(&c->by_index, " ORDER BY t.id_user,t.id_addr");
	sql_add(&c->by_key, &r->cat, " FROM {awm_addr_book t id_addr} WHERE t.id_addr BETWEEN @lo"
	    " AND @hi AND t.id_user BETWEEN @a AND @b");
	sql_where(&c->by_key, t, r->o->families);
	buf_adds(&c->by_key, " ORDER BY t.id_addr");
	if (!index || cat_index(t, "id_addr") == NULL || !t->transactional)
		return 0;
	sql_add(&c->ranges, &r->cat, "SELECT t.id_user,MIN(t.id_addr),MAX(t.id_addr),COUNT(*) FROM"
	    " {awm_addr_book t id_user} WHERE t.id_user IN {ids} GROUP BY t.id_user"
	    " ORDER BY t.id_user");
	return dbq_prepare(&c->set, &r->db, "SET @lo=?,@hi=?,@a=?,@b=?", e);
}

/* The record's own members of the row in hand: its columns, and whom it stands for. */
static void put_row(struct contacts *c, const struct rows *rows, struct buf *out)
{
	int64_t user;

	form_put(&c->form, rows, out);
	if (rows->v[COL_GLOBAL] == NULL)
		return;
	user = rows_int(rows, COL_GLOBAL);
	buf_adds(out, ",\"global_user\":");
	if (user > 0)
		buf_addf(out, "%lld", (long long)user);
	else
		buf_adds(out, "null");
}

static int take_row(void *arg, const struct rows *rows, struct err *e)
{
	struct contacts *c = arg;

	put_row(c, rows, form_text(&c->form));
	return form_spool(&c->form, &c->whole, rows_int(rows, COL_USER), rows_int(rows, COL_ID), e);
}

/* No index on id_user: one scan, kept in a file. */
static int spool_all(struct contacts *c, struct run *r, struct err *e)
{
	int rc = rows_each(&r->db, &c->by_index, take_row, c, e);

	c->spooled = true;
	spool_rewind(&c->whole);
	return rc;
}

int contacts_open(struct contacts *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_addr_book");

	memset(c, 0, sizeof(*c));
	buf_init(&c->by_index, 1 << 16);
	buf_init(&c->by_key, 1 << 16);
	buf_init(&c->ranges, 1 << 16);
	spool_init(&c->whole);
	if (members_open(&c->members, r, e) < 0 || cards_open(&c->cards, r, e) < 0)
		return -1;
	c->present = t != NULL && (r->o->families & (F_CONTACTS | F_COLLECTED));
	if (!c->present)
		return 0;
	if (build(c, r, t, e) < 0)
		return -1;
	return cat_index(t, "id_user") == NULL ? spool_all(c, r, e) : 0;
}

/* Known since the whole table was looked at. */
static int known_ranges(struct contacts *c, struct range *all, struct err *e)
{
	struct srow row;
	struct range one;
	unsigned i;
	int rc = 0;

	for (i = 0; i < c->n && (rc = spool_seek(&c->members.ranges, c->id[i], 0, &row, e)) > 0;
	    i++) {
		if (row.key != c->id[i])
			continue;
		memcpy(&one, row.p, sizeof(one));
		if (all->count == 0)
			all->lo = one.lo;
		all->hi = one.hi;
		all->count += one.count;
	}
	return rc < 0 ? -1 : 1;
}

/* Where the rows of the batch are, and whether its users follow each other in the primary key. */
struct ranges {
	struct range *all;
	bool ordered;
};

static int take_range(void *arg, const struct rows *rows, struct err *e)
{
	struct ranges *g = arg;

	(void)e;
	if (g->all->count == 0)
		g->all->lo = rows_int(rows, 1);
	else if (rows_int(rows, 1) <= g->all->hi)
		g->ordered = false;
	g->all->hi = rows_int(rows, 2);
	g->all->count += rows_int(rows, 3);
	return 0;
}

static int ask_ranges(struct contacts *c, struct run *r, struct range *all, struct err *e)
{
	struct ranges g = { all, true };

	return rows_each(&r->db, &c->ranges, take_range, &g, e) < 0 ? -1 : g.ordered;
}

/*
 * Are the batch's rows together in the primary key, and ordered there as the users are?  Then set
 * the variables of by_key.
 */
static int together(struct contacts *c, struct run *r, struct err *e)
{
	struct range all = { 0, -1, 0 };
	struct dbval v[4];
	int rc;

	if (c->ranges.len == 0)
		return 0;
	rc = c->members.ordered ? known_ranges(c, &all, e) : ask_ranges(c, r, &all, e);
	if (rc <= 0 || all.count == 0 || all.hi - all.lo >= 2 * all.count)
		return rc < 0 ? -1 : 0;
	v[0] = DB_INT(all.lo);
	v[1] = DB_INT(all.hi);
	v[2] = DB_INT(c->id[0]);
	v[3] = DB_INT(c->id[c->n - 1]);
	return dbq_run(&c->set, v, 4, e) < 0 ? -1 : 1;
}

int contacts_begin(struct contacts *c, struct run *r, const int64_t *id, unsigned n,
    struct err *e)
{
	int by_key;

	c->at_row = false;
	if (cards_begin(&c->cards, r, id, n, e) < 0)
		return -1;
	if (!c->present || c->spooled)
		return 0;
	c->id = id;
	c->n = n;
	by_key = together(c, r, e);
	return by_key < 0 ? -1 :
	    rows_open(&c->rows, &r->db, by_key ? &c->by_key : &c->by_index, e);
}

void contacts_end(struct contacts *c, int rc)
{
	rows_close(&c->rows, rc);
}

/* The next row of one of the batch's users; by key there may be others in between. */
static int next_row(struct contacts *c, struct err *e)
{
	int rc;

	if (c->at_row)
		return 1;
	while ((rc = rows_next(&c->rows, e)) > 0)
		if (ids_among(c->id, c->n, rows_int(&c->rows, COL_USER)))
			break;
	c->at_row = rc > 0;
	return rc;
}

/* The next contact of the user: 1: its number; 0: no more. */
static int next_contact(struct contacts *c, int64_t id_user, int64_t *id, struct err *e)
{
	int64_t user;
	int rc;

	if (c->spooled) {
		rc = spool_of(&c->whole, id_user, SPOOL_ANY, &c->spooled_row, e);
		*id = c->spooled_row.key2;
		return rc;
	}
	while (c->present && (rc = next_row(c, e)) != 0) {
		if (rc < 0)
			return -1;
		user = rows_int(&c->rows, COL_USER);
		if (user > id_user)
			return 0;
		c->at_row = false;
		*id = rows_int(&c->rows, COL_ID);
		if (user == id_user)
			return 1;
	}
	return 0;
}

/* The contact's record; what has to be reported about it goes before it. */
static int put_contact(struct contacts *c, struct run *r, int64_t id_user, int64_t id,
    const char *email, struct err *e)
{
	struct buf *line = &r->so.line;
	struct jsonw *w;
	int64_t group;
	size_t i;
	int shared;

	if (cards_of_contact(&c->cards, r, id_user, id, e) < 0 ||
	    members_groups(&c->members, r, id_user, id, email, e) < 0)
		return -1;
	w = so_begin(&r->so, "CONTACT");
	buf_addc(line, ',');
	if (c->spooled)
		buf_add(line, c->spooled_row.p, c->spooled_row.n);
	else
		put_row(c, &c->rows, line);
	shared = members_contact_shared(&c->members, id_user, id, e);
	if (shared < 0)
		return -1;
	if (shared)
		jw_kv_bool(w, "str_id_shared", true);
	jw_key(w, "groups");
	jw_array(w);
	for (i = 0; i < c->members.ids.len; i += sizeof(group)) {
		memcpy(&group, c->members.ids.data + i, sizeof(group));
		jw_int(w, group);
	}
	jw_array_end(w);
	return so_put(&r->so, "CONTACT", e);
}

int contacts_write(struct contacts *c, struct run *r, int64_t id_user, const char *email,
    struct err *e)
{
	int64_t id;
	int rc;

	while ((rc = next_contact(c, id_user, &id, e)) > 0)
		if (put_contact(c, r, id_user, id, email, e) < 0)
			return -1;
	return rc < 0 ? -1 : cards_rest(&c->cards, r, id_user, e);
}

void contacts_close(struct contacts *c)
{
	rows_close(&c->rows, -1);
	dbq_close(&c->set);
	form_free(&c->form);
	buf_free(&c->by_index);
	buf_free(&c->by_key);
	buf_free(&c->ranges);
	spool_free(&c->whole);
	members_close(&c->members);
	cards_close(&c->cards);
}

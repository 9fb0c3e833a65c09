#include <stdlib.h>
#include <string.h>

#include "contacts.h"
#include "kinds.h"

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

	buf_adds(sql, "SELECT ");
	if (cat_has(t, "type") && cat_has(t, "type_id")) {
		buf_adds(sql, "IF(t.type=1,IFNULL((SELECT CAST(g.type_id AS SIGNED) FROM");
		sql_table(sql, t, "g", NULL);
		buf_adds(sql, " WHERE g.id_addr=CAST(t.type_id AS SIGNED) AND g.type=2"
		    " AND g.id_user=0");
		if (cat_index(a, "id_user") != NULL) {
			buf_adds(sql, " AND EXISTS (SELECT 1 FROM");
			sql_table(sql, a, "u", cat_index(a, "id_user"));
			buf_adds(sql, " WHERE u.id_user=CAST(g.type_id AS SIGNED))");
		}
		buf_adds(sql, "),-1),NULL)");
	} else
		buf_adds(sql, "NULL");
	return form_make(&c->form, cols_contact, t, sql, e);
}

static int prepare_ranges(struct contacts *c, struct run *r, const struct cat_table *t,
    const char *index, const char *id_list, struct err *e)
{
	buf_adds(&c->ranges, "SELECT t.id_user,MIN(t.id_addr),MAX(t.id_addr),COUNT(*) FROM");
	sql_table(&c->ranges, t, "t", index);
	buf_addf(&c->ranges, " WHERE t.id_user IN %s GROUP BY t.id_user ORDER BY t.id_user",
	    id_list);
	return dbq_prepare(&c->set, &r->db, "SET @lo=?,@hi=?,@a=?,@b=?", e);
}

static int build(struct contacts *c, struct run *r, const struct cat_table *t, const char *index,
    const char *id_list, struct err *e)
{
	const char *key = cat_index(t, "id_addr");

	if (sql_select(c, r, t, &c->by_index, e) < 0)
		return -1;
	buf_add(&c->by_key, c->by_index.data, c->by_index.len);
	buf_adds(&c->by_index, " FROM");
	sql_table(&c->by_index, t, "t", index);
	if (index != NULL)
		buf_addf(&c->by_index, " WHERE t.id_user IN %s", id_list);
	else
		buf_adds(&c->by_index, " WHERE 1");
	sql_where(&c->by_index, t, r->o->families);
	buf_adds(&c->by_index, " ORDER BY t.id_user,t.id_addr");
	buf_adds(&c->by_key, " FROM");
	sql_table(&c->by_key, t, "t", key);
	buf_adds(&c->by_key, " WHERE t.id_addr BETWEEN @lo AND @hi"
	    " AND t.id_user BETWEEN @a AND @b");
	sql_where(&c->by_key, t, r->o->families);
	buf_adds(&c->by_key, " ORDER BY t.id_addr");
	if (c->by_index.failed || c->by_key.failed)
		return err_set(e, EXIT_BUG, "a statement is too long");
	if (index == NULL || key == NULL || !t->transactional)
		return 0;
	return prepare_ranges(c, r, t, index, id_list, e);
}

/* The record's own members of the row in hand: its columns, and whom it stands for. */
static void put_row(const struct contacts *c, struct buf *out)
{
	int64_t user;

	form_put(&c->form, &c->rows, out);
	if (c->rows.v[COL_GLOBAL] == NULL)
		return;
	user = rows_int(&c->rows, COL_GLOBAL);
	buf_adds(out, ",\"global_user\":");
	if (user > 0)
		buf_addf(out, "%lld", (long long)user);
	else
		buf_adds(out, "null");
}

/* No index on id_user: one scan, kept in a file. */
static int spool_all(struct contacts *c, struct run *r, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	int rc;

	c->spooled = true;
	if (rows_open(&c->rows, &r->db, c->by_index.data, e) < 0)
		return -1;
	form_bind(&c->form, &c->rows, COL_ID);
	while ((rc = rows_next(&c->rows, e)) > 0) {
		buf_reset(&text);
		put_row(c, &text);
		rc = spool_add(&c->whole, rows_int(&c->rows, COL_USER),
		    rows_int(&c->rows, COL_ID), text.data, text.len, e);
		if (rc < 0)
			break;
	}
	rows_close(&c->rows, rc);
	buf_free(&text);
	spool_rewind(&c->whole);
	return rc;
}

int contacts_open(struct contacts *c, struct run *r, const char *id_list, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_addr_book");
	const char *index;

	memset(c, 0, sizeof(*c));
	buf_init(&c->by_index, 1 << 16);
	buf_init(&c->by_key, 1 << 16);
	buf_init(&c->ranges, 1 << 16);
	spool_init(&c->whole);
	if (members_open(&c->members, r, e) < 0 || cards_open(&c->cards, r, id_list, e) < 0)
		return -1;
	c->present = t != NULL && (r->o->families & (F_CONTACTS | F_COLLECTED)) &&
	    cat_has(t, "id_user") && cat_has(t, "id_addr") && cat_has(t, "deleted") &&
	    cat_has(t, "auto_create");
	if (!c->present)
		return 0;
	index = cat_index(t, "id_user");
	if (build(c, r, t, index, id_list, e) < 0)
		return -1;
	return index == NULL ? spool_all(c, r, e) : 0;
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

/* 1: the batch's users follow each other in the primary key. */
static int ask_ranges(struct contacts *c, struct run *r, struct range *all, struct err *e)
{
	struct rows rows;
	int rc, ordered = 1;

	if (rows_open(&rows, &r->db, c->ranges.data, e) < 0)
		return -1;
	while ((rc = rows_next(&rows, e)) > 0) {
		if (all->count == 0)
			all->lo = rows_int(&rows, 1);
		else if (rows_int(&rows, 1) <= all->hi)
			ordered = 0;
		all->hi = rows_int(&rows, 2);
		all->count += rows_int(&rows, 3);
	}
	rows_close(&rows, rc);
	return rc < 0 ? -1 : ordered;
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
	if (by_key < 0 ||
	    rows_open(&c->rows, &r->db, by_key ? c->by_key.data : c->by_index.data, e) < 0)
		return -1;
	form_bind(&c->form, &c->rows, COL_ID);
	return 0;
}

void contacts_end(struct contacts *c, int rc)
{
	rows_close(&c->rows, rc);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The next row of one of the batch's users; by key there may be others in between. */
static int next_row(struct contacts *c, struct err *e)
{
	int64_t user;
	int rc;

	if (c->at_row)
		return 1;
	while ((rc = rows_next(&c->rows, e)) > 0) {
		user = rows_int(&c->rows, COL_USER);
		if (bsearch(&user, c->id, c->n, sizeof(*c->id), compare) != NULL)
			break;
	}
	c->at_row = rc > 0;
	return rc;
}

/* Begin the record of contact ID; what has to be reported about it goes before it. */
static struct jsonw *begin(struct contacts *c, struct run *r, int64_t id_user, int64_t id,
    const char *email, struct err *e)
{
	struct jsonw *w;

	if (cards_of_contact(&c->cards, r, id_user, id, e) < 0 ||
	    members_groups(&c->members, r, id_user, id, email, e) < 0)
		return NULL;
	w = so_begin(&r->so, "CONTACT");
	buf_addc(&r->so.line, ',');
	return w;
}

static int end(struct contacts *c, struct run *r, struct jsonw *w, int64_t id_user, int64_t id,
    struct err *e)
{
	int64_t group;
	size_t i;
	int shared = members_contact_shared(&c->members, id_user, id, e);

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

static int write_spooled(struct contacts *c, struct run *r, int64_t id_user, const char *email,
    struct err *e)
{
	struct jsonw *w;
	struct srow row;
	int rc;

	while ((rc = spool_seek(&c->whole, id_user, INT64_MIN, &row, e)) > 0 &&
	    row.key == id_user) {
		w = begin(c, r, id_user, row.key2, email, e);
		if (w == NULL)
			return -1;
		buf_add(&r->so.line, row.p, row.n);
		if (end(c, r, w, id_user, row.key2, e) < 0)
			return -1;
		spool_skip(&c->whole, &row);
	}
	return rc < 0 ? -1 : 0;
}

static int write_streamed(struct contacts *c, struct run *r, int64_t id_user, const char *email,
    struct err *e)
{
	struct jsonw *w;
	int64_t user, id;
	int rc;

	while (c->present && (rc = next_row(c, e)) != 0) {
		if (rc < 0)
			return -1;
		user = rows_int(&c->rows, COL_USER);
		if (user > id_user)
			return 0;
		c->at_row = false;
		if (user < id_user)
			continue;
		id = rows_int(&c->rows, COL_ID);
		w = begin(c, r, id_user, id, email, e);
		if (w == NULL)
			return -1;
		put_row(c, &r->so.line);
		if (end(c, r, w, id_user, id, e) < 0)
			return -1;
	}
	return 0;
}

int contacts_write(struct contacts *c, struct run *r, int64_t id_user, const char *email,
    struct err *e)
{
	int rc = c->spooled ? write_spooled(c, r, id_user, email, e) :
	    write_streamed(c, r, id_user, email, e);

	return rc < 0 ? -1 : cards_rest(&c->cards, r, id_user, e);
}

void contacts_close(struct contacts *c)
{
	rows_close(&c->rows, -1);
	if (c->set.st != NULL)
		dbq_close(&c->set);
	form_free(&c->form);
	buf_free(&c->by_index);
	buf_free(&c->by_key);
	buf_free(&c->ranges);
	spool_free(&c->whole);
	members_close(&c->members);
	cards_close(&c->cards);
}

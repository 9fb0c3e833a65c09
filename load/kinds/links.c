#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kinds/differs.h"
#include "kinds/entity.h"
#include "kinds/removal.h"
#include "kinds/added.h"
#include "kinds/itemize.h"
#include "kinds/links.h"
#include "base/names.h"
#include "kinds/note.h"

/* 1: P8 keeps who made a public link. */
static int link_users(struct target *t, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];
	int64_t n = 0;

	snprintf(name, sizeof(name), "%smin_hashes", t->prefix);
	return db_one_int(&t->db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME='user_id'", &DB_STR(name), 1,
	    &n, e) < 0 ? -1 : n > 0;
}

int links_open(struct context *x, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];
	int there, users = link_users(x->s->t, e);

	snprintf(name, sizeof(name), "%smin_hashes", x->s->t->prefix);
	there = users < 0 ? -1 : db_has_table(&x->s->t->db, name, e);
	x->has_links = there == 1;
	x->link_users = users == 1;
	return there < 0 ? -1 : 0;
}

/* The unit's link of that hash, as P8 compares them, or the number of links. */
static size_t find(const struct rows *r, const char *hash)
{
	size_t i;

	for (i = 0; i < r->n && strcasecmp(r->col[LINK_HASH].p[i], hash) != 0; i++)
		;
	return i;
}

/* P7's table has no key: it can have the same row twice. */
static int repeated(struct context *x, size_t i, const char *id, struct err *e)
{
	if (strcmp(x->unit->r[TABLE_LINKS].col[LINK_HASH_ID].p[i], id) != 0)
		return note_reject(x, "link-exists",
		    "the user has another public link of that address",
		    "share the file again in P8", e);
	return note_record(x, (struct report_item){ .code = "link-repeated",
	    .reason = "P7 has the public link more than once",
	    .action = "P8 has it once; nothing needs to be done" }, e);
}

/* 1: P8 has the hash, which one link only can have. */
static int taken(struct context *x, const char *hash, struct err *e)
{
	struct dbval v = DB_STR(hash);
	struct dbq *q;

	return sql_row(&x->s->sql, SQL_LINK_FIND, &v, 1, &q, e);
}

static int link_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *id = jr_str(d, NULL, "hash_id", ""), *hash = jr_str(d, NULL, "hash", "");
	const char *data = jr_str(d, NULL, "data", "");
	const struct rows *r = &x->unit->r[TABLE_LINKS];
	size_t i;
	int rc;

	if (strlen(id) != LINK_HASH_ID_LEN || hash[0] == '\0' || strlen(hash) > LINK_HASH_MAX ||
	    fit_text(&x->s->fit, AT_TEXT, data, strlen(data)) != NULL)
		return note_reject(x, "bad-link", "a public link needs \"hash_id\", \"hash\" "
		    "(at most "
		    "20 characters) and \"data\" that fits", "share the file again in P8", e);
	if (!x->has_links)
		return note_reject(x, "link-without-table", "P8 has no table min_hashes",
		    "let P8 create its tables (admin panel, Database settings) and "
		    BRING_AGAIN, e);
	i = find(r, hash);
	if (i < r->n)
		return repeated(x, i, id, e);
	rc = taken(x, hash, e);
	if (rc < 0)
		return -1;
	if (rc == 1)
		return note_reject(x, "link-exists", "P8 has another public link of that address",
		    "share the file again in P8", e);
	itemize_link(x, jr_str(d, NULL, "place", hash));
	return unit_add(x->unit, TABLE_LINKS, 0, (struct rows_value[LINK_COLUMNS]){
	    [LINK_HASH_ID] = ROW_TEXT(id), [LINK_HASH] = ROW_TEXT(hash),
	    [LINK_DATA] = ROW_TEXT(data) }, e);
}

static struct dbval value(const struct rows *r, unsigned col, size_t row)
{
	return DB_BYTES(r->col[col].p[row], r->col[col].len[row]);
}

static int links_write(struct context *x, const struct write_how *how, struct err *e)
{
	const struct rows *r = &x->unit->r[TABLE_LINKS];
	size_t i;

	(void)how;
	for (i = 0; i < r->n; i++) {
		struct dbval v[] = { value(r, LINK_HASH_ID, i), value(r, LINK_HASH, i),
		    value(r, LINK_DATA, i), DB_INT(user_entity(x)) };
		struct dbval own[] = { DB_INT(x->user->row), v[1] };

		if (sql_run(&x->s->sql, SQL_LINK_OWN, own, 2, e) < 0 ||
		    sql_run(&x->s->sql, x->link_users ? SQL_LINK_ADD : SQL_LINK_ADD_OLD, v,
		    x->link_users ? 4 : 3, e) < 0)
			return -1;
	}
	return 0;
}

static void links_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_LINKS];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, KIND_LINK) : NULL;
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->hash += rowhash_link(r->col[LINK_HASH_ID].p[i], r->col[LINK_HASH].p[i],
		    r->col[LINK_DATA].p[i], r->col[LINK_DATA].len[i]);
	}
}

int links_remove_own(struct sql *s, int64_t user, struct err *e)
{
	struct dbval id = DB_INT(user);
	char hash[LINK_HASH_MAX * 4 + 1];
	struct dbq *q;
	int rc;

	while ((rc = sql_row(s, SQL_LINK_NEXT, &id, 1, &q, e)) == 1) {
		snprintf(hash, sizeof(hash), "%s", dbq_str(q, 0));

		struct dbval own[] = { id, DB_STR(hash) };

		if (sql_run(s, SQL_LINK_DELETE, &own[1], 1, e) < 0 ||
		    sql_run(s, SQL_LINK_FORGET, own, 2, e) < 0)
			return -1;
	}
	return rc;
}

static int links_remove(struct leaving *u, struct err *e)
{
	int rc = link_users(u->sql->t, e);

	return rc == 1 ? sql_do(u->sql->t, "DELETE FROM {min_hashes} WHERE user_id=?",
	    &DB_INT(u->entity), 1, e) : rc;
}

static int links_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_INT(entity), DB_INT(r->user->row) };
	int rc = link_users(r->t, e);

	return rc <= 0 ? rc : changes_count(r, out, "LINK", "SELECT COUNT(*) FROM {min_hashes} h"
	    " WHERE h.user_id=? AND NOT EXISTS (SELECT 1 FROM {p7m_links} l WHERE l.user_id=? AND"
	    " l.hash=h.hash)", v, 2, e);
}

static void read_link(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)r;
	readback_add(k, 0, rowhash_link(dbq_str(q, 0), dbq_str(q, 1), dbq_str(q, 2),
	    q->col[2].n));
}

/* Hash by hash, not a join: the two tables' collations need not be the same. */
static int links_read(struct readback *r, struct err *e)
{
	struct readback_kind *k = readback_find(r, KIND_LINK);
	char hash[LINK_HASH_MAX * 4 + 1] = "";
	struct dbval v[] = { DB_INT(r->user->row), DB_STR(hash) };
	struct dbq *q;
	int rc = 0;

	/* Only who has links makes the table of a module necessary. */
	while (k != NULL && !r->without_singles && rc == 0) {
		v[1].n = strlen(hash);
		q = readback_run(r, RB_LINKS, "SELECT hash FROM {p7m_links} WHERE user_id=? AND"
		    " hash>? ORDER BY hash LIMIT 1", v, 2, e);
		if (q == NULL || (rc = dbq_next(q, e)) <= 0)
			return q == NULL ? -1 : rc;
		snprintf(hash, sizeof(hash), "%s", dbq_str(q, 0));
		rc = dbq_next(q, e) < 0 ? -1 : readback_rows(r, RB_LINK, "SELECT hash_id, hash,"
		    " data FROM {min_hashes} WHERE hash=?", &DB_STR(hash), 1, k, read_link, e);
	}
	return rc;
}

int link_differs(struct differs *d, struct sql *s, const struct jdoc *record, struct err *e)
{
	const char *hash = jr_str(record, NULL, "hash", "");
	const char *place = jr_str(record, NULL, "place", hash);
	struct dbval v = DB_STR(hash);
	struct dbq *q;
	int rc;

	rc = sql_row(s, SQL_LINK_FIND, &v, 1, &q, e);
	if (rc == 0)
		differs_print(d, KIND_LINK, place, "not in P8");
	else if (rc == 1 && strcmp(dbq_str(q, 0), jr_str(record, NULL, "hash_id", "")) != 0)
		differs_print(d, KIND_LINK, place, "it leads to another place in P8");
	return rc < 0 ? -1 : 0;
}

const struct kind_ops link_kind = {
	.kind = KIND_LINK, .word = "public links", .part = PART_BASE, .take = link_take,
	.write = links_write, .sum = links_sum, .source = entity_source, .read = links_read,
	.added = links_added, .remove = links_remove
};

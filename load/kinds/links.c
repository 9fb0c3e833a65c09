#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "after/compare.h"
#include "kinds/itemize.h"
#include "kinds/links.h"
#include "base/names.h"
#include "kinds/note.h"
#include "after/readback.h"

#define HASH_ID_LEN 32
#define HASH_MAX 20

int links_open(struct context *x, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];
	struct dbval v;
	int64_t n = 0;
	int there;

	snprintf(name, sizeof(name), "%smin_hashes", x->s->t->prefix);
	v = DB_STR(name);
	there = db_has_table(&x->s->t->db, name, e);
	if (there < 0)
		return -1;
	x->has_links = there == 1;
	if (db_one_int(&x->s->t->db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME='user_id'", &v, 1, &n,
	    e) < 0)
		return -1;
	x->link_users = n > 0;
	return 0;
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

int link_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *id = jr_str(d, NULL, "hash_id", ""), *hash = jr_str(d, NULL, "hash", "");
	const char *data = jr_str(d, NULL, "data", "");
	const struct rows *r = &x->unit->r[TABLE_LINKS];
	size_t i;
	int rc;

	if (strlen(id) != HASH_ID_LEN || hash[0] == '\0' || strlen(hash) > HASH_MAX ||
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

int links_write(struct context *x, const struct write_how *how, struct err *e)
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

void links_sum(const struct context *x, struct sums *sums)
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

int links_remove(struct sql *s, int64_t user, struct err *e)
{
	struct dbval id = DB_INT(user);
	char hash[HASH_MAX * 4 + 1];
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

/* The hashes that the ledger has of the user, one after the other: 1, 0, -1. */
static int next_hash(struct readback *r, int64_t user, char hash[HASH_MAX * 4 + 1], struct err *e)
{
	struct dbval v[] = { DB_INT(user), DB_STR(hash) };
	int rc;

	rc = dbq_run(&r->links, v, 2, e);
	if (rc == 0)
		rc = dbq_next(&r->links, e);
	if (rc != 1)
		return rc;
	snprintf(hash, HASH_MAX * 4 + 1, "%s", dbq_str(&r->links, 0));
	return dbq_next(&r->links, e) < 0 ? -1 : 1;
}

/* Not a join: the two tables' collations need not be the same. */
static int read_link(struct readback *r, const char *hash, struct readback_kind *k, struct err *e)
{
	struct dbval v = DB_STR(hash);
	struct dbq *q = &r->link_rows;
	int rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		k->got.things++;
		k->got.hash += rowhash_link(dbq_str(q, 0), dbq_str(q, 1), dbq_str(q, 2),
		    q->col[2].n);
	}
	return rc;
}

int links_read(struct readback *r, int64_t user, struct err *e)
{
	char hash[HASH_MAX * 4 + 1] = "";
	struct readback_kind *k = NULL;
	unsigned i;
	int rc;

	/* Only who has links makes the table of a module necessary. */
	for (i = 0; i < r->n && k == NULL; i++)
		if (strcmp(r->k[i].name, KIND_LINK) == 0)
			k = &r->k[i];
	if (k == NULL)
		return 0;
	if (r->links.st == NULL &&
	    (sql_prepare(r->t, &r->links, "SELECT hash FROM {p7m_links} WHERE user_id=? AND"
	    " hash>? ORDER BY hash LIMIT 1", e) < 0 ||
	    sql_prepare(r->t, &r->link_rows, "SELECT hash_id, hash, data FROM {min_hashes}"
	    " WHERE hash=?", e) < 0))
		return -1;
	while ((rc = next_hash(r, user, hash, e)) == 1)
		if (read_link(r, hash, k, e) < 0)
			return -1;
	return rc;
}

int links_compare(struct compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->in.si.doc;
	const char *hash = jr_str(d, NULL, "hash", "");
	const char *place = jr_str(d, NULL, "place", hash);
	struct dbval v = DB_STR(hash);
	struct dbq *q;
	int rc;

	rc = sql_row(&c->l->s.sql, SQL_LINK_FIND, &v, 1, &q, e);
	if (rc == 0)
		compare_say(c, KIND_LINK, place, "not in P8");
	else if (rc == 1 && strcmp(dbq_str(q, 0), jr_str(d, NULL, "hash_id", "")) != 0)
		compare_say(c, KIND_LINK, place, "it leads to another place in P8");
	return rc < 0 ? -1 : 0;
}

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "kinds.h"
#include "members.h"

#define SORT_MAX ((size_t)128 << 10)	/* memberships that are sorted in memory */

struct found {
	int64_t user, addr;
	struct membership m;
};

struct scan {
	struct members *m;
	struct run *r;
	struct spool pairs;	/* id_addr, id_group: id_user of the group, if any */
	struct dupes dupes;
	struct found *found;
	size_t nfound;
	bool too_many;		/* memberships: the server has to sort them */
	int64_t user;		/* of the range in hand, 0: none */
	struct range range;
};

uint64_t bookscan_hash(const char *s, size_t n)
{
	char text[1024];
	size_t i;

	if (n > 4 && strncasecmp(s + n - 4, ".vcf", 4) == 0)
		n -= 4;
	if (n > sizeof(text))
		n = sizeof(text);
	for (i = 0; i < n; i++)
		text[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	return XXH3_64bits(text, n);
}

static struct membership judge(int64_t group, const char *owner, int64_t user)
{
	struct membership m = { .group = group, .state = GROUP_OWN };

	if (owner == NULL)
		m.state = GROUP_MISSING;
	else if (strtoll(owner, NULL, 10) != user)
		m.state = GROUP_OTHER;
	return m;
}

static const struct cat_table *wanted_members(const struct run *r)
{
	return r->o->families & F_GROUPS ?
	    catalog_table(&r->cat, "awm_addr_groups_contacts") : NULL;
}

static void sql_group_owner(struct buf *sql, const struct cat_table *g)
{
	if (g == NULL)
		return;
	buf_adds(sql, " LEFT JOIN");
	sql_table(sql, g, "g", NULL);
	buf_adds(sql, " ON g.id_group=m.id_group");
}

/* All memberships in the order of contacts. */
static int read_pairs(struct scan *s, struct err *e)
{
	const struct cat_table *t = wanted_members(s->r);
	const struct cat_table *g = catalog_table(&s->r->cat, "awm_addr_groups");
	struct buf sql = BUF_INIT(8192);
	struct rows rows = { .res = NULL };
	int rc;

	if (t == NULL)
		return 0;
	buf_addf(&sql, "SELECT m.id_addr,m.id_group,%s FROM", g != NULL ? "g.id_user" : "NULL");
	sql_table(&sql, t, "m", NULL);
	sql_group_owner(&sql, g);
	buf_adds(&sql, " ORDER BY m.id_addr,m.id_group");
	rc = rows_open(&rows, &s->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = spool_add(&s->pairs, rows_int(&rows, 0), rows_int(&rows, 1), rows.v[2],
		    rows.v[2] != NULL ? rows.len[2] + 1 : 0, e);
	rows_close(&rows, rc);
	spool_rewind(&s->pairs);
	return rc;
}

/* Memberships of this contact; those of lower ids, that the scan did not meet, are orphans. */
static int take_pairs(struct scan *s, int64_t user, int64_t addr, struct err *e)
{
	struct srow row;
	int rc;

	while ((rc = spool_peek(&s->pairs, &row, e)) > 0 && row.key <= addr) {
		if (row.key < addr)
			s->m->orphans++;
		else if (s->nfound == SORT_MAX)
			s->too_many = true;
		else
			s->found[s->nfound++] = (struct found){ user, addr,
			    judge(row.key2, row.n > 0 ? row.p : NULL, user) };
		spool_skip(&s->pairs, &row);
	}
	return rc < 0 ? -1 : 0;
}

static int end_range(struct scan *s, struct err *e)
{
	return s->user > 0 ? spool_add(&s->m->ranges, s->user, 0, &s->range, sizeof(s->range),
	    e) : 0;
}

/* Ranges are kept while users come in ascending order; one exception makes them useless. */
static int take_range(struct scan *s, int64_t user, int64_t addr, struct err *e)
{
	if (user <= 0 || !s->m->ordered)
		return 0;
	if (user < s->user) {
		s->m->ordered = false;
		return 0;
	}
	if (user > s->user) {
		if (end_range(s, e) < 0)
			return -1;
		s->user = user;
		s->range = (struct range){ addr, addr, 0 };
	}
	s->range.hi = addr;
	s->range.count++;
	return 0;
}

static int take_row(struct scan *s, const struct rows *rows, struct err *e)
{
	int64_t addr = rows_int(rows, 0), user = rows_int(rows, 1);

	if (rows->v[2] != NULL && rows->len[2] > 0 &&
	    dupes_add(&s->dupes, bookscan_hash(rows->v[2], rows->len[2]), e) < 0)
		return -1;
	if (take_pairs(s, user, addr, e) < 0)
		return -1;
	return take_range(s, user, addr, e);
}

static int scan(struct scan *s, const struct cat_table *t, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows = { .res = NULL };
	int rc;

	buf_addf(&sql, "SELECT t.id_addr,t.id_user,%s FROM",
	    cat_has(t, "str_id") ? "t.str_id" : "NULL");
	sql_table(&sql, t, "t", cat_index(t, "id_addr"));
	buf_adds(&sql, " WHERE t.deleted=0 ORDER BY t.id_addr");
	rc = rows_open(&rows, &s->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = take_row(s, &rows, e);
	rows_close(&rows, rc);
	if (rc == 0)
		rc = end_range(s, e);
	return rc < 0 ? -1 : take_pairs(s, 0, INT64_MAX, e);
}

static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->user != y->user)
		return x->user > y->user ? 1 : -1;
	if (x->addr != y->addr)
		return x->addr > y->addr ? 1 : -1;
	return (x->m.group > y->m.group) - (x->m.group < y->m.group);
}

static int keep_found(struct scan *s, struct err *e)
{
	const struct found *f;
	size_t i;

	if (s->nfound > 0)
		qsort(s->found, s->nfound, sizeof(*s->found), compare);
	for (i = 0; i < s->nfound; i++) {
		f = &s->found[i];
		if (spool_add(&s->m->groups, f->user, f->addr, &f->m, sizeof(f->m), e) < 0)
			return -1;
	}
	return 0;
}

/* Very many memberships: joined and sorted by the server, which takes it several times as long. */
static int read_sorted(struct scan *s, const struct cat_table *book, struct err *e)
{
	const struct cat_table *g = catalog_table(&s->r->cat, "awm_addr_groups");
	struct buf sql = BUF_INIT(8192);
	struct membership ms;
	struct rows rows = { .res = NULL };
	int rc;

	buf_addf(&sql, "SELECT b.id_user,m.id_addr,m.id_group,%s FROM",
	    g != NULL ? "g.id_user" : "NULL");
	sql_table(&sql, wanted_members(s->r), "m", NULL);
	buf_adds(&sql, " STRAIGHT_JOIN");
	sql_table(&sql, book, "b", cat_index(book, "id_addr"));
	buf_adds(&sql, " ON b.id_addr=m.id_addr AND b.deleted=0");
	sql_group_owner(&sql, g);
	buf_adds(&sql, " ORDER BY b.id_user,m.id_addr,m.id_group");
	rc = rows_open(&rows, &s->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		ms = judge(rows_int(&rows, 2), rows.v[3], rows_int(&rows, 0));
		rc = spool_add(&s->m->groups, rows_int(&rows, 0), rows_int(&rows, 1), &ms,
		    sizeof(ms), e);
	}
	rows_close(&rows, rc);
	return rc;
}

int bookscan(struct members *m, struct run *r, bool *twice, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_addr_book");
	struct scan s = { .m = m, .r = r };
	int rc;

	*twice = false;
	if (t == NULL || !cat_has(t, "id_addr") || !cat_has(t, "id_user") ||
	    !cat_has(t, "deleted"))
		return 0;
	s.found = malloc(SORT_MAX * sizeof(*s.found));
	if (s.found == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	spool_init(&s.pairs);
	dupes_init(&s.dupes);
	m->ordered = true;
	rc = read_pairs(&s, e);
	if (rc == 0)
		rc = scan(&s, t, e);
	if (rc == 0)
		rc = s.too_many ? read_sorted(&s, t, e) : keep_found(&s, e);
	if (rc == 0) {
		rc = dupes_any(&s.dupes, e);
		*twice = rc > 0;
	}
	free(s.found);
	spool_free(&s.pairs);
	dupes_free(&s.dupes);
	spool_rewind(&m->groups);
	spool_rewind(&m->ranges);
	return rc < 0 ? -1 : 0;
}

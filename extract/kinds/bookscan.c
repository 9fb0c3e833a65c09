#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "kinds/members.h"

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

/* SQL: the user of the group of a membership m: a column, and what goes behind FROM. */
static const char *group_user(const struct run *r)
{
	return catalog_table(&r->cat, "awm_addr_groups") != NULL ? "g.id_user" : "NULL";
}

static const char *group_join(const struct run *r)
{
	return catalog_table(&r->cat, "awm_addr_groups") != NULL ?
	    " LEFT JOIN {awm_addr_groups g} ON g.id_group=m.id_group" : "";
}

static int take_pair(void *arg, const struct rows *rows, struct err *e)
{
	return spool_add(arg, rows_int(rows, 0), rows_int(rows, 1), rows->v[2],
	    rows->v[2] != NULL ? rows->len[2] + 1 : 0, e);
}

/* All memberships in the order of contacts. */
static int read_pairs(struct scan *s, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	int rc;

	if (!(s->r->o->families & F_GROUPS) ||
	    catalog_table(&s->r->cat, "awm_addr_groups_contacts") == NULL)
		return 0;
	sql_addf(&sql, &s->r->cat, "SELECT m.id_addr,m.id_group,%s FROM"
	    " {awm_addr_groups_contacts m}%s ORDER BY m.id_addr,m.id_group", group_user(s->r),
	    group_join(s->r));
	rc = rows_once(&s->r->db, &sql, take_pair, &s->pairs, e);
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

static int take_row(void *arg, const struct rows *rows, struct err *e)
{
	struct scan *s = arg;
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

	sql_addf(&sql, &s->r->cat, "SELECT t.id_addr,t.id_user,%s FROM {awm_addr_book t id_addr}"
	    " WHERE t.deleted=0 ORDER BY t.id_addr", cat_has(t, "str_id") ? "t.str_id" : "NULL");
	if (rows_once(&s->r->db, &sql, take_row, s, e) < 0 || end_range(s, e) < 0)
		return -1;
	return take_pairs(s, 0, INT64_MAX, e);
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

static int take_sorted(void *arg, const struct rows *rows, struct err *e)
{
	struct scan *s = arg;
	struct membership ms = judge(rows_int(rows, 2), rows->v[3], rows_int(rows, 0));

	return spool_add(&s->m->groups, rows_int(rows, 0), rows_int(rows, 1), &ms, sizeof(ms), e);
}

/* Very many memberships: joined and sorted by the server, which takes it several times as long. */
static int read_sorted(struct scan *s, struct err *e)
{
	struct buf sql = BUF_INIT(8192);

	sql_addf(&sql, &s->r->cat, "SELECT b.id_user,m.id_addr,m.id_group,%s FROM"
	    " {awm_addr_groups_contacts m} STRAIGHT_JOIN {awm_addr_book b id_addr} ON"
	    " b.id_addr=m.id_addr AND b.deleted=0%s ORDER BY b.id_user,m.id_addr,m.id_group",
	    group_user(s->r), group_join(s->r));
	return rows_once(&s->r->db, &sql, take_sorted, s, e);
}

int bookscan(struct members *m, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_addr_book");
	struct scan s = { .m = m, .r = r };
	int rc;

	if (t == NULL)
		return 0;
	s.found = malloc(SORT_MAX * sizeof(*s.found));
	if (s.found == NULL)
		return err_memory(e);
	spool_init(&s.pairs);
	dupes_init(&s.dupes);
	m->ordered = true;
	rc = read_pairs(&s, e);
	if (rc == 0)
		rc = scan(&s, t, e);
	if (rc == 0)
		rc = s.too_many ? read_sorted(&s, e) : keep_found(&s, e);
	if (rc == 0)
		rc = dupes_any(&s.dupes, e);
	free(s.found);
	spool_free(&s.pairs);
	dupes_free(&s.dupes);
	spool_rewind(&m->groups);
	spool_rewind(&m->ranges);
	return rc;
}

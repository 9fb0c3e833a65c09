#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "extract.h"
#include "kinds.h"

/*
 * Whose records are wanted when users were selected or the run is a shard: principals are compared
 * as the server lower-cases them.  Of a user only a hash is kept, of his calendars the number.
 */
struct wanted {
	bool all;
	/* Of users' principals, sorted; the lowest bit says whether he is wanted. */
	uint64_t *hash;
	size_t hashes, hash_room;
	int64_t *calendar;		/* the calendars that are wanted, ascending */
	size_t calendars, size;
};

struct dav {
	struct run *r;
	struct wanted want;
	struct rows_ids ids;
};

/* How a table's rows are labelled and chosen. */
struct table {
	const char *kind, *table;
	const struct column *col;
	/* SQL: the owner's principal, the same as it is compared, the member's principal */
	const char *principal, *member;
	const char *calendar;		/* column with its id; NULL: choose by principal */
};

static const struct table tables[] = {
	{ "DAV_PRINCIPAL", "adav_principals", cols_dav_principal, "t.uri", NULL, NULL },
	{ "DAV_CALENDAR", "adav_calendars", cols_dav_calendar, "t.principaluri", NULL, "id" },
	{ "DAV_OBJECT", "adav_calendarobjects", cols_dav_object, "c.principaluri", NULL,
	    "calendarid" },
	{ "DAV_SHARE", "adav_calendarshares", cols_dav_share, "c.principaluri", "t.member",
	    "calendarid" },
	{ "DAV_REMINDER", "adav_reminders", cols_dav_reminder, "CONCAT('principals/',t.user)",
	    NULL, NULL },
};

static int compare_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a >> 1, y = *(const uint64_t *)b >> 1;

	return (x > y) - (x < y);
}

static int compare_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static const char *mail_of(const char *principal)
{
	static const char prefix[] = "principals/";

	return strncmp(principal, prefix, sizeof(prefix) - 1) == 0 ?
	    principal + sizeof(prefix) - 1 : principal;
}

/*
 * A principal as the server lower-cases it.  Of a user it is wanted when he is, however it is
 * spelled; of nobody, when all users are and it is in the shard itself.
 */
static bool wants_principal(const struct dav *d, const char *lower)
{
	const char *mail = mail_of(lower);
	uint64_t h = XXH3_64bits(mail, strlen(mail)), *found;

	found = d->want.hashes > 0 ? bsearch(&h, d->want.hash, d->want.hashes, sizeof(h),
	    compare_hash) : NULL;
	if (found != NULL)
		return *found & 1;
	return d->r->sel.all && selection_in_shard(&d->r->sel, mail);
}

static bool wants_calendar(const struct dav *d, int64_t id)
{
	return d->want.calendars > 0 && bsearch(&id, d->want.calendar, d->want.calendars,
	    sizeof(id), compare_id) != NULL;
}

static int add_user(struct wanted *w, const char *mail, bool wanted, struct err *e)
{
	size_t room = w->hash_room ? 2 * w->hash_room : 1024;
	uint64_t *p;

	if (w->hashes == w->hash_room) {
		p = realloc(w->hash, room * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		w->hash = p;
		w->hash_room = room;
	}
	w->hash[w->hashes++] = (XXH3_64bits(mail, strlen(mail)) & ~UINT64_C(1)) | wanted;
	return 0;
}

/*
 * The e-mails of the users in the list, of those that are excepted from all, or, for a shard, of
 * all: each as it is and as a latin1 server has it.
 */
static int read_users(struct dav *d, struct err *e)
{
	struct selection *sel = &d->r->sel;
	struct buf sql = BUF_INIT(4096);
	struct rows rows;
	bool wanted;
	unsigned i;
	int rc;

	buf_adds(&sql, "SELECT a.id_user,a.email,LOWER(a.email),LOWER(" SQL_EMAIL_TWICE "),"
	    "LOWER(" SQL_TWICE("LOWER(a.email)") ") FROM ");
	sql_users(&sql, &d->r->cat);
	buf_adds(&sql, " ORDER BY a.id_user");
	rc = rows_open(&rows, &d->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		wanted = selection_wants(sel, rows_int(&rows, 0));
		rc = 0;
		if (sel->shards == 0 && wanted == sel->all)
			continue;
		wanted = wanted && selection_in_shard(sel, rows_str(&rows, 1));
		for (i = 2; i <= 4 && rc == 0; i++)
			if (i == 2 || strcmp(rows_str(&rows, i), rows_str(&rows, i - 1)) != 0)
				rc = add_user(&d->want, rows_str(&rows, i), wanted, e);
	}
	rows_close(&rows, rc);
	if (d->want.hashes > 0)
		qsort(d->want.hash, d->want.hashes, sizeof(*d->want.hash), compare_hash);
	return rc;
}

static int add_calendar(struct wanted *w, int64_t id, struct err *e)
{
	int64_t *p;

	if (w->calendars == w->size) {
		w->size = w->size ? 2 * w->size : 256;
		p = realloc(w->calendar, w->size * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		w->calendar = p;
	}
	w->calendar[w->calendars++] = id;
	return 0;
}

static int read_calendars(struct dav *d, struct err *e)
{
	const struct cat_table *t = catalog_table(&d->r->cat, "adav_calendars");
	struct buf sql = BUF_INIT(4096);
	struct rows rows;
	int rc;

	if (t == NULL)
		return 0;
	buf_adds(&sql, "SELECT t.id,LOWER(t.principaluri) FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " ORDER BY t.id");
	rc = rows_open(&rows, &d->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = wants_principal(d, rows_str(&rows, 1)) ?
		    add_calendar(&d->want, rows_int(&rows, 0), e) : 0;
	rows_close(&rows, rc);
	return rc;
}

/* Few calendars are left to the server to choose; more are chosen here. */
static bool by_list(const struct dav *d, const struct table *t)
{
	return !d->want.all && t->calendar != NULL && d->want.calendars > 0 &&
	    d->want.calendars <= ROWS_BATCH;
}

static void sql_from(struct buf *sql, const struct dav *d, const struct table *k,
    const struct cat_table *t)
{
	const struct cat_table *calendars = catalog_table(&d->r->cat, "adav_calendars");
	const struct cat_table *principals = catalog_table(&d->r->cat, "adav_principals");

	buf_adds(sql, " FROM");
	sql_table(sql, t, "t", cat_index(t, "id"));
	if (k->principal[0] == 'c' && calendars != NULL) {
		buf_adds(sql, " LEFT JOIN");
		sql_table(sql, calendars, "c", NULL);
		buf_adds(sql, " ON c.id=t.calendarid");
	}
	if (k->member != NULL && principals != NULL) {
		buf_adds(sql, " LEFT JOIN");
		sql_table(sql, principals, "p", NULL);
		buf_addf(sql, " ON p.id=%s", k->member);
	}
	if (by_list(d, k))
		buf_addf(sql, " WHERE t.%s IN %s", k->calendar, d->ids.list);
	buf_adds(sql, " ORDER BY t.id");
}

/* Columns 0 to 3: id of the calendar, principal, the same lower-cased, member; then P7's own. */
static int build(const struct dav *d, const struct table *k, const struct cat_table *t,
    struct form *f, struct buf *sql, struct err *e)
{
	bool calendars = catalog_table(&d->r->cat, "adav_calendars") != NULL;
	bool principals = catalog_table(&d->r->cat, "adav_principals") != NULL;
	const char *owner = k->principal[0] == 'c' && !calendars ? "NULL" : k->principal;

	buf_addf(sql, "SELECT %s%s,%s,", k->calendar != NULL ? "t." : "",
	    k->calendar != NULL ? k->calendar : "NULL", owner);
	/* The lower-cased text is needed only to choose by. */
	buf_addf(sql, d->want.all || k->calendar != NULL ? "NULL," : "LOWER(%s),", owner);
	buf_adds(sql, k->member != NULL && principals ? "p.uri" : "NULL");
	if (form_make(f, k->col, t, sql, e) < 0)
		return -1;
	if (strcmp(t->name, "adav_delegates") == 0)
		buf_adds(sql, ",t.principalid,t.mode");
	sql_from(sql, d, k, t);
	return sql->failed ? err_set(e, EXIT_BUG, "a statement is too long") : 0;
}

static bool wants_row(const struct dav *d, const struct table *k, const struct rows *rows)
{
	if (d->want.all)
		return true;
	return k->calendar != NULL ? wants_calendar(d, rows_int(rows, 0)) :
	    wants_principal(d, rows_str(rows, 2));
}

static int put_row(struct dav *d, const struct table *k, const struct form *f,
    const struct rows *rows, struct err *e)
{
	struct jsonw *w = so_begin(&d->r->so, k->kind);

	jw_key(w, "principal");
	jw_str_n(w, rows->v[1], rows->len[1]);
	if (k->member != NULL) {
		jw_key(w, "member_uri");
		jw_str_n(w, rows->v[3], rows->len[3]);
	}
	buf_addc(&d->r->so.line, ',');
	form_put(f, rows, &d->r->so.line);
	return so_put(&d->r->so, k->kind, e);
}

static int put_rows(struct dav *d, const struct table *k, const struct cat_table *t,
    struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	struct rows rows = { .res = NULL };
	struct form f;
	int rc = build(d, k, t, &f, &sql, e);

	if (rc == 0 && by_list(d, k))
		rc = rows_ids_set(&d->ids, d->want.calendar, (unsigned)d->want.calendars, e);
	if (rc == 0)
		rc = rows_open(&rows, &d->r->db, sql.data, e);
	if (rc == 0)
		form_bind(&f, &rows, 4);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = wants_row(d, k, &rows) ? put_row(d, k, &f, &rows, e) : 0;
	rows_close(&rows, rc);
	form_free(&f);
	buf_free(&sql);
	return rc;
}

/*
 * P7 before 7.2.1 kept shares in adav_delegates: the member in "principalid", and mode 2 for
 * reading only; its own upgrade turned them into shares like this.
 */
static int put_delegates(struct dav *d, const struct cat_table *t, struct err *e)
{
	static const struct column cols[] = { { "id", "0" }, { "calendarid", "null" },
	    { NULL, NULL } };
	static const struct table k = { "DAV_SHARE", "adav_delegates", cols, "c.principaluri",
	    "t.principalid", "calendarid" };
	struct buf sql = BUF_INIT(1 << 16);
	struct rows rows = { .res = NULL };
	struct jsonw *w;
	struct form f;
	int rc = build(d, &k, t, &f, &sql, e);

	if (rc == 0 && by_list(d, &k))
		rc = rows_ids_set(&d->ids, d->want.calendar, (unsigned)d->want.calendars, e);
	if (rc == 0)
		rc = rows_open(&rows, &d->r->db, sql.data, e);
	if (rc == 0)
		form_bind(&f, &rows, 4);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		rc = 0;
		if (!wants_row(d, &k, &rows))
			continue;
		w = so_begin(&d->r->so, k.kind);
		jw_key(w, "principal");
		jw_str(w, rows.v[1]);
		jw_kv_str(w, "member_uri", rows.v[3]);
		jw_kv_int(w, "id", rows_int(&rows, 4));
		jw_kv_int(w, "calendarid", rows_int(&rows, 5));
		jw_kv_int(w, "member", rows_int(&rows, 6));
		jw_kv_str(w, "status", NULL);
		jw_kv_int(w, "readonly", rows_int(&rows, 7) == 2);
		jw_kv_str(w, "summary", NULL);
		jw_kv_str(w, "displayname", NULL);
		jw_kv_str(w, "color", NULL);
		jw_kv_str(w, "principaluri", NULL);
		jw_kv_str(w, "table", "adav_delegates");
		rc = so_put(&d->r->so, k.kind, e);
	}
	rows_close(&rows, rc);
	form_free(&f);
	buf_free(&sql);
	return rc;
}

static int put_table(struct dav *d, const struct table *k, struct err *e)
{
	const struct cat_table *t = catalog_table(&d->r->cat, k->table);

	if (t == NULL && strcmp(k->table, "adav_calendarshares") == 0) {
		t = catalog_table(&d->r->cat, "adav_delegates");
		return t != NULL ? put_delegates(d, t, e) : 0;
	}
	if (t == NULL || !cat_has(t, "id") || (!d->want.all && k->calendar != NULL &&
	    d->want.calendars == 0))
		return 0;
	return put_rows(d, k, t, e);
}

int dav_write(struct run *r, struct err *e)
{
	struct dav d = { .r = r };
	size_t i;
	int rc;

	d.want.all = r->sel.all && r->sel.shards == 0 && r->sel.except.n == 0;
	rc = rows_ids_open(&d.ids, &r->db, e);
	if (rc == 0 && !d.want.all)
		rc = read_users(&d, e);
	if (rc == 0 && !d.want.all)
		rc = read_calendars(&d, e);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && rc == 0; i++)
		rc = put_table(&d, &tables[i], e);
	if (rc == 0)
		rc = nobody_write(r, e);
	rows_ids_close(&d.ids);
	free(d.want.hash);
	free(d.want.calendar);
	return rc;
}

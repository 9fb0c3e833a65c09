#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "calobjects.h"
#include "calsql.h"
#include "dupes.h"
#include "kinds.h"

#define CHUNK 16384		/* keys in memory */
#define STRETCH ROWS_BATCH	/* so many that lie together are read by a range */
#define URI_HASH(expr) CALSQL_HASH("CAST(" expr " AS BINARY)")

enum { COL_EMPTY, COL_ID };	/* COL_ID is the first of the form */

/* Keys of the batch, in the order in which their rows are wanted. */
struct key {
	int64_t unit, calendar, id;
	bool shared;
};

struct chunk {
	struct key key[CHUNK];
	unsigned n;
};

static void sql_objects(struct buf *sql, const struct run *r, const char *only)
{
	buf_adds(sql, " FROM");
	sql_table(sql, catalog_table(&r->cat, "adav_calendarobjects"), "t", NULL);
	buf_adds(sql, " STRAIGHT_JOIN ");
	calsql_calendars(sql, r);
	buf_addf(sql, " ON c.id=t.calendarid%s", only);
}

/* A row of keys: unit, calendarid, id and the URI's hash. */
static int take_key(struct calobjects *o, struct run *r, const struct rows *rows,
    struct dupes *d, struct err *e)
{
	int64_t unit = rows_int(rows, 0), v[2] = { rows_int(rows, 1), rows_int(rows, 3) };
	int64_t id = rows_int(rows, 2);

	if (unit >= CAL_NOBODY ? !r->sel.all : !selection_wants(&r->sel, unit))
		return 0;
	if (rows->v[3] != NULL && dupes_add(d, XXH3_64bits(v, sizeof(v)), e) < 0)
		return -1;
	return spool_add(&o->keys, unit, v[0], &id, sizeof(id), e);
}

static int read_keys(struct calobjects *o, struct run *r, const char *only, struct dupes *d,
    struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	struct rows rows = { .res = NULL };
	int rc;

	buf_adds(&sql, "SELECT c.unit,t.calendarid,t.id," URI_HASH("t.uri"));
	sql_objects(&sql, r, only);
	buf_adds(&sql, " ORDER BY c.unit,t.calendarid,t.id");
	rc = sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	selection_rewind(&r->sel);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = take_key(o, r, &rows, d, e);
	rows_close(&rows, rc);
	selection_rewind(&r->sel);
	spool_rewind(&o->keys);
	return rc;
}

/* Which objects have a URI that another one of their calendar has; usually none. */
static int read_shared(struct calobjects *o, struct run *r, const char *only, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	struct rows rows = { .res = NULL };
	int64_t id;
	int rc;

	buf_adds(&sql, "SELECT c.unit,t.calendarid,t.id");
	sql_objects(&sql, r, "");
	buf_adds(&sql, " STRAIGHT_JOIN (SELECT x.calendarid+0 calendar," URI_HASH("x.uri")
	    " h FROM");
	sql_table(&sql, catalog_table(&r->cat, "adav_calendarobjects"), "x", NULL);
	buf_adds(&sql, " GROUP BY x.calendarid+0,h HAVING COUNT(*)>1) d ON d.calendar=t.calendarid"
	    " AND d.h=" URI_HASH("t.uri"));
	buf_addf(&sql, "%s ORDER BY c.unit,t.calendarid,t.id", only);
	rc = sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		id = rows_int(&rows, 2);
		rc = spool_add(&o->shared, rows_int(&rows, 0), rows_int(&rows, 1), &id, sizeof(id),
		    e);
	}
	rows_close(&rows, rc);
	spool_rewind(&o->shared);
	return rc;
}

/* Is the key in the spool of shared ones?  To be asked in its order. */
static int is_shared(struct calobjects *o, const struct key *k, struct err *e)
{
	struct srow row;
	int64_t id;
	int rc;

	while ((rc = spool_seek(&o->shared, k->unit, k->calendar, &row, e)) > 0) {
		if (row.key != k->unit || row.key2 != k->calendar)
			return 0;
		memcpy(&id, row.p, sizeof(id));
		if (id >= k->id)
			return id == k->id;
		spool_skip(&o->shared, &row);
	}
	return rc;
}

static int build(struct calobjects *o, struct run *r, const char *only, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendarobjects");
	const char *index = cat_index(t, "id");
	struct buf set = BUF_INIT(4096);
	unsigned i;
	int rc;

	buf_adds(&o->by_range, "SELECT LENGTH(COALESCE(t.uri,''))=0");
	if (form_make(&o->form, cols_calendar_object, t, &o->by_range, e) < 0)
		return -1;
	buf_add(&o->by_list, o->by_range.data, o->by_range.len);
	if (o->whole) {
		sql_objects(&o->by_range, r, only);
		buf_adds(&o->by_range, " ORDER BY c.unit,t.calendarid,t.id");
		return o->by_range.failed ? err_set(e, EXIT_BUG, "a statement is too long") : 0;
	}
	buf_adds(&o->by_range, " FROM");
	sql_table(&o->by_range, t, "t", index);
	buf_adds(&o->by_range, " WHERE t.id BETWEEN @lo AND @hi ORDER BY t.id");
	buf_adds(&o->by_list, " FROM (");
	for (i = 0; i < ROWS_BATCH; i++) {
		buf_addf(&o->by_list, "%sSELECT %u n,CAST(@k%u AS SIGNED) id",
		    i > 0 ? " UNION ALL " : "", i, i);
		buf_addf(&set, "%s@k%u=?", i == 0 ? "SET " : ",", i);
	}
	buf_adds(&o->by_list, ") k STRAIGHT_JOIN");
	sql_table(&o->by_list, t, "t", index);
	buf_adds(&o->by_list, " ON t.id=k.id ORDER BY k.n");
	rc = o->by_range.failed || o->by_list.failed ?
	    err_set(e, EXIT_BUG, "a statement is too long") :
	    dbq_prepare(&o->set_list, &r->db, set.data, e);
	buf_free(&set);
	return rc < 0 ? -1 : dbq_prepare(&o->set_range, &r->db, "SET @lo=?,@hi=?", e);
}

/* The row in hand, which is that of key K, into the spool. */
static int take_row(struct calobjects *o, const struct rows *rows, const struct key *k,
    struct buf *text, struct err *e)
{
	buf_reset(text);
	form_put(&o->form, rows, text);
	if (k->shared || rows_int(rows, COL_EMPTY) != 0)
		buf_adds(text, ",\"uri_shared\":true");
	if (text->failed)
		return err_set(e, EXIT_DATA, "a calendar object is larger than %zu bytes",
		    BUF_RECORD_MAX);
	return spool_add(&o->rows, k->unit, k->calendar, text->data, text->len, e);
}

/* Rows of the statement that belong to N keys, in the same order, and perhaps others between. */
static int fetch(struct calobjects *o, struct run *r, const char *sql, const struct key *k,
    unsigned n, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows;
	unsigned i = 0;
	int64_t id;
	int rc = rows_open(&rows, &r->db, sql, e);

	if (rc == 0)
		form_bind(&o->form, &rows, COL_ID);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		rc = 0;
		id = rows_int(&rows, COL_ID);
		while (i < n && k[i].id != id && (sql == o->by_list.data || k[i].id < id))
			i++;
		if (i < n && k[i].id == id)
			rc = take_row(o, &rows, &k[i++], &text, e);
	}
	rows_close(&rows, rc);
	buf_free(&text);
	return rc;
}

/* How many of the N keys lie together in the primary key, in this order. */
static unsigned together(const struct key *k, unsigned n)
{
	unsigned i;

	for (i = 1; i < n && k[i].id > k[i - 1].id && k[i].id - k[0].id < 2 * (int64_t)i; i++)
		;
	return i;
}

static int fetch_range(struct calobjects *o, struct run *r, const struct key *k, unsigned n,
    struct err *e)
{
	struct dbval v[2] = { DB_INT(k[0].id), DB_INT(k[n - 1].id) };

	return dbq_run(&o->set_range, v, 2, e) < 0 ? -1 : fetch(o, r, o->by_range.data, k, n, e);
}

static int fetch_list(struct calobjects *o, struct run *r, const struct key *k, unsigned n,
    struct err *e)
{
	struct dbval v[ROWS_BATCH];
	unsigned i;

	for (i = 0; i < ROWS_BATCH; i++)
		v[i] = i < n ? DB_INT(k[i].id) : DB_NULL;
	return dbq_run(&o->set_list, v, ROWS_BATCH, e) < 0 ? -1 :
	    fetch(o, r, o->by_list.data, k, n, e);
}

static int fetch_chunk(struct calobjects *o, struct run *r, struct chunk *c, struct err *e)
{
	unsigned i, n;
	int rc = 0;

	for (i = 0; i < c->n && rc == 0; i += n) {
		n = together(c->key + i, c->n - i);
		if (n >= STRETCH) {
			rc = fetch_range(o, r, c->key + i, n, e);
			continue;
		}
		n = c->n - i < ROWS_BATCH ? c->n - i : ROWS_BATCH;
		rc = fetch_list(o, r, c->key + i, n, e);
	}
	c->n = 0;
	return rc;
}

/* All rows, ordered by the server, as keys are. */
static int fetch_whole(struct calobjects *o, struct run *r, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows = { .res = NULL };
	struct srow row;
	struct key k = { .id = 0 };
	int rc = rows_open(&rows, &r->db, o->by_range.data, e);

	if (rc == 0)
		form_bind(&o->form, &rows, COL_ID);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		rc = spool_peek(&o->keys, &row, e);
		if (rc <= 0)
			break;
		memcpy(&k.id, row.p, sizeof(k.id));
		k.unit = row.key;
		k.calendar = row.key2;
		rc = 0;
		if (k.id != rows_int(&rows, COL_ID))
			continue;
		rc = is_shared(o, &k, e);
		k.shared = rc > 0;
		if (rc >= 0)
			rc = take_row(o, &rows, &k, &text, e);
		spool_skip(&o->keys, &row);
	}
	rows_close(&rows, rc);
	buf_free(&text);
	spool_rewind(&o->rows);
	return rc;
}

void calobjects_init(struct calobjects *o)
{
	memset(o, 0, sizeof(*o));
	buf_init(&o->by_range, 1 << 16);
	buf_init(&o->by_list, 1 << 16);
	spool_init(&o->keys);
	spool_init(&o->shared);
	spool_init(&o->rows);
}

int calobjects_open(struct calobjects *o, struct run *r, const char *only, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendarobjects");
	struct dupes d;
	int rc;

	o->present = t != NULL && catalog_table(&r->cat, "adav_calendars") != NULL;
	if (!o->present)
		return 0;
	o->whole = cat_index(t, "id") == NULL;
	dupes_init(&d);
	rc = read_keys(o, r, only, &d, e);
	if (rc == 0)
		rc = dupes_any(&d, e);
	dupes_free(&d);
	if (rc > 0)
		rc = read_shared(o, r, only, e);
	if (rc == 0)
		rc = build(o, r, only, e);
	return rc == 0 && o->whole ? fetch_whole(o, r, e) : rc;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Is the key one of the batch?  Then it goes into the chunk. */
static int take(struct calobjects *o, struct chunk *c, const struct srow *row,
    const int64_t *unit, unsigned n, struct err *e)
{
	struct key *k = &c->key[c->n];
	int rc;

	if (bsearch(&row->key, unit, n, sizeof(*unit), compare) == NULL)
		return 0;
	k->unit = row->key;
	k->calendar = row->key2;
	memcpy(&k->id, row->p, sizeof(k->id));
	rc = is_shared(o, k, e);
	k->shared = rc > 0;
	c->n++;
	return rc < 0 ? -1 : 0;
}

int calobjects_begin(struct calobjects *o, struct run *r, const int64_t *unit, unsigned n,
    struct err *e)
{
	struct chunk *c;
	struct srow row;
	int rc;

	if (!o->present || o->whole || n == 0)
		return 0;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	spool_clear(&o->rows);
	while ((rc = spool_peek(&o->keys, &row, e)) > 0 && row.key <= unit[n - 1]) {
		rc = take(o, c, &row, unit, n, e);
		spool_skip(&o->keys, &row);
		if (rc == 0 && c->n == CHUNK)
			rc = fetch_chunk(o, r, c, e);
		if (rc < 0)
			break;
	}
	if (rc >= 0)
		rc = fetch_chunk(o, r, c, e);
	free(c);
	spool_rewind(&o->rows);
	return rc;
}

int calobjects_write(struct calobjects *o, struct run *r, int64_t unit, int64_t calendar,
    uint64_t *count, struct err *e)
{
	struct srow row;
	int rc;

	if (!o->present)
		return 0;
	while ((rc = spool_seek(&o->rows, unit, calendar, &row, e)) > 0 && row.key == unit &&
	    row.key2 == calendar) {
		if (count != NULL)
			++*count;
		else {
			so_begin(&r->so, "CALENDAR_OBJECT");
			buf_addc(&r->so.line, ',');
			buf_add(&r->so.line, row.p, row.n);
			if (so_put(&r->so, "CALENDAR_OBJECT", e) < 0)
				return -1;
		}
		spool_skip(&o->rows, &row);
	}
	return rc < 0 ? -1 : 0;
}

void calobjects_close(struct calobjects *o)
{
	if (o->set_range.st != NULL)
		dbq_close(&o->set_range);
	if (o->set_list.st != NULL)
		dbq_close(&o->set_list);
	form_free(&o->form);
	buf_free(&o->by_range);
	buf_free(&o->by_list);
	spool_free(&o->keys);
	spool_free(&o->shared);
	spool_free(&o->rows);
}

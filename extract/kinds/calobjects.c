#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "kinds/calobjects.h"
#include "kinds/calsql.h"
#include "base/dupes.h"

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

/* SQL: the objects t, with their calendars c, and in which order they are wanted. */
static void sql_objects(struct buf *sql, const struct run *r)
{
	sql_add(sql, &r->cat, " FROM {adav_calendarobjects t} STRAIGHT_JOIN ");
	sql_add(sql, &r->cat, calsql_calendars);
	buf_adds(sql, " ON c.id=t.calendarid");
}

static void sql_order(struct buf *sql, const struct run *r, const char *only)
{
	sql_add(sql, &r->cat, only);
	buf_adds(sql, " ORDER BY c.unit,t.calendarid,t.id");
}

/* Objects on their way into a spool. */
struct reading {
	struct calobjects *o;
	struct run *r;
	struct dupes uris;
	const struct key *key;	/* of take_row: those that are wanted next */
	unsigned n;
	bool list;		/* their rows come in the same order, however they lie */
};

/* A row of keys: unit, calendarid, id and the URI's hash. */
static int take_key(void *arg, const struct rows *rows, struct err *e)
{
	struct reading *g = arg;
	int64_t unit = rows_int(rows, 0), v[2] = { rows_int(rows, 1), rows_int(rows, 3) };
	int64_t id = rows_int(rows, 2);

	if (unit >= CAL_OTHERS ? !g->r->sel.all : !selection_wants(&g->r->sel, unit))
		return 0;
	if (rows->v[3] != NULL && dupes_add(&g->uris, XXH3_64bits(v, sizeof(v)), e) < 0)
		return -1;
	return spool_add(&g->o->keys, unit, v[0], &id, sizeof(id), e);
}

static int read_keys(struct reading *g, const char *only, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	buf_adds(&sql, "SELECT c.unit,t.calendarid,t.id," URI_HASH("t.uri"));
	sql_objects(&sql, g->r);
	sql_order(&sql, g->r, only);
	selection_rewind(&g->r->sel);
	rc = rows_once(&g->r->db, &sql, take_key, g, e);
	selection_rewind(&g->r->sel);
	spool_rewind(&g->o->keys);
	return rc;
}

static int take_shared(void *arg, const struct rows *rows, struct err *e)
{
	int64_t id = rows_int(rows, 2);

	return spool_add(arg, rows_int(rows, 0), rows_int(rows, 1), &id, sizeof(id), e);
}

/* Which objects have a URI that another one of their calendar has; usually none. */
static int read_shared(struct calobjects *o, struct run *r, const char *only, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	buf_adds(&sql, "SELECT c.unit,t.calendarid,t.id");
	sql_objects(&sql, r);
	sql_add(&sql, &r->cat, " STRAIGHT_JOIN (SELECT x.calendarid+0 calendar," URI_HASH("x.uri")
	    " h FROM {adav_calendarobjects x} GROUP BY x.calendarid+0,h HAVING COUNT(*)>1) d"
	    " ON d.calendar=t.calendarid AND d.h=" URI_HASH("t.uri"));
	sql_order(&sql, r, only);
	rc = rows_once(&r->db, &sql, take_shared, &o->shared, e);
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

	buf_adds(&o->by_range, "SELECT LENGTH(COALESCE(t.uri,''))=0");
	if (form_make(&o->form, COL_ID, t, &o->by_range, e) < 0)
		return -1;
	buf_add(&o->by_list, o->by_range.data, o->by_range.len);
	if (o->whole) {
		sql_objects(&o->by_range, r);
		sql_order(&o->by_range, r, only);
		return 0;
	}
	sql_add(&o->by_range, &r->cat, " FROM {adav_calendarobjects t id}"
	    " WHERE t.id BETWEEN @lo AND @hi ORDER BY t.id");
	buf_adds(&o->by_list, " FROM (");
	sql_repeat(&o->by_list, &r->cat, " UNION ALL ", "SELECT # n,CAST(@k# AS SIGNED) id",
	    ROWS_BATCH);
	sql_add(&o->by_list, &r->cat, ") k STRAIGHT_JOIN {adav_calendarobjects t id}"
	    " ON t.id=k.id ORDER BY k.n");
	return rows_prepare_set(&o->set_list, &r->db, "@k#=?", e) < 0 ? -1 :
	    dbq_prepare(&o->set_range, &r->db, "SET @lo=?,@hi=?", e);
}

/* The row in hand, which is that of key K, into the spool. */
static int spool_row(struct calobjects *o, const struct rows *rows, const struct key *k,
    struct err *e)
{
	struct buf *text = form_text(&o->form);

	form_put(&o->form, rows, text);
	if (k->shared || rows_int(rows, COL_EMPTY) != 0)
		buf_adds(text, ",\"uri_shared\":true");
	return form_spool(&o->form, &o->rows, k->unit, k->calendar, e);
}

/* A row of the statement: it belongs to one of the next keys, or to none. */
static int take_row(void *arg, const struct rows *rows, struct err *e)
{
	struct reading *g = arg;
	int64_t id = rows_int(rows, COL_ID);

	for (; g->n > 0 && g->key->id != id && (g->list || g->key->id < id); g->n--)
		g->key++;
	if (g->n == 0 || g->key->id != id)
		return 0;
	g->n--;
	return spool_row(g->o, rows, g->key++, e);
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
	struct reading g = { .o = o, .key = k, .n = n };
	struct dbval v[2] = { DB_INT(k[0].id), DB_INT(k[n - 1].id) };

	return dbq_run(&o->set_range, v, 2, e) < 0 ? -1 :
	    rows_each(&r->db, &o->by_range, take_row, &g, e);
}

static int fetch_list(struct calobjects *o, struct run *r, const struct key *k, unsigned n,
    struct err *e)
{
	struct reading g = { .o = o, .key = k, .n = n, .list = true };
	struct dbval v[ROWS_BATCH];
	unsigned i;

	for (i = 0; i < ROWS_BATCH; i++)
		v[i] = i < n ? DB_INT(k[i].id) : DB_NULL;
	return dbq_run(&o->set_list, v, ROWS_BATCH, e) < 0 ? -1 :
	    rows_each(&r->db, &o->by_list, take_row, &g, e);
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

/* Of all rows, ordered by the server as keys are: that of the next key, or of none. */
static int take_whole(void *arg, const struct rows *rows, struct err *e)
{
	struct calobjects *o = arg;
	struct srow row;
	struct key k;
	int rc = spool_peek(&o->keys, &row, e);

	if (rc <= 0)
		return rc;
	k = (struct key){ .unit = row.key, .calendar = row.key2 };
	memcpy(&k.id, row.p, sizeof(k.id));
	if (k.id != rows_int(rows, COL_ID))
		return 0;
	rc = is_shared(o, &k, e);
	k.shared = rc > 0;
	spool_skip(&o->keys, &row);
	return rc < 0 ? -1 : spool_row(o, rows, &k, e);
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
	struct reading g = { .o = o, .r = r };
	int rc;

	o->present = t != NULL && catalog_table(&r->cat, "adav_calendars") != NULL;
	if (!o->present)
		return 0;
	o->whole = cat_index(t, "id") == NULL;
	dupes_init(&g.uris);
	rc = read_keys(&g, only, e);
	if (rc == 0)
		rc = dupes_any(&g.uris, e);
	dupes_free(&g.uris);
	if (rc > 0)
		rc = read_shared(o, r, only, e);
	if (rc == 0)
		rc = build(o, r, only, e);
	if (rc == 0 && o->whole)
		rc = rows_each(&r->db, &o->by_range, take_whole, o, e);
	spool_rewind(&o->rows);
	return rc;
}

/* Is the key one of the batch?  Then it goes into the chunk. */
static int take(struct calobjects *o, struct chunk *c, const struct srow *row,
    const int64_t *unit, unsigned n, struct err *e)
{
	struct key *k = &c->key[c->n];
	int rc;

	if (!ids_among(unit, n, row->key))
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
		return err_memory(e);
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
    struct err *e)
{
	return o->present ? run_put_all(r, "CALENDAR_OBJECT", &o->rows, unit, calendar, e) : 0;
}

int calobjects_count(struct calobjects *o, int64_t unit, int64_t calendar, uint64_t *n,
    struct err *e)
{
	struct srow row;
	int rc = 0;

	while (o->present && (rc = spool_of(&o->rows, unit, calendar, &row, e)) > 0)
		++*n;
	return rc;
}

void calobjects_close(struct calobjects *o)
{
	dbq_close(&o->set_range);
	dbq_close(&o->set_list);
	form_free(&o->form);
	buf_free(&o->by_range);
	buf_free(&o->by_list);
	spool_free(&o->keys);
	spool_free(&o->shared);
	spool_free(&o->rows);
}

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "etag.h"
#include "run.h"

#define ROWS 100	/* of one UPDATE: three parameters each */

int etag_reader_open(struct etag_reader *r, struct db *db, const struct table *t,
    const char *data, bool missing, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	memset(r, 0, sizeof(*r));
	buf_adds(&sql, "SELECT t.`id`, ");
	schema_bytes(&sql, t, "t", data);
	buf_adds(&sql, ", t.`etag`, t.`size` FROM ");
	db_ident(&sql, t->name);
	buf_addf(&sql, " t WHERE t.`id`>?%s ORDER BY t.`id` LIMIT %d", missing ?
	    " AND (t.`etag` IS NULL OR RTRIM(t.`etag`)='')" : "", ETAG_BATCH);
	rc = dbq_prepare(&r->read, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int etag_reader_batch(struct etag_reader *r, int64_t from,
    void (*take)(void *arg, const struct etag_row *row), void *arg, struct err *e)
{
	struct dbval v = DB_INT(from);
	struct etag_row row;
	const struct dbval *data = &r->read.col[1];
	int rc = dbq_run(&r->read, &v, 1, e);

	r->seen = 0;
	while (rc >= 0 && (rc = dbq_next(&r->read, e)) == 1) {
		row.id = dbq_int(&r->read, 0);
		row.null = data->p == NULL;
		md5_hex(row.null ? "" : data->p, data->n, row.etag);
		row.missing = dbq_str(&r->read, 2)[strspn(dbq_str(&r->read, 2), " ")] == '\0';
		row.untrue = strcmp(dbq_str(&r->read, 2), row.etag) != 0 ||
		    r->read.col[3].p == NULL || (size_t)dbq_int(&r->read, 3) != data->n;
		r->last = row.id;
		r->seen++;
		take(arg, &row);
	}
	return rc;
}

void etag_reader_close(struct etag_reader *r)
{
	dbq_close(&r->read);
}

struct fill {
	struct etag_reader reader;
	struct dbq write;
	struct etag_row row[ETAG_BATCH];
	unsigned n;
};

static int prepare_write(struct fill *f, struct db *db, const struct table *t, const char *data,
    struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	unsigned i;
	int rc;

	buf_adds(&sql, "UPDATE ");
	db_ident(&sql, t->name);
	buf_adds(&sql, " t SET t.`etag`=ELT(FIELD(t.`id`");
	for (i = 0; i < ROWS; i++)
		buf_adds(&sql, ", ?");
	buf_addc(&sql, ')');
	for (i = 0; i < ROWS; i++)
		buf_adds(&sql, ", ?");
	buf_adds(&sql, "), t.`size`=OCTET_LENGTH(COALESCE(");
	schema_bytes(&sql, t, "t", data);
	buf_adds(&sql, ", '')) WHERE t.`id` IN (?");
	for (i = 1; i < ROWS; i++)
		buf_adds(&sql, ", ?");
	buf_addc(&sql, ')');
	rc = dbq_prepare(&f->write, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

/* Rows without data have an etag only if they must have one. */
static void take(void *arg, const struct etag_row *row)
{
	struct fill *f = arg;

	if (row->untrue && (row->missing || !row->null))
		f->row[f->n++] = *row;
}

static int write_chunk(struct fill *f, unsigned from, struct err *e)
{
	struct dbval v[3 * ROWS];
	unsigned i, n = f->n - from < ROWS ? f->n - from : ROWS;

	for (i = 0; i < ROWS; i++) {
		/* No row has id 0. */
		v[i] = v[2 * ROWS + i] = DB_INT(i < n ? f->row[from + i].id : 0);
		v[ROWS + i] = DB_STR(i < n ? f->row[from + i].etag : "");
	}
	return dbq_run(&f->write, v, 3 * ROWS, e);
}

static int fill(struct run *r, struct fill *f, struct entry *en, struct err *e)
{
	unsigned i;

	for (;;) {
		f->n = 0;
		if (etag_reader_batch(&f->reader, en->position, take, f, e) < 0)
			return -1;
		if (f->reader.seen == 0)
			return 0;
		if (run_begin(r, e) < 0)
			return -1;
		for (i = 0; i < f->n; i += ROWS)
			if (write_chunk(f, i, e) < 0)
				return -1;
		en->rows_seen += f->n;
		en->position = f->reader.last;
		if (run_commit(r, en, e) < 0)
			return -1;
	}
}

int run_etags(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct fill *f = calloc(1, sizeof(*f));
	const struct table *t;
	const char *data;
	struct schema s;
	int rc;

	if (f == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = schema_load(&s, r->db, r->prefix, e);
	if (rc == 0) {
		t = schema_named(&s, st->table);
		data = table_has(t, "carddata") ? "carddata" : "calendardata";
		rc = t == NULL ? err_set(e, EXIT_TEMPORARY, "table %s is gone", st->table) :
		    etag_reader_open(&f->reader, r->db, t, data,
		    table_has(t, "carddata"), e);
		if (rc == 0)
			rc = prepare_write(f, r->db, t, data, e);
		schema_free(&s);
	}
	if (rc == 0)
		rc = fill(r, f, en, e);
	etag_reader_close(&f->reader);
	dbq_close(&f->write);
	free(f);
	return rc;
}

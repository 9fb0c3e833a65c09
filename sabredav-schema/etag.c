#include <stdlib.h>
#include <string.h>

#include "byid.h"
#include "digest.h"
#include "etag.h"
#include "execute.h"
#include "sql.h"

#define MISSING "(t.`etag` IS NULL OR RTRIM(t.`etag`)='' OR t.`size`=0)"

int etag_reader_open(struct etag_reader *r, struct db *db, const struct table *t,
    const char *data, bool missing, struct err *e)
{
	memset(r, 0, sizeof(*r));
	return sql_prepare(&r->read, db, "", e, "SELECT t.`id`, %B, t.`etag`, t.`size` FROM %I t"
	    " WHERE t.`id`>?%S ORDER BY t.`id` LIMIT %d", t, data, t->name, missing ?
	    " AND " MISSING : "", ETAG_BATCH);
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
	struct byid out;
};

/* Rows without data have an etag only if they must have one. */
static void take(void *arg, const struct etag_row *row)
{
	struct fill *f = arg;

	if (row->untrue && (row->missing || !row->null))
		byid_add(&f->out, row->id, row->etag);
}

static int fill(struct run *r, struct fill *f, struct entry *en, struct err *e)
{
	for (;;) {
		if (etag_reader_batch(&f->reader, en->position, take, f, e) < 0)
			return -1;
		if (f->reader.seen == 0)
			return 0;
		en->rows_seen += f->out.n;
		en->position = f->reader.last;
		if (run_begin(r, e) < 0 || byid_write(&f->out, e) < 0 || run_commit(r, en, e) < 0)
			return -1;
	}
}

static int open_fill(struct fill *f, struct run *r, const struct table *t, struct err *e)
{
	bool cards = table_has(t, "carddata");
	const char *data = cards ? "carddata" : "calendardata";
	struct buf size = BUF_INIT(SQL_MAX);
	struct byid_column etag = { .col = "etag", .otherwise = "t.`etag`", .where = cards ?
	    " AND " MISSING : " AND t.`calendardata` IS NOT NULL", .text_max = 33 * BYID_ROWS };
	int rc;

	sql_add(&size, "", ", t.`size`=OCTET_LENGTH(COALESCE(%B, ''))%U", t, data, t);
	etag.also = size.data;
	rc = buf_check(&size, e) < 0 ? -1 :
	    etag_reader_open(&f->reader, r->db, t, data, cards, e);
	if (rc == 0)
		rc = byid_open(&f->out, r->db, t, &etag, e);
	buf_free(&size);
	return rc;
}

int run_etags(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct fill *f = calloc(1, sizeof(*f));
	const struct table *t;
	struct schema s;
	int rc;

	if (f == NULL)
		return err_memory(e);
	rc = schema_load(&s, r->db, r->prefix, e);
	if (rc == 0) {
		t = schema_named(&s, st->table);
		rc = t == NULL ? err_set(e, EXIT_TEMPORARY, "table %s is gone", st->table) :
		    open_fill(f, r, t, e);
		schema_free(&s);
	}
	if (rc == 0)
		rc = fill(r, f, en, e);
	etag_reader_close(&f->reader);
	byid_close(&f->out);
	free(f);
	return rc;
}

/*
 * Step 2.1's fill of calendarobjects.uid: reads a batch of objects, then writes their UIDs with
 * few statements of many rows.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "uidread.h"

#define ROWS 100	/* of one UPDATE: two parameters each */

/* UIDs of a batch; one with more of them ends early, with room for those to be read again. */
#define TEXT_MAX ((size_t)4 << 20)
#define TEXT_FULL (TEXT_MAX - (size_t)128 * UID_SIZE)

struct item {
	int64_t id;
	size_t at;	/* its UID in the text */
};

struct fill {
	struct run *r;
	const struct stmt *st;
	struct entry *en;
	struct uid_reader reader;
	struct dbq write;
	struct item item[UID_BATCH];
	unsigned n;
	struct buf text;	/* UIDs, NUL-terminated */
};

/*
 * An UPDATE of one table changes its rows as it reads them; with a join that names other tables
 * first, the server would put them aside and come back to them.  A row of the range whose id is
 * not among those looked for has no UID: ELT() gives NULL.
 */
static int prepare(struct fill *f, const struct table *t, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	unsigned i;
	int rc;

	buf_adds(&sql, "UPDATE ");
	db_ident(&sql, t->name);
	buf_adds(&sql, " t SET t.`uid`=ELT(FIELD(t.`id`");
	for (i = 0; i < ROWS; i++)
		buf_adds(&sql, ", ?");
	buf_addc(&sql, ')');
	for (i = 0; i < ROWS; i++)
		buf_adds(&sql, ", ?");
	buf_adds(&sql, ") WHERE t.`id`>? AND t.`id`<=? AND (t.`uid` IS NULL OR"
	    " RTRIM(t.`uid`)='')");
	rc = sql.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    dbq_prepare(&f->write, f->r->db, sql.data, e);
	buf_free(&sql);
	return rc;
}

static void tell_none(struct fill *f, const struct uid_object *o)
{
	const char *why = o->null ? "has no data" : strcmp(o->found->component, "VCARD") == 0 ?
	    "is a VCARD, no calendar object" : o->found->component[0] == '\0' ?
	    "is no calendar object (no component begins in it)" : "has no UID";

	run_tell(f->r, f->st->table, o->id, "%s; it stays as it is, its uid stays NULL", why);
}

static bool take(void *arg, const struct uid_object *o)
{
	struct fill *f = arg;
	char fitted[UID_SIZE];

	f->en->rows_off += o->untrue;
	if (o->found->len == 0) {
		tell_none(f, o);
		return true;
	}
	if (uid_fit(&f->reader.col, o->found, fitted))
		run_tell(f->r, f->st->table, o->id, "its UID does not fit the column uid; there"
		    " it is %s", fitted);
	f->item[f->n].id = o->id;
	f->item[f->n].at = f->text.len;
	buf_add(&f->text, fitted, strlen(fitted) + 1);
	f->n++;
	return f->text.len < TEXT_FULL;
}

/* The UIDs of N items, for the rows behind id FROM up to UPTO; the others of them have none. */
static int write_chunk(struct fill *f, const struct item *item, unsigned n, int64_t from,
    int64_t upto, struct err *e)
{
	struct dbval v[2 * ROWS + 2];
	unsigned i;

	for (i = 0; i < ROWS; i++) {
		/* No row has id 0. */
		v[i] = DB_INT(i < n ? item[i].id : 0);
		v[ROWS + i] = DB_STR(i < n ? f->text.data + item[i].at : "");
	}
	v[2 * ROWS] = DB_INT(from);
	v[2 * ROWS + 1] = DB_INT(upto);
	return dbq_run(&f->write, v, 2 * ROWS + 2, e);
}

static int by_id(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int write_batch(struct fill *f, struct err *e)
{
	int64_t from = f->en->position, upto;
	unsigned i = 0, n;

	if (f->text.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (run_begin(f->r, e) < 0)
		return -1;
	/* Objects that had to be read as a whole came after the others. */
	qsort(f->item, f->n, sizeof(*f->item), by_id);
	do {
		n = f->n - i < ROWS ? f->n - i : ROWS;
		upto = i + n < f->n ? f->item[i + n - 1].id : f->reader.last;
		if (write_chunk(f, f->item + i, n, from, upto, e) < 0)
			return -1;
		from = upto;
		i += n;
	} while (i < f->n);
	f->en->rows_seen += f->n;
	f->en->position = f->reader.last;
	return run_commit(f->r, f->en, e);
}

static int fill(struct fill *f, struct err *e)
{
	int rc;

	do {
		f->n = 0;
		buf_reset(&f->text);
		rc = uid_reader_batch(&f->reader, f->en->position, take, f, e);
		if (rc == 0 && f->reader.seen > 0)
			rc = write_batch(f, e);
	} while (rc == 0 && f->reader.seen > 0);
	return rc;
}

int run_uid(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct fill *f = calloc(1, sizeof(*f));
	const struct table *t;
	struct schema s;
	int rc;

	if (f == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	f->r = r;
	f->st = st;
	f->en = en;
	buf_init(&f->text, TEXT_MAX);
	rc = schema_load(&s, r->db, r->prefix, e);
	if (rc == 0) {
		t = schema_named(&s, st->table);
		rc = t == NULL ? err_set(e, EXIT_TEMPORARY, "table %s is gone", st->table) :
		    uid_reader_open(&f->reader, r->db, t, true, e);
		if (rc == 0)
			rc = prepare(f, t, e);
		schema_free(&s);
	}
	if (rc == 0)
		rc = fill(f, e);
	uid_reader_close(&f->reader);
	dbq_close(&f->write);
	buf_free(&f->text);
	free(f);
	return rc;
}

/*
 * Step 2.1's fill of calendarobjects.uid: reads a batch of objects, then writes their UIDs with
 * few statements of many rows.
 */
#include <stdlib.h>
#include <string.h>

#include "byid.h"
#include "execute.h"
#include "uidread.h"

/* UIDs of a batch; one with more of them ends early, with room for those to be read again. */
#define TEXT_MAX ((size_t)4 << 20)
#define TEXT_FULL (TEXT_MAX - (size_t)128 * UID_SIZE)

struct fill {
	struct run *r;
	const struct stmt *st;
	struct entry *en;
	struct uid_reader reader;
	struct byid out;
};

static void tell_none(struct fill *f, const struct uid_object *o)
{
	const char *why = o->null ? "has no data" : strcmp(o->found->component, "VCARD") == 0 ?
	    "is a VCARD, no calendar object" : o->found->component[0] == '\0' ?
	    "is not a calendar object (no component begins in it)" : o->huge ?
	    "has more than 16 MiB, and no UID near its beginning" : "has no UID";

	run_tell(f->r, f->st->table, o->id, "%s; it stays as it is, its uid stays %s", why,
	    f->reader.col.nullable ? "NULL" : "empty");
}

static bool take(void *arg, const struct uid_object *o)
{
	struct fill *f = arg;
	char fitted[UID_SIZE];

	f->en->rows_off += o->untrue;
	if (o->found->len == 0) {
		tell_none(f, o);
		byid_add(&f->out, o->id, NULL);
		return true;
	}
	if (uid_fit(&f->reader.col, o->found, fitted))
		run_tell(f->r, f->st->table, o->id, "its UID does not fit the column uid; there"
		    " it is %s", fitted);
	byid_add(&f->out, o->id, fitted);
	f->en->rows_seen++;
	return f->out.text.len < TEXT_FULL;
}

static int fill(struct fill *f, struct err *e)
{
	for (;;) {
		if (uid_reader_batch(&f->reader, f->en->position, take, f, e) < 0)
			return -1;
		if (f->reader.seen == 0)
			return 0;
		if (run_begin(f->r, e) < 0 || byid_write(&f->out, e) < 0)
			return -1;
		f->en->position = f->reader.last;
		if (run_commit(f->r, f->en, e) < 0)
			return -1;
	}
}

int run_uid(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct byid_column uid = { "uid", "''", "",
	    " AND (t.`uid` IS NULL OR RTRIM(t.`uid`)='')", TEXT_MAX };
	struct buf keep = BUF_INIT(4096);
	struct fill *f = calloc(1, sizeof(*f));
	const struct table *t;
	struct schema s;
	int rc;

	if (f == NULL)
		return err_memory(e);
	f->r = r;
	f->st = st;
	f->en = en;
	rc = schema_load(&s, r->db, r->prefix, e);
	if (rc == 0) {
		t = schema_named(&s, st->table);
		rc = t == NULL ? err_set(e, EXIT_TEMPORARY, "table %s is gone", st->table) :
		    uid_reader_open(&f->reader, r->db, t, true, e);
		schema_untouched(&keep, t);
		if (keep.data != NULL)
			uid.also = keep.data;
		if (table_has(t, "uid") && table_column(t, "uid")->nullable)
			uid.otherwise = "NULL";
		if (rc == 0)
			rc = byid_open(&f->out, r->db, t, &uid, e);
		schema_free(&s);
		buf_free(&keep);
	}
	if (rc == 0)
		rc = fill(f, e);
	uid_reader_close(&f->reader);
	byid_close(&f->out);
	free(f);
	return rc;
}

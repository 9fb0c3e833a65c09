#include <string.h>

#include "sql.h"
#include "uidread.h"

#define AGAIN 64	/* objects of a batch that have to be read as a whole */

int uid_reader_open(struct uid_reader *r, struct db *db, const struct table *t, bool missing,
    struct err *e)
{
	const struct column *uid = table_column(t, "uid");
	struct buf data = BUF_INIT(1024);
	int rc;

	memset(r, 0, sizeof(*r));
	if (uid == NULL)
		return err_set(e, EXIT_BUG, "%s has no column uid", t->name);
	r->col = *uid;
	schema_text(&data, t, "t", "calendardata");
	/* LEFT() counts characters, which takes as long as everything else together. */
	rc = buf_check(&data, e) < 0 ? -1 : sql_prepare(&r->read, db, "", e, "SELECT t.`id`,"
	    " t.`uid`, IF(OCTET_LENGTH(%S)>%d, LEFT(%S, %d), %S), OCTET_LENGTH(%S),"
	    " CHAR_LENGTH(t.`etag`)=32 AND t.`size`=OCTET_LENGTH(%S) FROM %I t WHERE t.`id`>?%S"
	    " ORDER BY t.`id` LIMIT %d", data.data, UID_PREFIX, data.data, UID_PREFIX, data.data,
	    data.data, data.data, t->name,
	    missing ? " AND (t.`uid` IS NULL OR RTRIM(t.`uid`)='')" : "", UID_BATCH);
	if (rc == 0)
		rc = sql_prepare(&r->whole, db, "", e, "SELECT t.`id`, t.`uid`,"
		    " IF(OCTET_LENGTH(%S)>%d, LEFT(%S, %d), %S), OCTET_LENGTH(%S) FROM %I t WHERE"
		    " t.`id`=?", data.data, UID_WHOLE, data.data, UID_HUGE, data.data, data.data,
		    t->name);
	buf_free(&data);
	if (rc < 0)
		uid_reader_close(r);
	return rc;
}

void uid_reader_close(struct uid_reader *r)
{
	dbq_close(&r->read);
	dbq_close(&r->whole);
}

static void object(struct uid_object *o, struct icaluid *u, const struct dbq *q)
{
	icaluid_find(q->col[2].p, q->col[2].n, u);
	o->id = dbq_int(q, 0);
	o->null = q->col[2].p == NULL;
	o->huge = q->col[2].n < (size_t)dbq_int(q, 3);
	o->stored = q->col[1].p;
	o->found = u;
}

/* An object whose UID is not in its beginning; the query for the batch has ended. */
static int read_whole(struct uid_reader *r, const struct uid_object *first,
    bool (*take)(void *arg, const struct uid_object *o), void *arg, struct err *e)
{
	struct dbval v = DB_INT(first->id);
	struct uid_object o = *first;
	struct icaluid u;
	int rc = dbq_run(&r->whole, &v, 1, e) < 0 ? -1 : dbq_next(&r->whole, e);

	if (rc == 1) {
		object(&o, &u, &r->whole);
		take(arg, &o);
		rc = dbq_next(&r->whole, e);
	}
	return rc;
}

int uid_reader_batch(struct uid_reader *r, int64_t from,
    bool (*take)(void *arg, const struct uid_object *o), void *arg, struct err *e)
{
	struct dbval v = DB_INT(from);
	struct uid_object again[AGAIN], o = { .id = 0 };
	unsigned n = 0, i;
	bool more = true;
	struct icaluid u;
	int rc = dbq_run(&r->read, &v, 1, e);

	r->seen = 0;
	while (rc >= 0 && (rc = dbq_next(&r->read, e)) == 1) {
		if (!more)
			continue;
		object(&o, &u, &r->read);
		o.untrue = !o.null && dbq_int(&r->read, 4) == 0;
		r->last = o.id;
		r->seen++;
		if (o.huge && (u.len == 0 || u.open))
			again[n++] = o;
		else
			more = take(arg, &o);
		more = more && n < AGAIN;
	}
	for (i = 0; rc >= 0 && i < n; i++)
		rc = read_whole(r, &again[i], take, arg, e);
	return rc < 0 ? -1 : 0;
}

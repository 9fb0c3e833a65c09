/*
 * Owner instances for calendars whose URI is too long for calendarinstances or belongs to another
 * calendar of the same principal: the URI is shortened, or gets -2, -3, ... at its end.
 */
#include <string.h>

#include "execute.h"
#include "sql.h"
#include "uid.h"

#define ROWS 100	/* calendars of one transaction */

struct owners {
	struct run *r;
	const char *table;	/* for messages */
	size_t limit;		/* bytes of calendarinstances.uri */
	struct buf last;	/* principal and URI of the calendar before; its choices for this */
	unsigned last_nth;	/* URI are taken up to this one */
	struct dbq next, taken, own, insert;
};

/* A calendar without an owner, as the row of "next" has it; NULL: it has no principal, no URI. */
struct cal {
	int64_t id;
	const char *principal, *uri;
	size_t principal_len, uri_len;
};

/* The first one behind id FROM: 1, 0, -1. */
static int next_calendar(struct owners *o, int64_t from, struct cal *c, struct err *e)
{
	struct dbq *q = &o->next;
	int rc = dbq_run(q, &DB_INT(from), 1, e) < 0 ? -1 : dbq_next(q, e);

	if (rc != 1)
		return rc;
	*c = (struct cal){ dbq_int(q, 0), q->col[1].p, q->col[2].p, q->col[1].n, q->col[2].n };
	/* The row stays; the connection is free for other queries. */
	return dbq_next(q, e) < 0 ? -1 : 1;
}

/* Somebody's share of their own calendar: it becomes the owner's instance.  1: so it was. */
static int promote(struct owners *o, const struct cal *c, struct err *e)
{
	struct dbval v[] = { DB_INT(c->id), DB_BYTES(c->principal, c->principal_len) };

	if (dbq_run(&o->own, v, 2, e) < 0)
		return -1;
	if (dbq_affected(&o->own) == 0)
		return 0;
	run_tell(o->r, o->table, c->id, "its owner had it as a share; that is the owner's own now");
	return 1;
}

static int is_taken(struct owners *o, const struct cal *c, const char *uri, struct err *e)
{
	struct dbval v[] = { DB_BYTES(c->principal, c->principal_len), DB_STR(uri) };
	int rc = dbq_run(&o->taken, v, 2, e) < 0 ? -1 : dbq_next(&o->taken, e);
	int64_t n = rc == 1 ? dbq_int(&o->taken, 0) : 0;

	if (rc == 1)
		rc = dbq_next(&o->taken, e);
	return rc < 0 ? -1 : n > 0;
}

/* A principal with thousands of calendars of one URI: the choices of the one before are taken. */
static unsigned taken_before(struct owners *o, const struct cal *c)
{
	size_t n = c->principal_len + 1 + c->uri_len;
	bool same = c->principal != NULL && o->last.len == n &&
	    memcmp(o->last.data, c->principal, c->principal_len + 1) == 0 &&
	    memcmp(o->last.data + c->principal_len + 1, c->uri, c->uri_len) == 0;

	if (same)
		return o->last_nth;
	buf_reset(&o->last);
	if (c->principal != NULL) {
		buf_add(&o->last, c->principal, c->principal_len + 1);
		buf_add(&o->last, c->uri, c->uri_len);
	}
	return 0;
}

static int give_owner(struct owners *o, const struct cal *c, struct err *e)
{
	struct dbval v[] = { DB_NULL, DB_INT(c->id) };
	char uri[URI_SIZE] = "";
	unsigned nth = 0;
	int rc = c->principal != NULL ? promote(o, c, e) : 0;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (c->uri != NULL) {
		nth = taken_before(o, c);
		do {
			uri_fit(c->uri, c->uri_len, o->limit, ++nth, uri);
			rc = c->principal != NULL ? is_taken(o, c, uri, e) : 0;
		} while (rc == 1);
		o->last_nth = nth;
		v[0] = DB_STR(uri);
		if (strlen(uri) != c->uri_len || memcmp(uri, c->uri, c->uri_len) != 0)
			run_tell(o->r, o->table, c->id, "its URI %s is %s; it is %s now", c->uri,
			    c->uri_len > o->limit ? "too long" : "that of another calendar of"
			    " the same principal", uri);
	}
	return rc < 0 ? -1 : dbq_run(&o->insert, v, 2, e);
}

static int prepare(struct owners *o, const struct stmt *st, struct err *e)
{
	struct db *db = o->r->db;
	const char *p = o->r->prefix;
	const struct column *uri;
	struct schema s;

	if (schema_load(&s, db, p, e) < 0)
		return -1;
	uri = table_column(schema_table(&s, "calendarinstances"), "uri");
	o->limit = uri != NULL && uri->chars < URI_SIZE ? (size_t)uri->chars : URI_SIZE - 1;
	schema_free(&s);
	if (sql_prepare(&o->next, db, p, e, "%S AND t.`id`>? ORDER BY t.`id` LIMIT 1", st->sql
	    ) < 0 ||
	    sql_prepare(&o->taken, db, p, e, "SELECT COUNT(*) FROM"
	    " %T{calendarinstances} WHERE principaluri=? AND uri=?") < 0 ||
	    sql_prepare(&o->own, db, p, e, "UPDATE %T{calendarinstances} SET access=1 WHERE"
	    " calendarid=? AND principaluri=?") < 0)
		return -1;
	return dbq_prepare(&o->insert, db, st->each, e);
}

/* Calendars behind the entry's position, in one transaction: 1 when there may be more, 0, -1. */
static int some(struct owners *o, struct entry *en, struct err *e)
{
	struct cal c;
	unsigned n;
	int rc = 1;

	if (run_begin(o->r, e) < 0)
		return -1;
	for (n = 0; n < ROWS && (rc = next_calendar(o, en->position, &c, e)) == 1; n++) {
		if (give_owner(o, &c, e) < 0)
			return -1;
		en->rows_seen++;
		en->position = c.id;
	}
	if (rc < 0 || (n > 0 && run_commit(o->r, en, e) < 0))
		return -1;
	return rc;
}

int run_owners(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct owners o = { .r = r, .table = st->table, .last = BUF_INIT(BUF_RECORD_MAX) };
	int rc;

	/* A calendar with an owner is not shown again: each run begins at the first id. */
	en->position = 0;
	rc = prepare(&o, st, e) < 0 ? -1 : 1;
	while (rc == 1)
		rc = some(&o, en, e);
	dbq_close(&o.next);
	dbq_close(&o.taken);
	dbq_close(&o.own);
	dbq_close(&o.insert);
	buf_free(&o.last);
	return rc;
}

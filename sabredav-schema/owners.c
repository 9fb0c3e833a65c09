/*
 * Owner instances for calendars whose URI is too long for calendarinstances or belongs to another
 * calendar of the same principal: the URI is shortened, or gets -2, -3, ... at its end.
 */
#include <stdlib.h>
#include <string.h>

#include "execute.h"
#include "sql.h"
#include "uri.h"

#define ROWS 100	/* calendars of one batch */

struct cal {
	int64_t id;
	char *principal, *uri;	/* NULL: none */
	size_t principal_len, uri_len;
};

struct owners {
	struct run *r;
	const char *table;	/* for messages */
	size_t limit;		/* bytes of calendarinstances.uri */
	struct cal cal[ROWS];
	unsigned n;
	struct buf last;	/* principal and URI of the calendar before; its choices for this */
	unsigned last_nth;	/* URI are taken up to this one */
	struct dbq list, taken, own, insert;
};

static char *copy(const struct dbval *v)
{
	char *s = v->p != NULL ? malloc(v->n + 1) : NULL;

	if (s != NULL)
		memcpy(s, v->p, v->n + 1);
	return s;
}

static int read_batch(struct owners *o, int64_t from, struct err *e)
{
	struct dbval v = DB_INT(from);
	struct cal *c;
	int rc = dbq_run(&o->list, &v, 1, e);

	while (rc >= 0 && (rc = dbq_next(&o->list, e)) == 1) {
		c = &o->cal[o->n++];
		c->id = dbq_int(&o->list, 0);
		c->principal = copy(&o->list.col[1]);
		c->uri = copy(&o->list.col[2]);
		c->principal_len = o->list.col[1].n;
		c->uri_len = o->list.col[2].n;
		if ((c->principal == NULL && o->list.col[1].p != NULL) ||
		    (c->uri == NULL && o->list.col[2].p != NULL))
			return err_memory(e);
	}
	return rc;
}

static void free_batch(struct owners *o)
{
	unsigned i;

	for (i = 0; i < o->n; i++) {
		free(o->cal[i].principal);
		free(o->cal[i].uri);
	}
	o->n = 0;
}

/* Somebody's share of his own calendar: it becomes the owner's instance.  1: so it was. */
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
	if (sql_prepare(&o->list, db, p, e, "%S AND t.`id`>? ORDER BY t.`id` LIMIT %d", st->sql,
	    ROWS) < 0 || sql_prepare(&o->taken, db, p, e, "SELECT COUNT(*) FROM"
	    " %T{calendarinstances} WHERE principaluri=? AND uri=?") < 0 ||
	    sql_prepare(&o->own, db, p, e, "UPDATE %T{calendarinstances} SET access=1 WHERE"
	    " calendarid=? AND principaluri=?") < 0)
		return -1;
	return dbq_prepare(&o->insert, db, st->each, e);
}

int run_owners(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct owners *o = calloc(1, sizeof(*o));
	unsigned i;
	int rc;

	if (o == NULL)
		return err_memory(e);
	o->r = r;
	buf_init(&o->last, BUF_RECORD_MAX);
	o->table = st->table;
	/* What has an owner is not shown again, so an interrupted run begins at the first id. */
	en->position = 0;
	rc = prepare(o, st, e);
	while (rc == 0) {
		rc = read_batch(o, en->position, e);
		if (rc < 0 || o->n == 0)
			break;
		rc = run_begin(r, e);
		for (i = 0; rc == 0 && i < o->n; i++)
			rc = give_owner(o, &o->cal[i], e);
		en->rows_seen += o->n;
		en->position = o->cal[o->n - 1].id;
		free_batch(o);
		if (rc == 0)
			rc = run_commit(r, en, e);
	}
	free_batch(o);
	dbq_close(&o->list);
	dbq_close(&o->taken);
	dbq_close(&o->own);
	dbq_close(&o->insert);
	buf_free(&o->last);
	free(o);
	return rc;
}

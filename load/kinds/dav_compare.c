#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "after/compare.h"
#include "count.h"
#include "kinds/dav.h"
#include "kinds/dav_compare.h"
#include "kinds/dav_names.h"
#include "io.h"
#include "run/itemize.h"
#include "base/names.h"
#include "base/print.h"

#define DISPLAYNAME_MAX 100
#define PUBLIC_USER "principals/caldav_public_user@localhost"
#define TENANT_USER "_dav_tenant_user@localhost"

struct dav_compare {
	struct load *l;
	struct dbq map, instance, by_uri, by_etag, count, share;
	struct buf room;
	int64_t stream_calendar, p8_calendar;	/* the last one that was looked up */
	uint64_t calendars, objects, in_p8, shares, differences;
};

static void say(struct dav_compare *c, const char *kind, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct dav_compare *c, const char *kind, const char *name, const char *fmt, ...)
{
	const char *owner = jr_str(&c->l->si.doc, NULL, "principal", "-");
	va_list ap;

	if (++c->differences > COMPARE_SHOWN)
		return;
	print("! ");
	owner = dav_user_of(owner);
	owner = owner[0] != '\0' ? owner : "-";
	itemize_text(owner, strlen(owner));
	print(" %s ", kind);
	itemize_text(name, strlen(name));
	print(": ");
	va_start(ap, fmt);
	vprint(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* The only row of Q: 1, 0, -1. */
static int one_row(struct dbq *q, const struct dbval *v, unsigned n, struct err *e)
{
	int rc = dbq_run(q, v, n, e);

	return rc < 0 ? -1 : dbq_next(q, e);
}

static int finish_row(struct dbq *q, struct err *e)
{
	int rc;

	while ((rc = dbq_next(q, e)) == 1)
		;
	return rc;
}

/* P8's number of P7's calendar ID, 0: it is not in P8. */
static int calendar_in_p8(struct dav_compare *c, int64_t id, int64_t *p8, struct err *e)
{
	struct dbval v[] = { DB_STR(c->l->source), DB_INT(id) };
	int rc;

	if (id != c->stream_calendar) {
		rc = one_row(&c->map, v, 2, e);
		if (rc < 0)
			return -1;
		c->p8_calendar = rc == 1 ? dbq_int(&c->map, 0) : 0;
		c->stream_calendar = id;
		if (rc == 1 && finish_row(&c->map, e) < 0)
			return -1;
	}
	*p8 = c->p8_calendar;
	return 0;
}

static int calendar(struct dav_compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->si.doc;
	const char *name = jr_str(d, NULL, "displayname", ""), *uri = jr_str(d, NULL, "uri", "");
	struct dbval v;
	size_t n = strlen(name);
	int64_t id;
	int rc;

	c->calendars++;
	if (calendar_in_p8(c, jr_int(d, NULL, "id", 0), &id, e) < 0)
		return -1;
	v = DB_INT(id);
	rc = id != 0 ? one_row(&c->instance, &v, 1, e) : 0;
	if (rc < 0)
		return -1;
	if (rc == 0) {
		say(c, "CALENDAR", uri, "not in P8");
		return 0;
	}
	if (davname_fit(name, n, DISPLAYNAME_MAX, c->l->t->dav_text == DAV_TEXT_SERVER, &c->room)) {
		name = c->room.data;
		n = c->room.len;
	}
	if (n != c->instance.col[0].n || memcmp(name, dbq_str(&c->instance, 0), n) != 0)
		say(c, "CALENDAR", uri, "its name is \"%s\" in P8, \"%s\" in the stream",
		    dbq_str(&c->instance, 0), name);
	if (dbq_int(&c->instance, 1) != jr_int(d, NULL, "calendarorder", 0))
		say(c, "CALENDAR", uri, "its order is another one in P8");
	if (finish_row(&c->instance, e) < 0 || one_row(&c->count, &v, 1, e) < 0)
		return -1;
	c->in_p8 += (uint64_t)dbq_int(&c->count, 0);
	return finish_row(&c->count, e);
}

static bool same(const struct dbval *v, const char *p, size_t n)
{
	return v->n == n && (n == 0 || memcmp(v->p, p, n) == 0);
}

/* Found by its URI, or, when P8 had no room for that, by its etag: 1 the same, 0 other, -2 none. */
static int find_object(struct dav_compare *c, int64_t id, const char *p, size_t n, struct err *e)
{
	const struct jdoc *d = &c->l->si.doc;
	struct dbval v[] = { DB_INT(id), DB_STR(jr_str(d, NULL, "uri", "")) };
	int rc = one_row(&c->by_uri, v, 2, e), result = -2;

	if (rc == 1) {
		result = same(&c->by_uri.col[0], p, n);
		rc = finish_row(&c->by_uri, e);
	}
	if (rc < 0 || result == 1)
		return rc < 0 ? -1 : 1;
	v[1] = DB_STR(jr_str(d, NULL, "etag", ""));
	rc = dbq_run(&c->by_etag, v, 2, e);
	while (rc >= 0 && (rc = dbq_next(&c->by_etag, e)) == 1)
		if (same(&c->by_etag.col[0], p, n))
			result = 1;
	return rc < 0 ? -1 : result;
}

static int object(struct dav_compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->si.doc;
	const struct jval *data = jr_get(d, NULL, "calendardata");
	const char *uri = jr_str(d, NULL, "uri", ""), *p = "";
	size_t n = 0;
	int64_t id;
	int rc;

	buf_reset(&c->l->spare);
	if (data != NULL && data->type != J_NULL &&
	    jr_bytes(d, data, &c->l->spare, &p, &n) < 0)
		return err_set(e, EXIT_DATA, "line %" PRIu64 ": \"calendardata\" is not a text",
		    c->l->si.lineno);
	c->objects++;
	if (calendar_in_p8(c, jr_int(d, NULL, "calendarid", 0), &id, e) < 0)
		return -1;
	rc = id != 0 ? find_object(c, id, p, n, e) : -2;
	if (rc == -1)
		return -1;
	if (rc != 1)
		say(c, "CALENDAR_OBJECT", uri, rc == 0 ? "other in P8 than in the stream" :
		    "not in P8");
	return 0;
}

/* Of the sharee P8 has an instance, or the owner's is public. */
static int share(struct dav_compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->si.doc;
	const char *member = jr_str(d, NULL, "member_uri", NULL), *kind = "SHARE";
	char uri[400];
	struct dbval v[4];
	size_t n = member != NULL ? strlen(member) : 0, m = strlen(TENANT_USER);
	bool tenant = n > m && strcasecmp(member + n - m, TENANT_USER) == 0;
	int64_t id;
	int rc;

	/* P7 has no principal for it, or it is the owner's own: such a share says nothing. */
	if (member == NULL || strcasecmp(member, jr_str(d, NULL, "principal", "")) == 0)
		return 0;
	c->shares++;
	if (calendar_in_p8(c, jr_int(d, NULL, "calendarid", 0), &id, e) < 0)
		return -1;
	v[0] = DB_INT(id);
	snprintf(uri, sizeof(uri), "%s%s", strncmp(member, PRINCIPAL_PREFIX,
	    strlen(PRINCIPAL_PREFIX)) == 0 ? "" : PRINCIPAL_PREFIX, member);
	v[1] = DB_STR(tenant ? TENANT_USER : uri);
	v[2] = DB_INT(tenant ? (int64_t)m : DAV_PRINCIPAL_MAX);
	v[3] = DB_INT(strcasecmp(member, PUBLIC_USER) == 0);
	rc = id != 0 ? one_row(&c->share, v, 4, e) : 0;
	if (rc < 0)
		return -1;
	if (rc == 0) {
		say(c, kind, member, "not in P8");
		return 0;
	}
	if (dbq_int(&c->share, 0) == 2 && jr_int(d, NULL, "readonly", 0) == 0)
		say(c, kind, member, "in P8 the sharee can only read it");
	return finish_row(&c->share, e);
}

static int one_record(struct dav_compare *c, struct err *e)
{
	const char *kind = c->l->si.kind;

	if (strcmp(kind, "DAV_CALENDAR") == 0)
		return calendar(c, e);
	if (strcmp(kind, "DAV_OBJECT") == 0)
		return object(c, e);
	if (strcmp(kind, "DAV_SHARE") == 0)
		return share(c, e);
	return 0;
}

static int prepare(struct dav_compare *c, struct err *e)
{
	struct target *t = c->l->t;

	if (sql_prepare(t, &c->map, "SELECT calendarid FROM {p7m_dav_calendar} WHERE source=? AND"
	    " id=? AND calendarid IS NOT NULL", e) < 0 ||
	    sql_prepare(t, &c->instance, "SELECT {:dav displayname}, calendarorder FROM"
	    " {adav_calendarinstances} WHERE calendarid=? AND access=1", e) < 0 ||
	    sql_prepare(t, &c->by_uri, "SELECT CAST(calendardata AS BINARY) FROM"
	    " {adav_calendarobjects} WHERE calendarid=? AND uri=CAST(? AS BINARY)", e) < 0 ||
	    sql_prepare(t, &c->by_etag, "SELECT CAST(calendardata AS BINARY) FROM"
	    " {adav_calendarobjects} WHERE calendarid=? AND etag=CAST(? AS BINARY)", e) < 0 ||
	    sql_prepare(t, &c->count, "SELECT COUNT(*) FROM {adav_calendarobjects} WHERE"
	    " calendarid=?", e) < 0)
		return -1;
	return sql_prepare(t, &c->share, "SELECT access FROM {adav_calendarinstances} WHERE"
	    " calendarid=? AND ((access>1 AND LOWER(?)="
	    "RIGHT(LOWER(CONVERT(principaluri USING utf8mb4)),?)) OR"
	    " (access=1 AND public=1 AND ?=1))", e);
}

static int summary(struct dav_compare *c, struct err *e)
{
	if (c->in_p8 > c->objects && c->differences == 0) {
		c->differences++;
		print("! - CALENDAR_OBJECT: %" PRIu64 " in P8's calendars, %" PRIu64
		    " in the stream\n", c->in_p8, c->objects);
	}
	if (c->differences > COMPARE_SHOWN)
		print("(the first %d differences are shown)\n", COMPARE_SHOWN);
	if (c->differences > 0)
		print("%s between P8 and the stream\n", COUNT(c->differences, "difference"));
	else
		print("verified: P8 holds what the stream says of %s, %s, %s\n",
		    COUNT(c->calendars, "calendar"), COUNT(c->objects, "object"),
		    COUNT(c->shares, "share"));
	return io_std_flush(e);
}

int dav_compare(struct load *l, enum exitcode *status, struct err *e)
{
	struct dav_compare c = { .l = l, .room = BUF_INIT(1 << 18), .stream_calendar = -1 };
	int rc = dav_has_ledger(l->t, e);

	if (rc == 0)
		rc = err_set(e, EXIT_CONFIG, "no calendars were staged in database %s",
		    l->t->db.name);
	if (rc == 1)
		rc = prepare(&c, e);
	while (rc >= 0 && (rc = si_next(&l->si, e)) == 1) {
		rc = one_record(&c, e);
		progress_rows(l->progress, 1);
	}
	if (rc == 0)
		rc = summary(&c, e);
	*status = c.differences > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	dbq_close(&c.map);
	dbq_close(&c.instance);
	dbq_close(&c.by_uri);
	dbq_close(&c.by_etag);
	dbq_close(&c.count);
	dbq_close(&c.share);
	buf_free(&c.room);
	return rc;
}

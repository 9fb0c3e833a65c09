#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "after/repairdav.h"
#include "base/names.h"
#include "davobject.h"
#include "kinds/calendar.h"

int repairdav_recall(struct load *l, struct err *e)
{
	struct dbval v = DB_INT(l->user.row);
	struct user *u = &l->user;
	struct user_calendar *c;
	struct dbq q;
	int rc;

	if (l->s.t->no_dav)
		return 0;
	if (sql_prepare(l->s.t, &q, "SELECT k.uuid, k.calendarid, i.uri FROM {p7m_calendars} k JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1 WHERE"
	    " k.user_id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		c = user_add_calendar(u, dbq_str(&q, 0), e);
		if (c == NULL) {
			rc = -1;
			break;
		}
		c->state = UC_OURS;
		c->id = dbq_int(&q, 1);
		c->p7 = -1;
		c->uri = strdup(dbq_str(&q, 2));
		if (c->uri == NULL)
			rc = err_memory(e);
	}
	dbq_close(&q);
	return rc;
}

static bool is_fact(const struct jval *v)
{
	static const char *const names[] = { "etag", "size", "componenttype", "firstoccurence",
	    "lastoccurence", "uid" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (v->keylen == strlen(names[i]) && memcmp(v->key, names[i], v->keylen) == 0)
			return true;
	return false;
}

static void put_time(struct jsonw *w, const char *name, bool timed, int64_t at)
{
	jw_key(w, name);
	if (timed)
		jw_int(w, at);
	else
		jw_null(w);
}

/* Of an object; DATA[N] is NUL. */
static void put_object(struct jsonw *w, const char *data, size_t n)
{
	char uid[DAV_UID_MAX + 1];
	struct ical_facts f;
	bool altered;
	size_t len;

	ical_look(data, n, &f);
	len = davobject_uid(data, n, uid, &altered);
	jw_kv_str(w, "componenttype", f.component);
	put_time(w, "firstoccurence", f.timed, f.first);
	put_time(w, "lastoccurence", f.timed, f.last);
	jw_key(w, "uid");
	if (len > 0)
		jw_str_n(w, uid, len);
	else
		jw_null(w);
}

static void put_facts(struct jsonw *w, bool object, const char *data, size_t n)
{
	char etag[33];

	davobject_etag(data, n, etag);
	jw_kv_str(w, "etag", etag);
	jw_key(w, "size");
	jw_int(w, (int64_t)n);
	if (object)
		put_object(w, data, n);
}

int repairdav_facts(struct repair *r, struct err *e)
{
	const struct jdoc *d = &r->l->in.si.doc;
	bool object = strcmp(r->l->in.si.kind, DAV_OBJECT) == 0;
	const struct jval *v, *data = jr_get(d, NULL, object ? "calendardata" : "data");
	struct buf copy = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	const char *p;
	size_t n;
	int rc = 0;

	buf_reset(&r->l->in.spare);
	/* A record without bytes is refused when it is taken. */
	if (data == NULL || data->type == J_NULL || jr_bytes(d, data, &r->l->in.spare, &p, &n) < 0)
		return 0;
	buf_add(&copy, p, n);
	buf_addc(&copy, '\0');
	rc = buf_check(&copy, e);
	buf_reset(&r->record);
	jw_begin(&w, &r->record);
	jw_object(&w);
	for (v = jr_first(d, &d->v[0]); rc == 0 && v != NULL; v = jr_next(d, v)) {
		if (is_fact(v))
			continue;
		jw_key_n(&w, v->key, v->keylen);
		jr_write(d, v, &w);
	}
	if (rc == 0 && jr_get(d, NULL, "lastmodified") == NULL) {
		jw_key(&w, "lastmodified");
		jw_int(&w, (int64_t)time(NULL));
	}
	if (rc == 0)
		put_facts(&w, object, copy.data, n);
	jw_object_end(&w);
	buf_free(&copy);
	return rc < 0 ? -1 : repair_take_record(r, e);
}

int repairdav_tell(struct load *l, struct err *e)
{
	const struct rows *s = &l->unit.r[TABLE_OBJECTS];
	size_t i;

	for (i = 0; i < s->n; i++) {
		struct dbval v[] = { DB_STR(s->col[OBJECT_URI].p[i]),
		    DB_INT(s->col[OBJECT_CALENDAR].num[i]) };

		if (sql_do(l->s.t, "INSERT INTO {adav_calendarchanges} (uri, synctoken, calendarid,"
		    " operation) SELECT ?, synctoken, id, 1 FROM {adav_calendars} WHERE id=?", v, 2,
		    e) < 0 || sql_do(l->s.t, "UPDATE {adav_calendars} SET"
		    " synctoken=synctoken+1 WHERE id=?", &v[1], 1, e) < 0)
			return -1;
	}
	return 0;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kinds/dav_names.h"
#include "kinds/dav_sql.h"
#include "base/names.h"
#include "utf8.h"

unsigned dav_put_text(const char *p, size_t n, size_t bytes, size_t chars, struct buf *out)
{
	const char *end = p + n, *piece;
	size_t at = out->len, len, seen;
	unsigned flaws = 0;

	if (n <= chars && utf8_valid(p, n)) {
		buf_add(out, p, n);
		return 0;
	}
	for (seen = 0; p < end; seen++) {
		piece = p;
		if (utf8_valid_prefix(p, (size_t)(end - p) < 4 ? (size_t)(end - p) : 4) > 0) {
			(void)utf8_next(&p, end);
			len = (size_t)(p - piece);
		} else {
			flaws |= DAV_NOT_UTF8;
			piece = "\xef\xbf\xbd";
			len = 3;
			p++;
		}
		if ((chars > 0 && seen == chars) ||
		    (bytes > 0 && out->len - at + len > bytes))
			return flaws | DAV_TOO_LONG;
		buf_add(out, piece, len);
	}
	return flaws;
}

const char *dav_user_of(const char *principal)
{
	size_t n = strlen(PRINCIPAL_PREFIX);

	return strncmp(principal, PRINCIPAL_PREFIX, n) == 0 ? principal + n : principal;
}

int dav_one_int(struct target *t, const struct dav_stage *st, const char *sql,
    const struct dbval *v, unsigned n, int64_t *out, struct err *e)
{
	struct dbq q;
	int rc;

	if (dav_prepare(&q, t, st, sql, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1)
		*out = dbq_int(&q, 0);
	dbq_close(&q);
	return rc;
}

int dav_offenders_see(struct dav_offenders *o, int64_t id, const char *p, size_t n,
    struct err *e)
{
	bool same = o->any && p != NULL && o->last.len == n &&
	    (n == 0 || memcmp(o->last.data, p, n) == 0);
	int64_t *v;

	if (o->last.cap == 0)
		buf_init(&o->last, 1 << 16);
	buf_reset(&o->last);
	if (p != NULL)
		buf_add(&o->last, p, n);
	o->any = true;
	if (!same && p != NULL && n > 0 && n <= DAV_URI_MAX)
		return 0;
	if (o->n == o->size) {
		o->size = o->size ? o->size * 2 : 64;
		v = realloc(o->id, o->size * sizeof(*v));
		if (v == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		o->id = v;
	}
	o->id[o->n++] = id;
	return 0;
}

/* A reminder names its event by the object's URI, without ".ics". */
static size_t event_id(const struct buf *uri)
{
	size_t n = uri->len;

	return n > 4 && strcasecmp(uri->data + n - 4, ".ics") == 0 ? n - 4 : n;
}

/* Of several objects with one URI the reminders are the first one's, which keeps it. */
static int follow(struct dav_move *mv, const char *email, const struct buf *old,
    const struct buf *uri, struct err *e)
{
	return dav_run(mv->t, mv->st, "UPDATE [reminders] SET eventid=? WHERE user=? AND eventid=?",
	    (struct dbval[]){ DB_BYTES(uri->data, event_id(uri)), DB_STR(email),
	    DB_BYTES(old->data, event_id(old)) }, 3, e);
}

static int mend(struct dav_move *mv, const char *email, int64_t calendar, int64_t id,
    struct err *e)
{
	struct report_item i = { .code = "uri-changed", .user = email,
	    .table = "adav_calendarobjects", .id = id, .field = "uri",
	    .reason = "the URI is empty, too long, or another object of the calendar has it" };
	struct buf old = BUF_INIT(1 << 16), uri = BUF_INIT(1024);
	char action[400];
	struct dbq q;
	int64_t x;
	unsigned n;
	int rc;

	if (dav_prepare(&q, mv->t, mv->st, "SELECT uri FROM [calendarobjects] WHERE id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_INT(id), 1, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		buf_add(&old, dbq_str(&q, 0), q.col[0].n);
		rc = 0;
	}
	dbq_close(&q);
	for (n = old.len > DAV_URI_MAX || old.len == 0 ? 1 : 2; rc == 0; n++) {
		davname_uri(old.data, old.len, DAV_URI_MAX, mv->st->source, id, n, &uri);
		rc = dav_one_int(mv->t, mv->st, "SELECT 1 FROM [calendarobjects] WHERE calendarid=?"
		    " AND CAST(uri AS BINARY)=? LIMIT 1", (struct dbval[]){ DB_INT(calendar),
		    DB_BYTES(uri.data, uri.len) }, 2, &x, e);
		if (rc != 1)
			break;
		rc = 0;
	}
	if (rc == 0)
		rc = dav_run(mv->t, mv->st, "UPDATE [calendarobjects] SET uri=? WHERE id=?",
		    (struct dbval[]){ DB_BYTES(uri.data, uri.len), DB_INT(id) }, 2, e);
	if (rc == 0 && old.len > DAV_URI_MAX)
		rc = follow(mv, email, &old, &uri, e);
	if (rc == 0) {
		snprintf(action, sizeof(action), "in P8 it is %s", uri.data);
		i.action = action;
		rc = mv->note(mv->arg, &i, e);
	}
	buf_free(&old);
	buf_free(&uri);
	return rc;
}

int dav_offenders_mend(struct dav_offenders *o, struct dav_move *mv, const char *email,
    int64_t calendar, struct err *e)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (mend(mv, email, calendar, o->id[i], e) < 0)
			return -1;
	return 0;
}

void dav_offenders_free(struct dav_offenders *o)
{
	free(o->id);
	if (o->last.cap > 0)
		buf_free(&o->last);
}

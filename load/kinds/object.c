#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "grow.h"
#include "davname.h"
#include "davobject.h"
#include "kinds/readback.h"
#include "kinds/differs.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/source.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"

static int bad(struct context *x, struct err *e)
{
	return note_reject(x, "bad-calendar-object", "a calendar object needs a \"calendar\" that "
	    "came before, a \"uri\" (at most 255 bytes, no NUL) and \"calendardata\"",
	    CORRECT_IT, e);
}

static int object_facts(struct context *x, const struct davtext *of, struct rows_value *v,
    struct err *e)
{
	if (davtext_word(x, of, "etag", DAV_ETAG_MAX, "", &v[OBJECT_ETAG], e) < 0 ||
	    davtext_word(x, of, "componenttype", DAV_TYPE_MAX, "", &v[OBJECT_TYPE], e) < 0 ||
	    davtext_word(x, of, "uid", DAV_UID_MAX, NULL, &v[OBJECT_UID], e) < 0 ||
	    davtext_number(x, of, "lastmodified", 0, INT32_MAX, false, &v[OBJECT_MODIFIED],
	    e) < 0 ||
	    davtext_number(x, of, "size", 0, UINT32_MAX, false, &v[OBJECT_SIZE], e) < 0 ||
	    davtext_number(x, of, "firstoccurence", 0, UINT32_MAX, true, &v[OBJECT_FIRST],
	    e) < 0)
		return -1;
	return davtext_number(x, of, "lastoccurence", 0, UINT32_MAX, true, &v[OBJECT_LAST], e);
}

static int add(struct context *x, const struct user_calendar *c, struct rows_value *v,
    struct err *e)
{
	struct davtext of = { .table = "adav_calendarobjects",
	    .id = jr_int(&x->in->si.doc, NULL, "id", -1) };

	if (object_facts(x, &of, v, e) < 0)
		return -1;
	return unit_add(x->unit, TABLE_OBJECTS, c - x->user->cals, v, e);
}

static int object_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *uri = jr_str(d, NULL, "uri", ""), *code = NULL;
	const struct jval *name = jr_get(d, NULL, "uri");
	const struct jval *data = jr_get(d, NULL, "calendardata");
	struct rows_value v[OBJECT_COLUMNS] = { [OBJECT_URI] = ROW_TEXT(uri) };
	struct rows_value *bytes = &v[OBJECT_DATA];
	struct user_calendar *c;

	if (calendar_before(x, e) < 0 ||
	    calendar_of(x, jr_str(d, NULL, "calendar", ""), &c, e) < 0)
		return -1;
	if (c != NULL && c->state == UC_OUT)
		return calendar_lost(x, c, "bad-calendar-object", "correct the calendar in P7 or"
		    " in the stream and " BRING_AGAIN, e);
	if (c != NULL && c->state != UC_OURS)
		return 0;
	buf_reset(&x->in->spare);
	/* P7 can have a row without content, and P8, too. */
	if (c == NULL || uri[0] == '\0' || strlen(uri) > DAV_URI_MAX || strlen(uri) != name->n ||
	    data == NULL || (data->type != J_NULL &&
	    jr_bytes(d, data, &x->in->spare, &bytes->p, &bytes->n) < 0))
		return bad(x, e);
	if (bytes->p != NULL)
		code = fit_text(&x->s->fit, AT_MEDIUMBLOB, bytes->p, bytes->n);
	if (code != NULL)
		return note_reject(x, code, fit_reason(code), fit_remedy(code), e);
	if (add(x, c, v, e) < 0)
		return -1;
	itemize_calendar(x, DAV_OBJECT, uri);
	return 0;
}

static int refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	struct context *x = arg;
	const struct rows *r = &x->unit->r[TABLE_OBJECTS];
	const struct note_row n = { DAV_OBJECT, "calendar", x->user->cals[r->of[row]].uuid,
	    "calendardata", r->col[OBJECT_URI].p[row], r->col[OBJECT_DATA].p[row],
	    r->col[OBJECT_DATA].len[row] };

	if (note_refused(x, &n, why, e) < 0)
		return -1;
	unit_drop(x->unit, TABLE_OBJECTS, row);
	return 0;
}

static int objects_write(struct context *x, const struct write_how *how, struct err *e)
{
	const struct rows_how h = { .careful = how->careful, .refused = refused, .arg = x };
	struct rows *r = &x->unit->r[TABLE_OBJECTS];
	size_t i;

	for (i = 0; i < r->n; i++)
		r->col[OBJECT_CALENDAR].num[i] = x->user->cals[r->of[i]].id;
	return rows_insert(r, TABLE_OBJECTS, x->s, &h, e);
}

static struct rowhash_text text(const struct rows *r, unsigned col, size_t row)
{
	return (struct rowhash_text){ rows_null(r, col, row) ? NULL : r->col[col].p[row],
	    r->col[col].len[row] };
}

static int64_t number(const struct rows *r, unsigned col, size_t row)
{
	return rows_null(r, col, row) ? -1 : r->col[col].num[row];
}

static uint64_t hash(const struct user *u, const struct rows *r, size_t i)
{
	const struct bulk_data *data = &r->col[OBJECT_DATA];
	const struct rowhash_object o = { .calendar = u->cals[r->of[i]].uuid,
	    .uri = text(r, OBJECT_URI, i), .etag = text(r, OBJECT_ETAG, i),
	    .type = text(r, OBJECT_TYPE, i), .uid = text(r, OBJECT_UID, i),
	    .crc = rows_null(r, OBJECT_DATA, i) ? -1 :
	    (int64_t)crc32_z(0, (const unsigned char *)data->p[i], data->len[i]),
	    .size = number(r, OBJECT_SIZE, i), .modified = number(r, OBJECT_MODIFIED, i),
	    .first = number(r, OBJECT_FIRST, i), .last = number(r, OBJECT_LAST, i) };

	return rowhash_object(&o);
}

static void objects_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_OBJECTS];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, DAV_OBJECT) : NULL;
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->rows++;
		k->hash += hash(x->user, r, i);
	}
}

static uint64_t object_source(const struct input *in)
{
	static const char *const names[] = { "calendar", "uri", "calendardata", NULL };

	return source_members(in, names);
}

/* SQL: what is compared of the object o; its bytes by a sum, so that they need not travel. */
#define LOOKS "o.uri, CRC32(o.calendardata), o.size, o.lastmodified, o.etag, o.componenttype," \
	" o.firstoccurence, o.lastoccurence, o.uid"

/* Its hash, when it is in Q from column AT on. */
static uint64_t hash_of_row(const char *calendar, const struct dbq *q, unsigned at)
{
	const struct dbval *c = q->col + at;

	return rowhash_object(&(struct rowhash_object){ .calendar = calendar,
	    .uri = readback_text(q, at), .crc = c[1].p != NULL ? dbq_int(q, at + 1) : -1,
	    .size = dbq_int(q, at + 2), .modified = dbq_int(q, at + 3),
	    .etag = readback_text(q, at + 4), .type = readback_text(q, at + 5),
	    .first = c[6].p != NULL ? dbq_int(q, at + 6) : -1,
	    .last = c[7].p != NULL ? dbq_int(q, at + 7) : -1, .uid = readback_text(q, at + 8) });
}

static void read_object(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)r;
	readback_add(k, 1, hash_of_row(dbq_str(q, 0), q, 1));
}

static int objects_read(struct readback *r, struct err *e)
{
	struct readback_kind *k;

	if (readback_find(r, DAV_CALENDAR) == NULL)
		return 0;
	/* People add events also where none was brought. */
	k = readback_kind(r, DAV_OBJECT, e);
	return k == NULL ? -1 : readback_rows(r, RB_OBJECTS, "SELECT STRAIGHT_JOIN k.uuid, " LOOKS
	    " FROM {p7m_calendars} k JOIN {adav_calendarobjects} o ON o.calendarid=k.calendarid"
	    " WHERE k.user_id=?", &DB_INT(r->user->row), 1, k, read_object, e);
}

/* Of the unit's objects FROM to TO-1, all of one calendar: which does P8 not have as they are? */
static int differ(struct differs *d, size_t from, size_t to, struct err *e)
{
	const struct rows *s = &d->unit->r[TABLE_OBJECTS];
	const struct user_calendar *c = &d->user->cals[s->of[from]];
	char *const *uri = s->col[OBJECT_URI].p;
	bool seen[DIFFERS_LIST] = { false };
	struct dbval v[1 + DIFFERS_LIST] = { DB_INT(c->id) };
	struct dbq *q;
	size_t i;
	int rc;

	for (i = 0; i < DIFFERS_LIST; i++)
		v[i + 1] = DB_STR(uri[from + i < to ? from + i : from]);
	q = differs_run(d, DQ_OBJECTS, "SELECT " LOOKS " FROM {adav_calendarobjects} o WHERE"
	    " o.calendarid=? AND o.uri IN (" DIFFERS_IN ")", v, 1 + DIFFERS_LIST, e);
	rc = q != NULL ? 0 : -1;
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		for (i = from; i < to && (seen[i - from] || strcmp(uri[i], dbq_str(q, 0)) != 0);
		    i++)
			;
		if (i == to)
			continue;
		seen[i - from] = true;
		if (hash_of_row(c->uuid, q, 0) != hash(d->user, s, i))
			differs_print(d, DAV_OBJECT, uri[i], "other in P8 than in the stream");
	}
	for (i = from; rc == 0 && i < to; i++)
		if (!seen[i - from])
			differs_print(d, DAV_OBJECT, uri[i], "not in P8");
	return rc;
}

/* How many came of each calendar. */
static int count(struct differs *d, struct err *e)
{
	const struct rows *s = &d->unit->r[TABLE_OBJECTS];
	size_t i, had = d->objects_size;

	if (GROW(d->objects, d->user->ncals, d->objects_size, e) < 0)
		return -1;
	memset(d->objects + had, 0, (d->objects_size - had) * sizeof(*d->objects));
	for (i = 0; i < s->n; i++)
		d->objects[s->of[i]]++;
	return 0;
}

static int objects_differ(struct differs *d, struct err *e)
{
	const struct rows *s = &d->unit->r[TABLE_OBJECTS];
	size_t from, to;

	if (count(d, e) < 0)
		return -1;
	for (from = 0; from < s->n && differs_look(d, DAV_OBJECT); from = to) {
		for (to = from + 1; to < s->n && to - from < DIFFERS_LIST &&
		    s->of[to] == s->of[from]; to++)
			;
		if (differ(d, from, to, e) < 0)
			return -1;
	}
	return 0;
}

int objects_differ_more(struct differs *d, struct err *e)
{
	const struct user_calendar *c;
	int64_t in_p8 = 0;
	size_t i;

	for (i = 0; i < d->user->ncals && differs_look(d, DAV_OBJECT); i++) {
		c = &d->user->cals[i];
		if (c->id == 0)
			continue;
		if (sql_int(d->t, "SELECT COUNT(*) FROM {adav_calendarobjects} WHERE calendarid=?",
		    &DB_INT(c->id), 1, &in_p8, e) < 0)
			return -1;
		if (in_p8 > d->objects[i])
			differs_print(d, DAV_OBJECT, c->was != NULL ? c->was : c->uri, "%" PRId64
			    " objects in this calendar in P8, %" PRId64 " in the stream", in_p8,
			    d->objects[i]);
	}
	return 0;
}

const struct kind_ops object_kind = {
	.kind = DAV_OBJECT, .word = "calendars", .part = PART_CALENDARS, .of_principals = true,
	.take = object_take, .write = objects_write, .sum = objects_sum, .source = object_source,
	.read = objects_read, .differs = objects_differ
};

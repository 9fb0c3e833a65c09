#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/fit.h"
#include "davname.h"
#include "davobject.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/object.h"
#include "kinds/verbs.h"
#include "run/itemize.h"
#include "run/load.h"
#include "base/names.h"
#include "run/note.h"
#include "store/careful.h"

#define ETAG_MAX 32
#define TYPE_MAX 8

static int bad(struct load *l, struct err *e)
{
	return note_reject(l, "bad-calendar-object", "a calendar object needs a \"calendar\" that "
	    "came before, a \"uri\" (at most 255 bytes, no NUL) and \"calendardata\"",
	    CORRECT_IT, e);
}

int object_facts(struct load *l, const struct davtext *of, struct unit_object *o, struct err *e)
{
	if (davtext_word(l, of, "etag", ETAG_MAX, "", &o->etag, e) < 0 ||
	    davtext_word(l, of, "componenttype", TYPE_MAX, "", &o->type, e) < 0 ||
	    davtext_word(l, of, "uid", DAV_UID_MAX, NULL, &o->uid, e) < 0 ||
	    davtext_number(l, of, "lastmodified", 0, INT32_MAX, &o->modified, NULL, e) < 0 ||
	    davtext_number(l, of, "size", 0, UINT32_MAX, &o->bytes, NULL, e) < 0 ||
	    davtext_number(l, of, "firstoccurence", 0, UINT32_MAX, &o->first, &o->has_first,
	    e) < 0)
		return -1;
	return davtext_number(l, of, "lastoccurence", 0, UINT32_MAX, &o->last, &o->has_last, e);
}

static int add(struct load *l, struct unit_object *o, struct err *e)
{
	struct davtext of = { .table = "adav_calendarobjects",
	    .id = jr_int(&l->si.doc, NULL, "id", -1) };

	return object_facts(l, &of, o, e) < 0 ? -1 : unit_object(&l->unit, o, e);
}

int object_record(struct load *l, struct err *e)
{
	const struct jdoc *d = &l->si.doc;
	const char *uri = jr_str(d, NULL, "uri", ""), *code;
	const struct jval *name = jr_get(d, NULL, "uri");
	const struct jval *data = jr_get(d, NULL, "calendardata");
	struct fit f = { 255, false, l->packet };
	struct unit_object o = { .uri = { uri, strlen(uri) } };
	struct user_calendar *c;

	if (calendar_of(l, jr_str(d, NULL, "calendar", ""), &c, e) < 0)
		return -1;
	if (c != NULL && c->state == UC_OUT)
		return calendar_lost(l, c, "bad-calendar-object", "correct the calendar in P7 or"
		    " in the stream and " BRING_AGAIN, e);
	if (c != NULL && c->state != UC_OURS)
		return 0;
	buf_reset(&l->spare);
	/* P7 can have a row without content, and P8, too. */
	if (c == NULL || o.uri.n == 0 || o.uri.n > DAV_URI_MAX || o.uri.n != name->n ||
	    data == NULL ||
	    (data->type != J_NULL && jr_bytes(d, data, &l->spare, &o.data.p, &o.data.n) < 0))
		return bad(l, e);
	code = o.data.p != NULL ? fit_text(&f, AT_MEDIUMBLOB, o.data.p, o.data.n) : NULL;
	if (code != NULL)
		return note_reject(l, code, fit_reason(code), fit_remedy(code), e);
	o.cal = (size_t)(c - l->user.cals);
	if (add(l, &o, e) < 0)
		return -1;
	itemize_calendar(l, DAV_OBJECT, uri);
	return 0;
}

static int insert(struct load *l, unsigned set, size_t from, size_t n, struct err *e)
{
	struct objects *s = &l->unit.objects;
	struct bulk_data d[] = { { .num = s->calendarid }, { .p = s->uri, .len = s->uri_len },
	    { .p = s->data, .len = s->data_len, .null = s->data_null }, { .num = s->modified },
	    { .p = s->etag, .len = s->etag_len }, { .num = s->bytes },
	    { .p = s->type, .len = s->type_len }, { .num = s->first, .null = s->first_null },
	    { .num = s->last, .null = s->last_null },
	    { .p = s->uid, .len = s->uid_len, .null = s->uid_null } };

	(void)set;
	return bulk_insert(&l->w.b[WB_OBJECTS], d, from, n, e);
}

static int blame(struct load *l, unsigned set, size_t row, const struct err *why,
    struct err *e)
{
	const struct objects *s = &l->unit.objects;
	const struct careful_row r = { DAV_OBJECT, "calendar", l->user.cals[s->cal[row]].uuid,
	    "calendardata", s->uri[row], s->data[row], s->data_len[row] };

	(void)set;
	if (careful_reject(l, &r, why, e) < 0)
		return -1;
	unit_object_drop(&l->unit, row);
	return 0;
}

int objects_write(struct load *l, bool careful, struct err *e)
{
	struct objects *s = &l->unit.objects;
	size_t i;

	for (i = 0; i < s->n; i++)
		s->calendarid[i] = l->user.cals[s->cal[i]].id;
	if (careful)
		return careful_insert(l, &(struct careful){ insert, blame, 0 }, s->n, e);
	return insert(l, 0, 0, s->n, e);
}

static bool null(char indicator)
{
	return indicator == STMT_INDICATOR_NULL;
}

static uint64_t hash(const struct user *u, const struct objects *s, size_t i)
{
	const struct rowhash_object o = { .calendar = u->cals[s->cal[i]].uuid,
	    .uri = { s->uri[i], s->uri_len[i] }, .etag = { s->etag[i], s->etag_len[i] },
	    .type = { s->type[i], s->type_len[i] },
	    .uid = { null(s->uid_null[i]) ? NULL : s->uid[i], s->uid_len[i] },
	    .crc = null(s->data_null[i]) ? -1 : (int64_t)crc32_z(0,
	    (const unsigned char *)s->data[i], s->data_len[i]), .size = s->bytes[i],
	    .modified = s->modified[i], .first = null(s->first_null[i]) ? -1 : s->first[i],
	    .last = null(s->last_null[i]) ? -1 : s->last[i] };

	return rowhash_object(&o);
}

void objects_tally(const struct load *l, struct kind_sum *k)
{
	const struct objects *s = &l->unit.objects;
	size_t i;

	for (i = 0; i < s->n; i++) {
		k->things++;
		k->rows++;
		k->hash += hash(&l->user, s, i);
	}
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

int objects_read(struct readback *r, struct err *e)
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
	const struct objects *s = &d->unit->objects;
	const struct user_calendar *c = &d->user->cals[s->cal[from]];
	bool seen[DIFFERS_LIST] = { false };
	struct dbval v[1 + DIFFERS_LIST] = { DB_INT(c->id) };
	struct dbq *q;
	size_t i;
	int rc;

	for (i = 0; i < DIFFERS_LIST; i++)
		v[i + 1] = DB_STR(s->uri[from + i < to ? from + i : from]);
	q = differs_run(d, DQ_OBJECTS, "SELECT " LOOKS " FROM {adav_calendarobjects} o WHERE"
	    " o.calendarid=? AND o.uri IN (" DIFFERS_IN ")", v, 1 + DIFFERS_LIST, e);
	rc = q != NULL ? 0 : -1;
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		for (i = from; i < to && (seen[i - from] || strcmp(s->uri[i], dbq_str(q, 0)) != 0);
		    i++)
			;
		if (i == to)
			continue;
		seen[i - from] = true;
		if (hash_of_row(c->uuid, q, 0) != hash(d->user, s, i))
			differs_print(d, DAV_OBJECT, s->uri[i], "other in P8 than in the stream");
	}
	for (i = from; rc == 0 && i < to; i++)
		if (!seen[i - from])
			differs_print(d, DAV_OBJECT, s->uri[i], "not in P8");
	return rc;
}

/* How many came of each calendar. */
static int count(struct differs *d, struct err *e)
{
	const struct objects *s = &d->unit->objects;
	size_t i, n = d->user->ncals;
	void *p;

	if (n > d->objects_size) {
		p = realloc(d->objects, n * sizeof(*d->objects));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		d->objects = p;
		memset(d->objects + d->objects_size, 0,
		    (n - d->objects_size) * sizeof(*d->objects));
		d->objects_size = n;
	}
	for (i = 0; i < s->n; i++)
		d->objects[s->cal[i]]++;
	return 0;
}

int objects_differ(struct differs *d, struct err *e)
{
	const struct objects *s = &d->unit->objects;
	size_t from, to;

	if (count(d, e) < 0)
		return -1;
	for (from = 0; from < s->n && differs_look(d, DAV_OBJECT); from = to) {
		for (to = from + 1; to < s->n && to - from < DIFFERS_LIST &&
		    s->cal[to] == s->cal[from]; to++)
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

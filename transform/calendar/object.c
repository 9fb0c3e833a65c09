#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/charset.h"
#include "davname.h"
#include "digest.h"
#include "ical.h"
#include "calendar/icalcut.h"
#include "calendar/dav.h"

#define TABLE "adav_calendarobjects"
#define ZONES (14 * 3600)	/* seconds; vague times depend on the zone P7 ran in */
#define TEXT_MAX 65535		/* bytes of P7's old columns */
#define LARGE ((size_t)1 << 20)	/* a text of this size is not held once more for nothing */

/*
 * What is known of one calendar object.
 *
 * An object proves itself: the bytes whose MD5 is the stored etag are the true ones, and nothing
 * was cut off, END:VCALENDAR or not.  Where neither form fits, the text decides.
 * Type, first and last occurrence are compared with what ical.h finds, also when the etag fits:
 * times that are narrower than the object's own, and hide it from a time-range query, are wrong;
 * wider ones stay.  Times that depend on the zone in which P7 ran may differ by as much as zones
 * do.
 */
struct object {
	const char *data;	/* the true bytes, and a NUL */
	size_t n;
	bool null, proved, repaired;
	bool full;		/* it fills an old column to its last character */
	bool size, type, times;	/* those are wrong, or missing */
};

static bool fills(size_t n)
{
	return n <= TEXT_MAX && n > TEXT_MAX - 4;
}

static bool is_ascii(const char *p, size_t n)
{
	uint64_t x;

	for (; n >= sizeof(x); p += sizeof(x), n -= sizeof(x)) {
		memcpy(&x, p, sizeof(x));
		if ((x & UINT64_C(0x8080808080808080)) != 0)
			return false;
	}
	for (; n > 0; p++, n--)
		if ((unsigned char)*p >= 0x80)
			return false;
	return true;
}

static bool is_etag(const char *p, size_t n, const char *etag)
{
	char md5[33];

	md5_hex(p, n, md5);
	return strcmp(md5, etag) == 0;
}

/*
 * Are the bytes in hand those of an object that P7 stored double-encoded?  Then UNDONE has the true
 * ones.  Without an etag that proves them they are judged as cards are: what is folded, or ends,
 * inside a character is double-encoded all the same.  Large ones are held once at a time.
 */
static bool undo(struct object *o, const char *etag, struct buf *undone)
{
	if (!charset_undo(o->data, o->n, undone))
		return false;
	o->proved = is_etag(undone->data, undone->len, etag);
	if (o->proved)
		return true;
	return charset_is_double_folded(o->data, o->n, undone) &&
	    charset_undo(o->data, o->n, undone);
}

/* The repaired text, which is shorter, in the place of the one that was read. */
static void replace(struct stream_in *si, const struct jval *v, struct object *o)
{
	char *to = si->work.data + (v->s - si->work.data);

	memcpy(to, o->data, o->n);
	to[o->n] = '\0';
	o->data = to;
}

static void find_bytes(struct dav *d, struct object *o)
{
	const struct jdoc *doc = &d->f->in.doc;
	const struct jval *v = jr_get(doc, NULL, "calendardata");
	const char *etag = jr_str(doc, NULL, "etag", "");
	struct buf *value = &d->value, *undone = &d->undone;

	buf_reset(value);
	o->null = v == NULL || jr_bytes(doc, v, value, &o->data, &o->n) < 0;
	if (o->null)
		return;
	if (o->data != v->s)
		buf_addc(value, '\0');
	if (o->data != v->s && !value->failed)
		o->data = value->data;
	o->full = fills(o->n);
	o->proved = is_etag(o->data, o->n, etag);
	if (o->proved || is_ascii(o->data, o->n))
		return;
	if (undo(o, etag, undone)) {
		o->data = undone->data;
		o->n = undone->len;
		o->repaired = true;
		o->full |= fills(o->n);
		if (v->type == J_STR && o->n > LARGE)
			replace(&d->f->in, v, o);
	}
	if (undone->size > LARGE && o->data != undone->data)
		buf_free(undone);
}

/*
 * Was it cut?  Its etag is that of what P7 was given, so then it was not; but that of an object
 * which fills the column may have been made later, of what was left.  *WHY says what is known.
 */
static bool is_cut(const struct jdoc *doc, const struct object *o, const char **why)
{
	int64_t size = jr_int(doc, NULL, "size", -1);

	if (!icalcut_is_open(o->data, o->n) ||
	    (o->proved && size <= (int64_t)o->n && !o->full))
		return false;
	*why = size > (int64_t)o->n || o->full ?
	    "it ends before its END:VCALENDAR: P7's column was too narrow for it" :
	    "it ends before its END:VCALENDAR, and its etag does not say that it always did";
	return true;
}

/* Do the stored times hide a time of the object from a time-range query? */
static bool hides(int64_t first, int64_t last, const struct ical_facts *f)
{
	int64_t slack = f->vague ? ZONES : 0;

	return first < 0 || last < first || first > f->first + slack || last < f->sure - slack ||
	    (last == 0 && f->last > 0);
}

/*
 * Which columns are not what sabre/dav derives from the bytes?  P7 looked at the first event and
 * its rule only, so its times are compared also when the etag says that it made them of these
 * bytes.
 */
static void compare(const struct jdoc *doc, struct object *o)
{
	const char *type = jr_str(doc, NULL, "componenttype", "");
	int64_t first = jr_int(doc, NULL, "firstoccurence", -1);
	int64_t last = jr_int(doc, NULL, "lastoccurence", -1);
	struct ical_facts f;

	o->size = jr_int(doc, NULL, "size", -1) != (int64_t)o->n;
	if (!ical_look(o->data, o->n, &f))
		return;
	o->type = strncmp(type, f.component, sizeof(f.component) - 1) != 0;
	o->times = f.timed && (first != f.first || last != f.last) && hides(first, last, &f);
}

/* Columns of the object that are wrong, or missing. */
static void name_wrong(const struct object *o, char *out, size_t size)
{
	const char *const names[] = { "etag", "size", "componenttype",
		"firstoccurence,lastoccurence" };
	const bool wrong[] = { !o->proved, o->size, o->type, o->times };
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && n < size; i++)
		if (wrong[i])
			n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "",
			    names[i]);
}

static void put_unless(struct dav *d, struct jsonw *w, const char *key, bool wrong)
{
	if (!wrong && jr_get(&d->f->in.doc, NULL, key) != NULL)
		dav_put(d, w, key);
}

static int put_object(struct dav *d, const struct object *o, struct err *e)
{
	static const char *const known[] = { "kind", "id", "calendarid", "uri", "calendardata",
		"lastmodified", "etag", "size", "componenttype", "firstoccurence", "lastoccurence",
		"uri_shared", "calendar", NULL };
	struct jsonw *w = so_begin(&d->f->out, "CALENDAR_OBJECT");

	jw_kv_int(w, "id", jr_int(&d->f->in.doc, NULL, "id", -1));
	jw_kv_str(w, "calendar", d->uuid);
	jw_key(w, "uri");
	jw_str_n(w, d->uri.data, d->uri.len);
	dav_put(d, w, "lastmodified");
	jw_key(w, "calendardata");
	if (o->null)
		jw_null(w);
	else
		jw_str_n(w, o->data, o->n);
	put_unless(d, w, "etag", !o->null && !o->proved);
	put_unless(d, w, "size", o->size);
	put_unless(d, w, "componenttype", o->type);
	put_unless(d, w, "firstoccurence", o->times);
	put_unless(d, w, "lastoccurence", o->times);
	dav_put_rest(d, w, known);
	return so_put(&d->f->out, "CALENDAR_OBJECT", e);
}

/*
 * Is it the first object of its calendar that P7 has under URI, whose reminders are those of that
 * name?  P7's stream says of which URIs there are several; another one is taken when P8 gave it to
 * an object that came before, or when two became one as they were repaired.
 */
static int is_first(struct dav *d, const char *uri, size_t n, struct err *e)
{
	if (jr_bool(&d->f->in.doc, NULL, "uri_shared", false))
		return names_take(&d->shared, uri, n, e);
	return !names_has(&d->taken, uri, n) || names_has(&d->made, uri, n);
}

/* The object's URI in P8, into dav.uri: 1: as it was; 0: a new one. */
static int take_uri(struct dav *d, struct err *e)
{
	const char *old = dav_member(d, "uri", &d->text);
	size_t n = old != NULL ? d->text.len : 0;
	int first = is_first(d, n > 0 ? old : "", n, e), as_was;
	uint64_t key;

	if (first < 0)
		return -1;
	/* P7 says that it is the only one. */
	if (d->taken.n >= OBJECTS_KNOWN && first && n > 0 && n <= DAV_URI_MAX &&
	    memchr(old, '\0', n) == NULL && !names_has(&d->made, old, n)) {
		buf_reset(&d->uri);
		buf_add(&d->uri, old, n);
		return 1;
	}
	as_was = dav_choose_uri(d, &d->taken, old, n, jr_int(&d->f->in.doc, NULL, "id", -1), e);
	if (as_was != 0)
		return as_was;
	if (names_take(&d->made, d->uri.data, d->uri.len, e) < 0)
		return -1;
	key = dav_key(d->key, d->text.data, dav_event(n > 0 ? old : "", n));
	if (first && n > 0 && dav_moved(d, key, d->uri.data, dav_event(d->uri.data, d->uri.len),
	    e) < 0)
		return -1;
	return 0;
}

static int report(struct dav *d, bool reject, const char *code, const char *fields,
    const char *reason, const char *action, struct err *e)
{
	return filter_report_row(d->f, (struct report_item){ .reject = reject, .code = code,
	    .table = TABLE, .field = fields, .reason = reason, .action = action }, e);
}

/* P8 keeps the row, but its web calendar shows nothing of it; nor did P7's. */
static int warn_empty(struct dav *d, struct err *e)
{
	char reason[2300];

	snprintf(reason, sizeof(reason), "it has no content (object %.1020s of calendar %" PRId64
	    ")", jr_str(&d->f->in.doc, NULL, "uri", "without URI"), d->id);
	return report(d, false, "calendar-object-empty", "calendardata", reason, "carried"
	    " without content: nothing of it is seen; if it was an event, look for it in a backup"
	    " of P7", e);
}

/* The reports about the object, behind its record. */
static int reports(struct dav *d, const struct object *o, struct err *e)
{
	const char *why = NULL;
	char wrong[100];

	if (dav_repaired(d, TABLE, e) < 0)
		return -1;
	if (o->null)
		return warn_empty(d, e);
	if (is_cut(&d->f->in.doc, o, &why) && report(d, false, "calendar-object-cut",
	    "calendardata", why, "carried as far as P7 has it", e) < 0)
		return -1;
	if (o->n == 0 && warn_empty(d, e) < 0)
		return -1;
	name_wrong(o, wrong, sizeof(wrong));
	return wrong[0] == '\0' ? 0 : report(d, false, "calendar-object-recomputed", wrong,
	    "missing or wrong for the object's bytes", "computed from the bytes", e);
}

int object_record(struct dav *d, struct err *e)
{
	struct object o = { 0 };
	int as_was;

	if (!d->calendar || jr_int(&d->f->in.doc, NULL, "calendarid", -1) != d->id)
		return report(d, true, "calendar-missing", NULL, "its calendar does not stand"
		    " before it", "bring the calendar with it", e);
	d->fields[0] = '\0';
	as_was = take_uri(d, e);
	if (as_was < 0)
		return -1;
	find_bytes(d, &o);
	if (!o.null)
		compare(&d->f->in.doc, &o);
	if (o.repaired)
		dav_mark_repaired(d, "calendardata");
	if (put_object(d, &o, e) < 0 || reports(d, &o, e) < 0)
		return -1;
	return as_was ? 0 : dav_uri_changed(d, TABLE, "the URI is empty, too long, or another"
	    " object of the calendar has it", e);
}

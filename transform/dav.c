#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cardread.h"
#include "charset.h"
#include "dav.h"
#include "digest.h"
#include "ical.h"
#include "icalcut.h"

#define ZONES (14 * 3600)	/* seconds; vague times depend on the zone P7 ran in */
#define TEXT_MAX 65535		/* bytes of P7's old columns */

/* What is known of one calendar object. */
struct object {
	const char *data;	/* the true bytes */
	size_t n;
	char etag[33];
	bool proved, repaired, null;
	bool full;		/* it fills an old column to its last character */
	bool timed;		/* first and last are to be written */
	struct ical_facts facts;
	char changed[100];	/* names of the recomputed columns */
};

struct scratch {
	struct buf undone, text, value;
	struct rename *rename;
};

static bool fills(size_t n)
{
	return n <= TEXT_MAX && n > TEXT_MAX - 4;
}

static void changed(struct object *o, const char *column)
{
	size_t n = strlen(o->changed);

	snprintf(o->changed + n, sizeof(o->changed) - n, "%s%s", n > 0 ? "," : "", column);
}

/*
 * Find the true bytes of the object in DOC.  Without an etag that proves them they are judged as
 * cards are: what is folded, or ends, inside a character is double-encoded all the same.
 */
static void find_bytes(const struct jdoc *doc, struct object *o, struct scratch *s)
{
	const struct jval *v = jr_get(doc, NULL, "calendardata");
	const char *etag = jr_str(doc, NULL, "etag", "");

	buf_reset(&s->value);
	o->null = v == NULL || jr_bytes(doc, v, &s->value, &o->data, &o->n) < 0;
	if (o->null)
		return;
	o->full = fills(o->n);
	md5_hex(o->data, o->n, o->etag);
	o->proved = strcmp(o->etag, etag) == 0;
	if (o->proved || !charset_undo(o->data, o->n, &s->undone) || s->undone.len == o->n)
		return;
	md5_hex(s->undone.data, s->undone.len, o->etag);
	o->proved = strcmp(o->etag, etag) == 0;
	if (o->proved || card_is_double(o->data, o->n, &s->text)) {
		o->data = s->undone.data;
		o->n = s->undone.len;
		o->repaired = true;
		o->full |= fills(o->n);
	} else
		md5_hex(o->data, o->n, o->etag);
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
 * What sabre/dav derives from the bytes.  P7 looked at the first event and its rule only, so its
 * times are compared also when the etag says that it made them of these bytes.
 */
static void recompute(const struct jdoc *doc, struct object *o, struct scratch *s)
{
	const char *type = jr_str(doc, NULL, "componenttype", "");
	int64_t first = jr_int(doc, NULL, "firstoccurence", -1);
	int64_t last = jr_int(doc, NULL, "lastoccurence", -1);
	struct ical_facts *f = &o->facts;

	if (o->null)
		return;
	if (!o->proved)
		changed(o, "etag");
	if (jr_int(doc, NULL, "size", -1) != (int64_t)o->n)
		changed(o, "size");
	buf_reset(&s->text);
	buf_add(&s->text, o->data, o->n);
	if (s->text.failed || !ical_look(s->text.data, s->text.len, f))
		return;
	if (strncmp(type, f->component, sizeof(f->component) - 1) == 0)
		f->component[0] = '\0';
	else
		changed(o, "componenttype");
	if (f->timed && (first != f->first || last != f->last) && hides(first, last, f)) {
		o->timed = true;
		changed(o, "firstoccurence,lastoccurence");
	}
}

/* A member of an object that was recomputed; false when it stays. */
static bool write_recomputed(struct jsonw *w, const struct jval *v, const struct object *o)
{
	bool is_first = v->keylen == 14 && memcmp(v->key, "firstoccurence", 14) == 0;

	if (v->keylen == 12 && memcmp(v->key, "calendardata", 12) == 0)
		jw_str_n(w, o->data, o->n);
	else if (v->keylen == 4 && memcmp(v->key, "etag", 4) == 0)
		jw_str(w, o->etag);
	else if (v->keylen == 4 && memcmp(v->key, "size", 4) == 0)
		jw_uint(w, o->n);
	else if (o->facts.component[0] != '\0' && v->keylen == 13 &&
	    memcmp(v->key, "componenttype", 13) == 0)
		jw_str(w, o->facts.component);
	else if (o->timed && (is_first ||
	    (v->keylen == 13 && memcmp(v->key, "lastoccurence", 13) == 0)))
		jw_int(w, is_first ? o->facts.first : o->facts.last);
	else
		return false;
	return true;
}

static bool is_key(const struct jval *v, const char *key)
{
	return v->keylen == strlen(key) && memcmp(v->key, key, v->keylen) == 0;
}

/* What TEXT of a member becomes when it names somebody who has another name now, or NULL. */
static const char *new_name(struct rename *m, const struct jdoc *doc, const struct jval *v,
    const char *text, size_t n)
{
	const char *kind;

	if (m->n == 0)
		return NULL;
	kind = jr_str(doc, NULL, "kind", "");
	if (is_key(v, "user") && strcmp(kind, "DAV_REMINDER") == 0)
		return rename_of(m, text, n);
	if (is_key(v, "principal") || is_key(v, "principaluri") || is_key(v, "member_uri") ||
	    (is_key(v, "uri") && strcmp(kind, "DAV_PRINCIPAL") == 0))
		return rename_principal(m, text, n);
	return NULL;
}

/* Write DOC's members; OBJECT is NULL for other records.  *TEXTS: names of repaired members. */
static void write_members(const struct jdoc *doc, struct jsonw *w, const struct object *object,
    struct scratch *s, char *texts, size_t size)
{
	const struct jval *v;
	const char *to;
	bool repaired;
	size_t n;

	for (v = jr_first(doc, doc->v); v != NULL; v = jr_next(doc, v)) {
		if (v->keylen == 4 && memcmp(v->key, "kind", 4) == 0)
			continue;
		jw_key_n(w, v->key, v->keylen);
		if (object != NULL && !object->null && write_recomputed(w, v, object))
			continue;
		if (v->type != J_STR) {
			jr_write(doc, v, w);
			continue;
		}
		repaired = charset_is_double(v->s, v->n, &s->text);
		if (repaired) {
			n = strlen(texts);
			snprintf(texts + n, size - n, "%s%.*s", n > 0 ? "," : "",
			    (int)v->keylen, v->key);
		}
		to = new_name(s->rename, doc, v, repaired ? s->text.data : v->s,
		    repaired ? s->text.len : v->n);
		if (to != NULL)
			jw_str(w, to);
		else if (repaired)
			jw_str_n(w, s->text.data, s->text.len);
		else
			jw_str_n(w, v->s, v->n);
	}
}

/* The user of a principal as P8 knows him: repaired, and by his new name; NULL for none. */
static const char *user_of(struct scratch *s, const char *principal)
{
	const char *user = principal, *to;

	if (user == NULL)
		return NULL;
	if (strncmp(user, "principals/", 11) == 0)
		user += 11;
	if (charset_is_double(user, strlen(user), &s->text))
		user = s->text.data;
	to = rename_of(s->rename, user, strlen(user));
	return to != NULL ? to : user;
}

static int warn(struct scratch *s, struct report *r, const struct jdoc *doc,
    const char *table, const char *code,
    const char *fields, const char *reason, const char *done, struct err *e)
{
	struct report_item i = { .code = code, .table = table,
	    .user = user_of(s, jr_str(doc, NULL, "principal", NULL)),
	    .id = jr_int(doc, NULL, "id", -1), .field = fields, .reason = reason,
	    .action = done };

	return report_add(r, &i, e);
}

/* P8 keeps the row, but its web calendar shows nothing of it; nor did P7's. */
static int warn_empty(struct scratch *s, struct report *r, const struct jdoc *doc,
    const char *table, struct err *e)
{
	char reason[2300];

	snprintf(reason, sizeof(reason), "it has no content (object %.1020s of calendar %" PRId64
	    ")", jr_str(doc, NULL, "uri", "without URI"), jr_int(doc, NULL, "calendarid", -1));
	return warn(s, r, doc, table, "calendar-object-empty", "calendardata", reason, "carried"
	    " without content: nothing of it is seen; if it was an event, look for it in a backup"
	    " of P7", e);
}

static const char *table_of(const char *kind)
{
	static const char *const t[][2] = { { "DAV_PRINCIPAL", "adav_principals" },
		{ "DAV_CALENDAR", "adav_calendars" }, { "DAV_OBJECT", "adav_calendarobjects" },
		{ "DAV_SHARE", "adav_calendarshares" }, { "DAV_REMINDER", "adav_reminders" } };
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (strcmp(kind, t[i][0]) == 0)
			return t[i][1];
	return NULL;
}

static int one_record(struct stream_in *si, struct stream_out *so, struct report *r,
    const char *table, struct scratch *s, struct err *e)
{
	struct object o = { 0 }, *object = NULL;
	const char *why = NULL;
	char texts[200] = "";
	struct jsonw *w;

	if (strcmp(si->kind, "DAV_OBJECT") == 0) {
		object = &o;
		find_bytes(&si->doc, &o, s);
		recompute(&si->doc, &o, s);
	}
	w = so_begin(so, si->kind);
	write_members(&si->doc, w, object, s, texts, sizeof(texts));
	if (so_put(so, si->kind, e) < 0)
		return -1;
	if (o.repaired)
		snprintf(texts + strlen(texts), sizeof(texts) - strlen(texts), "%scalendardata",
		    texts[0] ? "," : "");
	if (texts[0] != '\0' && warn(s, r, &si->doc, table, "text-repaired", texts,
	    "P7 stored the text double-encoded", "the true text was taken", e) < 0)
		return -1;
	if (object != NULL && !o.null && is_cut(&si->doc, &o, &why) && warn(s, r, &si->doc,
	    table, "calendar-object-cut", "calendardata", why, "carried as far as P7 has it",
	    e) < 0)
		return -1;
	if (object != NULL && (o.null || o.n == 0) && warn_empty(s, r, &si->doc, table, e) < 0)
		return -1;
	if (o.changed[0] != '\0' && warn(s, r, &si->doc, table, "calendar-object-recomputed",
	    o.changed, "missing or wrong for the object's bytes", "computed from the bytes", e) < 0)
		return -1;
	return 0;
}

/* Another record; a report names its user by the new name. */
static int pass(struct stream_in *si, struct stream_out *so, struct scratch *s, struct err *e)
{
	int rc = strcmp(si->kind, "WARN") == 0 || strcmp(si->kind, "REJECT") == 0 ?
	    rename_report(s->rename, &si->doc, &s->text, e) : 0;

	if (rc == 1)
		return so_copy(so, si->kind, s->text.data, s->text.len, e);
	return rc < 0 ? -1 : so_copy(so, si->kind, si->line, si->len, e);
}

int dav_transform(struct stream_in *si, struct stream_out *so, struct report *r,
    struct rename *m, struct err *e)
{
	struct scratch s = { BUF_INIT(BUF_RECORD_MAX), BUF_INIT(BUF_RECORD_MAX),
	    BUF_INIT(BUF_RECORD_MAX), m };
	const char *table;
	int rc;

	while ((rc = si_next(si, e)) == 1) {
		table = table_of(si->kind);
		/* P7 before 7.2.1 has shares in another one. */
		rc = table != NULL ? one_record(si, so, r, jr_str(&si->doc, NULL, "table", table),
		    &s, e) : pass(si, so, &s, e);
		if (rc < 0)
			break;
	}
	buf_free(&s.undone);
	buf_free(&s.text);
	buf_free(&s.value);
	return rc;
}

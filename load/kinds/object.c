#include <string.h>
#include <zlib.h>

#include "base/fit.h"
#include "davname.h"
#include "davobject.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/object.h"
#include "kinds/itemize.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"
#include "store/careful.h"

#define ETAG_MAX 32
#define TYPE_MAX 8

static int bad(struct context *x, struct err *e)
{
	return note_reject(x, "bad-calendar-object", "a calendar object needs a \"calendar\" that "
	    "came before, a \"uri\" (at most 255 bytes, no NUL) and \"calendardata\"",
	    CORRECT_IT, e);
}

int object_facts(struct context *x, const struct davtext *of, struct unit_object *o, struct err *e)
{
	if (davtext_word(x, of, "etag", ETAG_MAX, "", &o->etag, e) < 0 ||
	    davtext_word(x, of, "componenttype", TYPE_MAX, "", &o->type, e) < 0 ||
	    davtext_word(x, of, "uid", DAV_UID_MAX, NULL, &o->uid, e) < 0 ||
	    davtext_number(x, of, "lastmodified", 0, INT32_MAX, &o->modified, NULL, e) < 0 ||
	    davtext_number(x, of, "size", 0, UINT32_MAX, &o->bytes, NULL, e) < 0 ||
	    davtext_number(x, of, "firstoccurence", 0, UINT32_MAX, &o->first, &o->has_first,
	    e) < 0)
		return -1;
	return davtext_number(x, of, "lastoccurence", 0, UINT32_MAX, &o->last, &o->has_last, e);
}

static int add(struct context *x, struct unit_object *o, struct err *e)
{
	struct davtext of = { .table = "adav_calendarobjects",
	    .id = jr_int(&x->in->si.doc, NULL, "id", -1) };

	return object_facts(x, &of, o, e) < 0 ? -1 : unit_object(x->unit, o, e);
}

int object_record(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *uri = jr_str(d, NULL, "uri", ""), *code;
	const struct jval *name = jr_get(d, NULL, "uri");
	const struct jval *data = jr_get(d, NULL, "calendardata");
	struct unit_object o = { .uri = { uri, strlen(uri) } };
	struct user_calendar *c;

	if (calendar_of(x, jr_str(d, NULL, "calendar", ""), &c, e) < 0)
		return -1;
	if (c != NULL && c->state == UC_OUT)
		return calendar_lost(x, c, "bad-calendar-object", "correct the calendar in P7 or"
		    " in the stream and " BRING_AGAIN, e);
	if (c != NULL && c->state != UC_OURS)
		return 0;
	buf_reset(&x->in->spare);
	/* P7 can have a row without content, and P8, too. */
	if (c == NULL || o.uri.n == 0 || o.uri.n > DAV_URI_MAX || o.uri.n != name->n ||
	    data == NULL ||
	    (data->type != J_NULL && jr_bytes(d, data, &x->in->spare, &o.data.p, &o.data.n) < 0))
		return bad(x, e);
	code = o.data.p != NULL ? fit_text(&x->s->fit, AT_MEDIUMBLOB, o.data.p, o.data.n) : NULL;
	if (code != NULL)
		return note_reject(x, code, fit_reason(code), fit_remedy(code), e);
	o.cal = (size_t)(c - x->user->cals);
	if (add(x, &o, e) < 0)
		return -1;
	itemize_calendar(x, DAV_OBJECT, uri);
	return 0;
}

static int insert(void *arg, size_t from, size_t n, struct err *e)
{
	struct context *x = arg;
	struct objects *s = &x->unit->objects;
	struct bulk_data d[] = { { .num = s->calendarid }, { .p = s->uri, .len = s->uri_len },
	    { .p = s->data, .len = s->data_len, .null = s->data_null }, { .num = s->modified },
	    { .p = s->etag, .len = s->etag_len }, { .num = s->bytes },
	    { .p = s->type, .len = s->type_len }, { .num = s->first, .null = s->first_null },
	    { .num = s->last, .null = s->last_null },
	    { .p = s->uid, .len = s->uid_len, .null = s->uid_null } };

	return bulk_insert(&x->s->w.b[WB_OBJECTS], d, from, n, e);
}

static int refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	struct context *x = arg;
	const struct objects *s = &x->unit->objects;
	const struct note_row r = { DAV_OBJECT, "calendar", x->user->cals[s->cal[row]].uuid,
	    "calendardata", s->uri[row], s->data[row], s->data_len[row] };

	if (note_refused(x, &r, why, e) < 0)
		return -1;
	unit_object_drop(x->unit, row);
	return 0;
}

int objects_write(struct context *x, bool careful, struct err *e)
{
	struct objects *s = &x->unit->objects;
	size_t i;

	for (i = 0; i < s->n; i++)
		s->calendarid[i] = x->user->cals[s->cal[i]].id;
	if (careful)
		return careful_insert(&x->s->sql, &(struct careful){ insert, refused, x }, s->n,
		    e);
	return insert(x, 0, s->n, e);
}

static bool null(char indicator)
{
	return indicator == STMT_INDICATOR_NULL;
}

void objects_tally(const struct context *x, struct kind_sum *k)
{
	const struct objects *s = &x->unit->objects;
	size_t i;

	for (i = 0; i < s->n; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_object(&(struct rowhash_object){
		    .calendar = x->user->cals[s->cal[i]].uuid,
		    .uri = { s->uri[i], s->uri_len[i] }, .etag = { s->etag[i], s->etag_len[i] },
		    .type = { s->type[i], s->type_len[i] },
		    .uid = { null(s->uid_null[i]) ? NULL : s->uid[i], s->uid_len[i] },
		    .crc = null(s->data_null[i]) ? -1 : (int64_t)crc32_z(0,
		    (const unsigned char *)s->data[i], s->data_len[i]), .size = s->bytes[i],
		    .modified = s->modified[i],
		    .first = null(s->first_null[i]) ? -1 : s->first[i],
		    .last = null(s->last_null[i]) ? -1 : s->last[i] });
	}
}

#include <string.h>
#include <zlib.h>

#include "davname.h"
#include "davobject.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/object.h"
#include "kinds/source.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"

#define ETAG_MAX 32
#define TYPE_MAX 8

static int bad(struct context *x, struct err *e)
{
	return note_reject(x, "bad-calendar-object", "a calendar object needs a \"calendar\" that "
	    "came before, a \"uri\" (at most 255 bytes, no NUL) and \"calendardata\"",
	    CORRECT_IT, e);
}

int object_facts(struct context *x, const struct davtext *of, struct rows_value *v,
    struct err *e)
{
	if (davtext_word(x, of, "etag", ETAG_MAX, "", &v[OBJECT_ETAG], e) < 0 ||
	    davtext_word(x, of, "componenttype", TYPE_MAX, "", &v[OBJECT_TYPE], e) < 0 ||
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

int object_take(struct context *x, struct err *e)
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

int objects_write(struct context *x, const struct write_how *how, struct err *e)
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

void objects_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_OBJECTS];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, DAV_OBJECT) : NULL;
	const struct bulk_data *data = &r->col[OBJECT_DATA];
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_object(&(struct rowhash_object){
		    .calendar = x->user->cals[r->of[i]].uuid, .uri = text(r, OBJECT_URI, i),
		    .etag = text(r, OBJECT_ETAG, i), .type = text(r, OBJECT_TYPE, i),
		    .uid = text(r, OBJECT_UID, i), .crc = rows_null(r, OBJECT_DATA, i) ? -1 :
		    (int64_t)crc32_z(0, (const unsigned char *)data->p[i], data->len[i]),
		    .size = number(r, OBJECT_SIZE, i), .modified = number(r, OBJECT_MODIFIED, i),
		    .first = number(r, OBJECT_FIRST, i), .last = number(r, OBJECT_LAST, i) });
	}
}

uint64_t object_source(const struct input *in)
{
	static const char *const names[] = { "calendar", "uri", "calendardata", NULL };

	return source_members(in, names);
}

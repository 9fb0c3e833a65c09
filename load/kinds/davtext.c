#include <string.h>

#include "davname.h"
#include "kinds/davtext.h"
#include "kinds/context.h"
#include "kinds/note.h"
#include "utf8.h"

static int warn(struct context *x, const struct davtext *of, const char *code, const char *field,
    const char *reason, const char *done, struct err *e)
{
	return note_item(x, (struct report_item){ .code = code, .table = of->table, .id = of->id,
	    .field = of->column != NULL ? of->column : field, .reason = reason,
	    .action = done }, e);
}

/* U+FFFD in place of bytes that are no UTF-8. */
static void repair(const char *p, size_t n, struct buf *out)
{
	size_t good;

	while (n > 0) {
		good = utf8_valid_prefix(p, n);
		buf_add(out, p, good);
		if (good == n)
			break;
		buf_adds(out, "\xef\xbf\xbd");
		p += good + 1;
		n -= good + 1;
	}
}

/* What was done to a text. */
enum { REPAIRED = 1, FITTED = 2 };

static int fit(struct context *x, const struct jval *v, size_t max, struct buf *room,
    struct rows_value *out, unsigned *done, struct err *e)
{
	struct buf whole = BUF_INIT(BUF_RECORD_MAX);

	*out = (struct rows_value){ .p = NULL };
	*done = 0;
	buf_reset(&x->in->spare);
	if (v == NULL || jr_bytes(&x->in->si.doc, v, &x->in->spare, &out->p, &out->n) < 0) {
		out->p = NULL;
		return 0;
	}
	if (!utf8_valid(out->p, out->n)) {
		repair(out->p, out->n, &whole);
		out->p = whole.data;
		out->n = whole.len;
		*done |= REPAIRED;
	}
	if (whole.failed) {
		buf_free(&whole);
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	}
	if (davname_fit(out->p, out->n, max, x->s->t->dav_text == DAV_TEXT_SERVER, room))
		*done |= FITTED;
	else if (whole.len > 0 || x->in->spare.len > 0) {
		buf_reset(room);
		buf_add(room, out->p, out->n);
	} else
		room = NULL;
	if (room != NULL) {
		out->p = room->len > 0 ? room->data : "";
		out->n = room->len;
	}
	buf_free(&whole);
	if (room != NULL && room->failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return 0;
}

int davtext_text(struct context *x, const struct davtext *of, const char *field, size_t max,
    struct buf *room, struct rows_value *out, struct err *e)
{
	unsigned done;

	if (fit(x, jr_get(&x->in->si.doc, NULL, field), max, room, out, &done, e) < 0)
		return -1;
	if ((done & REPAIRED) && warn(x, of, "not-utf8", field,
	    "some of its bytes are not UTF-8", "replaced by U+FFFD", e) < 0)
		return -1;
	return !(done & FITTED) ? 0 : warn(x, of, "text-fitted", field,
	    "P8's column cannot hold this text", "characters outside of the basic plane became"
	    " U+FFFD, the end was cut", e);
}

int davtext_word(struct context *x, const struct davtext *of, const char *field, size_t max,
    const char *instead, struct rows_value *out, struct err *e)
{
	const struct jval *v = jr_get(&x->in->si.doc, NULL, field);

	*out = (struct rows_value){ .p = NULL };
	if (v == NULL || v->type == J_NULL)
		return 0;
	if (v->type == J_STR && v->n <= max) {
		*out = (struct rows_value){ .p = v->s, .n = v->n };
		return 0;
	}
	if (instead != NULL)
		*out = (struct rows_value){ .p = instead, .n = strlen(instead) };
	return warn(x, of, "value-dropped", field, "P8's column cannot hold this value",
	    "the default was taken", e);
}

int davtext_number(struct context *x, const struct davtext *of, const char *field, int64_t lo,
    int64_t hi, bool nullable, struct rows_value *out, struct err *e)
{
	const struct jval *v = jr_get(&x->in->si.doc, NULL, field);
	bool there = v != NULL && (v->type == J_INT || v->type == J_BOOL);
	int64_t n = !there ? 0 : v->type == J_BOOL ? v->b : v->unsigned64 ? INT64_MAX : v->i;

	*out = (struct rows_value){ .null = !there && nullable,
	    .num = !there && nullable ? 0 : n < lo ? lo : n > hi ? hi : n };
	if (!there || out->num == n)
		return 0;
	return warn(x, of, "number-out-of-range", field, "P8's column cannot hold this number",
	    "the nearest one was taken", e);
}

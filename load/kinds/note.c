#include <string.h>

#include "kinds/context.h"
#include "kinds/note.h"
#include "utf8.h"

int note_item(struct context *x, struct report_item item, struct err *e)
{
	const struct buf *line = &x->rejects->maker.line;

	if (item.user == NULL && x->user->open)
		item.user = user_name(x->user);
	if (report_add(&x->rejects->maker, &item, e) < 0)
		return -1;
	if (unit_note(x->unit, item.reject, true, line->data, line->len, e) < 0)
		return -1;
	if (item.count > 0)
		x->unit->notes.v[x->unit->notes.n - 1].count = item.count;
	return 0;
}

int note_record(struct context *x, struct report_item item, struct err *e)
{
	item.record = x->in->si.line;
	item.record_len = x->in->si.len;
	item.id = -1;
	return note_item(x, item, e);
}

int note_reject(struct context *x, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	return note_record(x, (struct report_item){ .reject = true, .code = code,
	    .reason = reason, .action = remedy }, e);
}

int note_made(struct context *x, struct report_item item, struct buf *record, struct err *e)
{
	int rc;

	item.record = record->data;
	item.record_len = record->len;
	rc = record->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : note_item(x, item, e);
	buf_free(record);
	return rc;
}

int note_refused(struct context *x, const struct note_row *r, const struct err *why,
    struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct report_item item = { .reject = true, .code = "row-refused", .id = -1,
	    .reason = why->msg, .action = "correct it in P7 and " BRING_AGAIN };
	struct jsonw w;

	jw_begin(&w, &text);
	jw_object(&w);
	jw_kv_str(&w, "kind", r->kind);
	jw_kv_str(&w, r->in, r->in_value);
	jw_kv_str(&w, "uri", r->uri);
	if (utf8_valid(r->data, r->n)) {
		jw_key(&w, r->member);
		jw_str_n(&w, r->data, r->n);
	}
	jw_object_end(&w);
	return note_made(x, item, &text, e);
}

int note_value(struct context *x, const char *name, const char *code, struct err *e)
{
	return note_record(x, (struct report_item){ .reject = true, .code = code, .field = name,
	    .reason = fit_reason(code), .action = fit_remedy(code) }, e);
}

int note_from_stream(struct context *x, struct err *e)
{
	return unit_note(x->unit, strcmp(x->in->si.kind, "REJECT") == 0, false, x->in->si.line,
	    x->in->si.len, e);
}

int note_pass(struct context *x, struct err *e)
{
	if (strcmp(x->in->si.kind, "REJECT") == 0)
		x->counts->stream_rejects++;
	else
		x->counts->warnings++;
	reasons_add(&x->rejects->reasons, x->in->si.line, x->in->si.len);
	return report_copy(&x->rejects->file, x->in->si.line, x->in->si.len, e);
}

int note_publish(struct context *x, struct err *e)
{
	const struct note *n;
	size_t i;

	for (i = 0; i < x->unit->notes.n; i++) {
		n = &x->unit->notes.v[i];
		if (!n->reject)
			x->counts->warnings++;
		else if (n->own)
			x->counts->own_rejects += n->count;
		else
			x->counts->stream_rejects++;
		reasons_add(&x->rejects->reasons, n->line, n->n);
		if (report_copy(&x->rejects->file, n->line, n->n, e) < 0)
			return -1;
	}
	x->unit->notes.n = 0;
	return 0;
}

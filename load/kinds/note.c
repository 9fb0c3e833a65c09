#include <string.h>

#include "run/load.h"
#include "kinds/note.h"

int note_item(struct load *l, struct report_item item, struct err *e)
{
	if (item.user == NULL && l->user.open)
		item.user = user_name(&l->user);
	if (report_add(&l->maker, &item, e) < 0)
		return -1;
	if (unit_note(&l->unit, item.reject, true, l->maker.line.data, l->maker.line.len, e) < 0)
		return -1;
	if (item.count > 0)
		l->unit.notes.v[l->unit.notes.n - 1].count = item.count;
	return 0;
}

int note_record(struct load *l, struct report_item item, struct err *e)
{
	item.record = l->si.line;
	item.record_len = l->si.len;
	item.id = -1;
	return note_item(l, item, e);
}

int note_reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	return note_record(l, (struct report_item){ .reject = true, .code = code,
	    .reason = reason, .action = remedy }, e);
}

int note_from_stream(struct load *l, struct err *e)
{
	return unit_note(&l->unit, strcmp(l->si.kind, "REJECT") == 0, false, l->si.line,
	    l->si.len, e);
}

int note_pass(struct load *l, struct err *e)
{
	if (strcmp(l->si.kind, "REJECT") == 0)
		l->counts.stream_rejects++;
	else
		l->counts.warnings++;
	reasons_add(&l->reasons, l->si.line, l->si.len);
	return report_copy(&l->rejects, l->si.line, l->si.len, e);
}

int note_publish(struct load *l, struct err *e)
{
	const struct note *n;
	size_t i;

	for (i = 0; i < l->unit.notes.n; i++) {
		n = &l->unit.notes.v[i];
		if (!n->reject)
			l->counts.warnings++;
		else if (n->own)
			l->counts.own_rejects += n->count;
		else
			l->counts.stream_rejects++;
		reasons_add(&l->reasons, n->line, n->n);
		if (report_copy(&l->rejects, n->line, n->n, e) < 0)
			return -1;
	}
	l->unit.notes.n = 0;
	return 0;
}

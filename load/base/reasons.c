#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsonr.h"
#include "base/print.h"
#include "base/reasons.h"
#include "utf8.h"

static struct reason *find(struct reasons *r, const char *code, bool reject)
{
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (r->v[i].reject == reject && strcmp(r->v[i].code, code) == 0)
			return &r->v[i];
	if (r->n == REASONS)
		return &r->v[REASONS - 1];
	memset(&r->v[i], 0, sizeof(r->v[i]));
	if (r->n == REASONS - 1)
		code = "other reasons";
	snprintf(r->v[i].code, sizeof(r->v[i].code), "%s", code);
	r->v[i].reject = reject;
	return &r->v[r->n++];
}

void reasons_merge(struct reasons *r, const struct reasons *from)
{
	const struct reason *f;
	struct reason *v;

	for (f = from->v; f < from->v + from->n; f++) {
		v = find(r, f->code, f->reject);
		if (v->n == 0)
			memcpy(v->action, f->action, sizeof(v->action));
		else if (strcmp(v->action, f->action) != 0)
			v->others = true;
		v->others |= f->others;
		v->n += f->n;
	}
}

void reasons_add(struct reasons *r, const char *line, size_t n)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err ignored = { .msg = "" };
	struct jdoc d = { 0 };
	char shown[REASON_TEXT];
	const char *action;
	struct reason *v;
	bool reject;

	buf_add(&text, line, n);
	if (!text.failed && jr_parse(&d, text.data, text.len, &ignored) == 0) {
		reject = strcmp(jr_str(&d, NULL, "kind", ""), "REJECT") == 0;
		action = jr_str(&d, NULL, reject ? "remedy" : "done", "");
		v = find(r, jr_str(&d, NULL, "code", "?"), reject);
		snprintf(shown, sizeof(shown), "%.*s",
		    (int)utf8_cut(action, strlen(action), REASON_TEXT - 1), action);
		if (v->n == 0)
			memcpy(v->action, shown, sizeof(shown));
		else if (strcmp(v->action, shown) != 0)
			v->others = true;
		v->n += (uint64_t)jr_int(&d, NULL, "count", 1);
	}
	jr_free(&d);
	buf_free(&text);
}

static int by_weight(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	if (x->reject != y->reject)
		return x->reject ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->code, y->code);
}

void reasons_print(struct reasons *r)
{
	unsigned i;

	qsort(r->v, r->n, sizeof(*r->v), by_weight);
	for (i = 0; i < r->n; i++)
		complain("  %6" PRIu64 " %s %s%s%s%s\n", r->v[i].n,
		    r->v[i].reject ? "rejected:" : "altered: ", r->v[i].code,
		    r->v[i].action[0] ? ": " : "", r->v[i].action,
		    r->v[i].others ? " (of some of them; each record has its own)" : "");
}

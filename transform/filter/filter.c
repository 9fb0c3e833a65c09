#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter/filter.h"
#include "text/charset.h"

void filter_uuid(const struct filter *f, char out[UUID_LEN + 1], const char *fmt, ...)
{
	char name[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	uuid_v5(f->ns, name, n < (int)sizeof(name) ? (size_t)n : sizeof(name) - 1, out);
}

int filter_wrong(const struct filter *f, struct err *e, const char *what)
{
	return err_set(e, EXIT_DATA, "%s, line %llu: %s", f->in.io.name,
	    (unsigned long long)f->in.lineno, what);
}

int filter_report(struct filter *f, struct report_item i, const struct jdoc *record, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	int rc;

	i.user = f->user;
	if (record != NULL) {
		jw_begin(&w, &text);
		jr_write(record, record->v, &w);
		i.record = text.data;
		i.record_len = text.len;
	}
	rc = text.failed ? err_memory(e) : report_add(&f->report, &i, e);
	buf_free(&text);
	return rc;
}

int filter_report_row(struct filter *f, struct report_item i, struct err *e)
{
	i.id = jr_int(&f->in.doc, NULL, "id", -1);
	return filter_report(f, i, i.reject ? &f->in.doc : NULL, e);
}

bool filter_key_is(const struct jval *v, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == v->keylen && memcmp(*names, v->key, v->keylen) == 0)
			return true;
	return false;
}

const char *filter_member(struct filter *f, const char *key, struct buf *spare, struct buf *out,
    bool *repaired)
{
	const struct jval *v = jr_get(&f->in.doc, NULL, key);
	const char *p = v != NULL ? v->s : NULL;
	size_t n = v != NULL ? v->n : 0;

	buf_reset(out);
	*repaired = false;
	if (v == NULL || (v->type != J_STR && (spare == NULL ||
	    jr_bytes(&f->in.doc, v, spare, &p, &n) < 0)))
		return NULL;
	*repaired = charset_is_double(p, n, out);
	if (!*repaired) {
		buf_reset(out);
		buf_add(out, p, n);
	}
	return out->len > 0 ? out->data : "";
}

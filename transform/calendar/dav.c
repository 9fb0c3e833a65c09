#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "calendar/dav.h"
#include "davname.h"
#include "grow.h"
#include "text/charset.h"

void dav_open(struct dav *d, struct filter *f)
{
	d->f = f;
	buf_init(&d->name, 4096);
	buf_init(&d->principal, 4096);
	buf_init(&d->text, BUF_RECORD_MAX);
	buf_init(&d->undone, BUF_RECORD_MAX);
	buf_init(&d->value, BUF_RECORD_MAX);
	buf_init(&d->uri, 1 << 16);
	buf_init(&d->moved_text, MOVED_TEXT);
	buf_init(&d->share_text, SHARE_TEXT);
}

void dav_free(struct dav *d)
{
	buf_free(&d->name);
	buf_free(&d->principal);
	buf_free(&d->text);
	buf_free(&d->undone);
	buf_free(&d->value);
	buf_free(&d->uri);
	buf_free(&d->moved_text);
	buf_free(&d->share_text);
	names_free(&d->uris);
	names_free(&d->p7_uris);
	names_free(&d->taken);
	names_free(&d->made);
	names_free(&d->shared);
	free(d->moved);
	free(d->share);
}

int dav_begin(struct dav *d, const char *name, const char *principal, struct err *e)
{
	buf_reset(&d->name);
	buf_adds(&d->name, name);
	buf_reset(&d->principal);
	buf_adds(&d->principal, principal != NULL ? principal : PRINCIPALS);
	if (principal == NULL)
		buf_adds(&d->principal, name);
	names_reset(&d->uris);
	names_reset(&d->p7_uris);
	buf_reset(&d->moved_text);
	d->moved_n = 0;
	d->moved_sorted = d->moved_lost = d->calendar = false;
	d->shares = 0;
	return d->name.failed || d->principal.failed ?
	    filter_wrong(d->f, e, "a name of more than 4,095 bytes") : 0;
}

static void mark_repaired(struct dav *d, const char *key, size_t n)
{
	size_t at = strlen(d->fields);

	snprintf(d->fields + at, sizeof(d->fields) - at, "%s%.*s", at > 0 ? "," : "", (int)n, key);
}

void dav_mark_repaired(struct dav *d, const char *key)
{
	mark_repaired(d, key, strlen(key));
}

const char *dav_member(struct dav *d, const char *key, struct buf *out)
{
	bool repaired;
	const char *s;

	buf_reset(&d->value);
	s = filter_member(d->f, key, &d->value, out, &repaired);
	if (repaired)
		dav_mark_repaired(d, key);
	return s;
}

static void put_value(struct dav *d, struct jsonw *w, const struct jval *v)
{
	struct buf *text = &d->text;

	if (v->type == J_STR && charset_is_double(v->s, v->n, text)) {
		mark_repaired(d, v->key, v->keylen);
		jw_str_n(w, text->data, text->len);
	} else
		jr_write(&d->f->in.doc, v, w);
}

void dav_put(struct dav *d, struct jsonw *w, const char *key)
{
	const struct jval *v = jr_get(&d->f->in.doc, NULL, key);

	jw_key(w, key);
	if (v == NULL)
		jw_null(w);
	else
		put_value(d, w, v);
}

void dav_put_rest(struct dav *d, struct jsonw *w, const char *const *known)
{
	const struct jdoc *doc = &d->f->in.doc;
	const struct jval *v;

	for (v = jr_first(doc, doc->v); v != NULL; v = jr_next(doc, v)) {
		if (filter_key_is(v, known))
			continue;
		jw_key_n(w, v->key, v->keylen);
		put_value(d, w, v);
	}
}

int dav_choose_uri(struct dav *d, struct names *taken, const char *old, size_t n, int64_t id,
    struct err *e)
{
	static const struct uri_form form = { DAV_URI_MAX, "", URI_NUMBERED };

	return uri_choose(d->f, taken, &form, old, n, id, &d->uri, e);
}

int dav_repaired(struct dav *d, const char *table, struct err *e)
{
	return d->fields[0] == '\0' ? 0 : filter_report_row(d->f, (struct report_item){
	    .code = "text-repaired", .table = table, .field = d->fields,
	    .reason = "P7 stored the text double-encoded", .action = "the true text was taken" },
	    e);
}

int dav_uri_changed(struct dav *d, const char *table, const char *reason, struct err *e)
{
	const struct jval *v = jr_get(&d->f->in.doc, NULL, "uri");
	char action[400];
	struct report_item i = { .code = "uri-changed", .table = table, .field = "uri",
	    .reason = reason, .action = action };

	if (v != NULL && v->type == J_STR && memchr(v->s, '\0', v->n) != NULL)
		i.reason = "the URI has NUL bytes";
	snprintf(action, sizeof(action), "in P8 it is %s", d->uri.data);
	return filter_report_row(d->f, i, e);
}

uint64_t dav_key(uint64_t calendar, const char *name, size_t n)
{
	return XXH3_64bits_withSeed(name, n, calendar);
}

size_t dav_event(const char *uri, size_t n)
{
	return n > 4 && strncasecmp(uri + n - 4, ".ics", 4) == 0 ? n - 4 : n;
}

/* Once for a block: what comes now is not followed. */
static int lost(struct dav *d, struct err *e)
{
	struct report_item i = { .code = "reminders-not-followed", .table = "adav_reminders",
	    .id = -1, .field = "eventid", .reason = "more URIs of calendars and objects were"
	    " changed than are kept", .action = "reminders of the others name the URI of P7: set"
	    " them anew in P8" };

	if (d->moved_lost)
		return 0;
	d->moved_lost = true;
	return filter_report(d->f, i, NULL, e);
}

int dav_moved(struct dav *d, uint64_t key, const char *name, size_t n, struct err *e)
{
	if (d->moved_n == MOVED_MAX || d->moved_text.len + n + 1 > MOVED_TEXT)
		return lost(d, e);
	if (GROW(d->moved, d->moved_n, d->moved_size, e) < 0)
		return -1;
	d->moved[d->moved_n] = (struct moved){ key, (uint32_t)d->moved_n, d->moved_text.len };
	d->moved_n++;
	d->moved_sorted = false;
	buf_add(&d->moved_text, name, n);
	buf_addc(&d->moved_text, '\0');
	return buf_check(&d->moved_text, e);
}

static int by_key(const void *a, const void *b)
{
	const struct moved *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

const char *dav_moved_to(struct dav *d, uint64_t key)
{
	size_t lo = 0, hi = d->moved_n, mid;

	if (!d->moved_sorted && d->moved_n > 0)
		qsort(d->moved, d->moved_n, sizeof(*d->moved), by_key);
	d->moved_sorted = true;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (d->moved[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < d->moved_n && d->moved[lo].key == key ?
	    d->moved_text.data + d->moved[lo].name : NULL;
}

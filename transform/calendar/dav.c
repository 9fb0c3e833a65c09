#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "text/charset.h"
#include "davname.h"
#include "run.h"

#define NUMBERS 9	/* the last one that makes a URI unique */

void dav_init(struct dav *d)
{
	memset(d, 0, sizeof(*d));
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

int dav_begin(struct run *r, const char *name, const char *principal, struct err *e)
{
	struct dav *d = &r->dav;

	buf_reset(&d->name);
	buf_adds(&d->name, name);
	buf_reset(&d->principal);
	buf_adds(&d->principal, principal);
	names_reset(&d->uris);
	names_reset(&d->p7_uris);
	buf_reset(&d->moved_text);
	d->moved_n = 0;
	d->moved_sorted = d->moved_lost = d->calendar = false;
	d->shares = 0;
	return d->name.failed || d->principal.failed ?
	    err_set(e, EXIT_DATA, "%s, line %llu: a name of more than 4,095 bytes", r->in.io.name,
	    (unsigned long long)r->in.lineno) : 0;
}

int dav_flush(struct run *r, struct err *e)
{
	return r->dav.shares > 0 ? shares_put(r, e) : 0;
}

/* U+FFFD in place of NUL bytes, so that it is not taken for the name that ends there: 1. */
static int without_nul(struct buf *text, struct err *e)
{
	const char *p = text->data, *end = p + text->len;
	struct buf to = BUF_INIT(1 << 16);

	if (memchr(p, '\0', text->len) == NULL)
		return 0;
	for (; p < end; p++)
		if (*p == '\0')
			buf_adds(&to, "\xef\xbf\xbd");
		else
			buf_add(&to, p, 1);
	buf_reset(text);
	buf_add(text, to.data, to.len);
	buf_free(&to);
	return text->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 1;
}

/* The UUID is made of P7's name, which stays the same when they get another one. */
int principal_begin(struct run *r, struct err *e)
{
	struct report_item i = { .code = "text-repaired", .table = "adav_principals", .id = -1,
	    .field = "uri", .reason = "P7 stored the text double-encoded",
	    .action = "the true text was taken" };
	struct report_item with_nul = { .code = "principal-with-nul", .table = "adav_principals",
	    .id = -1, .field = "uri", .reason = "the name of the principal has NUL bytes",
	    .action = "in P8 it has U+FFFD in their place" };
	const size_t skip = sizeof(PRINCIPALS) - 1;
	struct dav *d = &r->dav;
	struct buf key = BUF_INIT(1 << 16);
	char uuid[UUID_LEN + 1];
	const char *is, *to;
	struct jsonw *w;
	int nul;

	d->fields[0] = '\0';
	is = dav_member(r, "principal", &d->text);
	if (is == NULL || *is == '\0')
		return err_set(e, EXIT_DATA, "%s, line %llu: PRINCIPAL_BEGIN without principal",
		    r->in.io.name, (unsigned long long)r->in.lineno);
	buf_adds(&key, "principal:");
	buf_add(&key, is, d->text.len);
	uuid_v5(r->ns, key.data, key.len, uuid);
	buf_free(&key);
	nul = without_nul(&d->text, e);
	if (nul < 0)
		return -1;
	is = d->text.data;
	to = rename_principal(&r->rename, is, d->text.len);
	if (to != NULL)
		is = to;
	if (dav_begin(r, strncmp(is, PRINCIPALS, skip) == 0 ? is + skip : is, is, e) < 0)
		return -1;
	w = so_block_begin(&r->out, "PRINCIPAL");
	jw_kv_str(w, "principal", d->principal.data);
	jw_kv_str(w, "uuid", uuid);
	if (so_block_put(&r->out, e) < 0 || (nul && dav_report(r, with_nul, e) < 0))
		return -1;
	return d->fields[0] == '\0' ? 0 : dav_report(r, i, e);
}

int principal_end(struct run *r, struct err *e)
{
	return so_block_end(&r->out, "principal", r->dav.principal.data, e);
}

static void note_field(struct dav *d, const char *key, size_t n)
{
	size_t at = strlen(d->fields);

	snprintf(d->fields + at, sizeof(d->fields) - at, "%s%.*s", at > 0 ? "," : "", (int)n, key);
}

void dav_note(struct dav *d, const char *key)
{
	note_field(d, key, strlen(key));
}

const char *dav_member(struct run *r, const char *key, struct buf *out)
{
	const struct jval *v = jr_get(&r->in.doc, NULL, key);
	const char *p;
	size_t n;

	buf_reset(out);
	buf_reset(&r->dav.value);
	if (v == NULL || jr_bytes(&r->in.doc, v, &r->dav.value, &p, &n) < 0)
		return NULL;
	if (charset_is_double(p, n, out)) {
		note_field(&r->dav, key, strlen(key));
		return out->data;
	}
	buf_reset(out);
	buf_add(out, p, n);
	return out->len > 0 ? out->data : "";
}

static void put_value(struct run *r, struct jsonw *w, const struct jval *v)
{
	struct buf *text = &r->dav.text;

	if (v->type == J_STR && charset_is_double(v->s, v->n, text)) {
		note_field(&r->dav, v->key, v->keylen);
		jw_str_n(w, text->data, text->len);
	} else
		jr_write(&r->in.doc, v, w);
}

void dav_put(struct run *r, struct jsonw *w, const char *key)
{
	const struct jval *v = jr_get(&r->in.doc, NULL, key);

	jw_key(w, key);
	if (v == NULL)
		jw_null(w);
	else
		put_value(r, w, v);
}

static bool is_known(const struct jval *v, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strlen(*known) == v->keylen && memcmp(*known, v->key, v->keylen) == 0)
			return true;
	return false;
}

void dav_put_rest(struct run *r, struct jsonw *w, const char *const *known)
{
	const struct jdoc *d = &r->in.doc;
	const struct jval *v;

	for (v = jr_first(d, d->v); v != NULL; v = jr_next(d, v)) {
		if (is_known(v, known))
			continue;
		jw_key_n(w, v->key, v->keylen);
		put_value(r, w, v);
	}
}

/* With eight digits of a UUID of the thing's own before the extension: nothing is called so. */
static void own_uri(struct run *r, const char *old, size_t n, int64_t id, unsigned try,
    struct buf *out)
{
	char source[UUID_LEN + 1], uuid[UUID_LEN + 1], name[DAV_URI_MAX + 1];
	const char *dot;
	size_t base;

	uuid_text(r->ns, source);
	run_uuid(r, uuid, "uri:%lld:%u", (long long)id, try);
	davname_uri(old, n, DAV_URI_MAX - 9, source, id, 1, out);
	if (out->failed)
		return;
	dot = memrchr(out->data, '.', out->len);
	base = dot != NULL && out->data + out->len - dot <= 5 ? (size_t)(dot - out->data) :
	    out->len;
	snprintf(name, sizeof(name), "%.*s-%.8s%s", (int)base, out->data, uuid, out->data + base);
	buf_reset(out);
	buf_adds(out, name);
}

/*
 * The first that is free of "x", "x-2", "x-3" ..., but no number where very many are called alike.
 * A later thing that has such a name of its own gets the next one.
 */
int dav_choose_uri(struct run *r, struct names *taken, const char *old, size_t n, int64_t id,
    struct err *e)
{
	struct buf *uri = &r->dav.uri;
	char source[UUID_LEN + 1];
	unsigned try = 0;
	int rc;

	uuid_text(r->ns, source);
	do {
		if (++try <= NUMBERS)
			davname_uri(old, n, DAV_URI_MAX, source, id, try, uri);
		else
			own_uri(r, old, n, id, try, uri);
		rc = uri->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
		    names_take(taken, uri->data, uri->len, e);
	} while (rc == 0);
	return rc < 0 ? -1 : uri->len == n && memcmp(uri->data, old, n) == 0;
}

int dav_report(struct run *r, struct report_item i, struct err *e)
{
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	int rc;

	i.user = r->dav.name.data;
	if (i.reject) {
		jw_begin(&w, &record);
		jr_write(&r->in.doc, r->in.doc.v, &w);
		i.record = record.data;
		i.record_len = record.len;
	}
	rc = record.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    report_add(&r->report, &i, e);
	buf_free(&record);
	return rc;
}

int dav_repaired(struct run *r, const char *table, struct err *e)
{
	struct report_item i = { .code = "text-repaired", .table = table,
	    .id = jr_int(&r->in.doc, NULL, "id", -1), .field = r->dav.fields,
	    .reason = "P7 stored the text double-encoded", .action = "the true text was taken" };

	return r->dav.fields[0] == '\0' ? 0 : dav_report(r, i, e);
}

int dav_uri_changed(struct run *r, const char *table, const char *reason, struct err *e)
{
	const struct jval *v = jr_get(&r->in.doc, NULL, "uri");
	char action[400];
	struct report_item i = { .code = "uri-changed", .table = table, .field = "uri",
	    .id = jr_int(&r->in.doc, NULL, "id", -1), .reason = reason, .action = action };

	if (v != NULL && v->type == J_STR && memchr(v->s, '\0', v->n) != NULL)
		i.reason = "the URI has NUL bytes";
	snprintf(action, sizeof(action), "in P8 it is %s", r->dav.uri.data);
	return dav_report(r, i, e);
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
static int lost(struct run *r, struct err *e)
{
	struct report_item i = { .code = "reminders-not-followed", .table = "adav_reminders",
	    .id = -1, .field = "eventid", .reason = "more URIs of calendars and objects were"
	    " changed than are kept", .action = "reminders of the others name the URI of P7: set"
	    " them anew in P8" };

	if (r->dav.moved_lost)
		return 0;
	r->dav.moved_lost = true;
	return dav_report(r, i, e);
}

int dav_moved(struct run *r, uint64_t key, const char *name, size_t n, struct err *e)
{
	struct dav *d = &r->dav;
	struct moved *p;

	if (d->moved_n == MOVED_MAX || d->moved_text.len + n + 1 > MOVED_TEXT)
		return lost(r, e);
	if (d->moved_n == d->moved_size) {
		p = realloc(d->moved, (d->moved_size + 32) * 2 * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		d->moved = p;
		d->moved_size = (d->moved_size + 32) * 2;
	}
	d->moved[d->moved_n] = (struct moved){ key, (uint32_t)d->moved_n, d->moved_text.len };
	d->moved_n++;
	d->moved_sorted = false;
	buf_add(&d->moved_text, name, n);
	buf_addc(&d->moved_text, '\0');
	return d->moved_text.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
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

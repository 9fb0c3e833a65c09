#include <stdlib.h>
#include <string.h>

#include "davkind.h"
#include "record.h"

#define LARGE 4096	/* bytes of a value that is not copied */
#define LARGE_MAX 8

/* Members in the order that a touched record of a kind has them. */
static const struct {
	const char *kind;
	const char *key[14];
} orders[] = {
	{ DAV_CALENDAR, { "uuid", "id", "principaluri", "uri", "displayname", "description",
	    "synctoken", "calendarorder", "calendarcolor", "timezone", "components",
	    "transparent", "public" } },
	{ DAV_INSTANCE, { "id", "calendar", "access", "principaluri", "displayname", "uri",
	    "description", "calendarorder", "calendarcolor", "timezone", "transparent", "public",
	    "share_href" } },
	{ DAV_OBJECT, { "id", "calendar", "uri", "lastmodified", "calendardata", "etag",
	    "size", "componenttype", "firstoccurence", "lastoccurence", "uid" } },
};
#define ORDERS (sizeof(orders) / sizeof(*orders))

void record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->text, BUF_RECORD_MAX);
}

void record_free(struct record *r)
{
	buf_free(&r->text);
}

void record_new(struct record *r, const char *kind, const struct stream_in *in)
{
	buf_reset(&r->text);
	r->kind = kind;
	r->in = in;
	r->n = r->read = 0;
	r->changed = true;
	r->full = false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * The text of a value in the line, where the parser's copy of it begins at the same place: from
 * behind the colon up to the comma before the next key, or up to the brace that ends the record.
 */
static void find_json(struct member *m, const struct stream_in *in, const struct jval *next)
{
	const char *line = in->line, *p, *end;

	m->name = line + (m->key - in->work.data);
	for (p = m->name; *p != '"'; p++)
		p += *p == '\\';
	m->namelen = (size_t)(p - m->name);
	for (p++; is_blank(*p) || *p == ':'; p++)
		;
	end = next != NULL ? line + (next->key - in->work.data) - 1 : line + in->len;
	while (end > p && (is_blank(end[-1]) || end[-1] == ','))
		end--;
	if (next == NULL)
		for (end--; end > p && is_blank(end[-1]); end--)
			;
	m->json = p;
	m->n = (size_t)(end - p);
}

static int too_many(const struct record *r, struct err *e)
{
	return err_set(e, EXIT_DATA, "%s, line %llu: a %s with more than %d members, counting those"
	    " that the steps add; take away some that are not of its kind, and use --edited",
	    r->in->io.name, (unsigned long long)r->in->lineno, r->kind, RECORD_MEMBERS);
}

int record_read(struct record *r, const struct stream_in *in, struct err *e)
{
	const struct jdoc *d = &in->doc;
	const struct jval *v, *next;
	struct member *m;

	record_new(r, in->kind, in);
	r->changed = false;
	for (v = jr_first(d, d->v); v != NULL; v = next) {
		next = jr_next(d, v);
		if (v->keylen == 4 && memcmp(v->key, "kind", 4) == 0)
			continue;
		if (r->n == RECORD_MEMBERS)
			return too_many(r, e);
		m = &r->m[r->n++];
		m->key = v->key;
		m->keylen = v->keylen;
		m->v = v;
		find_json(m, in, next);
	}
	r->read = r->n;
	return 0;
}

static struct member *find(const struct record *r, const char *key)
{
	size_t n = strlen(key);
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (r->m[i].keylen == n && memcmp(r->m[i].key, key, n) == 0)
			return (struct member *)&r->m[i];
	return NULL;
}

bool record_has(const struct record *r, const char *key)
{
	return find(r, key) != NULL;
}

const struct jval *record_value(const struct record *r, const char *key)
{
	const struct member *m = find(r, key);

	return m != NULL && m->v != NULL && m->v->type != J_NULL ? m->v : NULL;
}

static const char *text_of(const struct record *r, const struct member *m)
{
	return m->json != NULL ? m->json : r->text.data + m->at;
}

bool record_of_calendar(const struct jval *v, const char uuid[UUID_LEN + 1])
{
	char is[UUID_LEN + 1];

	return uuid[0] != '\0' && v != NULL && v->type == J_STR && uuid_parse(v->s, v->n, is) &&
	    strcmp(is, uuid) == 0;
}

bool record_lacks(const struct record *r, const char *key)
{
	const struct member *m = find(r, key);

	return m == NULL || (m->n == 4 && memcmp(text_of(r, m), "null", 4) == 0);
}

const char *record_json(const struct record *r, const char *key, size_t *n)
{
	const struct member *m = find(r, key);

	*n = m != NULL ? m->n : 4;
	return m != NULL ? text_of(r, m) : "null";
}

/* The member of KEY, whose text now begins at the end of the buffer. */
static struct member *begin(struct record *r, const char *key)
{
	struct member *m = find(r, key);

	if (m == NULL && r->n < RECORD_MEMBERS) {
		m = &r->m[r->n++];
		m->key = m->name = key;
		m->keylen = m->namelen = strlen(key);
	} else {
		r->changed = true;
	}
	if (m == NULL) {
		r->full = true;
		return NULL;
	}
	m->v = NULL;
	m->json = NULL;
	m->at = r->text.len;
	return m;
}

static void end(struct record *r, struct member *m)
{
	if (m != NULL)
		m->n = r->text.len - m->at;
}

void record_set(struct record *r, const char *key, const char *json, size_t n)
{
	bool own = r->text.len > 0 && json >= r->text.data && json < r->text.data + r->text.len;
	size_t at = own ? (size_t)(json - r->text.data) : 0;
	struct member *m = begin(r, key);

	/* The buffer may move when it grows. */
	if (own && buf_room(&r->text, n))
		json = r->text.data + at;
	buf_add(&r->text, json, n);
	end(r, m);
}

void record_set_str(struct record *r, const char *key, const char *s, size_t n)
{
	struct member *m = begin(r, key);
	struct jsonw w;

	jw_begin(&w, &r->text);
	jw_str_n(&w, s, n);
	end(r, m);
}

void record_set_int(struct record *r, const char *key, int64_t v)
{
	struct member *m = begin(r, key);
	struct jsonw w;

	jw_begin(&w, &r->text);
	jw_int(&w, v);
	end(r, m);
}

void record_give(struct record *r, const char *key, const struct jdoc *d, const struct jval *v)
{
	struct member *m = begin(r, key);
	struct jsonw w;

	jw_begin(&w, &r->text);
	jr_write(d, v, &w);
	end(r, m);
	if (m != NULL)
		m->v = v;
}

void record_drop(struct record *r, const char *key)
{
	struct member *m = find(r, key);

	if (m == NULL)
		return;
	memmove(m, m + 1, (size_t)(&r->m[r->n] - (m + 1)) * sizeof(*m));
	r->n--;
	r->changed = true;
}

void record_move(struct record *r, struct record *to, const char *key)
{
	size_t n;
	const char *json = record_json(r, key, &n);

	record_set(to, key, json, n);
	record_drop(r, key);
}

/* A record that is being written: the texts of R in SO's line, but for large ones. */
struct writing {
	struct buf *line;
	struct {
		size_t at;	/* in the line: before this, the piece */
		struct so_piece piece;
	} large[LARGE_MAX];
	unsigned n;
};

static void put_member(struct writing *w, const struct record *r, const struct member *m)
{
	const char *json = text_of(r, m);

	buf_adds(w->line, ",\"");
	buf_add(w->line, m->name, m->namelen);
	buf_adds(w->line, "\":");
	if (m->n < LARGE || w->n == LARGE_MAX) {
		buf_add(w->line, json, m->n);
		return;
	}
	w->large[w->n].at = w->line->len;
	w->large[w->n++].piece = (struct so_piece){ json, m->n };
}

static void put_ordered(struct writing *w, const struct record *r)
{
	bool done[RECORD_MEMBERS] = { false };
	const struct member *m;
	unsigned i, k;

	buf_addf(w->line, "{\"kind\":\"%s\"", r->kind);
	for (i = 0; i < ORDERS; i++) {
		if (strcmp(orders[i].kind, r->kind) != 0)
			continue;
		for (k = 0; k < 14 && orders[i].key[k] != NULL; k++) {
			m = find(r, orders[i].key[k]);
			if (m == NULL)
				continue;
			put_member(w, r, m);
			done[m - r->m] = true;
		}
	}
	for (i = 0; i < r->n; i++)
		if (!done[i])
			put_member(w, r, &r->m[i]);
	buf_addc(w->line, '}');
}

static int send(struct writing *w, const char *kind, struct stream_out *so, struct err *e)
{
	struct so_piece v[2 * LARGE_MAX + 1];
	size_t from = 0;
	unsigned i, n = 0;

	for (i = 0; i < w->n; i++) {
		v[n++] = (struct so_piece){ w->line->data + from, w->large[i].at - from };
		v[n++] = w->large[i].piece;
		from = w->large[i].at;
	}
	v[n++] = (struct so_piece){ w->line->data + from, w->line->len - from };
	return so_pieces(so, kind, v, n, e);
}

static bool has_order(const char *kind)
{
	unsigned i;

	for (i = 0; i < ORDERS && strcmp(orders[i].kind, kind) != 0; i++)
		;
	return i < ORDERS;
}

/* The line up to its last brace, and what was added. */
static int send_grown(struct writing *w, const struct record *r, struct stream_out *so,
    struct err *e)
{
	size_t n = r->in->len;
	unsigned i;

	while (n > 0 && r->in->line[--n] != '}')
		;
	w->large[w->n++].piece = (struct so_piece){ r->in->line, n };
	for (i = r->read; i < r->n; i++)
		put_member(w, r, &r->m[i]);
	buf_addc(w->line, '}');
	return w->line->failed ? err_memory(e) :
	    send(w, r->kind, so, e);
}

int record_write(struct record *r, struct stream_out *so, struct err *e)
{
	struct writing w = { .line = &so->line };

	if (!r->changed && r->n == r->read)
		return so_copy(so, r->kind, r->in->line, r->in->len, e);
	buf_reset(&so->line);
	if (r->full)
		return too_many(r, e);
	if (r->text.failed)
		return err_set(e, EXIT_DATA, "%s, line %llu: a %s record is too large",
		    r->in->io.name, (unsigned long long)r->in->lineno, r->kind);
	if (!r->changed && !has_order(r->kind))
		return send_grown(&w, r, so, e);
	put_ordered(&w, r);
	return so->line.failed ? err_memory(e) :
	    send(&w, r->kind, so, e);
}

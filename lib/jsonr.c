#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "digest.h"
#include "grow.h"
#include "jsonr.h"
#include "jsonw.h"
#include "utf8.h"

struct parser {
	struct jdoc *d;
	char *start, *p, *end;
	struct err *e;
};

static int fail(struct parser *ps, const char *what)
{
	return err_set(ps->e, EXIT_DATA, "column %zu: %s", (size_t)(ps->p - ps->start) + 1, what);
}

static void blanks(struct parser *ps)
{
	while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\n' ||
	    *ps->p == '\r'))
		ps->p++;
}

/* A new value; its index, or 0 (with an error) when there is no room.  Index 0 is the root. */
static int add_value(struct parser *ps, uint32_t *at)
{
	struct jdoc *d = ps->d;

	if (d->n == JR_VALUES)
		return fail(ps, "too many values in one record");
	if (GROW(d->v, d->n, d->size, ps->e) < 0)
		return -1;
	*at = d->n++;
	memset(&d->v[*at], 0, sizeof(d->v[*at]));
	return 0;
}

static int hex4(const char *s)
{
	int i, v = 0, digit;

	for (i = 0; i < 4; i++) {
		digit = hex_digit(s[i]);
		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

/* \uXXXX at p (after the u), with its low surrogate where it needs one; the code point or -1. */
static long unicode_escape(struct parser *ps)
{
	long hi, lo;

	if (ps->end - ps->p < 4 || (hi = hex4(ps->p)) < 0)
		return -1;
	ps->p += 4;
	if (hi < 0xd800 || hi > 0xdfff)
		return hi;
	if (hi > 0xdbff || ps->end - ps->p < 6 || ps->p[0] != '\\' || ps->p[1] != 'u' ||
	    (lo = hex4(ps->p + 2)) < 0xdc00 || lo > 0xdfff)
		return -1;
	ps->p += 6;
	return 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
}

static int escape(struct parser *ps, char **out)
{
	char c = ps->p < ps->end ? *ps->p++ : '\0';
	long cp;

	switch (c) {
	case 'r': c = '\r'; break;
	case 'n': c = '\n'; break;
	case 't': c = '\t'; break;
	case 'b': c = '\b'; break;
	case 'f': c = '\f'; break;
	case '"': case '\\': case '/': break;
	case 'u':
		cp = unicode_escape(ps);
		if (cp < 0)
			return fail(ps, "bad \\u escape");
		*out += utf8_put(*out, (uint32_t)cp);
		return 0;
	default:
		return fail(ps, "bad escape");
	}
	*(*out)++ = c;
	return 0;
}

#define EACH_BYTE(b) (0x0101010101010101u * (b))

/* Is one of the eight bytes at P a quote, a backslash or a control character? */
static bool special(const char *p)
{
	uint64_t x, quote, slash;

	memcpy(&x, p, 8);
	quote = x ^ EACH_BYTE('"');
	slash = x ^ EACH_BYTE('\\');
	return ((((x - EACH_BYTE(0x20)) & ~x) | ((quote - EACH_BYTE(1)) & ~quote) |
	    ((slash - EACH_BYTE(1)) & ~slash)) & EACH_BYTE(0x80)) != 0;
}

/* A string at p (on its quote), unescaped in place. */
static int string(struct parser *ps, const char **s, size_t *n)
{
	char *out, *begin;
	uint64_t eight;

	begin = out = ++ps->p;
	while (ps->end - ps->p >= 8 && !special(ps->p))
		ps->p += 8;
	while (ps->p < ps->end && *ps->p != '"' && *ps->p != '\\' && (unsigned char)*ps->p >= 0x20)
		ps->p++;
	out = ps->p;
	while (ps->p < ps->end && *ps->p != '"') {
		/* Both may overlap: what is read is read before it is written over. */
		for (; ps->end - ps->p >= 8 && !special(ps->p); ps->p += 8, out += 8) {
			memcpy(&eight, ps->p, 8);
			memcpy(out, &eight, 8);
		}
		if (ps->p == ps->end || *ps->p == '"')
			break;
		if ((unsigned char)*ps->p < 0x20)
			return fail(ps, "control character in a string");
		if (*ps->p == '\\') {
			ps->p++;
			if (escape(ps, &out) < 0)
				return -1;
		} else
			*out++ = *ps->p++;
	}
	if (ps->p == ps->end)
		return fail(ps, "string without end");
	*out = '\0';
	ps->p++;
	*s = begin;
	*n = (size_t)(out - begin);
	return 0;
}

static int number(struct parser *ps, struct jval *v)
{
	const char *b = ps->p;
	uint64_t u = 0;
	bool neg = *b == '-', fits = true;

	ps->p += neg;
	if (ps->p == ps->end || *ps->p < '0' || *ps->p > '9')
		return fail(ps, "not a value");
	if (*ps->p == '0' && ps->p + 1 < ps->end && ps->p[1] >= '0' && ps->p[1] <= '9')
		return fail(ps, "number with a leading zero");
	for (; ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9'; ps->p++) {
		fits = fits && !__builtin_mul_overflow(u, 10u, &u) &&
		    !__builtin_add_overflow(u, (uint64_t)(*ps->p - '0'), &u);
	}
	if (ps->p < ps->end && (*ps->p == '.' || *ps->p == 'e' || *ps->p == 'E')) {
		char last = '\0';

		for (; ps->p < ps->end && *ps->p != '\0' && strchr("0123456789.eE+-", *ps->p);
		    ps->p++)
			last = *ps->p;
		if (last < '0' || last > '9')
			return fail(ps, "bad number");
		fits = false;
	}
	v->n = (size_t)(ps->p - b);
	if (neg && u > (uint64_t)INT64_MAX + 1)
		fits = false;
	v->type = fits ? J_INT : J_OTHER;
	v->s = b;
	v->i = (int64_t)(neg ? -u : u);
	v->unsigned64 = fits && !neg && u > INT64_MAX;
	return 0;
}

static int word(struct parser *ps, const char *w, size_t n)
{
	if ((size_t)(ps->end - ps->p) < n || memcmp(ps->p, w, n) != 0)
		return fail(ps, "not a value");
	ps->p += n;
	return 0;
}

static int value(struct parser *ps, uint32_t at, int depth);

/*
 * Keys of one object: a bit for each key seen, by a small hash.  Only a key whose bit is set
 * already is compared with the others.
 */
struct keys {
	uint64_t seen[16];
	uint32_t n;
};

static bool maybe_seen(struct keys *k, const char *key, size_t n)
{
	unsigned h = (unsigned)n * 29u;
	uint64_t bit;
	bool seen;

	if (n > 0)
		h += (unsigned char)key[0] * 7u + (unsigned char)key[n / 2] * 61u +
		    (unsigned char)key[n - 1] * 113u;
	h &= 1023;
	bit = (uint64_t)1 << (h & 63);
	seen = (k->seen[h >> 6] & bit) != 0;
	k->seen[h >> 6] |= bit;
	return seen;
}

static int duplicate_key(struct parser *ps, struct keys *k, uint32_t first, const char *key,
    size_t n)
{
	const struct jval *v;
	uint32_t i;

	if (++k->n == JR_KEYS)
		return fail(ps, "too many keys in one object");
	if (!maybe_seen(k, key, n))
		return 0;
	for (i = first; i != 0; i = v->next) {
		v = &ps->d->v[i];
		if (v->keylen == n && memcmp(v->key, key, n) == 0)
			return fail(ps, "key stands twice in one object");
	}
	return 0;
}

static int members(struct parser *ps, uint32_t at, int depth, bool object)
{
	char end = object ? '}' : ']';
	uint32_t i, last = 0;
	struct keys keys = { { 0 }, 0 };
	const char *key = NULL;
	size_t keylen = 0;

	ps->d->v[at].type = object ? J_OBJECT : J_ARRAY;
	ps->p++;
	blanks(ps);
	if (ps->p < ps->end && *ps->p == end) {
		ps->p++;
		return 0;
	}
	for (;;) {
		blanks(ps);
		if (object) {
			if (ps->p == ps->end || *ps->p != '"')
				return fail(ps, "a key is missing");
			if (string(ps, &key, &keylen) < 0 ||
			    duplicate_key(ps, &keys, ps->d->v[at].child, key, keylen) < 0)
				return -1;
			blanks(ps);
			if (ps->p == ps->end || *ps->p != ':')
				return fail(ps, "a colon is missing");
			ps->p++;
		}
		if (add_value(ps, &i) < 0)
			return -1;
		if (value(ps, i, depth) < 0)
			return -1;
		ps->d->v[i].key = key;
		ps->d->v[i].keylen = keylen;
		ps->d->v[i].next = 0;
		if (last == 0)
			ps->d->v[at].child = i;
		else
			ps->d->v[last].next = i;
		last = i;
		ps->d->v[at].n++;
		blanks(ps);
		if (ps->p < ps->end && *ps->p == end) {
			ps->p++;
			return 0;
		}
		if (ps->p == ps->end || *ps->p != ',')
			return fail(ps, "a comma or the end of the record is missing");
		ps->p++;
	}
}

static int value(struct parser *ps, uint32_t at, int depth)
{
	struct jval *v = &ps->d->v[at];
	const char *s;
	size_t n;

	blanks(ps);
	if (ps->p == ps->end)
		return fail(ps, "a value is missing");
	switch (*ps->p) {
	case '{':
	case '[':
		if (depth >= JR_DEPTH)
			return fail(ps, "nested too deeply");
		return members(ps, at, depth + 1, *ps->p == '{');
	case '"':
		if (string(ps, &s, &n) < 0)
			return -1;
		v->type = J_STR;
		v->s = s;
		v->n = n;
		return 0;
	case 't':
	case 'f':
		v->type = J_BOOL;
		v->b = *ps->p == 't';
		return v->b ? word(ps, "true", 4) : word(ps, "false", 5);
	case 'n':
		v->type = J_NULL;
		return word(ps, "null", 4);
	default:
		return number(ps, v);
	}
}

int jr_parse(struct jdoc *d, char *s, size_t n, struct err *e)
{
	struct parser ps = { d, s, s, s + n, e };
	size_t good = utf8_valid_prefix(s, n);
	uint32_t root;

	if (good != n) {
		ps.p = s + good;
		return fail(&ps, "not UTF-8");
	}
	d->n = 0;
	if (add_value(&ps, &root) < 0 || value(&ps, root, 0) < 0)
		return -1;
	blanks(&ps);
	if (ps.p != ps.end)
		return fail(&ps, "something follows the value");
	return 0;
}

void jr_free(struct jdoc *d)
{
	free(d->v);
	memset(d, 0, sizeof(*d));
}

const struct jval *jr_first(const struct jdoc *d, const struct jval *o)
{
	return o->child ? &d->v[o->child] : NULL;
}

const struct jval *jr_next(const struct jdoc *d, const struct jval *v)
{
	return v->next ? &d->v[v->next] : NULL;
}

const struct jval *jr_get(const struct jdoc *d, const struct jval *o, const char *key)
{
	const struct jval *v;
	size_t n = strlen(key);

	if (o == NULL)
		o = d->v;
	if (o->type != J_OBJECT)
		return NULL;
	for (v = jr_first(d, o); v != NULL; v = jr_next(d, v))
		if (v->keylen == n && memcmp(v->key, key, n) == 0)
			return v;
	return NULL;
}

const char *jr_str(const struct jdoc *d, const struct jval *o, const char *key, const char *def)
{
	const struct jval *v = jr_get(d, o, key);

	return v != NULL && v->type == J_STR ? v->s : def;
}

int64_t jr_int(const struct jdoc *d, const struct jval *o, const char *key, int64_t def)
{
	const struct jval *v = jr_get(d, o, key);

	if (v != NULL && v->type == J_BOOL)
		return v->b;
	return v != NULL && v->type == J_INT ? v->i : def;
}

bool jr_bool(const struct jdoc *d, const struct jval *o, const char *key, bool def)
{
	return jr_int(d, o, key, def) != 0;
}

int jr_bytes(const struct jdoc *d, const struct jval *v, struct buf *spare, const char **p,
    size_t *n)
{
	const struct jval *b;
	size_t at = spare->len;

	if (v->type == J_STR) {
		*p = v->s;
		*n = v->n;
		return 0;
	}
	b = v->type == J_OBJECT && v->n == 1 ? jr_get(d, v, "base64") : NULL;
	if (b == NULL || b->type != J_STR || base64_decode(spare, b->s, b->n) < 0 || spare->failed)
		return -1;
	*p = spare->data + at;
	*n = spare->len - at;
	return 0;
}

void jr_write(const struct jdoc *d, const struct jval *v, struct jsonw *w)
{
	const struct jval *m;

	switch (v->type) {
	case J_NULL:
		jw_null(w);
		break;
	case J_BOOL:
		jw_bool(w, v->b);
		break;
	case J_INT:
	case J_OTHER:
		jw_raw(w, v->s, v->n);
		break;
	case J_STR:
		jw_str_n(w, v->s, v->n);
		break;
	case J_ARRAY:
	case J_OBJECT:
		if (v->type == J_ARRAY)
			jw_array(w);
		else
			jw_object(w);
		for (m = jr_first(d, v); m != NULL; m = jr_next(d, m)) {
			if (v->type == J_OBJECT)
				jw_key_n(w, m->key, m->keylen);
			jr_write(d, m, w);
		}
		if (v->type == J_ARRAY)
			jw_array_end(w);
		else
			jw_object_end(w);
	}
}

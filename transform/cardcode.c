#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "cardcode.h"
#include "cardread.h"
#include "charset.h"
#include "utf8.h"

struct word {
	const char *s;
	size_t n;
};

static bool is(struct word w, const char *text)
{
	return w.n == strlen(text) && strncasecmp(w.s, text, w.n) == 0;
}

static bool begins(const char *s, size_t n, const char *text)
{
	return n >= strlen(text) && strncasecmp(s, text, strlen(text)) == 0;
}

/* The next of the words between SEP, which does not count in quotes; false at the end. */
static bool next(const char **p, const char *end, char sep, struct word *w)
{
	bool quoted = false;

	if (*p >= end)
		return false;
	for (w->s = *p; *p < end && (quoted || **p != sep); ++*p)
		if (**p == '"')
			quoted = !quoted;
	w->n = (size_t)(*p - w->s);
	++*p;
	return true;
}

static struct word unquoted(struct word w)
{
	if (w.n >= 2 && w.s[0] == '"' && w.s[w.n - 1] == '"')
		return (struct word){ w.s + 1, w.n - 2 };
	return w;
}

/* A parameter; one without a name (2.1) has an empty one. */
static bool next_param(const char **p, const char *end, struct word *name, struct word *value)
{
	const char *eq;
	struct word w;

	do
		if (!next(p, end, ';', &w))
			return false;
	while (w.n == 0);
	eq = memchr(w.s, '=', w.n);
	*name = (struct word){ w.s, eq != NULL ? (size_t)(eq - w.s) : 0 };
	*value = eq != NULL ? (struct word){ eq + 1, (size_t)(w.s + w.n - eq) - 1 } : w;
	return true;
}

static unsigned type_of(struct word w)
{
	static const struct {
		const char *name;
		unsigned type;
	} t[] = { { "HOME", CT_HOME }, { "WORK", CT_WORK }, { "OTHER", CT_OTHER },
		{ "CELL", CT_CELL }, { "MOBILE", CT_CELL }, { "IPHONE", CT_CELL },
		{ "FAX", CT_FAX }, { "PAGER", CT_PAGER }, { "PREF", CT_PREF } };
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (is(w, t[i].name))
			return t[i].type;
	return 0;
}

static bool is_encoding(struct word name, struct word v)
{
	return is(name, "ENCODING") || (name.n == 0 && (is(v, "QUOTED-PRINTABLE") ||
	    is(v, "BASE64") || is(v, "8BIT") || is(v, "7BIT")));
}

/* What the encodings say; the types go to OUT. */
static void first_pass(struct cardcode *k, const char *s, const char *end, struct buf *out)
{
	struct word name, v, one;
	const char *p, *q;
	bool any = false;

	for (p = s; next_param(&p, end, &name, &v);) {
		v = unquoted(v);
		if (is_encoding(name, v)) {
			k->quoted = k->quoted || is(v, "QUOTED-PRINTABLE");
			k->binary = k->binary || is(v, "B") || is(v, "BASE64");
		} else if (is(name, "CHARSET")) {
			if (v.n < sizeof(k->charset))
				memcpy(k->charset, v.s, v.n);
		} else if (is(name, "PREF"))
			k->types |= CT_PREF;
		else if (name.n == 0 || is(name, "TYPE"))
			for (q = v.s; next(&q, v.s + v.n, ',', &one);) {
				one = unquoted(one);
				k->types |= type_of(one);
				if ((type_of(one) == CT_PREF && !k->pref) || one.n == 0)
					continue;
				buf_adds(out, any ? "," : ";TYPE=");
				buf_add(out, one.s, one.n);
				any = true;
			}
	}
}

/* "data:image/jpeg;base64," is how 4.0 says ENCODING=b;TYPE=JPEG. */
static bool data_address(const char *s, size_t n, struct word *type)
{
	const char *comma = memchr(s, ',', n), *slash, *semi;
	size_t head;

	if (!begins(s, n, "data:") || comma == NULL)
		return false;
	head = (size_t)(comma - s);
	if (head > 0 && s[head - 1] == '\\')
		head--;
	if (head < 12 || strncasecmp(s + head - 7, ";base64", 7) != 0)
		return false;
	slash = memchr(s, '/', head);
	semi = memchr(s, ';', head);
	*type = slash != NULL && slash < semi ?
	    (struct word){ slash + 1, (size_t)(semi - slash) - 1 } : (struct word){ s, 0 };
	return true;
}

static bool is_telephone(const struct cardcode *k, const char *value, size_t n)
{
	return k->namelen == 3 && strncasecmp(k->name, "TEL", 3) == 0 && begins(value, n, "tel:");
}

void cardcode_params(struct cardcode *k, const char *s, size_t n, const char *value, size_t nv,
    struct buf *out)
{
	const char *p = s, *end = s + n;
	struct word name, v, type = { NULL, 0 };

	k->types = 0;
	k->quoted = k->binary = k->address = false;
	memset(k->charset, 0, sizeof(k->charset));
	if (data_address(value, nv, &type)) {
		k->address = k->binary = true;
		buf_adds(out, ";ENCODING=b");
	} else
		k->address = is_telephone(k, value, nv);
	first_pass(k, s, end, out);
	if (type.n > 0 && utf8_valid(type.s, type.n)) {
		buf_adds(out, ";TYPE=");
		buf_add(out, type.s, type.n);
	}
	if (k->binary && !k->address)
		buf_adds(out, ";ENCODING=b");
	while (next_param(&p, end, &name, &v)) {
		if (name.n == 0 || is(name, "TYPE") || is(name, "PREF") || is(name, "CHARSET") ||
		    is(name, "ENCODING") || (k->address && (is(name, "VALUE") ||
		    is(name, "MEDIATYPE"))) || (is(name, "VALUE") && (is(v, "INLINE") ||
		    is(v, "BINARY"))))
			continue;
		buf_addc(out, ';');
		buf_add(out, name.s, name.n);
		buf_addc(out, '=');
		buf_add(out, v.s, v.n);
	}
}

bool cardcode_is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '+' || c == '/' || c == '=';
}

static void base64(const char *s, size_t n, struct buf *out)
{
	size_t i;

	if (!buf_room(out, n))
		return;
	for (i = 0; i < n; i++)
		if (cardcode_is_base64(s[i]))
			out->data[out->len++] = s[i];
	out->data[out->len] = '\0';
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void quoted_printable(const char *s, size_t n, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '=' && i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			buf_addc(out, (char)(hex(s[i + 1]) << 4 | hex(s[i + 2])));
			i += 2;
		} else
			buf_addc(out, s[i]);
}

/* Bytes as characters of CHARSET; what is none becomes U+FFFD.  False: it is not known. */
static bool converted(const char *s, size_t n, const char *charset, struct buf *out)
{
	char block[4096], *in = (char *)(uintptr_t)s, *to;
	iconv_t cd = iconv_open("UTF-8", charset);
	size_t left = n, room;

	if (cd == (iconv_t)-1)
		return false;
	while (left > 0 && !out->failed) {
		to = block;
		room = sizeof(block);
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
			buf_add(out, block, sizeof(block) - room);
			buf_adds(out, "\xef\xbf\xbd");
			in++;
			left--;
		} else
			buf_add(out, block, sizeof(block) - room);
	}
	iconv_close(cd);
	return true;
}

/* Parts of these are divided by semicolons, which therefore stay. */
static bool has_parts(const struct cardcode *k)
{
	struct word w = { k->name, k->namelen };

	return is(w, "N") || is(w, "ADR") || is(w, "ORG") || is(w, "GEO");
}

static bool is_address(const struct cardcode *k)
{
	struct word w = { k->name, k->namelen };

	return is(w, "URL") || is(w, "PHOTO") || is(w, "LOGO") || is(w, "SOUND") ||
	    is(w, "SOURCE");
}

static bool is_list(const struct cardcode *k)
{
	struct word w = { k->name, k->namelen };

	return is(w, "CATEGORIES") || is(w, "NICKNAME");
}

/* 2.1 escapes nothing but semicolons; what looks like an escape of 3.0 was meant as one. */
static void escape(const struct cardcode *k, const char *s, size_t n, struct buf *out)
{
	bool semicolon = !has_parts(k);
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\r')
			continue;
		if (s[i] == '\\' && i + 1 < n && strchr("\\;,nN", s[i + 1]) != NULL) {
			buf_add(out, s + i++, 2);
			continue;
		}
		if (s[i] == '\\' || s[i] == '\n' || (s[i] == ',' && !is_list(k)) ||
		    (s[i] == ';' && semicolon))
			buf_addc(out, '\\');
		buf_addc(out, s[i] == '\n' ? 'n' : s[i]);
	}
}

/* Line breaks can stand in no value as they are. */
static void escape_breaks(const char *s, size_t n, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '\n')
			buf_adds(out, "\\n");
		else if (s[i] != '\r')
			buf_addc(out, s[i]);
}

static void decoded(const struct cardcode *k, const char *s, size_t n, struct buf *scratch,
    struct buf *out)
{
	buf_reset(scratch);
	if (k->quoted)
		quoted_printable(s, n, scratch);
	else
		buf_add(scratch, s, n);
	if (scratch->len == 0)
		return;
	if (k->quoted && k->charset[0] != '\0' && strcasecmp(k->charset, "UTF-8") != 0 &&
	    converted(scratch->data, scratch->len, k->charset, out))
		return;
	if (utf8_valid(scratch->data, scratch->len))
		buf_add(out, scratch->data, scratch->len);
	else
		charset_redo(scratch->data, scratch->len, out);
}

void cardcode_value(const struct cardcode *k, const char *s, size_t n, struct buf scratch[2],
    struct buf *out)
{
	const char *comma = k->binary && k->address ? memchr(s, ',', n) : NULL;

	if (comma != NULL) {
		n -= (size_t)(comma - s) + 1;
		s = comma + 1;
	} else if (k->address) {
		s += 4;
		n -= 4;
	}
	if (k->binary) {
		base64(s, n, out);
		return;
	}
	buf_reset(&scratch[1]);
	decoded(k, s, n, &scratch[0], &scratch[1]);
	if (scratch[1].len == 0)
		return;
	if (k->v2 && !is_address(k))
		escape(k, scratch[1].data, scratch[1].len, out);
	else
		escape_breaks(scratch[1].data, scratch[1].len, out);
}

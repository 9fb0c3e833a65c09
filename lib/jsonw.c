#include <string.h>

#include "base64.h"
#include "jsonw.h"
#include "utf8.h"

void jw_begin(struct jsonw *w, struct buf *out)
{
	w->out = out;
	w->comma = false;
}

static void sep(struct jsonw *w)
{
	if (w->comma)
		buf_addc(w->out, ',');
	w->comma = true;
}

static void open_with(struct jsonw *w, char c)
{
	sep(w);
	buf_addc(w->out, c);
	w->comma = false;
}

static void close_with(struct jsonw *w, char c)
{
	buf_addc(w->out, c);
	w->comma = true;
}

void jw_object(struct jsonw *w)
{
	open_with(w, '{');
}

void jw_object_end(struct jsonw *w)
{
	close_with(w, '}');
}

void jw_array(struct jsonw *w)
{
	open_with(w, '[');
}

void jw_array_end(struct jsonw *w)
{
	close_with(w, ']');
}

#define EACH_BYTE(b) (0x0101010101010101u * (b))

/* Has X a byte of zero? */
static uint64_t zero_byte(uint64_t x)
{
	return (x - EACH_BYTE(1)) & ~x & EACH_BYTE(0x80);
}

/* Does one of the bytes of X need an escape, or is one not ASCII? */
static bool odd(uint64_t x)
{
	return ((x | ((x - EACH_BYTE(0x20)) & ~x)) & EACH_BYTE(0x80)) != 0 ||
	    (zero_byte(x ^ EACH_BYTE('"')) | zero_byte(x ^ EACH_BYTE('\\')) |
	    zero_byte(x ^ EACH_BYTE(0x7f))) != 0;
}

/*
 * Copy N bytes to P as long as they are ASCII that needs no escape, as most values are; false when
 * they are not.  P has room for N.
 */
static bool copy_plain(char *p, const char *s, size_t n)
{
	size_t i;
	uint64_t x;

	for (i = 0; i + 8 <= n; i += 8) {
		memcpy(&x, s + i, 8);
		if (odd(x))
			return false;
		memcpy(p + i, &x, 8);
	}
	for (; i < n; i++) {
		if ((unsigned char)(s[i] - 0x20) >= 0x5f || s[i] == '"' || s[i] == '\\')
			return false;
		p[i] = s[i];
	}
	return true;
}

/* The value at once when it is plain. */
static bool quoted_plain(struct buf *out, const char *s, size_t n)
{
	char *p;

	if (!buf_room(out, n + 2))
		return true;
	p = out->data + out->len;
	if (!copy_plain(p + 1, s, n)) {
		*p = '\0';
		return false;
	}
	p[0] = p[n + 1] = '"';
	p[n + 2] = '\0';
	out->len += n + 2;
	return true;
}

/* Does one of the eight bytes at P need an escape? */
static bool escapes(const unsigned char *p)
{
	uint64_t x;

	memcpy(&x, p, 8);
	return (((x - EACH_BYTE(0x20)) & ~x & EACH_BYTE(0x80)) | zero_byte(x ^ EACH_BYTE('"')) |
	    zero_byte(x ^ EACH_BYTE('\\')) | zero_byte(x ^ EACH_BYTE(0x7f))) != 0;
}

/* Escape the byte C at TO; the end of what was written. */
static char *escaped(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*to++ = '\\';
	switch (c) {
	case '"':
	case '\\':
		*to++ = (char)c;
		break;
	case '\n':
		*to++ = 'n';
		break;
	case '\r':
		*to++ = 'r';
		break;
	case '\t':
		*to++ = 't';
		break;
	default:
		memcpy(to, "u00", 3);
		to[3] = hex[c >> 4];
		to[4] = hex[c & 15];
		to += 5;
	}
	return to;
}

/* Escape N bytes at TO, which has room for six bytes each; the end of what was written. */
static char *escape(char *to, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n;

	while (p < end) {
		for (; end - p >= 8 && !escapes(p); p += 8, to += 8)
			memcpy(to, p, 8);
		if (p == end)
			break;
		if (*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7f)
			*to++ = (char)*p;
		else
			to = escaped(to, *p);
		p++;
	}
	return to;
}

#define PIECE ((size_t)4096)	/* bytes that room is made for at a time */

/* Escape N bytes of UTF-8 between quotes. */
static void quoted(struct buf *out, const char *s, size_t n)
{
	size_t piece;
	char *end;

	buf_addc(out, '"');
	for (; n > 0; s += piece, n -= piece) {
		piece = n < PIECE ? n : PIECE;
		if (!buf_room(out, 6 * piece))
			return;
		end = escape(out->data + out->len, (const unsigned char *)s, piece);
		out->len = (size_t)(end - out->data);
	}
	buf_addc(out, '"');
}

void jw_key(struct jsonw *w, const char *key)
{
	size_t n = strlen(key);

	sep(w);
	w->comma = false;
	if (!buf_room(w->out, n + 3))
		return;
	w->out->data[w->out->len++] = '"';
	memcpy(w->out->data + w->out->len, key, n);
	w->out->len += n;
	buf_add(w->out, "\":", 2);
}

void jw_key_json(struct jsonw *w, const char *json, size_t n)
{
	char *p;

	if (!buf_room(w->out, n + 1))
		return;
	p = w->out->data + w->out->len;
	if (w->comma)
		*p++ = ',';
	memcpy(p, json, n);
	p[n] = '\0';
	w->out->len = (size_t)(p - w->out->data) + n;
	w->comma = false;
}

void jw_key_n(struct jsonw *w, const char *key, size_t n)
{
	sep(w);
	w->comma = false;
	quoted(w->out, key, n);
	buf_addc(w->out, ':');
}

void jw_null(struct jsonw *w)
{
	jw_raw(w, "null", 4);
}

void jw_bool(struct jsonw *w, bool v)
{
	jw_raw(w, v ? "true" : "false", v ? 4 : 5);
}

void jw_int(struct jsonw *w, int64_t v)
{
	uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char d[21];
	size_t i = sizeof(d);

	do
		d[--i] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (v < 0)
		d[--i] = '-';
	jw_raw(w, d + i, sizeof(d) - i);
}

void jw_bytes(struct jsonw *w, const void *p, size_t n)
{
	sep(w);
	buf_adds(w->out, "{\"base64\":\"");
	base64_encode(w->out, p, n);
	buf_add(w->out, "\"}", 2);
}

void jw_str_n(struct jsonw *w, const char *s, size_t n)
{
	if (s == NULL)
		jw_null(w);
	else {
		sep(w);
		if (quoted_plain(w->out, s, n))
			return;
		if (utf8_valid(s, n))
			quoted(w->out, s, n);
		else {
			w->comma = false;
			jw_bytes(w, s, n);
		}
	}
}

void jw_str(struct jsonw *w, const char *s)
{
	jw_str_n(w, s, s == NULL ? 0 : strlen(s));
}

void jw_raw(struct jsonw *w, const char *s, size_t n)
{
	sep(w);
	buf_add(w->out, s, n);
}

void jw_kv_str(struct jsonw *w, const char *key, const char *s)
{
	jw_key(w, key);
	jw_str(w, s);
}

void jw_kv_int(struct jsonw *w, const char *key, int64_t v)
{
	jw_key(w, key);
	jw_int(w, v);
}

void jw_kv_bool(struct jsonw *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "card/cardvalue.h"
#include "digest.h"
#include "text/ascii.h"
#include "text/charset.h"
#include "utf8.h"

#define BAD "\xef\xbf\xbd"	/* U+FFFD */

bool cardvalue_is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

void cardvalue_base64(const char *s, size_t n, struct buf *out)
{
	size_t i;

	if (!buf_room(out, n))
		return;
	for (i = 0; i < n; i++)
		if (cardvalue_is_base64(s[i]))
			out->data[out->len++] = s[i];
	out->data[out->len] = '\0';
}

/* The mark of a line that goes on is dropped at the end. */
static void quoted_printable(const char *s, size_t n, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '=' && i + 2 < n && hex_digit(s[i + 1]) >= 0 &&
		    hex_digit(s[i + 2]) >= 0) {
			buf_addc(out, (char)(hex_digit(s[i + 1]) << 4 | hex_digit(s[i + 2])));
			i += 2;
		} else if (s[i] != '=' || i + 1 < n)
			buf_addc(out, s[i]);
}

/* Bytes as characters of CHARSET.  -1: it is not known; 0: some were none; 1. */
static int converted(const char *s, size_t n, const char *charset, struct buf *out)
{
	char block[4096], *in = (char *)(uintptr_t)s, *to;
	iconv_t cd = iconv_open("UTF-8", charset);
	size_t left = n, room;
	int good = 1;

	if (cd == (iconv_t)-1)
		return -1;
	while (left > 0 && !out->failed) {
		to = block;
		room = sizeof(block);
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
			buf_add(out, block, sizeof(block) - room);
			buf_adds(out, BAD);
			in++;
			left--;
			good = 0;
		} else
			buf_add(out, block, sizeof(block) - room);
	}
	iconv_close(cd);
	return good;
}

/* Bytes that the first one says it has behind it. */
static unsigned behind(unsigned char c)
{
	return c < 0xc2 || c > 0xf4 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
}

/* UTF-8 but for a few bytes; a character that is not whole is one U+FFFD. */
static bool patched(const char *s, size_t n, struct buf *out)
{
	const char *end = s + n;
	bool good = true;
	unsigned more;
	size_t ok;

	for (;;) {
		ok = utf8_valid_prefix(s, (size_t)(end - s));
		buf_add(out, s, ok);
		s += ok;
		if (s == end)
			return good;
		good = false;
		buf_adds(out, BAD);
		more = behind((unsigned char)*s++);
		for (; more > 0 && s < end && ((unsigned char)*s & 0xc0) == 0x80; more--)
			s++;
	}
}

/* More bytes beyond ASCII in characters of UTF-8 than outside of them? */
static bool is_mostly_utf8(const char *s, size_t n)
{
	const char *end = s + n, *p;
	size_t in = 0, not = 0, ok;

	while (s < end) {
		ok = utf8_valid_prefix(s, (size_t)(end - s));
		for (p = s; p < s + ok; p++)
			in += (unsigned char)*p >= 0x80;
		s += ok;
		if (s < end) {
			s++;
			not++;
		}
	}
	return in > not;
}

/* Names that programs have for UTF-8; letters and digits count. */
static bool is_utf8(const char *charset)
{
	static const char *const names[] = { "utf8", "unicode11utf8", "unicode20utf8", "utf8mb4" };
	char name[CARDCODE_CHARSET] = "";
	size_t i, n = 0;

	for (; *charset != '\0' && n + 1 < sizeof(name); charset++)
		if (ascii_is_alnum(*charset))
			name[n++] = ascii_lower(*charset);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool cardvalue_text(const char *s, size_t n, const char *charset, struct buf *out)
{
	int rc = -1;

	if (n == 0)
		return true;
	if (is_utf8(charset))
		return patched(s, n, out);
	if (charset[0] != '\0')
		rc = converted(s, n, charset, out);
	if (rc >= 0)
		return rc > 0;
	if (is_mostly_utf8(s, n) || utf8_valid(s, n))
		return patched(s, n, out);
	charset_redo(s, n, out);
	return true;
}

/* Parts of these are divided by semicolons, which therefore stay. */
static const char *const with_parts[] = { "N", "ADR", "ORG", "GEO", NULL };
static const char *const lists[] = { "CATEGORIES", "NICKNAME", NULL };

/* Nothing is escaped in an address; what only its maker knows stays as it is. */
static bool is_raw(const struct cardcode *k)
{
	static const char *const names[] = { "URL", "PHOTO", "LOGO", "SOUND", "SOURCE", "KEY",
		"FBURL", "CALURI", "CALADRURI", "IMPP", "MEMBER", NULL };

	return cardcode_is_among(k, names) ||
	    (k->namelen > 2 && strncasecmp(k->name, "X-", 2) == 0);
}

/* 2.1 escapes nothing but semicolons; what looks like an escape of 3.0 was meant as one. */
static void escape(const struct cardcode *k, const char *s, size_t n, struct buf *out)
{
	bool semicolon = !cardcode_is_among(k, with_parts), comma = !cardcode_is_among(k, lists);
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\r')
			continue;
		if (s[i] == '\\' && i + 1 < n && strchr("\\;,nN", s[i + 1]) != NULL) {
			buf_add(out, s + i++, 2);
			continue;
		}
		if (s[i] == '\\' || s[i] == '\n' || (s[i] == ',' && comma) ||
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

/* "latitude,longitude" as 3.0 has it. */
static void geo(const char *s, size_t n, struct buf *out)
{
	for (; n > 0; s++, n--)
		buf_addc(out, *s == ',' ? ';' : *s);
}

/*
 * With its zeros, without which P8 does not take it from a client, and a year where there has to be
 * one; other forms stay, and so does the time behind it.
 */
static bool day(const struct cardcode *k, const char *s, size_t n, struct buf *out)
{
	size_t i = 5;

	if (k->no_year) {
		buf_addf(out, "%d-%02d-%02d", CARDDATE_NO_YEAR, k->day.month, k->day.day);
		return true;
	}
	if (k->day.month == 0 || n <= i || s[0] == '-' || s[4] != '-')
		return false;
	buf_addf(out, "%.4s-%02d", s, k->day.month);
	if (k->day.day > 0)
		buf_addf(out, "-%02d", k->day.day);
	while (i < n && strchr("Tt Zz+", s[i]) == NULL)
		i++;
	buf_add(out, s + i, n - i);
	return true;
}

/* What the line says in bytes, its encoding undone, as text; OUT is empty. */
static bool decoded(const struct cardcode *k, const char *s, size_t n, struct buf *scratch,
    struct buf *out)
{
	buf_reset(scratch);
	if (k->coded) {
		cardvalue_base64(s, n, out);
		if (out->failed || base64_decode(scratch, out->data, out->len) < 0)
			scratch->failed = true;
		buf_reset(out);
	} else if (k->quoted)
		quoted_printable(s, n, scratch);
	else
		buf_add(scratch, s, n);
	if (scratch->len == 0)
		return true;
	/* P7 has the rest of the card as UTF-8, whatever it was when it was sent. */
	if (!k->quoted && !k->coded && utf8_valid(s, n)) {
		buf_add(out, s, n);
		return true;
	}
	return cardvalue_text(scratch->data, scratch->len, k->charset, out);
}

/* They can stand in no text. */
static void drop_nuls(struct buf *b)
{
	size_t i, to = 0;

	if (b->failed || b->len == 0 || memchr(b->data, '\0', b->len) == NULL)
		return;
	for (i = 0; i < b->len; i++)
		if (b->data[i] != '\0')
			b->data[to++] = b->data[i];
	b->len = to;
	b->data[to] = '\0';
}

bool cardvalue_put(const struct cardcode *k, const char *s, size_t n, struct buf scratch[2],
    struct buf *out)
{
	bool good;

	s += k->skip;
	n -= k->skip;
	if (k->binary) {
		cardvalue_base64(s, n, out);
		return true;
	}
	if (k->geo) {
		geo(s, n, out);
		return true;
	}
	if (!k->coded && day(k, s, n, out))
		return true;
	buf_reset(&scratch[1]);
	good = decoded(k, s, n, &scratch[0], &scratch[1]);
	/* Without memory there is no card, rather than one without the value. */
	out->failed = out->failed || scratch[0].failed || scratch[1].failed;
	drop_nuls(&scratch[1]);
	if (scratch[1].len == 0 ||
	    (k->coded && day(k, scratch[1].data, scratch[1].len, out)))
		return good;
	if (k->v2 && !is_raw(k))
		escape(k, scratch[1].data, scratch[1].len, out);
	else
		escape_breaks(scratch[1].data, scratch[1].len, out);
	return good;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shown.h"
#include "utf8.h"

static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	    (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* The bytes of the character at P; one that is not UTF-8 is hidden, too. */
static size_t character(const char *p, const char *end, bool *hides)
{
	const char *next = p;

	if ((unsigned char)*p < 0x80) {
		*hides = is_hidden((unsigned char)*p);
		return 1;
	}
	*hides = utf8_valid_prefix(p, end - p < 4 ? (size_t)(end - p) : 4) == 0;
	if (*hides)
		return 1;
	*hides = is_hidden(utf8_next(&next, end));
	return (size_t)(next - p);
}

void shown_put(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n;
	bool hides;

	for (; s < end; s += n) {
		n = character(s, end, &hides);
		if (!hides)
			buf_add(out, s, n);
		for (; hides && n > 0; n--)
			buf_addf(out, "\\%03o", (unsigned char)*s++);
	}
}

int shown_str(struct buf *out, const char *s, struct err *e)
{
	buf_reset(out);
	shown_put(out, s, strlen(s));
	buf_addc(out, '\0');
	return buf_check(out, e);
}

bool shown_as_is(const char *s, size_t n)
{
	const char *end = s + n;
	bool hides = false;

	for (; s < end && !hides; s += n)
		n = character(s, end, &hides);
	return !hides;
}

static bool is_octal(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
	    s[3] >= '0' && s[3] <= '7';
}

bool shown_read(struct buf *out, const char *s)
{
	struct buf again = BUF_INIT(out->cap);
	const char *p = s;
	size_t from = out->len;
	bool ok;

	for (; *p != '\0'; p++)
		if (is_octal(p)) {
			buf_addc(out, (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')));
			p += 3;
		} else
			buf_addc(out, *p);
	if (out->len > from && !out->failed)
		shown_put(&again, out->data + from, out->len - from);
	ok = out->len - from < (size_t)(p - s) && again.len == (size_t)(p - s) &&
	    memcmp(again.data, s, again.len) == 0 &&
	    memchr(out->data + from, '\0', out->len - from) == NULL;
	buf_free(&again);
	if (!ok)
		out->len = from;
	return ok;
}

void shown_format(struct buf *out, const char *fmt, va_list ap)
{
	size_t n = strlen(fmt), len;
	bool line = n > 0 && fmt[n - 1] == '\n';
	char *text;

	if (vasprintf(&text, fmt, ap) < 0) {
		out->failed = true;
		return;
	}
	len = strlen(text);
	shown_put(out, text, len - line);
	if (line)
		buf_addc(out, '\n');
	free(text);
}

void shown_vfprintf(FILE *f, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(BUF_RECORD_MAX);

	shown_format(&b, fmt, ap);
	if (b.len > 0)
		fwrite(b.data, 1, b.len, f);
	buf_free(&b);
}

void shown_fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	shown_vfprintf(f, fmt, ap);
	va_end(ap);
}

void shown_shell(char *out, size_t size, const char *s)
{
	size_t n = 0;

	out[n++] = '\'';
	for (; *s != '\0' && n + 6 < size; s++) {
		if (*s == '\'')
			n += (size_t)sprintf(out + n, "'\\'");
		out[n++] = *s;
	}
	out[n++] = '\'';
	out[n] = '\0';
}

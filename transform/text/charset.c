#include <stdint.h>

#include "text/charset.h"
#include "utf8.h"

/* Characters of the bytes 80 to 9F in MySQL's latin1. */
static const uint16_t c1[32] = {
	0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
	0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* The byte of CP, or -1. */
static int byte_of(uint32_t cp)
{
	int i;

	if (cp < 0x80 || (cp >= 0xa0 && cp <= 0xff))
		return (int)cp;
	for (i = 0; i < 32; i++)
		if (c1[i] == cp)
			return 0x80 + i;
	return -1;
}

bool charset_undo(const char *s, size_t n, struct buf *out)
{
	const char *end = s + n;
	int b;

	buf_reset(out);
	if (!buf_room(out, n) || !utf8_valid(s, n))
		return false;
	while (s < end) {
		b = byte_of(utf8_next(&s, end));
		if (b < 0)
			return false;
		out->data[out->len++] = (char)b;
	}
	out->data[out->len] = '\0';
	return true;
}

void charset_redo(const char *s, size_t n, struct buf *out)
{
	char text[4];
	unsigned char b;
	size_t i;

	for (i = 0; i < n; i++) {
		b = (unsigned char)s[i];
		buf_add(out, text, utf8_put(text, b >= 0x80 && b < 0xa0 ? c1[b - 0x80] : b));
	}
}

bool charset_is_double(const char *s, size_t n, struct buf *out)
{
	/* Fewer bytes than before: there was a character beyond ASCII to undo. */
	return charset_undo(s, n, out) && out->len < n && utf8_valid(out->data, out->len);
}

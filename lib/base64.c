#include <nettle/base64.h>

#include "base64.h"

/* N bytes more have been written behind the text. */
static void added(struct buf *out, size_t n)
{
	out->len += n;
	out->data[out->len] = '\0';
}

void base64_encode(struct buf *out, const void *p, size_t n)
{
	if (!buf_room(out, BASE64_ENCODE_RAW_LENGTH(n)))
		return;
	base64_encode_raw(out->data + out->len, n, p);
	added(out, BASE64_ENCODE_RAW_LENGTH(n));
}

void base64_encode_url(struct buf *out, const void *p, size_t n)
{
	struct base64_encode_ctx c;
	size_t len;
	char *to;

	if (!buf_room(out, BASE64_ENCODE_RAW_LENGTH(n)))
		return;
	to = out->data + out->len;
	base64url_encode_init(&c);
	len = base64_encode_update(&c, to, n, p);
	len += base64_encode_final(&c, to + len);
	while (len > 0 && to[len - 1] == '=')
		len--;
	added(out, len);
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Nettle's takes twice the time, passes over blanks and insists on padding. */
int base64_decode(struct buf *out, const char *s, size_t n)
{
	unsigned v = 0, bits = 0;
	int d;

	while (n > 0 && s[n - 1] == '=')
		n--;
	if (n % 4 == 1 || !buf_room(out, n / 4 * 3 + 3))
		return -1;
	for (; n > 0; s++, n--) {
		d = digit(*s);
		if (d < 0)
			return -1;
		v = v << 6 | (unsigned)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out->data[out->len++] = (char)(v >> bits & 0xff);
		}
	}
	out->data[out->len] = '\0';
	return 0;
}

#include "base64.h"

static void encode(struct buf *out, const unsigned char *p, size_t n, const char *abc, bool pad)
{
	unsigned v;

	if (!buf_room(out, (n + 2) / 3 * 4))
		return;
	for (; n >= 3; p += 3, n -= 3) {
		v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
		out->data[out->len++] = abc[v >> 18];
		out->data[out->len++] = abc[v >> 12 & 63];
		out->data[out->len++] = abc[v >> 6 & 63];
		out->data[out->len++] = abc[v & 63];
	}
	if (n > 0) {
		v = (unsigned)p[0] << 16 | (n == 2 ? (unsigned)p[1] << 8 : 0);
		out->data[out->len++] = abc[v >> 18];
		out->data[out->len++] = abc[v >> 12 & 63];
		if (n == 2)
			out->data[out->len++] = abc[v >> 6 & 63];
		else if (pad)
			out->data[out->len++] = '=';
		if (pad)
			out->data[out->len++] = '=';
	}
	out->data[out->len] = '\0';
}

void base64_encode(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	    true);
}

void base64_encode_url(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	    false);
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
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

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

#include <nettle/base64.h>
#include <string.h>

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

int base64_decode(struct buf *out, const char *s, size_t n)
{
	struct base64_decode_ctx c;
	size_t got;
	int ok;

	while (n > 0 && s[n - 1] == '=')
		n--;
	got = BASE64_DECODE_LENGTH(n);
	if (n % 4 == 1 || !buf_room(out, got))
		return -1;
	if (memchr(s, '-', n) != NULL || memchr(s, '_', n) != NULL)
		base64url_decode_init(&c);
	else
		base64_decode_init(&c);
	ok = base64_decode_update(&c, &got, (unsigned char *)out->data + out->len, n, s) &&
	    got == n / 4 * 3 + n % 4 * 3 / 4;	/* less: nettle passes over blanks */
	added(out, ok ? got : 0);
	return ok ? 0 : -1;
}

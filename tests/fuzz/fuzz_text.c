// rooms: transform
/* Texts and passwords of any bytes: what is undone was UTF-8, codecs give back what they took. */
#include "fuzz.h"
#include "p7/password.h"
#include "tests/unit/p8decrypt.h"
#include "transform/text/charset.h"
#include "utf8.h"

static void passwords(const char *text, size_t n)
{
	struct p8key key;
	static struct buf there = BUF_INIT(1 << 22), back = BUF_INIT(1 << 22);

	buf_reset(&there);
	buf_reset(&back);
	p7password_decode(&there, text, n);
	if (there.len > n / 2)
		abort();
	buf_reset(&there);
	p7password_encode(&there, text, n);
	if (there.len > 0 && !p7password_plausible(there.data, there.len))
		abort();
	p7password_decode(&back, there.data, there.len);
	if (there.len > 0 && (back.len != n || memcmp(back.data, text, n) != 0))
		abort();
	buf_reset(&there);
	buf_reset(&back);
	p8crypt_key(&key, "MTYwNTYwMDAwMC4x", 16);
	p8crypt_encrypt(&key, text, n, &there);
	if (n > 0 && (p8decrypt(&key, there.data, there.len, &back) < 0 ||
	    back.len != n || memcmp(back.data, text, n) != 0))
		abort();
	buf_reset(&back);
	(void)p8decrypt(&key, text, n, &back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out = BUF_INIT(1 << 22);
	char *text = fuzz_text(data, size);
	const char *p = text;
	size_t good = utf8_valid_prefix(text, size), chars = 0;

	if (good > size || utf8_valid(text, size) != (good == size))
		abort();
	for (; p < text + good; chars++)
		(void)utf8_next(&p, text + good);
	if (chars != utf8_chars(text, good) || p != text + good ||
	    utf8_cut(text, good, good / 2) > good / 2)
		abort();
	if (charset_is_double(text, size, &out) && (!utf8_valid(out.data, out.len) ||
	    out.len >= size))
		abort();
	passwords(text, size);
	free(text);
	return 0;
}

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "p8crypt.h"

#define DELTA 0x9e3779b9u

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void store32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

void p8crypt_key_text(struct p8key *key, const char *text, size_t n)
{
	uint8_t raw[16] = { 0 };
	unsigned i;

	memcpy(raw, text, n < sizeof(raw) ? n : sizeof(raw));
	for (i = 0; i < 4; i++)
		key->k[i] = load32(raw + 4 * i);
}

void p8crypt_key(struct p8key *key, const char *salt, size_t n)
{
	static const char before[] = "$2y$07$";
	char text[16];
	size_t len = sizeof(before) - 1;

	memcpy(text, before, len);
	if (n > sizeof(text) - len)
		n = sizeof(text) - len;
	memcpy(text + len, salt, n);
	len += n;
	if (len < sizeof(text))
		text[len++] = '$';
	p8crypt_key_text(key, text, len);
}

static uint32_t mix(const struct p8key *key, uint32_t sum, uint32_t y, uint32_t z, uint32_t p)
{
	return ((z >> 5 ^ y << 2) + (y >> 3 ^ z << 4)) ^
	    ((sum ^ y) + (key->k[(p & 3) ^ (sum >> 2 & 3)] ^ z));
}

/* Corrected block TEA over N >= 2 words. */
static void xxtea(const struct p8key *key, uint32_t *v, uint32_t n)
{
	uint32_t rounds = 6 + 52 / n, sum = 0, z = v[n - 1], p;

	while (rounds-- > 0) {
		sum += DELTA;
		for (p = 0; p < n; p++)
			z = v[p] += mix(key, sum, v[p + 1 < n ? p + 1 : 0], z, p);
	}
}

static void xxtea_back(const struct p8key *key, uint32_t *v, uint32_t n)
{
	uint32_t rounds = 6 + 52 / n, sum = rounds * DELTA, y = v[0], p;

	for (; rounds > 0; rounds--, sum -= DELTA)
		for (p = n; p-- > 0;)
			y = v[p] -= mix(key, sum, y, v[p > 0 ? p - 1 : n - 1], p);
}

void p8crypt_encrypt(const struct p8key *key, const void *plain, size_t n, struct buf *out)
{
	uint32_t words = (uint32_t)((n + 3) / 4) + 1, i, *v;
	uint8_t *raw;

	if (n == 0)
		return;
	raw = calloc(words, 4);
	v = calloc(words, sizeof(*v));
	if (raw == NULL || v == NULL || n > UINT32_MAX / 2) {
		out->failed = true;
	} else {
		memcpy(raw, plain, n);
		for (i = 0; i + 1 < words; i++)
			v[i] = load32(raw + 4 * (size_t)i);
		v[words - 1] = (uint32_t)n;
		xxtea(key, v, words);
		for (i = 0; i < words; i++)
			store32(raw + 4 * (size_t)i, v[i]);
		base64_encode_url(out, raw, 4 * (size_t)words);
	}
	free(raw);
	free(v);
}

/* Decrypt N bytes at RAW in place; the length of the plain text, or 0 when it is none. */
static size_t decrypt_bytes(const struct p8key *key, uint8_t *raw, size_t n)
{
	uint32_t words = (uint32_t)(n / 4), i, len, *v;

	if (n % 4 != 0 || words < 2)
		return 0;
	v = calloc(words, sizeof(*v));
	if (v == NULL)
		return 0;
	for (i = 0; i < words; i++)
		v[i] = load32(raw + 4 * (size_t)i);
	xxtea_back(key, v, words);
	for (i = 0; i < words; i++)
		store32(raw + 4 * (size_t)i, v[i]);
	len = v[words - 1];
	free(v);
	return len > n - 4 || len + 3 < n - 4 ? 0 : len;
}

int p8crypt_decrypt(const struct p8key *key, const char *text, size_t n, struct buf *out)
{
	struct buf raw = BUF_INIT(BUF_RECORD_MAX);
	size_t len = 0;

	if (n == 0)
		return 0;
	if (base64_decode(&raw, text, n) == 0 && !raw.failed && raw.len > 0)
		len = decrypt_bytes(key, (uint8_t *)raw.data, raw.len);
	if (len > 0)
		buf_add(out, raw.data, len);
	buf_free(&raw);
	return len > 0 ? 0 : -1;
}

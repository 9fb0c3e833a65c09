#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "mapping/p8crypt.h"

#define DELTA 0x9e3779b9u

void p8crypt_key(struct p8key *key, const char *salt, size_t n)
{
	static const char before[] = "$2y$07$";
	char text[16] = { 0 };
	size_t len = sizeof(before) - 1, i;

	memcpy(text, before, len);
	if (n > sizeof(text) - len)
		n = sizeof(text) - len;
	memcpy(text + len, salt, n);
	len += n;
	if (len < sizeof(text))
		text[len++] = '$';
	memcpy(key->k, text, sizeof(text));
	for (i = 0; i < 4; i++)
		key->k[i] = le32toh(key->k[i]);
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

void p8crypt_encrypt(const struct p8key *key, const void *plain, size_t n, struct buf *out)
{
	uint32_t words = (uint32_t)((n + 3) / 4) + 1, i, *v;

	if (n == 0)
		return;
	v = n <= UINT32_MAX / 2 ? calloc(words, sizeof(*v)) : NULL;
	if (v == NULL) {
		out->failed = true;
		return;
	}
	memcpy(v, plain, n);
	for (i = 0; i + 1 < words; i++)
		v[i] = le32toh(v[i]);
	v[words - 1] = (uint32_t)n;
	xxtea(key, v, words);
	for (i = 0; i < words; i++)
		v[i] = htole32(v[i]);
	base64_encode_url(out, v, words * sizeof(*v));
	free(v);
}

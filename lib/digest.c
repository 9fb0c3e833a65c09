#include <inttypes.h>
#include <nettle/base16.h>
#include <nettle/md5.h>
#include <stdio.h>

#include "digest.h"

void hex_text(const uint8_t *p, size_t n, char *out)
{
	base16_encode_update(out, n, p);
	out[2 * n] = '\0';
}

void hash64_hex(uint64_t hash, char out[17])
{
	snprintf(out, 17, "%016" PRIx64, hash);
}

int hex_digit(char c)
{
	char lower = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void md5_raw(const void *p, size_t n, uint8_t out[16])
{
	struct md5_ctx c;

	md5_init(&c);
	md5_update(&c, n, p);
	md5_digest(&c, 16, out);
}

void md5_hex(const void *p, size_t n, char out[33])
{
	uint8_t raw[16];

	md5_raw(p, n, raw);
	hex_text(raw, 16, out);
}

void sha256_end_hex(struct sha256_ctx *c, char out[65])
{
	uint8_t raw[SHA256_DIGEST_SIZE];

	sha256_digest(c, sizeof(raw), raw);
	hex_text(raw, sizeof(raw), out);
}

void sha256_hex(const void *p, size_t n, char out[65])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, n, p);
	sha256_end_hex(&c, out);
}

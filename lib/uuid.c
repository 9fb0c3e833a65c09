#include <ctype.h>
#include <nettle/sha1.h>
#include <string.h>
#include <sys/random.h>

#include "digest.h"
#include "uuid.h"

static void set_version(uint8_t raw[16], uint8_t version)
{
	raw[6] = (uint8_t)((raw[6] & 0x0f) | version << 4);
	raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
}

void uuid_text(const uint8_t raw[16], char out[UUID_LEN + 1])
{
	static const uint8_t part[] = { 4, 2, 2, 2, 6 };
	size_t i, at = 0;

	for (i = 0; i < sizeof(part); i++) {
		hex_text(raw + at, part[i], out);
		at += part[i];
		out += 2 * part[i];
		*out++ = '-';
	}
	out[-1] = '\0';
}

void uuid_namespace(const void *p, size_t n, uint8_t ns[16])
{
	md5_raw(p, n, ns);
	set_version(ns, 3);
}

void uuid_v5(const uint8_t ns[16], const char *name, size_t n, char out[UUID_LEN + 1])
{
	struct sha1_ctx c;
	uint8_t raw[SHA1_DIGEST_SIZE];

	sha1_init(&c);
	sha1_update(&c, 16, ns);
	sha1_update(&c, n, (const uint8_t *)name);
	sha1_digest(&c, sizeof(raw), raw);
	set_version(raw, 5);
	uuid_text(raw, out);
}

bool uuid_parse(const char *s, size_t n, char out[UUID_LEN + 1])
{
	size_t i;

	if (n != UUID_LEN)
		return false;
	for (i = 0; i < n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-'
							    : !isxdigit((unsigned char)s[i]))
			return false;
		out[i] = (char)tolower((unsigned char)s[i]);
	}
	out[n] = '\0';
	return true;
}

void uuid_raw(const char *text, uint8_t raw[16])
{
	size_t i = 0;

	for (; *text != '\0' && i < 16; text++)
		if (*text != '-') {
			raw[i++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
			text++;
		}
}

void uuid_random(char out[UUID_LEN + 1])
{
	uint8_t raw[16];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		memset(raw, 0xaa, sizeof(raw));
	set_version(raw, 4);
	uuid_text(raw, out);
}

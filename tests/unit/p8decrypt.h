/* P8's encryption undone, to see that what p8crypt.h writes can be read again. */
#ifndef P8DECRYPT_H
#define P8DECRYPT_H

#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "transform/mapping/p8crypt.h"

static inline void p8_unmix(const struct p8key *key, uint32_t *v, uint32_t n)
{
	uint32_t sum = (6 + 52 / n) * 0x9e3779b9u, y = v[0], z, p;

	for (; sum != 0; sum -= 0x9e3779b9u)
		for (p = n; p-- > 0;) {
			z = v[p > 0 ? p - 1 : n - 1];
			y = v[p] -= ((z >> 5 ^ y << 2) + (y >> 3 ^ z << 4)) ^
			    ((sum ^ y) + (key->k[(p & 3) ^ (sum >> 2 & 3)] ^ z));
		}
}

/* -1 (and nothing appended) when TEXT was not encrypted with this key. */
static inline int p8decrypt(const struct p8key *key, const char *text, size_t n, struct buf *out)
{
	struct buf raw = BUF_INIT(BUF_RECORD_MAX);
	uint32_t len = 0, words;

	if (n == 0)
		return 0;
	if (base64_decode(&raw, text, n) == 0 && raw.len % 4 == 0 && raw.len >= 8) {
		words = (uint32_t)(raw.len / 4);
		p8_unmix(key, (uint32_t *)(void *)raw.data, words);
		memcpy(&len, raw.data + raw.len - 4, 4);
		if (len > raw.len - 4 || len + 3 < raw.len - 4)
			len = 0;
	}
	buf_add(out, raw.data, len);
	buf_free(&raw);
	return len > 0 ? 0 : -1;
}

#endif

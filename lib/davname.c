#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "davname.h"
#include "digest.h"
#include "utf8.h"
#include "uuid.h"

void davname_uri(const char *p, size_t len, size_t max, const char *source, int64_t id,
    unsigned n, struct buf *out)
{
	char uuid[UUID_LEN + 1], name[40], md5[33], suffix[32] = "", *nul;
	const char *dot;
	uint8_t ns[16];
	size_t base;

	buf_reset(out);
	if (p == NULL || len == 0) {
		uuid_raw(source, ns);
		snprintf(name, sizeof(name), "uri:%" PRId64, id);
		uuid_v5(ns, name, strlen(name), uuid);
		p = uuid;
		len = UUID_LEN;
	}
	if (len > max) {
		md5_hex(p, len, md5);
		snprintf(suffix, sizeof(suffix), "-%.8s", md5);
	}
	if (n > 1)
		snprintf(suffix + strlen(suffix), sizeof(suffix) - strlen(suffix), "-%u", n);
	dot = memrchr(p, '.', len);
	base = dot != NULL && p + len - dot <= 5 ? (size_t)(dot - p) : len;
	if (len + strlen(suffix) > max)
		buf_add(out, p, utf8_cut(p, base, max - strlen(suffix) - (len - base)));
	else
		buf_add(out, p, base);
	buf_adds(out, suffix);
	buf_add(out, p + base, len - base);
	while (!out->failed && (nul = memchr(out->data, '\0', out->len)) != NULL)
		*nul = '_';
}

bool davname_fit(const char *p, size_t n, size_t max, bool bytewise, struct buf *out)
{
	const char *end = p + n, *piece;
	size_t chars = 0, bytes = 0, len;
	bool changed = false;

	buf_reset(out);
	while (p < end) {
		piece = p;
		if (utf8_next(&p, end) > 0xffff) {
			changed = true;
			piece = "\xef\xbf\xbd";
			len = 3;
		} else
			len = (size_t)(p - piece);
		chars += bytewise ? len : 1;
		bytes += bytewise && len > 1 ? 3 * len : len;
		if (max > 0 ? chars > max : bytes > 65535)
			return true;
		buf_add(out, piece, len);
	}
	return changed;
}

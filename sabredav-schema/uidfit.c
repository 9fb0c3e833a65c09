#include <stdio.h>
#include <string.h>

#include "davobject.h"
#include "digest.h"
#include "uid.h"
#include "utf8.h"

static bool has_character(const struct column *c, uint32_t cp)
{
	if (strcmp(c->charset, "utf8mb4") == 0)
		return true;
	return strncmp(c->charset, "utf8", 4) == 0 ? cp < 0x10000 : cp < 0x80;
}

/* Text for a column of characters; returns their number, and whether all of them are U's. */
static size_t text(const struct column *c, const struct icaluid *u, char *out, bool *altered)
{
	const char *p = u->uid, *end = u->uid + u->len, *at;
	size_t chars = 0, len = 0;
	uint32_t cp;

	for (; p < end; chars++) {
		at = p;
		if (utf8_valid_prefix(p, (size_t)(end - p) < 4 ? (size_t)(end - p) : 4) == 0) {
			p++;
			cp = UINT32_MAX;
		} else {
			cp = utf8_next(&p, end);
		}
		if (cp != UINT32_MAX && has_character(c, cp)) {
			memcpy(out + len, at, (size_t)(p - at));
			len += (size_t)(p - at);
		} else {
			out[len++] = '?';
			*altered = true;
		}
	}
	out[len] = '\0';
	return chars;
}

/* The bytes of the first MAX characters of OUT. */
static size_t head(const char *out, size_t max)
{
	const char *p = out, *end = out + strlen(out);

	for (; p < end && max > 0; max--)
		utf8_next(&p, end);
	return (size_t)(p - out);
}

bool uid_fit(const struct column *c, const struct icaluid *u, char out[UID_SIZE])
{
	size_t n, max = c->chars > 9 ? (size_t)c->chars : 9;
	bool altered = u->cut;
	char hex[33];

	if (c->charset[0] == '\0')
		return davobject_uid_fit(u, max < ICALUID_MAX ? max : ICALUID_MAX, out);
	n = text(c, u, out, &altered);
	if (n > max)
		altered = true;
	if (!altered)
		return false;
	md5_hex(u->uid, u->len, hex);
	n = head(out, max - 9);
	out[n] = '-';
	memcpy(out + n + 1, hex, 8);
	out[n + 9] = '\0';
	return true;
}

void uri_fit(const char *uri, size_t n, size_t limit, unsigned nth, char out[URI_SIZE])
{
	char end[32] = "", hex[33];
	size_t keep = n, tail;

	if (n > limit) {
		md5_hex(uri, n, hex);
		snprintf(end, sizeof(end), "-%.8s", hex);
	}
	if (nth > 1)
		snprintf(end + strlen(end), sizeof(end) - strlen(end), "-%u", nth);
	tail = strlen(end);
	if (keep > limit - tail)
		keep = utf8_cut(uri, n, limit - tail);
	memcpy(out, uri, keep);
	memcpy(out + keep, end, tail + 1);
}

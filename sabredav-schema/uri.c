#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "uri.h"
#include "utf8.h"

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

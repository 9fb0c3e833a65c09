#include <string.h>

#include "davobject.h"
#include "digest.h"
#include "utf8.h"

void davobject_etag(const char *data, size_t n, char etag[33])
{
	md5_hex(data != NULL ? data : "", data != NULL ? n : 0, etag);
}

bool davobject_uid_fit(const struct icaluid *u, size_t max, char *out)
{
	char hex[33];
	size_t n = u->len;

	if (n <= max && !u->cut) {
		memcpy(out, u->uid, n + 1);
		return false;
	}
	if (n > max - 9)
		n = utf8_valid(u->uid, n) ? utf8_cut(u->uid, n, max - 9) : max - 9;
	md5_hex(u->uid, u->len, hex);
	memcpy(out, u->uid, n);
	out[n] = '-';
	memcpy(out + n + 1, hex, 8);
	out[n + 9] = '\0';
	return true;
}

size_t davobject_uid(const char *data, size_t n, char out[DAV_UID_MAX + 1], bool *altered)
{
	struct icaluid u;

	out[0] = '\0';
	*altered = false;
	if (data == NULL || !icaluid_find(data, n, &u))
		return 0;
	*altered = davobject_uid_fit(&u, DAV_UID_MAX, out);
	return strlen(out);
}

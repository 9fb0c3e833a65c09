#include <stdio.h>
#include <string.h>

#include "davname.h"
#include "filter/uri.h"

/* With eight digits of a UUID of the thing's own before the extension: nothing is called so. */
static void with_digits(const struct filter *f, const char *old, size_t n, int64_t id,
    unsigned try, const char *source, struct buf *out)
{
	char uuid[UUID_LEN + 1], name[DAV_URI_MAX + 1];
	const char *dot;
	size_t base;

	filter_uuid(f, uuid, "uri:%lld:%u", (long long)id, try);
	davname_uri(old, n, DAV_URI_MAX - 9, source, id, 1, out);
	if (out->failed)
		return;
	dot = memrchr(out->data, '.', out->len);
	base = dot != NULL && out->data + out->len - dot <= 5 ? (size_t)(dot - out->data) :
	    out->len;
	snprintf(name, sizeof(name), "%.*s-%.8s%s", (int)base, out->data, uuid, out->data + base);
	buf_reset(out);
	buf_adds(out, name);
}

int uri_choose(const struct filter *f, struct names *taken, const struct uri_form *form,
    const char *old, size_t n, int64_t id, struct buf *out, struct err *e)
{
	char source[UUID_LEN + 1];
	unsigned try = 0;
	int rc;

	uuid_text(f->ns, source);
	do {
		if (++try <= form->numbers || form->numbers == 0)
			davname_uri(old, n, form->max, source, id, try, out);
		else
			with_digits(f, old, n, id, try, source, out);
		if (n == 0)
			buf_adds(out, form->ending);
		rc = out->failed ? err_memory(e) : names_take(taken, out->data, out->len, e);
	} while (rc == 0);
	return rc < 0 ? -1 : out->len == n && memcmp(out->data, old, n) == 0;
}

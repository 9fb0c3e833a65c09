#include <string.h>

#include "io.h"
#include "p8/salt.h"

#define FILE_MAX ((size_t)1 << 20)

int p8salt_read(const char *path, struct buf *out, struct err *e)
{
	struct buf in = BUF_INIT(FILE_MAX);
	const char *p, *end;
	int rc = 0;

	buf_reset(out);
	if (io_read_file(path, false, FILE_MAX, &in, e) < 0) {
		buf_free(&in);
		return -1;
	}
	p = in.len > 0 ? strstr(in.data, "$sSalt") : NULL;
	if (p != NULL) {
		p += strlen("$sSalt");
		p += strspn(p, " \t\r\n");
		p = *p == '=' ? p + 1 + strspn(p + 1, " \t\r\n") : NULL;
	}
	end = p != NULL && (*p == '"' || *p == '\'') ? strchr(p + 1, *p) : NULL;
	if (end == NULL || end == p + 1)
		rc = err_set(e, EXIT_CONFIG, "%s: no salt in it (expected $sSalt = \"...\";):"
		    " give the salt file of the P8 installation", path);
	else if (memchr(p, '\\', (size_t)(end - p)) || memchr(p, '$', (size_t)(end - p)))
		rc = err_set(e, EXIT_CONFIG, "%s: the salt holds a \\ or a $, which only PHP can"
		    " evaluate", path);
	else
		buf_add(out, p + 1, (size_t)(end - p - 1));
	buf_free(&in);
	if (rc == 0 && out->failed)
		rc = err_set(e, EXIT_CONFIG, "%s: the salt is too long", path);
	return rc;
}

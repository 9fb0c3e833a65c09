#include <inttypes.h>
#include <string.h>

#include "kinds/added.h"
#include "shown.h"

void changes_add(struct buf *out, const struct readback_user *u, const char *kind, int64_t n,
    const char *what)
{
	buf_adds(out, "! ");
	shown_put(out, u->email, strlen(u->email));
	buf_addf(out, " %s: ", kind);
	if (n > 0)
		buf_addf(out, "%" PRId64 " ", n);
	buf_addf(out, "%s\n", what);
}

int changes_count(struct readback *r, struct buf *out, const char *kind, const char *text,
    const struct dbval *v, unsigned n, struct err *e)
{
	int64_t count = 0;

	if (sql_int(r->t, text, v, n, &count, e) < 0)
		return -1;
	if (count > 0)
		changes_add(out, r->user, kind, count, "added in P8");
	return 0;
}

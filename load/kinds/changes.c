#include <inttypes.h>
#include <string.h>

#include "kinds/changes.h"
#include "kinds/verbs.h"
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

/* Files are named one by one. */
static void altered_files(struct readback *r, struct buf *out)
{
	const char *at = NULL, *line;
	size_t n;

	while ((line = readback_line(r, &at, &n)) != NULL) {
		buf_adds(out, "! ");
		shown_put(out, r->user->email, strlen(r->user->email));
		buf_adds(out, " FILE ");
		buf_add(out, line, n);
		buf_addc(out, '\n');
	}
	if (r->differing > READBACK_LINES)
		changes_add(out, r->user, "FILE", (int64_t)(r->differing - READBACK_LINES),
		    "more removed or changed in P8");
}

/* What was loaded is not the same any more. */
static void altered(struct readback *r, struct buf *out)
{
	const struct readback_kind *k;
	unsigned i;

	for (i = 0; i < r->n; i++) {
		k = &r->k[i];
		if (!readback_differs(k))
			continue;
		if (r->differing > 0 && strcmp(k->name, "FILE") == 0)
			altered_files(r, out);
		else if (k->got.things < k->want.things)
			changes_add(out, r->user, k->name,
			    (int64_t)(k->want.things - k->got.things), "removed in P8");
		else if (k->got.things > k->want.things)
			changes_add(out, r->user, k->name,
			    (int64_t)(k->got.things - k->want.things), "added in P8");
		else
			changes_add(out, r->user, k->name, 0, "changed in P8");
	}
}

int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e)
{
	const struct kind_ops *o;
	size_t before = out->len;

	if (readback_user(r, u, e) < 0)
		return -1;
	altered(r, out);
	for (o = kind_ops; o->kind != NULL; o++)
		if (o->added != NULL && (entity != 0 || o->of_principals) &&
		    o->added(r, entity, out, e) < 0)
			return -1;
	return out->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : out->len > before;
}

#include <string.h>

#include "kinds/added.h"
#include "kinds/changes.h"
#include "kinds/kinds.h"
#include "shown.h"

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
	const struct kind_ops *const *k;
	size_t before = out->len;

	if (kinds_read(r, u, e) < 0)
		return -1;
	altered(r, out);
	for (k = kind_list; *k != NULL; k++)
		if ((*k)->added != NULL && (entity != 0 || (*k)->of_principals) &&
		    (*k)->added(r, entity, out, e) < 0)
			return -1;
	return buf_check(out, e) < 0 ? -1 : out->len > before;
}

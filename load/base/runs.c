#include <stdlib.h>
#include <string.h>

#include "base/runs.h"
#include "grow.h"

/* Does ID go on with the last run?  A run of one id takes any step. */
static int joins(struct idrun *r, int64_t id)
{
	if (r->first == r->last) {
		r->step = id - r->last;
		r->last = id;
		return 1;
	}
	if (id != r->last + r->step)
		return 0;
	r->last = id;
	return 1;
}

int runs_add(struct idruns *r, int64_t id, struct err *e)
{
	struct idrun *last = r->n ? &r->v[r->n - 1] : NULL;
	int64_t odd;

	if (last != NULL && joins(last, id))
		return 0;
	/* Two ids far apart made a run by accident: give the second one to the new run. */
	if (last != NULL && last->step != 1 && last->first + last->step == last->last &&
	    id - last->last != last->step) {
		odd = last->last;
		last->last = last->first;
		last->step = 1;
	} else
		odd = 0;
	if (GROW(r->v, r->n, r->size, e) < 0)
		return -1;
	r->v[r->n++] = (struct idrun){ odd ? odd : id, odd ? odd : id, 1 };
	return odd ? runs_add(r, id, e) : 0;
}

void runs_free(struct idruns *r)
{
	free(r->v);
	memset(r, 0, sizeof(*r));
}

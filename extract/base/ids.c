#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "base/ids.h"

#define IDS_MAX ((size_t)16 << 20)

int ids_add(struct ids *l, int64_t id, struct err *e)
{
	if (l->n == IDS_MAX)
		return err_set(e, EXIT_TEMPORARY, "the list of users is too long; split it");
	if (GROW(l->v, l->n, l->size, e) < 0)
		return -1;
	l->v[l->n++] = id;
	return 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void ids_sort(struct ids *l)
{
	size_t i, n = 0;

	if (l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), compare);
	for (i = 0; i < l->n; i++)
		if (n == 0 || l->v[n - 1] != l->v[i])
			l->v[n++] = l->v[i];
	l->n = n;
}

bool ids_has(struct ids *l, int64_t id)
{
	while (l->at < l->n && l->v[l->at] < id)
		l->at++;
	return l->at < l->n && l->v[l->at] == id;
}

bool ids_among(const int64_t *v, size_t n, int64_t id)
{
	return bsearch(&id, v, n, sizeof(*v), compare) != NULL;
}

void ids_free(struct ids *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

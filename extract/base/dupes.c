#include <stdlib.h>
#include <string.h>

#include "base/dupes.h"

#define PART_FULL ((size_t)32 << 10)	/* bytes: then they go into the file */
#define PART_MAX ((size_t)256 << 20)

void dupes_init(struct dupes *d)
{
	int i;

	for (i = 0; i < DUPES_PARTS; i++) {
		buf_init(&d->hash[i], PART_MAX);
		spool_init(&d->spool[i]);
	}
}

static int spill(struct dupes *d, unsigned part, struct err *e)
{
	struct buf *b = &d->hash[part];
	int rc = spool_add(&d->spool[part], 0, 0, b->data, b->len, e);

	buf_reset(b);
	return rc;
}

int dupes_add(struct dupes *d, uint64_t hash, struct err *e)
{
	unsigned part = (unsigned)(hash >> 59);

	buf_add(&d->hash[part], &hash, sizeof(hash));
	if (d->hash[part].failed)
		return err_memory(e);
	return d->hash[part].len >= PART_FULL ? spill(d, part, e) : 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int collect(struct dupes *d, unsigned part, struct err *e)
{
	struct spool *s = &d->spool[part];
	struct srow row;
	int rc;

	spool_rewind(s);
	while ((rc = spool_next(s, &row, e)) > 0)
		buf_add(&d->hash[part], row.p, row.n);
	return rc == 0 && d->hash[part].failed ?
	    err_set(e, EXIT_TEMPORARY, "too many contacts to compare") : rc;
}

static int any_in_part(struct dupes *d, unsigned part, struct err *e)
{
	const uint64_t *h;
	size_t i, n;

	if (collect(d, part, e) < 0)
		return -1;
	n = d->hash[part].len / sizeof(*h);
	if (n < 2)
		return 0;
	/* malloc'd, so aligned */
	qsort(d->hash[part].data, n, sizeof(*h), compare);
	h = (const void *)d->hash[part].data;
	for (i = 1; i < n; i++)
		if (h[i] == h[i - 1])
			return 1;
	return 0;
}

int dupes_any(struct dupes *d, struct err *e)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < DUPES_PARTS && rc == 0; i++) {
		rc = any_in_part(d, i, e);
		buf_free(&d->hash[i]);
		spool_free(&d->spool[i]);
	}
	return rc;
}

void dupes_free(struct dupes *d)
{
	int i;

	for (i = 0; i < DUPES_PARTS; i++) {
		buf_free(&d->hash[i]);
		spool_free(&d->spool[i]);
	}
}

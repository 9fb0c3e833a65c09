#include "run/outcome.h"
#include "run/summary.h"

void outcome_of(struct outcome *out, const struct load *l)
{
	out->counts = l->counts;
	out->left = l->left;
	out->unknown = l->unknown;
	out->reasons = l->rejects.reasons;
}

void outcome_progress(const struct outcome *out, unsigned n, struct progress *p)
{
	uint64_t users = 0, rows = 0;
	unsigned i;

	if (p == NULL)
		return;
	for (i = 0; i < n; i++) {
		users += out[i].users;
		rows += out[i].rows;
	}
	p->users = users;
	p->rows = rows;
}

/* Structs that hold nothing but such numbers. */
static void add_numbers(uint64_t *to, const uint64_t *from, size_t n)
{
	while (n-- > 0)
		*to++ += *from++;
}

static void add_kinds(struct kind_counts *to, const struct kind_counts *from)
{
	unsigned i;

	for (i = 0; i < from->n; i++)
		kinds_add(to, from->k[i].kind, from->k[i].n);
}

void outcome_add(struct load *l, const struct outcome *out)
{
	size_t i, at;

	for (i = 0; i < SUMMARY_NUMBERS; i++) {
		at = summary_number[i].at;
		add_numbers((uint64_t *)(void *)((char *)&l->counts + at),
		    (const uint64_t *)(const void *)((const char *)&out->counts + at), 1);
	}
	add_kinds(&l->counts.kinds, &out->counts.kinds);
	add_kinds(&l->unknown, &out->unknown);
	add_numbers((uint64_t *)&l->left, (const uint64_t *)&out->left,
	    sizeof(l->left) / sizeof(uint64_t));
	reasons_merge(&l->rejects.reasons, &out->reasons);
}

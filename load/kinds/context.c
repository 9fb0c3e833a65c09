#include "kinds/context.h"

int64_t user_entity(const struct context *x)
{
	const struct rows *ents = &x->unit->r[TABLE_ENTITIES];
	const struct user *u = x->user;

	return u->entity ? u->entity : ents->n ? ents->id[u->ent] : 0;
}

struct kind_sum *kind_sum(const struct context *x, struct sums *sums, const char *name)
{
	struct err ignored = { .msg = "" };
	int i = kind_index(x->kinds, name, &ignored);

	return i < 0 ? NULL : &sums->k[i];
}

#include "kinds/context.h"

int64_t user_entity(const struct context *x)
{
	const struct rows *ents = &x->unit->r[TABLE_ENTITIES];
	const struct user *u = x->user;

	return u->entity ? u->entity : ents->n ? ents->id[u->ent] : 0;
}

#include "kinds/context.h"

int64_t user_entity(const struct context *x)
{
	const struct user *u = x->user;

	return u->entity ? u->entity : x->unit->ents.n ? x->unit->ents.id[u->ent] : 0;
}

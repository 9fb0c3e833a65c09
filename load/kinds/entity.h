/* Entities with their attributes: users, accounts, contacts, groups and whatever P8 keeps so. */
#ifndef LOAD_ENTITY_H
#define LOAD_ENTITY_H

#include "kinds/kind.h"

/* The current record has "entity" and "uuid". */
bool entity_is(const struct context *x);
/* One that cannot be an entity becomes a REJECT. */
int entity_take(struct context *x, struct err *e);
int entities_write(struct context *x, const struct write_how *how, struct err *e);
void entities_sum(const struct context *x, struct sums *sums);
/* Each value on its own, so that their order does not count. */
uint64_t entity_source(const struct input *in);

#endif

/* Entities with their attributes: users, accounts, contacts, groups and whatever P8 keeps so. */
#ifndef LOAD_ENTITY_H
#define LOAD_ENTITY_H

#include "kinds/kind.h"

/* The current record has "entity" and "uuid". */
bool entity_is(const struct context *x);
/* One that cannot be an entity becomes a REJECT. */
int entity_take(struct context *x, struct err *e);
/* Each value on its own, so that their order does not count. */
uint64_t entity_source(const struct input *in);
int entities_differ(struct differs *d, struct err *e);
/* Values of the unit that are empty, and that P8 fills: sums do not count them. */
uint64_t entities_empty(const struct differs *d);
/* How many contacts P8 has collected since the user was loaded: no change, but they leave, too. */
int entities_collected(struct readback *r, int64_t entity, int64_t *n, struct err *e);
/* 1: P8 has a change tag of the user (an entity) for STORAGE: *ID, the first; 0; -1. */
int entity_ctag(struct target *t, int64_t user, struct dbval storage, int64_t *id, struct err *e);
extern const struct kind_ops entity_kind;

#endif

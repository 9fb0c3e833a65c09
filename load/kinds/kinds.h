/* All kinds together: what a driver does with the record at hand, the unit, or a user. */
#ifndef LOAD_KINDS_H
#define LOAD_KINDS_H

#include "kinds/kind.h"
#include "kinds/readback.h"

/* In the order in which they are written and looked at, up to NULL. */
extern const struct kind_ops *const kind_list[];

/* The entry of the kind NAME, or NULL. */
const struct kind_ops *kind_find(const char *name);
enum part part_of(const char *kind);
/* The record at hand into the unit: 1; 0: this program does not know its kind; -1. */
int kinds_take(struct context *x, struct err *e);
int kinds_write(struct context *x, const struct write_how *how, struct err *e);
void kinds_sum(const struct context *x, struct sums *sums);
/* The record's hash into the user's; FILE_CHUNK, REJECT and WARN have none. */
int kinds_source(struct context *x, struct err *e);
/* Fill r->k with all kinds that the ledger or P8 has of the user. */
int kinds_read(struct readback *r, const struct readback_user *u, struct err *e);
/* The same for one entity of the kind KIND that belongs to no user: r->k[0].got. */
int kinds_read_entity(struct readback *r, int64_t id, const char *kind, struct err *e);

#endif

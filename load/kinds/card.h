/* Cards (vCards) in address books of CardDAV. */
#ifndef LOAD_CARD_H
#define LOAD_CARD_H

#include "kinds/kind.h"

int card_take(struct context *x, struct err *e);
int cards_write(struct context *x, const struct write_how *how, struct err *e);
void cards_sum(const struct context *x, struct sums *sums);
uint64_t card_source(const struct input *in);

#endif

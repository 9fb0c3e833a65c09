/* Address books of CardDAV. */
#ifndef LOAD_BOOK_H
#define LOAD_BOOK_H

#include "kinds/kind.h"

int book_take(struct context *x, struct err *e);
int books_write(struct context *x, const struct write_how *how, struct err *e);
void books_sum(const struct context *x, struct sums *sums);

#endif

/*
 * Ids of many rows as a few arithmetic runs: first, last, step.  Ids must be added in ascending
 * order.  A struct idruns owns its memory; runs_free frees it.
 */
#ifndef LOAD_RUNS_H
#define LOAD_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct idrun {
	int64_t first, last, step;	/* step 1 when first = last */
};

struct idruns {
	struct idrun *v;
	size_t n, size;
};

int runs_add(struct idruns *r, int64_t id, struct err *e);
void runs_free(struct idruns *r);

#endif

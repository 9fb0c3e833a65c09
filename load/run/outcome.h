/*
 * What a loader of --jobs tells the process that started it, through shared memory: plain values,
 * no pointers.  The child writes its own, the parent reads it when the child has ended; users and
 * rows are read before that, for progress.
 */
#ifndef LOAD_OUTCOME_H
#define LOAD_OUTCOME_H

#include "run/driver.h"

struct outcome {
	enum exitcode status;
	char msg[sizeof(((struct err *)0)->msg)];
	volatile uint64_t users, rows;	/* so far */
	struct load_counts counts;
	struct parts_left left;
	struct kind_counts unknown;
	struct reasons reasons;
};

/* What L has done. */
void outcome_of(struct outcome *out, const struct load *l);
/* The progress of N loaders together. */
void outcome_progress(const struct outcome *out, unsigned n, struct progress *p);
/* Add OUT to the counts of L. */
void outcome_add(struct load *l, const struct outcome *out);

#endif

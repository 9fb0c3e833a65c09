/* The kinds of things that a run has met, by number: sums and rows name them so. */
#ifndef LOAD_KINDNAMES_H
#define LOAD_KINDNAMES_H

#include "stream.h"

struct kind_names {
	char name[STREAM_KINDS][STREAM_KIND_LEN];
	unsigned n;
};

/* The number of the kind NAME, which is new or not; -1: too many kinds. */
int kind_index(struct kind_names *k, const char *name, struct err *e);

#endif

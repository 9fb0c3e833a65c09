/* Hashes of what records say, for the verb "source" of the kinds (kind.h). */
#ifndef LOAD_SOURCE_H
#define LOAD_SOURCE_H

#include "base/input.h"

uint64_t source_value(const struct jdoc *d, const struct jval *v, uint64_t seed);
/* The members NAMES (up to NULL) in their order. */
uint64_t source_members(const struct input *in, const char *const *names);

#endif

/* Calendar objects (events, tasks): rows of P8, found again by their calendar. */
#ifndef LOAD_OBJECT_H
#define LOAD_OBJECT_H

#include "kinds/kind.h"

struct davtext;

int object_take(struct context *x, struct err *e);
/* What the record says of the object's bytes, as P8's columns hold it: V[OBJECT_...]. */
int object_facts(struct context *x, const struct davtext *of, struct rows_value *v,
    struct err *e);
int objects_write(struct context *x, const struct write_how *how, struct err *e);
void objects_sum(const struct context *x, struct sums *sums);
/* Its bytes, not what was computed of them. */
uint64_t object_source(const struct input *in);

#endif

/* Calendar objects (events, tasks): rows of P8, found again by their calendar. */
#ifndef LOAD_OBJECT_H
#define LOAD_OBJECT_H

#include "base/rowhash.h"

struct davtext;
struct context;
struct unit_object;

/* A CALENDAR_OBJECT record into the unit. */
int object_record(struct context *x, struct err *e);
/* What the record says of the object's bytes, as P8's columns hold it. */
int object_facts(struct context *x, const struct davtext *of, struct unit_object *o, struct err *e);
/* Inside the caller's transaction; CAREFUL as in write.h. */
int objects_write(struct context *x, bool careful, struct err *e);
void objects_tally(const struct context *x, struct kind_sum *k);

#endif

/* Calendar objects (events, tasks): rows of P8, found again by their calendar. */
#ifndef LOAD_OBJECT_H
#define LOAD_OBJECT_H

#include "base/rowhash.h"

struct load;

/* A CALENDAR_OBJECT record into the unit. */
int object_record(struct load *l, struct err *e);
/* Inside the caller's transaction; CAREFUL as in write.h. */
int objects_write(struct load *l, bool careful, struct err *e);
void objects_tally(const struct load *l, struct kind_sum *k);

#endif

/* A load from its beginning to its end: one stream into one P8. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "run/driver.h"

/* What a load needs but its stream; the caller has zeroed nothing. */
int load_prepare(struct load *l, struct target *t, const struct load_opts *o, struct err *e);
/* Source and snapshot out of the header in l->si. */
void load_header(struct load *l);
int load_open(struct load *l, struct target *t, const struct load_opts *o, struct err *e);
/* Read the stream to its end; EXIT_BALANCED or EXIT_REJECTS in *STATUS. */
int load_stream(struct load *l, enum exitcode *status, struct err *e);
/* read = loaded + already there + rejected, and not nothing by accident; the status by that. */
int load_balance(const struct load *l, enum exitcode *status, struct err *e);
void load_close(struct load *l);

/* Does the stream have all users, but those that were in P8 before (--except)? */
bool load_has_all(const struct load *l);

#endif

/*
 * Records of a DAV stream on their way into one staged table, many rows in a statement.
 * A value that its column cannot hold is made to fit, with a WARN.
 */
#ifndef LOAD_DAV_BATCH_H
#define LOAD_DAV_BATCH_H

#include "kinds/dav_stage.h"
#include "kinds/dav_tables.h"
#include "report.h"

struct dav_batch;

/* NULL when memory is short.  R gets the warnings. */
struct dav_batch *dav_batch_new(struct target *t, const struct dav_stage *st,
    const struct dav_table *table, struct report *r);
const struct dav_table *dav_batch_table(const struct dav_batch *b);
/* One record; it is copied. */
int dav_batch_add(struct dav_batch *b, const struct jdoc *doc, struct err *e);
/* Send what is not sent yet. */
int dav_batch_send(struct dav_batch *b, struct err *e);
void dav_batch_free(struct dav_batch *b);

#endif

/*
 * Prepared statements on staged tables and P8's.
 * In the text {name} is a table of P8 or ours (sql.h), [name] a staged table, <column> a staged
 * text column as dav_text wants it written, {:davtext} a parameter likewise.
 */
#ifndef LOAD_DAV_SQL_H
#define LOAD_DAV_SQL_H

#include "kinds/dav_stage.h"

/* ST may be NULL when TEXT names no staged table.  The caller closes Q. */
int dav_prepare(struct dbq *q, struct target *t, const struct dav_stage *st, const char *text,
    struct err *e);
/* Prepare, run with N parameters, drop the result. */
int dav_run(struct target *t, const struct dav_stage *st, const char *text,
    const struct dbval *v, unsigned n, struct err *e);
/* The same, and the number of the row that was inserted. */
int dav_insert(struct target *t, const char *text, const struct dbval *v, unsigned n,
    int64_t *id, struct err *e);

#endif

/*
 * Running a plan (run.h): each statement by its kind.  Three kinds are computed here, not by the
 * server: in etag.c, uid.c and owners.c.
 */
#ifndef EXECUTE_H
#define EXECUTE_H

#include "run.h"

/* Write the whole plan into the journal, then run it. */
int run_plan(struct run *r, const struct plan *p, struct err *e);

int run_etags(struct run *r, const struct stmt *st, struct entry *en, struct err *e);
int run_uid(struct run *r, const struct stmt *st, struct entry *en, struct err *e);
int run_owners(struct run *r, const struct stmt *st, struct entry *en, struct err *e);

#endif

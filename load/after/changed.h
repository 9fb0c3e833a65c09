/*
 * --changed FILE: who of a stream's users changed in P7 since they were loaded.  For each a line:
 * the e-mail, TAB, what has changed (parts.h).  Who is not in P7 any more, and principals without
 * user whose calendars changed, are named on standard error.  Writes nothing to P8.
 */
#ifndef LOAD_CHANGED_H
#define LOAD_CHANGED_H

#include "run/load.h"

/* PATH NULL: standard output. */
int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e);

#endif

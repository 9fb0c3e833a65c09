/*
 * --changed FILE: the users of a stream that changed in P7 since they were loaded, each in a line:
 * the e-mail, a TAB, what has changed (parts.h).  Users that are not in P7 any more are named on
 * standard error.  Writes nothing to P8.
 */
#ifndef LOAD_CHANGED_H
#define LOAD_CHANGED_H

#include "run/load.h"

/* PATH NULL: standard output. */
int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e);

#endif

/*
 * --changed FILE: who of a stream's users changed in P7 since he was loaded.  For each a line: his
 * e-mail, TAB, what has changed (parts.h).  Writes nothing to P8.
 */
#ifndef LOAD_CHANGED_H
#define LOAD_CHANGED_H

#include "run/load.h"

/* PATH NULL: standard output. */
int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e);

#endif

/* Where files go in P8's data directory. */
#ifndef LOAD_PLACE_H
#define LOAD_PLACE_H

#include <stdbool.h>

#include "err.h"

/* A name that begins so, and goes on with a UUID, is ours. */
#define PLACE_TEMPORARY ".p7m-"

struct context;
struct unit_file;

/*
 * P8 has a place for the current FILE: a user's private ones, and corporate ones, whose path is
 * put below the id of P8's tenant.  1, 0, -1; PLACE_TOO_LONG when that makes it too long a path.
 */
#define PLACE_TOO_LONG 2
int place_known(struct context *x, struct err *e);
/* This error says that a name cannot be in P8's directory, and never will. */
bool place_refuses(int error);
/* P8 has this corporate path already: 1 (a WARN when it is not the same file), 0, -1. */
int place_taken(struct context *x, bool directory, struct err *e);
/* The directory that it is written below: a descriptor that the caller closes, or -1. */
int place_base(struct context *x, struct err *e);
/*
 * Into the ledger: with the user's other rows; of a corporate one at once and before it has its
 * name in P8, so that whatever ends the run, an undo finds what came.
 */
int place_ledger(struct context *x, const struct unit_file *row, struct err *e);
/* The current FILE record is a directory. */
int place_directory(struct context *x, int base, struct err *e);
/*
 * The corporate file at hand was made under a temporary name: keep others off.  False: another
 * loader took it for one that was left over, and removed it; it has to be made again.
 */
bool place_lock(struct context *x);
/* Remove what runs that were killed left in its directory. */
void place_temporary(struct context *x);
/* Give the corporate file at hand its name, unless P8 has one of that name (marks it bad). */
int place_corporate(struct context *x, struct err *e);

#endif

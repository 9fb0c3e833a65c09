/*
 * Corporate files, which belong to no user: each is written under a temporary name beside its own,
 * and locked; what a killed run left of one goes when the next one writes into that directory.
 */
#ifndef LOAD_CORPORATE_H
#define LOAD_CORPORATE_H

#include "kinds/context.h"

/*
 * The path of the current FILE is put below the id of P8's tenant: 1, -1; CORPORATE_TOO_LONG when
 * that makes it too long a path.
 */
#define CORPORATE_TOO_LONG 2
int corporate_map_tenant(struct context *x, struct err *e);
/* P8 has this path already: 1 (a WARN when it is not the same file), 0, -1. */
int corporate_taken(struct context *x, bool directory, struct err *e);
/*
 * The file at hand was made under its temporary name: keep others off.  False: another loader took
 * it for one that was left over, and removed it; it has to be made again.
 */
bool corporate_lock(struct context *x);
/* Remove what runs that were killed left in its directory. */
void corporate_sweep(struct context *x);
/* Give the file at hand its name, unless P8 has one of that name (marks it bad). */
int corporate_place(struct context *x, struct err *e);
/* The file or directory at hand did not come after all: out of the ledger. */
int corporate_forget(struct context *x, struct err *e);
/* A WARN: P8 has a file at PATH, and keeps it. */
int corporate_exists(struct context *x, const char *path, struct err *e);

#endif

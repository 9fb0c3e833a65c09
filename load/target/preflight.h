/*
 * Is this a P8 that can be loaded into?  Asked before the first write, and by --check.
 * Each fault has its own message, which says what was found and what to do.
 */
#ifndef LOAD_PREFLIGHT_H
#define LOAD_PREFLIGHT_H

#include <stdio.h>

#include "target/target.h"

/*
 * Check the connected target, and find what the loader needs of it (tenant, charset of strings).
 * OUT: a table of what was found (--check), or NULL.
 */
int preflight(struct target *t, FILE *out, struct err *e);
/* The same for what takes away: it needs no room, it makes some. */
int preflight_undo(struct target *t, struct err *e);
/* The same for what only reads: nothing of P8's data directory is asked for. */
int preflight_read(struct target *t, FILE *out, struct err *e);

/*
 * May the user of the database do what a load does?  Asked by --check only (which p7-migrate asks
 * before it takes anybody back); statements that change nothing tell: on no row of each of P8's
 * tables, or with a table that is, or is not, there.  EXIT_PERMISSION, or the
 * server's own reason (read only).
 */
int preflight_rights(struct target *t, FILE *out, struct err *e);

#endif

/*
 * Can P7's tables be read?  A table or view that the server lists but cannot open has no columns
 * and no rows for it, and one that its user may not read is not even listed: without a look either
 * would count as empty.
 */
#ifndef PROBE_H
#define PROBE_H

#include "database/catalog.h"

/*
 * Read a row of each of the tables that a run uses (catalog_open); those that are not there are
 * passed over.  CHECKED unless NULL: have the server check tables of engines that lose rows without
 * an error, too, and tell whether there were any; it commits, so not inside of a snapshot.
 * EXIT_PERMISSION: a right is missing; EXIT_UNAVAILABLE: tables are damaged, and E names all.
 */
int probe_tables(struct db *db, const struct catalog *c, bool *checked, struct err *e);
/* One table, by its full name: 1: it can be read; 0: it is not there; -1: it cannot be read. */
int probe_read(struct db *db, const char *full, struct err *e);

#endif

/*
 * Can P7's tables be read?  A table or view that the server lists but cannot open has no columns
 * and no rows for it, and one that its user may not read is not even listed: without a look either
 * would count as empty.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>

#include "db.h"

#define PROBE_NAME 65

/*
 * Read a row of each of the tables NAMES (without PREFIX; NULL ends the list); those that are not
 * there are passed over.  CHECKED unless NULL: have the server check tables of engines that lose
 * rows without an error, too, and say whether there were any; it commits, so not inside of a
 * snapshot.
 * EXIT_PERMISSION: a right is missing; EXIT_UNAVAILABLE: tables are damaged, and E names all.
 */
int probe_tables(struct db *db, const char *prefix, const char *const *names,
    bool *checked, struct err *e);
/* One table, by its full name: 1: it can be read; 0: it is not there; -1: it cannot be read. */
int probe_read(struct db *db, const char *full, struct err *e);
/* Has this engine tables of which a damaged one can seem to be empty? */
bool probe_engine(const char *engine);
/*
 * CHECK TABLE: 0: sound, or the server cannot tell; -1: damaged.  QUICK reads indexes only, which
 * is enough but for Aria, where it sees a lost header once and never again.
 * The server writes what it found into the header of the table's index: the time and statistics,
 * and that the table is crashed when it is.  No row is touched.
 */
int probe_check(struct db *db, const char *full, bool quick, struct err *e);

#endif

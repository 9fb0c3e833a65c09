/*
 * The length that most UIDs of a table's calendar objects have.
 * Clients make UIDs of a fixed length (nearly always a UUID's, 36), and a row into which a UID is
 * put that is as long as what stood there needs not be moved in its page.
 */
#ifndef UIDLEN_H
#define UIDLEN_H

#include "icaluid.h"
#include "schema.h"

#define UIDLEN_MAX 200		/* bytes */

/* Looks at some hundred objects all over the table; *LENGTH is 0 when no UID was found. */
int uidlen_usual(struct db *db, const struct table *t, unsigned *length, struct err *e);

#endif

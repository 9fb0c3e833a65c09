/*
 * Making a value fit its P8 column, so that the loader never fails on one:
 *   string      255 characters, no character outside the BMP (utf8mb3), UTF-8
 *   text        65,535 bytes, the same characters
 *   mediumblob  any bytes, 16,777,215 of them
 *   int         32 bits; datetime as it is
 *   encrypted   184 bytes before encryption
 * A character outside the BMP, and a byte that is not UTF-8, becomes U+FFFD; long text is cut at a
 * character, or left out where a part is worth nothing (long: drop).  Each change is reported.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include "columns.h"
#include "mapping/convert.h"


/*
 * PHP's cast of V to the type of the attribute in hand; text that is not UTF-8 is repaired.
 * -1: no memory.
 */
int column_cast(struct convert *c, struct val *v);
/* The value as it is stored.  -1: no memory. */
int column_store(struct convert *c, struct val *v);

#endif

/*
 * Making a value fit its P8 column, so that the loader never fails on one:
 *   string      255 characters, no character outside the BMP (utf8mb3), UTF-8
 *   text        65,535 bytes, the same characters
 *   mediumblob  any bytes, 16,777,215 of them
 *   int         32 bits; datetime as it is
 *   encrypted   184 bytes before encryption
 * A character outside the BMP becomes U+FFFD, what is no UTF-8 too; what is too long is cut at a
 * character, or left out where a part is worth nothing (long: drop).  Each change is noted.
 */
#ifndef FIT_H
#define FIT_H

#include "arena.h"
#include "columns.h"
#include "notes.h"
#include "p8crypt.h"
#include "val.h"

#define FIT_CHARS COLUMN_STRING
#define FIT_TEXT COLUMN_TEXT
#define FIT_BLOB COLUMN_BLOB

struct fit {
	struct arena *arena;
	struct notes *notes;
	const struct p8key *key;
};

/* PHP's cast to the attribute's type; text that is no UTF-8 is repaired.  -1: no memory. */
int fit_cast(const struct fit *f, const struct map_attr *a, struct val *v);
/* The value as it is stored.  -1: no memory. */
int fit_store(const struct fit *f, const struct map_attr *a, struct val *v);

#endif

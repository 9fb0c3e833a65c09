/*
 * Order-independent hashes of what a user has in P8.
 * The hash of a set of rows is the sum, modulo 2^64, of XXH3-64 over each row: what it belongs
 * to, its table, its name, its value, each hashed with the one before as seed.  Rows can be added
 * in any order, by the loader while it writes and by --verify while it reads.
 *
 * The ledger keeps the sums: whoever changes what is hashed, or how, needs a new LEDGER_VERSION
 * (ledger.h), or --verify calls every user different who was loaded before.
 */
#ifndef LOAD_ROWHASH_H
#define LOAD_ROWHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream.h"

/* What is known of one kind of a user's things. */
struct kind_sum {
	uint64_t things;	/* entities, address books, cards, files */
	uint64_t rows;		/* attribute rows that are hashed */
	uint64_t hash;
};

struct sums {
	struct kind_sum k[STREAM_KINDS];
};

/* An attribute row; VAL NULL is SQL NULL, numbers are decimal text. */
uint64_t rowhash_attr(const char *uuid, const char *table, const char *name, size_t name_len,
    const char *val, size_t n);
/* An entity's own row. */
uint64_t rowhash_entity(const char *uuid, const char *parent, const char *type,
    const char *module);
uint64_t rowhash_card(const char *book_uri, const char *uri, size_t uri_len, const char *data,
    size_t n, int64_t modified);
/* DESCRIPTION: NULL and "" are the same. */
uint64_t rowhash_book(const char *principal, const char *uri, const char *name, size_t name_len,
    const char *description);
uint64_t rowhash_file(const char *root, const char *path, size_t path_len, int64_t size);
uint64_t rowhash_link(const char *hash_id, const char *link, const char *data, size_t n);
/* P NULL: SQL NULL, which is the same as "" here. */
struct rowhash_text {
	const char *p;
	size_t n;
};
/* A calendar and its owner's instance: URI, name, description, color, time zone. */
#define ROWHASH_CALENDAR 5
uint64_t rowhash_calendar(const char *uuid, const struct rowhash_text v[ROWHASH_CALENDAR]);
/* CRC: of the object's bytes, as zlib's crc32() and the server's CRC32() have it. */
uint64_t rowhash_object(const char *calendar, const char *uri, size_t uri_len, int64_t size,
    uint32_t crc);
/* Calendar's URI and event. */
uint64_t rowhash_reminder(struct rowhash_text calendar, struct rowhash_text event);
/* SHAREE: as the ledger has it. */
uint64_t rowhash_share(const char *calendar, const char *sharee, size_t n, int64_t access);
/* P8 changes this attribute by being used: it is neither counted nor hashed. */
bool rowhash_volatile(const char *type, const char *name);
/* P8 fills this attribute when it is empty: as long as it is, it is neither counted nor hashed. */
bool rowhash_filled(const char *type, const char *name);

#endif

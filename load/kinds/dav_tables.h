/*
 * The staged tables: their layout (that of P7 7.7, sabre/dav 1.8) and the records that fill them.
 * Text is utf8mb4 and calendar data a blob, so that every byte of P7 has room.  The index on
 * calendarid is ours: rows leave calendar by calendar.
 */
#ifndef LOAD_DAV_TABLES_H
#define LOAD_DAV_TABLES_H

#include <stdint.h>

#include "target/bulk.h"

struct dav_column {
	const char *name;	/* in the table and in the record */
	enum bulk_type type;
	const char *absent;	/* value for NULL where the column is NOT NULL, else NULL */
	/* The numbers that it holds.  Of a text: LO bytes, HI characters; 0: no limit. */
	int64_t lo, hi;
};

struct dav_table {
	const char *name;
	const char *kind;	/* record kind that fills it, NULL: stays empty */
	const char *columns;	/* of CREATE TABLE */
	struct dav_column col[BULK_COLS];
	unsigned cols;
};

extern const struct dav_table dav_tables[];
extern const unsigned dav_tables_n;

/* Is NAME (without prefix) a table that a sabre/dav schema, its upgrade or its backups can have? */
bool dav_table_of_site(const char *name);

#endif

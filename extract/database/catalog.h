/*
 * What the database has of P7's tables (p7.h): columns, indexes and engines, from
 * information_schema.  P7 never drops or renames anything, so a table is described by the columns
 * that are of use and there, whatever else an upgraded installation has.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>

#include "buf.h"
#include "db.h"
#include "schema/p7.h"

#define CAT_NAME 65
#define CAT_TYPE 80
#define CAT_TABLES 64
#define CAT_COLUMNS 128
#define CAT_INDEXES 32

struct cat_table {
	const char *name;			/* without prefix */
	const struct p7_table *p7;		/* NULL: rows are counted, none is read */
	char full[CAT_NAME];			/* as it is in the database */
	bool used;				/* a run reads or counts rows of it */
	bool there, transactional;		/* it exists; InnoDB: part of the snapshot */
	bool lacking;				/* it may be missing and is (required.h) */
	struct {
		char name[CAT_NAME], type[CAT_TYPE];
	} column[CAT_COLUMNS];
	unsigned columns;
	struct {
		char name[CAT_NAME];
		char first[CAT_NAME];		/* its first column */
		unsigned parts;			/* columns in it */
	} index[CAT_INDEXES];
	unsigned indexes;
};

struct catalog {
	bool dav;				/* calendars are read */
	struct cat_table *table;		/* calloc'd: as p7_tables, then those of p7_left */
	unsigned tables;
	char other[1200];			/* tables outside of the snapshot, for a warning */
	bool utf8;				/* all text is stored as UTF-8 */
};

/* The names of the tables, of which nothing is known yet. */
int catalog_open(struct catalog *c, const char *prefix, bool dav, struct err *e);
/*
 * Read the tables and columns that P7 has.  EXIT_CONFIG without awm_accounts: the message names the
 * prefix that was found instead, or the kind of database.
 */
int catalog_read(struct catalog *c, struct db *db, const char *prefix, struct err *e);
void catalog_free(struct catalog *c);
/* NULL: P7 has no such table here. */
const struct cat_table *catalog_table(const struct catalog *c, const char *name);
bool cat_has(const struct cat_table *t, const char *column);
/* The narrowest index that begins with COLUMN, or NULL. */
const char *cat_index(const struct cat_table *t, const char *column);

#endif

/*
 * What the database has of P7: tables, columns, indexes and engines, from information_schema.
 * P7 never drops or renames anything, so a table is described by the columns that are wanted and
 * there, whatever else an upgraded installation has.  Names are given without prefix.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>

#include "buf.h"
#include "db.h"

#define CAT_NAME 65
#define CAT_TABLES 40
#define CAT_COLUMNS 128
#define CAT_INDEXES 32

struct cat_table {
	char name[CAT_NAME];			/* without prefix */
	char full[CAT_NAME];			/* as it is in the database */
	bool seen, transactional;		/* it exists; InnoDB: part of the snapshot */
	char column[CAT_COLUMNS][CAT_NAME];
	unsigned columns;
	struct {
		char name[CAT_NAME];
		char first[CAT_NAME];		/* its first column */
		unsigned parts;			/* columns in it */
	} index[CAT_INDEXES];
	unsigned indexes;
};

struct catalog {
	struct cat_table *table;		/* calloc'd */
	unsigned tables;
	char other[1200];			/* tables outside of the snapshot, for a warning */
	bool utf8;				/* all text is stored as UTF-8 */
};

/*
 * Read the tables NAMES (NULL-terminated).  EXIT_CONFIG when NAMES[0] is not there: the message
 * says which prefix was found instead, or what kind of database it is.
 */
int catalog_read(struct catalog *c, struct db *db, const char *prefix, const char *const *names,
    struct err *e);
void catalog_free(struct catalog *c);
/* NULL: P7 has no such table here. */
const struct cat_table *catalog_table(const struct catalog *c, const char *name);
bool cat_has(const struct cat_table *t, const char *column);
/* The narrowest index that begins with COLUMN, or NULL. */
const char *cat_index(const struct cat_table *t, const char *column);

#endif

/*
 * The layout of a sabre/dav schema, read from information_schema and from nothing else.
 * The model can be altered in memory: a plan applies each statement to it as it is written down,
 * so that the statements after it are planned for the schema that they will find.
 * Only tables that could concern us are loaded: PREFIX followed by one of sabre's table names,
 * alone or with a suffix of ours (_dsu...) or of the stock scripts (_old..., _3_1_...); and
 * calendars_3_1_... without the prefix, unless tables of sabre's are there without it, too.
 * A struct schema owns its tables; schema_free frees them.  Pointers to tables and columns hold
 * until that table or column is dropped.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

#define NAME_SIZE 65		/* an identifier in bytes, and NUL (sabre's names are ASCII) */
#define PREFIX_MAX 32		/* leaves room for our longest suffix in 64 characters */
#define NAME_BUF 160		/* room for a name that is still being put together */

struct column {
	char name[NAME_SIZE];
	char type[20];		/* "varchar", without a length */
	char charset[33];	/* "" for binary and numeric columns */
	char collation[65];
	uint64_t chars;		/* longest value in characters (bytes, if binary); 0: a number */
	bool nullable;
	bool reserved;		/* its default is blanks (RESERVED, step.h) */
	bool generated;		/* the server computes it */
	bool touched;		/* ON UPDATE CURRENT_TIMESTAMP */
};

struct table {
	char name[NAME_SIZE];	/* with the prefix */
	char engine[33];
	bool view;
	bool key;		/* no two rows have the same id */
	char ties[400];		/* foreign keys of and to it, and triggers, for a message; or "" */
	char update_triggers[200];
	uint64_t auto_increment;
	struct column **col;
	size_t cols, size;
};

struct schema {
	char prefix[PREFIX_MAX + 1];
	bool fold_case;		/* lower_case_table_names: names differ by case only on disk */
	char utf8[2][65];	/* the server's names of utf8_unicode_ci, utf8mb4_unicode_ci */
	struct table **t;
	size_t n, size;
};

/* The names of sabre's tables; NULL at the end. */
extern const char *const schema_tables[];

int schema_load(struct schema *s, struct db *db, const char *prefix, struct err *e);
void schema_free(struct schema *s);

/* The table PREFIX + BASE, or PREFIX + BASE + SUFFIX; NULL: there is none. */
struct table *schema_table(const struct schema *s, const char *base);
struct table *schema_kept(const struct schema *s, const char *base, const char *suffix);
/* The same for a whole name. */
struct table *schema_named(const struct schema *s, const char *name);
struct column *table_column(const struct table *t, const char *name);
bool table_has(const struct table *t, const char *name);

/* The effects of statements on the model.  NULL: out of memory. */
struct table *schema_add(struct schema *s, const char *name, struct err *e);
void schema_drop(struct schema *s, struct table *t);
/* PREFIX + BASE + FROM, if it is there, is called PREFIX + BASE + TO. */
void schema_rename(struct schema *s, const char *base, const char *from, const char *to);
/* TYPE as in a CREATE TABLE: "VARCHAR(200)", "INT UNSIGNED NOT NULL". */
struct column *table_add(struct table *t, const char *name, const char *type, const char *charset,
    struct err *e);
void table_drop(struct table *t, const char *name);

/* The end of T's name, behind the prefix and the name of sabre's table: "", "_dsu20", ... */
const char *schema_suffix(const struct schema *s, const struct table *t);

/*
 * Append the names of T's columns that a row is copied with (all but those that the server
 * computes), commas between them.
 */
void schema_columns(struct buf *out, const struct table *t);
/* Append ", t.`x`=t.`x`" for the site's time stamps, which an UPDATE of T (alias t) would set. */
void schema_untouched(struct buf *out, const struct table *t);

/*
 * Append an expression for the bytes of column COL of T as a UTF-8 client reads them:
 * ALIAS.`COL` of a binary or UTF-8 column, converted otherwise.  NULL stays NULL.
 */
void schema_bytes(struct buf *out, const struct table *t, const char *alias, const char *col);
/*
 * The same as text, which is read faster: a UTF-8 client gets the same bytes of it, and MD5() and
 * OCTET_LENGTH() are those of these bytes.
 */
void schema_text(struct buf *out, const struct table *t, const char *alias, const char *col);

#endif

/*
 * The kinds of records that are rows of a table of P7, and where their rows come from.
 * A struct source reads one kind: batch by batch where an index leads from the user to the rows,
 * otherwise the whole table once, ordered by user, into its spool.  Either way the spool then has
 * the rows in the order of users, ready-made as members of a JSON object.
 */
#ifndef KINDS_H
#define KINDS_H

#include "catalog.h"
#include "rows.h"
#include "spool.h"

/* P7's columns, in the order of its 7.7 schema (columns.c). */
extern const struct column cols_user[], cols_calendar_settings[], cols_account[],
    cols_folders_order[], cols_system_folder[], cols_old_folder[], cols_identity[],
    cols_social[], cols_sender[],
    cols_two_factor[], cols_link[], cols_group[], cols_contact[], cols_tenant[], cols_domain[],
    cols_calendar[], cols_calendar_object[], cols_calendar_share[], cols_calendar_delegate[],
    cols_reminder[];

/* How a table's rows belong to a user. */
enum owner {
	BY_USER,		/* the key column is id_user; rows: key id_user, key2 the order */
	BY_ACCOUNT,		/* it is id_acct; rows: key id_user, key2 id_acct */
	BY_LINK,		/* a public link: id_acct stands in its JSON text */
	BY_ENTRY		/* the user's own entry in the global address book: type_id */
};

struct kind {
	const char *kind;	/* of the record */
	const char *table;	/* without prefix */
	const struct column *col;
	enum owner owner;
	const char *key;	/* column that names the owner */
	const char *order;	/* column that orders an owner's rows */
	bool first;		/* P7 reads only the first row of an owner */
	const char *where;	/* which rows of a BY_ACCOUNT table; NULL: all */
};

enum kind_id { K_USER, K_CALENDAR_SETTINGS, K_USER_CONTACT, K_TWO_FACTOR, K_ACCOUNT,
	K_FOLDERS_ORDER, K_SYSTEM_FOLDER, K_IDENTITY, K_SOCIAL, K_SENDER, K_LINK, K_GROUP, KINDS };

extern const struct kind kinds[KINDS];
/* The same, from the table that this P7 has it in. */
const struct kind *kind_of(const struct catalog *c, enum kind_id k);
/* SQL: rows of awm_folders, as t, that are system folders; only a P7 of 6.4 reads them. */
#define SQL_OLD_SYSTEM_FOLDER "t.type BETWEEN 2 AND 5 AND COALESCE(t.full_path,'')<>''"

struct source {
	const struct kind *k;
	bool present;		/* the table and the columns that lead to it are there */
	bool batch;		/* read for each batch */
	struct form form;
	struct buf sql;
	struct spool spool;
};

/* Build the statements; a source that is read as a whole is read by the first source_load. */
int source_open(struct source *s, const struct kind *k, const struct catalog *c,
    const char *id_list, struct err *e);
/* Make the spool ready for the batch whose ids were set. */
int source_load(struct source *s, struct db *db, struct err *e);
void source_close(struct source *s);

/*
 * SQL: "(SELECT id_user, id_def ...) d", the default account of each user; of the users in ID_LIST
 * only unless that is NULL.
 */
void sql_default_accounts(struct buf *sql, const struct catalog *c, const char *id_list);
/* SQL: "... d STRAIGHT_JOIN accounts a ON ...": the default accounts of all users as a. */
void sql_users(struct buf *sql, const struct catalog *c);
/*
 * SQL: the TEXT as P7's DAV tables have it where the server's default is latin1: their connection
 * had no charset, so each byte became a character.
 */
#define SQL_TWICE(text) "CONVERT(CONVERT(CAST(CONVERT(" text " USING utf8mb4) AS BINARY)" \
	" USING latin1) USING utf8mb4)"
#define SQL_EMAIL_TWICE SQL_TWICE("a.email")
/*
 * SQL: the id_acct of the public link t of awm_min, NULL when it is no link of a webmail account.
 * P7 writes its data as JSON, in which a quote inside of a text has a backslash before it.
 */
#define SQL_LINK_ACCOUNT "CASE WHEN t.data LIKE '%\"Account\":%' AND t.data NOT LIKE" \
	" '%\"AccountType\":\"hd\"%' THEN CAST(REPLACE(SUBSTRING_INDEX(SUBSTRING_INDEX(t.data," \
	"'\"Account\":',-1),',',1),'\"','') AS SIGNED) END"
/* SQL: " `table` t", with the index that is to be used unless INDEX is NULL. */
void sql_table(struct buf *sql, const struct cat_table *t, const char *alias, const char *index);

#endif

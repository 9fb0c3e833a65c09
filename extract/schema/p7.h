/*
 * P7's tables, once: their columns and the releases these came in, the owners of the rows, and
 * what becomes of them.  Whatever p7-extract needs to know of a table it finds here: the columns of
 * statements and records, what must be there, how old a database is, what --check compares and
 * counts, which rows are lost.
 * So a new table of P7 is an entry of p7_tables (tables.c), or of p7_left (left.c) when it has no
 * way to P8.  It needs a file of its own only when its rows do not simply become a record each.
 * Includes nothing of the room.
 */
#ifndef P7_H
#define P7_H

#include <stdbool.h>
#include <stddef.h>

/* The releases in which tables and columns were added. */
enum p7_release { P6_4, P6_6, P7_0, P7_1, P7_2, P7_2_1, P7_3, P7_4, P7_4_1, P7_5, P7_6, P7_7 };

struct p7_column {
	const char *name;	/* the member's name, too */
	const char *type;	/* in 7.7.9, without display width; NULL: it has no such column */
	const char *def;	/* JSON for a P7 that lacks it; NULL: no member then;
				   P7_UNREAD: it is never a member */
	const char *sql;	/* of a member without a column: its value; else NULL */
	enum p7_release since;
	bool mark;		/* by it a database is known to be of that release (required.c) */
	bool key;		/* it leads to the rows: a table without it is not P7's */
	bool secret;		/* form_put encodes it */
};

#define P7_UNREAD ""

/* The owner of a row: what the column "owner" names. */
enum p7_owner {
	OF_NOBODY,
	OF_USER,		/* id_user of a default account */
	OF_ACCOUNT,		/* id_acct */
	OF_LINK,		/* JSON of a public link: its account stands in it */
	OF_BOOK,		/* an address book */
	OF_PRINCIPAL,		/* of sabre/dav */
	OF_CALENDAR
};

/* Where the records of "record" stand in a user's block. */
enum p7_place {
	BEFORE_ACCOUNTS,
	WITH_ACCOUNT,		/* behind the record of their account */
	BEHIND_ACCOUNTS
};

struct p7_table {
	const char *name;		/* without prefix */
	const struct p7_column *col;
	size_t cols;
	enum p7_release since;
	enum {
		P7_MAIN,
		P7_VITAL,		/* users cannot be read without it */
		P7_DAV,			/* calendars: of no use when those are left out */
		P7_PLUGIN		/* it is missing where the plugin never was */
	} part;
	const char *later;		/* the table that took its place: this one is read only
					   when that is missing */
	enum p7_owner of;
	const char *owner;		/* the column that names the owner */
	/* Rows that become a record each (records.h); other tables have a file of their own. */
	const char *record;		/* its kind */
	enum p7_place place;
	const char *order;		/* the column that orders an owner's rows */
	bool first;			/* P7 reads only the first row of an owner */
	const char *where;		/* a condition on t, or NULL */
	const char *entry;		/* the rows are users' own entries in the global address
					   book: the column that names the user */
	/* --check: what the rows are, and a condition on t. */
	const char *counted, *counted_where;
	/* Which rows count as lost when their owner is not there (lost.c); NULL: all. */
	const char *lost_where;
};

#define P7_TABLES 24		/* entries: a new one is counted here */
extern const struct p7_table p7_tables[P7_TABLES];
/* NAME, without prefix, is one of them. */
const struct p7_table *p7_table(const char *name);

/* SQL: rows of awm_folders, as t, that are system folders; only a P7 of 6.4 reads them. */
#define SQL_OLD_SYSTEM_FOLDER "t.type BETWEEN 2 AND 5 AND COALESCE(t.full_path,'')<>''"
/* SQL: users, as awm_accounts names them. */
#define SQL_USER_IDS "(SELECT u.id_user FROM {awm_accounts u} WHERE u.def_acct=1" \
	" AND u.mailing_list=0)"
/*
 * SQL: the id_acct of the public link t of awm_min, NULL when it is not of a webmail account.  P7
 * writes its data as JSON, in which a quote inside of a text has a backslash before it.
 */
#define SQL_LINK_ACCOUNT "CASE WHEN t.data LIKE '%\"Account\":%' AND t.data NOT LIKE" \
	" '%\"AccountType\":\"hd\"%' THEN CAST(REPLACE(SUBSTRING_INDEX(SUBSTRING_INDEX(t.data," \
	"'\"Account\":',-1),',',1),'\"','') AS SIGNED) END"
/* SQL: the calendar of this alias has no principal. */
#define SQL_NO_PRINCIPAL(t) "(LENGTH(COALESCE(" t ".principaluri,''))=0 OR (LENGTH(" t \
	".principaluri)=11 AND " t ".principaluri='principals/'))"

/* Rows that have no way to P8: of these tables and columns, what they are, what to do. */
struct p7_left {
	const char *table;	/* NULL ends the list */
	const char *column;	/* they count where it is there; NULL: always */
	const char *unless;	/* they do not count where this table is there, or NULL */
	const char *with;	/* they count only where this table is there, or NULL */
	const char *where;	/* a condition on t; NULL: all rows */
	const char *what, *action;
};

extern const struct p7_left p7_left[];
/* Is it the name, without prefix, of a table of any release? */
bool p7_knows(const char *name);

#endif

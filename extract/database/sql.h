/*
 * Statements about P7's tables.  They are constants but for the tables' names and indexes, and
 * numbers that travel in session variables.
 */
#ifndef SQL_H
#define SQL_H

#include "database/catalog.h"

#define SQL_IDS 100		/* variables in {ids} */

/*
 * Append TEXT; in the place of what stands in braces come
 *	{awm_accounts}			`wm_awm_accounts`
 *	{awm_accounts a}		`wm_awm_accounts` a
 *	{awm_accounts a id_user}	`wm_awm_accounts` a FORCE INDEX (`i`), if an index begins
 *					with this column
 *	{ids}				(@u0,@u1,...): what rows_ids_set has set
 * A table that is not there makes the statement fail.
 */
void sql_add(struct buf *sql, const struct catalog *c, const char *text);
void sql_addf(struct buf *sql, const struct catalog *c, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* 0, or EXIT_BUG when a statement could not be made. */
int sql_check(const struct buf *sql, struct err *e);
/* The same N times with SEP between; a "#" in TEXT is the number, from 0. */
void sql_repeat(struct buf *sql, const struct catalog *c, const char *sep, const char *text,
    unsigned n);

/* The default account of each user, as d; AND is a further condition on m. */
#define SQL_DEFAULT_ACCOUNTS(and) "(SELECT m.id_user,MIN(m.id_acct) id_def FROM" \
	" {awm_accounts m} WHERE m.def_acct=1 AND m.mailing_list=0" and " GROUP BY m.id_user) d"
/* The default accounts of all users, as a. */
#define SQL_USERS SQL_DEFAULT_ACCOUNTS("") \
	" STRAIGHT_JOIN {awm_accounts a id_acct} ON a.id_acct=d.id_def"
/*
 * The TEXT as P7's DAV tables have it where the server's default is latin1: their connection had no
 * charset, so each byte became a character.
 */
#define SQL_TWICE(text) "CONVERT(CONVERT(CAST(CONVERT(" text " USING utf8mb4) AS BINARY)" \
	" USING latin1) USING utf8mb4)"
#define SQL_EMAIL_TWICE SQL_TWICE("a.email")
/* A str_id as it is compared: without ".vcf" and letter case. */
#define SQL_STR_ID(column) "LOWER(IF(" column " LIKE '%.vcf',LEFT(" column ",CHAR_LENGTH(" \
	column ")-4)," column "))"

#endif

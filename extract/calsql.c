#include <inttypes.h>

#include "calsql.h"
#include "kinds.h"

#define OTHER "1125899906842624"	/* 2^50: equal by collation only */
#define KEY(text) CALSQL_HASH("WEIGHT_STRING(" text " COLLATE utf8mb4_general_ci)")
#define BYTES(text) CALSQL_HASH("CAST(" text " AS BINARY)")
#define RANKED "MIN(IF(u.b=q.b,0," OTHER ")+u.id_user)%" OTHER

void calsql_name(struct buf *sql, const char *column)
{
	buf_addf(sql, "CONVERT(IF(LEFT(t.%s,11)='principals/',SUBSTRING(t.%s,12),"
	    "COALESCE(t.%s,'')) USING utf8mb4)", column, column, column);
}

/* "(SELECT id, key k, hash b of its bytes)" of a table's principals. */
static void names(struct buf *sql, const struct cat_table *t, const char *column)
{
	buf_adds(sql, "(SELECT n.id," BYTES("n.n") " b," KEY("n.n") " k FROM (SELECT t.id,");
	calsql_name(sql, column);
	buf_adds(sql, " n FROM");
	sql_table(sql, t, "t", NULL);
	buf_adds(sql, ") n WHERE LENGTH(n.n)>0)");
}

/* " f", the lowest id of each name's rows. */
static void firsts(struct buf *sql, const struct cat_table *t, const char *column,
    const char *alias)
{
	buf_adds(sql, "(SELECT f.k,MIN(f.id) first FROM ");
	names(sql, t, column);
	buf_addf(sql, " f GROUP BY f.k) %s", alias);
}

static void users_as(struct buf *sql, const struct catalog *c, const char *text)
{
	buf_addf(sql, "SELECT s.id_user,s.id_acct," BYTES("s.s") " b," KEY("s.s") " k FROM (SELECT"
	    " a.id_user,a.id_acct,%s s FROM ", text);
	sql_users(sql, c);
	buf_adds(sql, " WHERE LENGTH(a.email)>0");
}

/*
 * " u", all users under each spelling of their e-mails.  It has numbers only, which makes the
 * server's own table small, and is a union, of which the server makes one.
 */
static void users(struct buf *sql, const struct catalog *c)
{
	static const char *const twice[] = { SQL_EMAIL_TWICE, SQL_TWICE("LOWER(a.email)") };
	int i;

	buf_addc(sql, '(');
	users_as(sql, c, "CONVERT(a.email USING utf8mb4)");
	for (i = 0; i < 2; i++) {
		buf_adds(sql, ") s UNION ALL ");
		users_as(sql, c, twice[i]);
		buf_adds(sql, " AND LENGTH(CONVERT(a.email USING utf8mb4))>CHAR_LENGTH(a.email)");
	}
	buf_adds(sql, ") s) u");
}

void calsql_calendars(struct buf *sql, const struct run *r)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendars");

	buf_adds(sql, "(SELECT MIN(q.id) id,COALESCE(" RANKED);
	buf_addf(sql, ",%" PRId64 "+MIN(f.first)) unit FROM ", CAL_NOBODY);
	names(sql, t, "principaluri");
	buf_adds(sql, " q STRAIGHT_JOIN ");
	firsts(sql, t, "principaluri", "f");
	buf_adds(sql, " ON f.k=q.k LEFT JOIN ");
	users(sql, &r->cat);
	buf_adds(sql, " ON u.k=q.k GROUP BY q.id+0) c");
}

/* " x", the keys of all e-mails that P7 knows. */
static void known(struct buf *sql, const struct run *r)
{
	const struct cat_table *principals = catalog_table(&r->cat, "adav_principals");

	buf_adds(sql, "(SELECT " KEY("CONVERT(t.email USING utf8mb4)") " k FROM");
	sql_table(sql, catalog_table(&r->cat, "awm_accounts"), "t", NULL);
	buf_adds(sql, " WHERE t.email<>'' UNION ");
	if (principals != NULL) {
		buf_adds(sql, "SELECT p.k FROM ");
		names(sql, principals, "uri");
		buf_adds(sql, " p) x");
	} else
		buf_adds(sql, "SELECT 0) x");
}

void calsql_reminders(struct buf *sql, const struct run *r)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_reminders");
	const struct cat_table *calendars = catalog_table(&r->cat, "adav_calendars");

	buf_adds(sql, "(SELECT MIN(q.id) id,COALESCE(" RANKED);
	if (calendars != NULL)
		buf_addf(sql, ",%" PRId64 "+MIN(f.first)", CAL_NOBODY);
	buf_addf(sql, ",IF(MIN(x.k) IS NULL,NULL,%" PRId64 "+MIN(g.first))) unit FROM ",
	    CAL_REMINDED);
	names(sql, t, "user");
	buf_adds(sql, " q STRAIGHT_JOIN ");
	firsts(sql, t, "user", "g");
	buf_adds(sql, " ON g.k=q.k");
	if (calendars != NULL) {
		buf_adds(sql, " LEFT JOIN ");
		firsts(sql, calendars, "principaluri", "f");
		buf_adds(sql, " ON f.k=q.k");
	}
	buf_adds(sql, " LEFT JOIN ");
	users(sql, &r->cat);
	buf_adds(sql, " ON u.k=q.k LEFT JOIN ");
	known(sql, r);
	buf_adds(sql, " ON x.k=q.k GROUP BY q.id+0) c");
}

void calsql_members(struct buf *sql, const struct run *r)
{
	buf_adds(sql, "(SELECT MIN(q.id) id,MIN(CONCAT(IF(u.b=q.b,0,1),"
	    "LPAD(u.id_user,20,'0'),u.id_acct)) v FROM ");
	names(sql, catalog_table(&r->cat, "adav_principals"), "uri");
	buf_adds(sql, " q STRAIGHT_JOIN ");
	users(sql, &r->cat);
	buf_adds(sql, " ON u.k=q.k GROUP BY q.id+0) m");
}

#include "kinds/calsql.h"

#define OTHER "1125899906842624"	/* 2^50: equal by collation only */
#define KEY(text) CALSQL_HASH("WEIGHT_STRING(" text " COLLATE utf8mb4_general_ci)")
#define BYTES(text) CALSQL_HASH("CAST(" text " AS BINARY)")
#define RANKED "MIN(IF(u.b=q.b,0," OTHER ")+u.id_user)%" OTHER

/* "(SELECT id, key k, hash b of its bytes)" of a table's principals. */
#define NAMES(table, column) "(SELECT n.id," BYTES("n.n") " b," KEY("n.n") " k FROM (SELECT t.id," \
	CALSQL_NAME(column) " n FROM {" table " t}) n WHERE LENGTH(n.n)>0)"
/* The lowest id of each name's rows. */
#define FIRSTS(table, column) "(SELECT f.k,MIN(f.id) first FROM " NAMES(table, column) \
	" f GROUP BY f.k)"

/*
 * " u", all users under each spelling of their e-mails.  It has numbers only, which makes the
 * server's own table small, and is a union, of which the server makes one.
 */
#define USERS_AS(text, and) "SELECT s.id_user,s.id_acct," BYTES("s.s") " b," KEY("s.s") \
	" k FROM (SELECT a.id_user,a.id_acct," text " s FROM " SQL_USERS \
	" WHERE LENGTH(a.email)>0" and ") s"
#define NOT_ASCII " AND LENGTH(CONVERT(a.email USING utf8mb4))>CHAR_LENGTH(a.email)"
#define USERS "(" USERS_AS("CONVERT(a.email USING utf8mb4)", "") \
	" UNION ALL " USERS_AS(SQL_EMAIL_TWICE, NOT_ASCII) \
	" UNION ALL " USERS_AS(SQL_TWICE("LOWER(a.email)"), NOT_ASCII) ") u"

const char calsql_calendars[] = "(SELECT MIN(q.id) id,COALESCE(" RANKED "," CAL_OTHERS_SQL
    "+MIN(f.first)) unit FROM " NAMES("adav_calendars", "principaluri") " q STRAIGHT_JOIN "
    FIRSTS("adav_calendars", "principaluri") " f ON f.k=q.k LEFT JOIN " USERS " ON u.k=q.k"
    " GROUP BY q.id+0) c";

const char calsql_members[] = "(SELECT MIN(q.id) id,MIN(CONCAT(IF(u.b=q.b,0,1),"
    "LPAD(u.id_user,20,'0'),u.id_acct)) v FROM " NAMES("adav_principals", "uri")
    " q STRAIGHT_JOIN " USERS " ON u.k=q.k GROUP BY q.id+0) m";

void calsql_reminders(struct buf *sql, const struct catalog *c)
{
	bool calendars = catalog_table(c, "adav_calendars") != NULL;
	bool principals = catalog_table(c, "adav_principals") != NULL;

	buf_adds(sql, "(SELECT MIN(q.id) id,COALESCE(" RANKED);
	buf_adds(sql, calendars ? "," CAL_OTHERS_SQL "+MIN(f.first)" : "");
	sql_add(sql, c, ",IF(MIN(x.k) IS NULL,NULL," CAL_REMINDED_SQL "+MIN(g.first))) unit FROM "
	    NAMES("adav_reminders", "user") " q STRAIGHT_JOIN " FIRSTS("adav_reminders", "user")
	    " g ON g.k=q.k");
	if (calendars)
		sql_add(sql, c, " LEFT JOIN " FIRSTS("adav_calendars", "principaluri")
		    " f ON f.k=q.k");
	/* x: the keys of all e-mails that P7 knows. */
	sql_add(sql, c, " LEFT JOIN " USERS " ON u.k=q.k LEFT JOIN (SELECT "
	    KEY("CONVERT(t.email USING utf8mb4)") " k FROM {awm_accounts t} WHERE t.email<>''"
	    " UNION ");
	sql_add(sql, c, principals ? "SELECT p.k FROM " NAMES("adav_principals", "uri") " p" :
	    "SELECT 0");
	buf_adds(sql, ") x ON x.k=q.k GROUP BY q.id+0) c");
}

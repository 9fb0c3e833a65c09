/*
 * The owners of the rows of P7's DAV tables, as SQL.
 * A principal is a user's when it is "principals/" (which may be lacking) and an e-mail: byte for
 * byte first, then by P7's collation, and of several users that of the lowest id_user.  Where the
 * server's default is latin1 a principal has the e-mail double-encoded.
 *
 * A unit is the block that a row stands in, as one number by which the server sorts:
 *   id_user                       a user
 *   CAL_OTHERS + calendar's id    a principal that is not a user: its first calendar
 *   CAL_REMINDED + reminder's id  one that has reminders only: the first of them
 *
 * P7 has no index that leads from a principal to its rows, so they are joined once for all rows,
 * by hashes of 60 bits, of which the server makes an index of its own.  (Grouped by an expression,
 * because of a plain column MariaDB may compute the groups again for each row.)
 */
#ifndef CALSQL_H
#define CALSQL_H

#include "database/sql.h"

#define CAL_OTHERS (INT64_C(1) << 40)
#define CAL_OTHERS_SQL "1099511627776"
#define CAL_REMINDED_SQL "2199023255552"

/* A hash of the bytes of EXPR, as a number. */
#define CALSQL_HASH(expr) "CAST(CONV(LEFT(SHA2(" expr ",256),15),16,10) AS UNSIGNED)"
/* The e-mail in the principal t.COLUMN. */
#define CALSQL_NAME(column) "CONVERT(IF(LEFT(t." column ",11)='principals/',SUBSTRING(t." column \
	",12),COALESCE(t." column ",'')) USING utf8mb4)"
#define CALSQL_ACCOUNT "CAST(SUBSTRING(m.v,22) AS SIGNED)"

/* "(SELECT id, unit) c": calendars; those without a principal are left out. */
extern const char calsql_calendars[];
/* "(SELECT id, v) m": principals of users, with their default accounts. */
extern const char calsql_members[];
/* "(SELECT id, unit) c": reminders; unit is NULL when their user is nowhere in P7. */
void calsql_reminders(struct buf *sql, const struct catalog *c);

#endif

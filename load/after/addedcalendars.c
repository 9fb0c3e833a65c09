#include <stdio.h>
#include <string.h>

#include "after/addedcalendars.h"
#include "kinds/changes.h"
#include "after/readcalendars.h"
#include "base/names.h"
#include "ledger/ledger.h"
#include "run/user.h"
#include "target/sql.h"

/* One row of numbers. */
static int numbers(struct target *t, const char *text, const struct dbval *v, unsigned n,
    int64_t *out, unsigned cols, struct err *e)
{
	struct dbq q;
	unsigned i;
	int rc;

	if (sql_prepare(t, &q, text, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	for (i = 0; i < cols; i++)
		out[i] = rc == 1 ? dbq_int(&q, i) : 0;
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

/* P8 makes a calendar for who has none; with events in it people have used it. */
static int new_calendars(struct readback *r, const struct readback_user *u, const char *principal,
    struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_STR(principal) };
	int64_t n[2];

	if (numbers(r->t, "SELECT COUNT(DISTINCT i.calendarid), COUNT(o.id) FROM {p7m_users} u JOIN"
	    " {adav_calendarinstances} i ON i.access=1 AND"
	    " i.calendarid>COALESCE(u.calendars_before, 0) LEFT JOIN {p7m_calendars} k ON"
	    " k.calendarid=i.calendarid LEFT JOIN {adav_calendarobjects} o ON"
	    " o.calendarid=i.calendarid WHERE u.id=? AND i.principaluri=? AND k.uuid IS NULL", v, 2,
	    n, 2, e) < 0)
		return -1;
	if (n[0] > 0 && readback_find(r, DAV_CALENDAR) != NULL)
		changes_say(out, u, DAV_CALENDAR, n[0], "added in P8");
	if (n[1] > 0)
		changes_say(out, u, DAV_OBJECT, n[1], "added in P8");
	return 0;
}

/* Of the user's calendars with others, or of calendars of the migration with the user. */
static int new_shares(struct readback *r, const struct readback_user *u, const char *principal,
    struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_STR(principal) };
	int64_t n = 0;

	if (sql_int(r->t, "SELECT COUNT(DISTINCT x.id) FROM {p7m_calendars} k JOIN"
	    " {adav_calendarinstances} x ON x.calendarid=k.calendarid AND x.access>1 LEFT JOIN"
	    " {p7m_shares} s ON s.calendar=k.uuid AND s.instance=x.id WHERE"
	    " (k.user_id=? OR x.principaluri=?) AND s.id IS NULL", v, 2, &n, e) < 0)
		return -1;
	if (n > 0)
		changes_say(out, u, DAV_SHARE, n, "added in P8");
	return 0;
}

/* What others share with the user, who may have given it up, another name, another color. */
static int own_instances(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	struct dbval v[] = { DB_STR(u->public_id), DB_INT(u->row) };
	int64_t n[2];

	if (numbers(r->t, "SELECT COALESCE(SUM(i.id IS NULL), 0), COALESCE(SUM(s.looks<>"
	    LEDGER_LOOKS("i") "), 0) FROM {p7m_shares} s LEFT JOIN " SHARE_INSTANCE " WHERE"
	    " s.sharee=CONVERT(? USING {:charset}) COLLATE {:collation} AND s.state='made' AND"
	    " s.instance IS NOT NULL AND s.user_id<>?", v, 2, n, 2, e) < 0)
		return -1;
	if (n[0] > 0)
		changes_say(out, u, DAV_SHARE, n[0], "removed in P8");
	if (n[1] > 0)
		changes_say(out, u, DAV_SHARE, n[1], "changed in P8");
	return 0;
}

int addedcalendars_find(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];

	if (r->t->no_dav)
		return 0;
	principal_uri(u->public_id, principal);
	if (new_calendars(r, u, principal, out, e) < 0 || new_shares(r, u, principal, out, e) < 0)
		return -1;
	return own_instances(r, u, out, e);
}

/* The shares of the ledger that are the user's: as owner, or as sharee. */
#define OWNED "s.user_id=?"
#define SHARED "s.sharee=CONVERT(? USING {:charset}) COLLATE {:collation}"
/* A calendar that is gone as a whole took its shares along: nobody has revoked them. */
#define REVOKE(whose) "UPDATE {p7m_shares} s JOIN {adav_calendars} c ON c.id=s.calendarid LEFT" \
	" JOIN " SHARE_INSTANCE " SET s.state='revoked', s.instance=NULL WHERE " whose \
	" AND s.state='made' AND s.instance IS NOT NULL AND i.id IS NULL"

int addedcalendars_leave(struct target *t, int64_t row, const char *public_id, struct err *e)
{
	struct dbval owner = DB_INT(row), sharee = DB_STR(public_id);

	if (t->no_dav || public_id[0] == '\0')
		return 0;
	if (sql_do(t, REVOKE(OWNED), &owner, 1, e) < 0 ||
	    sql_do(t, REVOKE(SHARED), &sharee, 1, e) < 0)
		return -1;
	if (sql_do(t, "DELETE i FROM {p7m_shares} s JOIN " SHARE_INSTANCE " WHERE " SHARED
	    " AND s.state='made' AND i.access>1", &sharee, 1, e) < 0)
		return -1;
	return sql_do(t, "UPDATE {p7m_shares} s SET s.state='waiting', s.instance=NULL WHERE "
	    SHARED " AND s.state='made'", &sharee, 1, e);
}

int addedcalendars_end(struct target *t, const char *public_id, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[] = { DB_NULL, DB_STR(public_id) };

	if (t->no_dav || public_id[0] == '\0')
		return 0;
	principal_uri(public_id, principal);
	v[0] = DB_STR(principal);
	return sql_do(t, "DELETE r FROM {adav_reminders} r LEFT JOIN {adav_calendarinstances} i ON"
	    " i.principaluri=? AND i.uri=CAST(r.calendaruri AS BINARY) WHERE i.id IS NULL AND"
	    " r.user={:davtext}", v, 2, e);
}

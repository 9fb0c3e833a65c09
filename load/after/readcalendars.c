#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/names.h"
#include "base/rowhash.h"
#include "after/readcalendars.h"
#include "ledger/ledger.h"
#include "target/sql.h"

/* Only who brought some makes P8's tables for them necessary. */
static int prepare(struct readback *r, struct err *e)
{
	struct target *t = r->t;

	if (r->calendars.st != NULL)
		return 0;
	if (sql_prepare(t, &r->calendars, "SELECT STRAIGHT_JOIN k.uuid, i.uri,"
	    " {:dav i.displayname}, {:dav i.description}, i.calendarcolor, {:dav i.timezone},"
	    " c.components, i.calendarorder, i.transparent, i.public,"
	    " i.principaluri=k.principaluri AND i.share_href IS NULL AND i.share_invitestatus=2"
	    " FROM {p7m_calendars} k JOIN {adav_calendars} c ON c.id=k.calendarid JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1 WHERE"
	    " k.user_id=? AND i.principaluri IS NOT NULL", e) < 0 ||
	    sql_prepare(t, &r->objects, "SELECT STRAIGHT_JOIN k.uuid, " READ_OBJECT
	    " FROM {p7m_calendars} k JOIN {adav_calendarobjects} o ON"
	    " o.calendarid=k.calendarid WHERE k.user_id=?", e) < 0 ||
	    sql_prepare(t, &r->new_shares, "SELECT COUNT(*) FROM {p7m_calendars} k JOIN"
	    " {adav_calendarinstances} x ON x.calendarid=k.calendarid AND x.access>1 LEFT JOIN"
	    " {p7m_shares} s ON s.calendar=k.uuid AND s.instance=x.id WHERE k.user_id=? AND"
	    " s.id IS NULL", e) < 0 ||
	    sql_prepare(t, &r->reminders, "SELECT r.id, {:dav r.user}, {:dav r.calendaruri},"
	    " {:dav r.eventid} FROM {adav_reminders} r WHERE r.id BETWEEN ? AND ?", e) < 0)
		return -1;
	return sql_prepare(t, &r->shares, "SELECT s.calendar, s.sharee, s.access, s.instance, i.id,"
	    " s.looks=" LEDGER_LOOKS("i") ", s.state='waiting' AND " SHAREE_IS_THERE " FROM"
	    " {p7m_shares} s LEFT JOIN " SHARE_INSTANCE " WHERE s.user_id=?", e);
}

void readcalendars_close(struct readback *r)
{
	dbq_close(&r->calendars);
	dbq_close(&r->objects);
	dbq_close(&r->reminders);
	dbq_close(&r->shares);
	dbq_close(&r->new_shares);
}

static void add(struct readback_kind *k, uint64_t hash)
{
	k->got.things++;
	k->got.rows++;
	k->got.hash += hash;
}

static struct rowhash_text text(const struct dbq *q, unsigned i)
{
	return (struct rowhash_text){ q->col[i].p, q->col[i].n };
}

static int calendars(struct readback *r, struct readback_kind *k, int64_t user, struct err *e)
{
	struct dbq *q = &r->calendars;
	struct dbval v = DB_INT(user);
	int rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		const struct rowhash_calendar c = { dbq_str(q, 0), text(q, 1), text(q, 2),
		    text(q, 3), text(q, 4), text(q, 5), text(q, 6), dbq_int(q, 7), dbq_int(q, 8),
		    dbq_int(q, 9) };

		/* One that became somebody else's is not the same. */
		add(k, rowhash_calendar(&c) + (dbq_int(q, 10) == 0));
	}
	return rc;
}

uint64_t readcalendars_object(const char *calendar, const struct dbq *q, unsigned at)
{
	const struct dbval *c = q->col + at;

	return rowhash_object(&(struct rowhash_object){ .calendar = calendar, .uri = text(q, at),
	    .crc = c[1].p != NULL ? dbq_int(q, at + 1) : -1, .size = dbq_int(q, at + 2),
	    .modified = dbq_int(q, at + 3), .etag = text(q, at + 4), .type = text(q, at + 5),
	    .first = c[6].p != NULL ? dbq_int(q, at + 6) : -1,
	    .last = c[7].p != NULL ? dbq_int(q, at + 7) : -1, .uid = text(q, at + 8) });
}

static int objects(struct readback *r, struct readback_kind *k, int64_t user, struct err *e)
{
	struct dbq *q = &r->objects;
	struct dbval v = DB_INT(user);
	int rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1)
		add(k, readcalendars_object(dbq_str(q, 0), q, 1));
	return rc;
}

/* A number that P8 has given to another user's reminder since is none of his. */
static int reminders(struct readback *r, const char *public_id, struct err *e)
{
	int64_t at = 0, w[2];
	struct dbq *q = &r->reminders;
	size_t run = 0;
	int rc, kind;

	while (readback_window(r, 'r', &run, &at, w)) {
		struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };

		if (dbq_run(q, v, 2, e) < 0)
			return -1;
		while ((rc = dbq_next(q, e)) == 1) {
			kind = readback_kind_of(r, 'r', run, dbq_int(q, 0));
			if (kind >= 0 && strcasecmp(dbq_str(q, 1), public_id) == 0)
				add(&r->k[kind], rowhash_reminder(text(q, 2), text(q, 3)));
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

/*
 * What waits, or was revoked before the user came (again), is as it was loaded.  What was made has
 * to be in P8 as it was made: of the same sharee, with its access, name and color.
 */
static int shares(struct readback *r, struct readback_kind *k, int64_t user, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_USER), DB_INT(user) };
	struct dbq *q = &r->shares;
	bool made, same;
	int rc;

	if (dbq_run(q, v, 2, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		made = q->col[3].p != NULL;
		same = !made || dbq_int(q, 5) != 0;
		r->overdue += dbq_int(q, 6) != 0;
		if (made && q->col[4].p == NULL)
			continue;
		add(k, rowhash_share(dbq_str(q, 0), dbq_str(q, 1), q->col[1].n, dbq_int(q, 2)) +
		    !same);
	}
	return rc;
}

/* Of the user's calendars, with whom nobody shared them in P7. */
static int new_shares(struct readback *r, int64_t user, struct err *e)
{
	struct dbval v = DB_INT(user);
	int rc;

	if (dbq_run(&r->new_shares, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(&r->new_shares, e)) == 1)
		r->shared = (uint64_t)dbq_int(&r->new_shares, 0);
	return rc;
}

int readcalendars(struct readback *r, const struct readback_user *u, struct err *e)
{
	struct readback_kind *calendar = readback_find(r, DAV_CALENDAR), *object;
	struct readback_kind *share = readback_find(r, DAV_SHARE);

	r->overdue = r->shared = 0;
	if (calendar == NULL && readback_find(r, DAV_REMINDER) == NULL)
		return 0;
	if (prepare(r, e) < 0 || reminders(r, u->public_id, e) < 0)
		return -1;
	if (calendar == NULL)
		return 0;
	/* People add events also where none was brought. */
	object = readback_kind(r, DAV_OBJECT);
	if (object == NULL)
		return err_set(e, EXIT_DATA, "the ledger has too many kinds");
	if (calendars(r, calendar, u->row, e) < 0 || objects(r, object, u->row, e) < 0 ||
	    new_shares(r, u->row, e) < 0)
		return -1;
	return share != NULL ? shares(r, share, u->row, e) : 0;
}

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
	    " {:dav i.displayname}, {:dav i.description}, i.calendarcolor, {:dav i.timezone} FROM"
	    " {p7m_calendars} k JOIN {adav_calendars} c ON c.id=k.calendarid JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1 WHERE"
	    " k.user_id=? AND i.principaluri IS NOT NULL", e) < 0 ||
	    sql_prepare(t, &r->objects, "SELECT STRAIGHT_JOIN k.uuid, o.uri, o.size,"
	    " CRC32(o.calendardata) FROM {p7m_calendars} k JOIN {adav_calendarobjects} o ON"
	    " o.calendarid=k.calendarid WHERE k.user_id=?", e) < 0 ||
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
	unsigned i;
	int rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		struct rowhash_text t[ROWHASH_CALENDAR];

		for (i = 0; i < ROWHASH_CALENDAR; i++)
			t[i] = text(q, i + 1);
		add(k, rowhash_calendar(dbq_str(q, 0), t));
	}
	return rc;
}

static int objects(struct readback *r, struct readback_kind *k, int64_t user, struct err *e)
{
	struct dbq *q = &r->objects;
	struct dbval v = DB_INT(user);
	int rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1)
		add(k, rowhash_object(dbq_str(q, 0), dbq_str(q, 1), q->col[1].n, dbq_int(q, 2),
		    (uint32_t)dbq_int(q, 3)));
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
 * to be in P8 as it was made: with its access, name and color.
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

int readcalendars(struct readback *r, const struct readback_user *u, struct err *e)
{
	struct readback_kind *calendar = readback_find(r, KIND_CALENDAR);
	struct readback_kind *share = readback_find(r, KIND_SHARE);
	struct readback_kind *object;

	r->overdue = 0;
	if (calendar == NULL && readback_find(r, KIND_REMINDER) == NULL)
		return 0;
	if (prepare(r, e) < 0 || reminders(r, u->public_id, e) < 0)
		return -1;
	if (calendar == NULL)
		return 0;
	/* People add events also where none was brought. */
	object = readback_kind(r, KIND_OBJECT);
	if (object == NULL)
		return err_set(e, EXIT_DATA, "the ledger has too many kinds");
	if (calendars(r, calendar, u->row, e) < 0 || objects(r, object, u->row, e) < 0)
		return -1;
	return share != NULL ? shares(r, share, u->row, e) : 0;
}

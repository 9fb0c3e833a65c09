/* calendars_differ: the unit's calendars beside P8's, as people see them. */
#include <string.h>

#include "kinds/differs.h"
#include "kinds/calendar.h"
#include "base/names.h"
#include "davname.h"

#define URI_TRIES 16		/* of numbers behind a URI that was taken */

/* A URI that was taken in P8 has a number there. */
static int uri(struct differs *d, const struct user_calendar *c, const char *key, const char *is,
    struct err *e)
{
	struct buf try = BUF_INIT(1024);
	bool found = strcmp(is, c->uri) == 0;
	unsigned n;

	for (n = 1; n <= URI_TRIES && !found && !try.failed; n++) {
		davname_uri(key, strlen(key), DAV_URI_MAX, d->source, c->p7, n, &try);
		found = !try.failed && strcmp(try.data, is) == 0;
	}
	if (!found && !try.failed)
		differs_print(d, DAV_CALENDAR, key, "its URI is %s in P8", is);
	buf_free(&try);
	return n <= URI_TRIES && !found ? err_memory(e) : 0;
}

/* Texts of P8 and of row I; NULL is "". */
static bool same(const struct dbval *is, const struct rows *r, unsigned col, size_t i)
{
	size_t n = r->col[col].len[i];

	return is->n == n && (n == 0 || memcmp(is->p, r->col[col].p[i], n) == 0);
}

/* What people see of the calendar, and whose it is. */
static int looks(struct differs *d, size_t i, const char *key, const struct dbq *q, struct err *e)
{
	static const struct {
		const char *what;
		unsigned at, col;
	} text[] = { { "description", 8, INSTANCE_DESCRIPTION }, { "color", 9, INSTANCE_COLOR },
	    { "time zone", 10, INSTANCE_TIMEZONE } };
	const struct rows *r = &d->unit->r[TABLE_INSTANCES];
	const struct user_calendar *c = &d->user->cals[r->of[i]];
	unsigned k;

	if (!same(&q->col[1], r, INSTANCE_NAME, i))
		differs_print(d, DAV_CALENDAR, key,
		    "its name is \"%s\" in P8, \"%s\" in the stream", dbq_str(q, 1),
		    r->col[INSTANCE_NAME].p[i]);
	for (k = 0; k < sizeof(text) / sizeof(*text); k++)
		if (!same(&q->col[text[k].at], r, text[k].col, i))
			differs_print(d, DAV_CALENDAR, key, "its %s is another one in P8",
			    text[k].what);
	if (uri(d, c, key, dbq_str(q, 7), e) < 0)
		return -1;
	if (dbq_int(q, 4) == 0)
		differs_print(d, DAV_CALENDAR, key,
		    "P8 cannot open it: its row of adav_calendars is missing");
	else if (strcmp(dbq_str(q, 11), c->components) != 0)
		differs_print(d, DAV_CALENDAR, key, "its components are others in P8");
	if (dbq_int(q, 6) == 0)
		differs_print(d, DAV_CALENDAR, key, "in P8 it is not its owner's any more");
	if (dbq_int(q, 2) != r->col[INSTANCE_ORDER].num[i])
		differs_print(d, DAV_CALENDAR, key, "its order is another one in P8");
	if ((dbq_int(q, 5) != 0) != (r->col[INSTANCE_TRANSPARENT].num[i] != 0))
		differs_print(d, DAV_CALENDAR, key, "P8 has other times of it as busy");
	if ((dbq_int(q, 3) != 0) != c->public)
		differs_print(d, DAV_CALENDAR, key, dbq_int(q, 3) != 0 ?
		    "it is public in P8, not in the stream" :
		    "it is public in the stream, not in P8");
	return 0;
}

/* Its owner's instance tells the names by which people know the calendar. */
int calendars_differ(struct differs *d, struct err *e)
{
	const struct rows *r = &d->unit->r[TABLE_CALENDARS];
	struct user_calendar *c;
	const char *key;
	struct dbq *q;
	size_t i;
	int rc;

	/* Where P8 has them is needed for what is in them. */
	for (i = 0; i < r->n; i++) {
		c = &d->user->cals[r->of[i]];
		key = c->was != NULL ? c->was : c->uri;
		q = differs_row(d, DQ_CALENDAR, "SELECT k.calendarid, {:dav i.displayname},"
		    " i.calendarorder, i.public, c.id IS NOT NULL, i.transparent,"
		    " i.principaluri<=>k.principaluri AND i.share_href IS NULL AND"
		    " i.share_invitestatus=2, i.uri, {:dav i.description}, i.calendarcolor,"
		    " {:dav i.timezone}, c.components FROM {p7m_calendars} k JOIN"
		    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1"
		    " LEFT JOIN {adav_calendars} c ON c.id=k.calendarid WHERE k.uuid=?",
		    &DB_STR(c->uuid), 1, &rc, e);
		if (rc < 0)
			return -1;
		c->id = q != NULL ? dbq_int(q, 0) : 0;
		if (!differs_look(d, DAV_CALENDAR))
			continue;
		if (q == NULL)
			differs_print(d, DAV_CALENDAR, key, "not in P8");
		else if (looks(d, i, key, q, e) < 0)
			return -1;
	}
	return 0;
}

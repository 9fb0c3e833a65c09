#include <ctype.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "ical.h"
#include "icalparse.h"
#include "icaluid.h"
#include "icalzone.h"

#define INSTANCES_MAX 50000	/* of one series that are looked at; more go on "forever" */
#define CLOCKS (3 * 3600)	/* more than clocks are put forward or back by */
#define YEAR_MAX 2106		/* of instances; seconds have 32 bits */
#define WALL_MAX (INT64_C(200) * 366 * 86400)	/* what lasts longer ends beyond them */

/* As a clock on the wall there has it. */
static int64_t local_seconds(struct icaltimetype t)
{
	struct tm tm = { .tm_year = t.year - 1900, .tm_mon = t.month - 1, .tm_mday = t.day };

	if (!t.is_date) {
		tm.tm_hour = t.hour;
		tm.tm_min = t.minute;
		tm.tm_sec = t.second;
	}
	return timegm(&tm);
}

/* Days since 1970-01-01. */
static int64_t day_of(struct icaltimetype t)
{
	t.is_date = 1;
	return local_seconds(t) / 86400;
}

/* The seconds that clocks of ZONE are ahead AT seconds since 1970. */
static int ahead(icaltimezone *zone, int64_t at)
{
	struct icaltimetype t = icaltime_from_timet_with_zone((time_t)at, 0, NULL);

	return icaltimezone_get_utc_offset_of_utc_time(zone, &t, NULL);
}

/*
 * What clocks that are put forward leave out is computed as they went before, and what they show
 * twice is the first of both, as RFC 5545 says and PHP does; libical does the contrary.
 */
static int64_t seconds(struct icaltimetype t)
{
	icaltimezone *zone = (icaltimezone *)(uintptr_t)t.zone;
	int64_t s = local_seconds(t);
	int offset, before;

	if (t.is_date || zone == NULL || icaltime_is_utc(t))
		return s;
	offset = icaltimezone_get_utc_offset(zone, &t, NULL);
	before = ahead(zone, s - offset - CLOCKS);
	if (before == offset)
		return s - offset;
	if (ahead(zone, s - before) == before || ahead(zone, s - offset) != offset)
		return s - before;
	return s - offset;
}

/* When something happens; what is covered by one time is covered by another one too. */
struct span {
	int64_t first;
	int64_t sure, last;	/* its end, by the shorter and the longer way to compute it */
	bool any;
	bool vague;
};

static void cover(struct span *s, int64_t start, int64_t sure, int64_t end)
{
	if (end < start)
		end = start;
	if (!s->any || start < s->first)
		s->first = start;
	if (!s->any || sure > s->sure)
		s->sure = sure;
	if (!s->any || end > s->last)
		s->last = end;
	s->any = true;
}

/* The VTIMEZONE of this name that stands beside C. */
static icaltimezone *own_zone(icalcomponent *c, const char *name)
{
	icaltimezone *z = NULL;

	for (; c != NULL && z == NULL; c = icalcomponent_get_parent(c))
		z = icalcomponent_get_timezone(c, name);
	return z;
}

/*
 * The zone that T gets by the TZID of C's property P.  As in sabre/dav a name that is known goes
 * before the object's own VTIMEZONE, which libical would take milliseconds to unroll, object by
 * object, and a day with a zone begins at its midnight.
 */
static void put_zone(icalcomponent *c, icalproperty *p, struct icaltimetype *t)
{
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	const char *name = tzid != NULL ? icalparameter_get_tzid(tzid) : NULL;
	icaltimezone *z;

	if (name == NULL || icaltime_is_null_time(*t) || icaltime_is_utc(*t))
		return;
	z = icalzone_named(name);
	if (z == NULL && (t->is_date || t->zone == NULL)) {
		z = own_zone(c, name);
		if (z == NULL)
			z = icalzone_hours(name);
	}
	if (z == NULL)
		return;
	t->zone = z;
	if (t->is_date) {
		t->is_date = 0;
		t->hour = t->minute = t->second = 0;
	}
}

static struct icaltimetype time_of(icalcomponent *c, icalproperty *p)
{
	struct icaltimetype t = icalproperty_get_datetime_with_component(p, c);

	put_zone(c, p, &t);
	return t;
}

/* Is it another time where another zone is the usual one, or other names of zones are known? */
static bool is_vague(struct icaltimetype t)
{
	return !icaltime_is_utc(t) && (t.is_date || t.zone == NULL ||
	    icaltimezone_get_location((icaltimezone *)(uintptr_t)t.zone) == NULL);
}

/* How long an instance lasts, in seconds: of time, and of the clock on the wall. */
struct length {
	int64_t time, wall;
};

static int64_t length_of(struct icaldurationtype d)
{
	int64_t n = (int64_t)d.weeks * 604800 + (int64_t)d.days * 86400 + (int64_t)d.hours * 3600 +
	    (int64_t)d.minutes * 60 + d.seconds;

	return d.is_neg ? 0 : n;
}

/* Does P say VALUE=DATE?  Then it is a day, even with a time (icalparse.h). */
static bool says_day(icalproperty *p)
{
	return icalproperty_get_first_parameter(p, ICAL_X_PARAMETER) != NULL;
}

static struct length duration(icalcomponent *c, icalproperty *at, struct icaltimetype start,
    struct span *s)
{
	icalproperty *end = icalcomponent_get_first_property(c, ICAL_DTEND_PROPERTY);
	icalproperty *dur = icalcomponent_get_first_property(c, ICAL_DURATION_PROPERTY);
	struct length l = { 0, 0 };
	struct icaltimetype t;

	if (end != NULL) {
		t = time_of(c, end);
		if (!icaltime_is_null_time(t)) {
			s->vague |= is_vague(t);
			l.time = seconds(t) - seconds(start);
			l.wall = t.zone == start.zone ? local_seconds(t) - local_seconds(start) :
			    l.time;
		}
	} else if (dur != NULL)
		l.time = l.wall = length_of(icalproperty_get_duration(dur));
	else if (says_day(at))
		l.time = l.wall = 86400;
	l.time = l.time > 0 ? l.time : 0;
	l.wall = l.wall > 0 ? l.wall : 0;
	return l;
}

/* The instance at AT.  Where clocks change in it, there are two ways to compute its end. */
static void cover_instance(struct span *s, struct icaltimetype at, struct length l)
{
	int64_t start = seconds(at), by_time = start + l.time, by_wall = by_time;

	if (!at.is_date && at.zone != NULL && l.wall < WALL_MAX) {
		icaltime_adjust(&at, (int)(l.wall / 86400), 0, 0, (int)(l.wall % 86400));
		by_wall = seconds(at);
	}
	cover(s, start, by_time < by_wall ? by_time : by_wall,
	    by_time > by_wall ? by_time : by_wall);
}

/*
 * Instances that an event leaves out, sorted.  They are gathered first: a component has a single
 * cursor for its properties, which a search among them would take from an outer loop.
 */
struct left_out {
	int64_t *time, *day;	/* seconds; days of those without a time, for events without */
	size_t times, days;
};

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void gather(icalcomponent *c, struct left_out *l)
{
	size_t n = (size_t)icalcomponent_count_properties(c, ICAL_EXDATE_PROPERTY);
	struct icaltimetype t;
	icalproperty *p;

	memset(l, 0, sizeof(*l));
	l->time = n > 0 ? calloc(2 * n, sizeof(*l->time)) : NULL;
	if (l->time == NULL)
		return;
	l->day = l->time + n;
	for (p = icalcomponent_get_first_property(c, ICAL_EXDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(c, ICAL_EXDATE_PROPERTY)) {
		t = time_of(c, p);
		if (t.is_date)
			l->day[l->days++] = day_of(t);
		else
			l->time[l->times++] = seconds(t);
	}
	qsort(l->time, l->times, sizeof(*l->time), compare);
	qsort(l->day, l->days, sizeof(*l->day), compare);
}

static bool excluded(const struct left_out *l, struct icaltimetype at)
{
	int64_t s, d;

	if (l->times + l->days == 0)
		return false;
	s = seconds(at);
	d = day_of(at);
	return (l->times > 0 && bsearch(&s, l->time, l->times, sizeof(s), compare) != NULL) ||
	    (at.is_date && l->days > 0 && bsearch(&d, l->day, l->days, sizeof(d), compare) != NULL);
}

/* No instance from AT on is looked at: an end that counts for them all. */
static int64_t forever(struct icaltimetype at)
{
	return seconds(at) < ICAL_FOREVER ? ICAL_FOREVER : UINT32_MAX;
}

/* To the end of the times that sabre/dav keeps; its zone decides where that is. */
static void cover_forever(struct span *s, struct icaltimetype start, struct icaltimetype at)
{
	cover(s, seconds(start), forever(at), forever(at));
	s->vague = true;
}

static void cover_rule(const struct left_out *l, icalproperty *p, struct icaltimetype start,
    struct length dur, struct span *s)
{
	struct icalrecurrencetype rule = icalproperty_get_rrule(p);
	struct icaltimetype at, latest = icaltime_null_time();
	icalrecur_iterator *it;
	int n;

	if (rule.freq == ICAL_NO_RECURRENCE)
		return;
	if (rule.count == 0 && icaltime_is_null_time(rule.until)) {
		cover_forever(s, start, start);
		return;
	}
	it = icalrecur_iterator_new(rule, start);
	if (it == NULL)
		return;
	for (n = 0; !icaltime_is_null_time(at = icalrecur_iterator_next(it)); n++) {
		at.zone = start.zone;
		at.is_date = start.is_date;
		if (n == INSTANCES_MAX || at.year > YEAR_MAX) {
			cover_forever(s, start, at);
			break;
		}
		if (excluded(l, at))
			continue;
		/* What is between the first and the latest one is covered by them. */
		if (icaltime_is_null_time(latest))
			cover_instance(s, at, dur);
		latest = at;
	}
	if (!icaltime_is_null_time(latest))
		cover_instance(s, latest, dur);
	icalrecur_iterator_free(it);
}

static void cover_dates(icalcomponent *c, const struct left_out *l, struct length dur,
    struct span *s)
{
	struct icaldatetimeperiodtype d;
	icalproperty *p;
	struct icaltimetype t;
	int64_t end;

	for (p = icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
		d = icalproperty_get_rdate(p);
		if (!icaltime_is_null_time(d.period.start)) {
			put_zone(c, p, &d.period.start);
			put_zone(c, p, &d.period.end);
			t = d.period.start;
			end = icaltime_is_null_time(d.period.end) ?
			    seconds(t) + length_of(d.period.duration) : seconds(d.period.end);
			cover(s, seconds(t), end, end);
			s->vague |= is_vague(t);
			continue;
		}
		t = time_of(c, p);
		if (!icaltime_is_null_time(t) && !excluded(l, t)) {
			cover_instance(s, t, dur);
			s->vague |= is_vague(t);
		}
	}
}

static void cover_instances(icalcomponent *c, const struct left_out *l, icalproperty *dtstart,
    struct icaltimetype start, struct span *s)
{
	struct span own = { .any = false };
	struct length dur = duration(c, dtstart, start, s);
	icalproperty *p = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);

	if (p == NULL && !excluded(l, start))
		cover_instance(&own, start, dur);
	for (; p != NULL; p = icalcomponent_get_next_property(c, ICAL_RRULE_PROPERTY))
		cover_rule(l, p, start, dur, &own);
	cover_dates(c, l, dur, &own);
	/* A series without a single instance is still found where it begins. */
	if (!own.any)
		cover_instance(&own, start, dur);
	/* As in sabre/dav it begins with DTSTART, whatever its rule says of that day. */
	cover(s, seconds(start) < own.first ? seconds(start) : own.first, own.sure, own.last);
	s->vague |= own.vague || is_vague(start);
}

static void cover_event(icalcomponent *c, struct span *s)
{
	icalproperty *p = icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
	struct icaltimetype start;
	struct left_out l;

	if (p == NULL)
		return;
	start = time_of(c, p);
	if (icaltime_is_null_time(start))
		return;
	gather(c, &l);
	cover_instances(c, &l, p, start, s);
	free(l.time);
}

static int64_t clamp(int64_t v)
{
	return v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : v;
}

/*
 * Cover the events in C, through VCALENDARs and libical's root of several ones; an event inside of
 * another component stands there because an END is missing.
 */
static void visit(icalcomponent *c, struct span *s)
{
	icalcomponent *sub;

	if (icalcomponent_isa(c) == ICAL_VEVENT_COMPONENT)
		cover_event(c, s);
	for (sub = icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT); sub != NULL;
	    sub = icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
		visit(sub, s);
}

static void look(const char *text, size_t n, struct ical_facts *f)
{
	struct span s = { .any = false };
	icalcomponent *root = icalparse(text, n);

	if (root == NULL)
		return;
	visit(root, &s);
	icalcomponent_free(root);
	f->timed = s.any;
	f->vague = s.vague;
	f->first = clamp(s.first);
	f->sure = clamp(s.sure);
	f->last = clamp(s.last);
}

/* As much of the first component's name as there is room for, and as is a name. */
static void name_component(const char *text, size_t n, struct ical_facts *f)
{
	struct icaluid u;
	size_t i;

	icaluid_find(text, n, &u);
	for (i = 0; i < sizeof(f->component) - 1 && (isalnum((unsigned char)u.component[i]) ||
	    u.component[i] == '-'); i++)
		f->component[i] = u.component[i];
}

bool ical_look(const char *text, size_t n, struct ical_facts *f)
{
	struct buf b = BUF_INIT(4 * n + 4096);

	memset(f, 0, sizeof(*f));
	name_component(text, n, f);
	if (strcmp(f->component, "VEVENT") != 0)
		return f->component[0] != '\0';
	if (memchr(text, '\0', n) == NULL) {
		look(text, n, f);
	} else {
		icaluid_text(text, n, &b);
		if (b.len > 0 && !b.failed)
			look(b.data, b.len, f);
	}
	buf_free(&b);
	return true;
}

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ical.h"
#include "icalparse.h"
#include "icaluid.h"
#include "icalzone.h"

#define INSTANCES_MAX 50000	/* of one series that are looked at; more go on "forever" */

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static int64_t days(int64_t y, int m, int d)
{
	int64_t era, doe;
	int64_t yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

/* As a clock on the wall there has it. */
static int64_t local_seconds(struct icaltimetype t)
{
	int64_t s = days(t.year, t.month, t.day) * 86400;

	return t.is_date ? s : s + t.hour * 3600 + t.minute * 60 + t.second;
}

static int64_t seconds(struct icaltimetype t)
{
	int dst;
	int64_t s = local_seconds(t);

	if (t.is_date)
		return s;
	if (t.zone != NULL && !icaltime_is_utc(t))
		s -= icaltimezone_get_utc_offset((icaltimezone *)(uintptr_t)t.zone, &t, &dst);
	return s;
}

struct span {
	int64_t first, last;
	bool any;
};

static void cover(struct span *s, int64_t start, int64_t end)
{
	if (end < start)
		end = start;
	if (!s->any || start < s->first)
		s->first = start;
	if (!s->any || end > s->last)
		s->last = end;
	s->any = true;
}

/*
 * The zone that T gets by its property's TZID.  As in sabre/dav a name that is known goes before
 * the object's own VTIMEZONE, which libical would take milliseconds to unroll, object by object.
 */
static void put_zone(icalproperty *p, struct icaltimetype *t)
{
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	const char *name = tzid != NULL ? icalparameter_get_tzid(tzid) : NULL;
	icaltimezone *z;

	if (name == NULL || t->is_date || icaltime_is_utc(*t))
		return;
	z = icalzone_named(name);
	if (z == NULL && t->zone == NULL)
		z = icalzone_hours(name);
	if (z != NULL)
		t->zone = z;
}

static struct icaltimetype time_of(icalcomponent *c, icalproperty *p)
{
	struct icaltimetype t = icalproperty_get_datetime_with_component(p, c);

	put_zone(p, &t);
	return t;
}

/* How long an instance lasts, in seconds. */
static int64_t duration(icalcomponent *c, struct icaltimetype start)
{
	icalproperty *end = icalcomponent_get_first_property(c, ICAL_DTEND_PROPERTY);
	icalproperty *dur = icalcomponent_get_first_property(c, ICAL_DURATION_PROPERTY);
	struct icaltimetype t;
	int64_t n = start.is_date ? 86400 : 0;

	if (end != NULL) {
		t = time_of(c, end);
		if (!icaltime_is_null_time(t))
			n = seconds(t) - seconds(start);
		/* The day that the clocks are put forward is short, the others are not. */
		if (t.zone == start.zone && local_seconds(t) - local_seconds(start) > n)
			n = local_seconds(t) - local_seconds(start);
	} else if (dur != NULL)
		n = icaldurationtype_as_int(icalproperty_get_duration(dur));
	return n > 0 ? n : 0;
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
			l->day[l->days++] = days(t.year, t.month, t.day);
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
	d = days(at.year, at.month, at.day);
	return (l->times > 0 && bsearch(&s, l->time, l->times, sizeof(s), compare) != NULL) ||
	    (at.is_date && l->days > 0 && bsearch(&d, l->day, l->days, sizeof(d), compare) != NULL);
}

/* No instance from AT on is looked at: an end that counts for them all. */
static int64_t forever(struct icaltimetype at)
{
	return seconds(at) < ICAL_FOREVER ? ICAL_FOREVER : UINT32_MAX;
}

static void cover_rule(const struct left_out *l, icalproperty *p, struct icaltimetype start,
    int64_t dur, struct span *s)
{
	struct icalrecurrencetype rule = icalproperty_get_rrule(p);
	struct icaltimetype at;
	icalrecur_iterator *it;
	int n;

	if (rule.freq == ICAL_NO_RECURRENCE)
		return;
	if (rule.count == 0 && icaltime_is_null_time(rule.until)) {
		cover(s, seconds(start), forever(start));
		return;
	}
	it = icalrecur_iterator_new(rule, start);
	if (it == NULL)
		return;
	for (n = 0; !icaltime_is_null_time(at = icalrecur_iterator_next(it)); n++) {
		at.zone = start.zone;
		at.is_date = start.is_date;
		if (n == INSTANCES_MAX || seconds(at) >= UINT32_MAX) {
			cover(s, seconds(start), forever(at));
			break;
		}
		if (!excluded(l, at))
			cover(s, seconds(at), seconds(at) + dur);
	}
	icalrecur_iterator_free(it);
}

static void cover_dates(icalcomponent *c, const struct left_out *l, int64_t dur, struct span *s)
{
	struct icaldatetimeperiodtype d;
	icalproperty *p;
	struct icaltimetype t;

	for (p = icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
		d = icalproperty_get_rdate(p);
		if (!icaltime_is_null_time(d.period.start)) {
			put_zone(p, &d.period.start);
			put_zone(p, &d.period.end);
			t = d.period.start;
			cover(s, seconds(t), icaltime_is_null_time(d.period.end) ?
			    seconds(t) + icaldurationtype_as_int(d.period.duration) :
			    seconds(d.period.end));
			continue;
		}
		t = time_of(c, p);
		if (!icaltime_is_null_time(t) && !excluded(l, t))
			cover(s, seconds(t), seconds(t) + dur);
	}
}

static void cover_instances(icalcomponent *c, const struct left_out *l, struct icaltimetype start,
    struct span *s)
{
	struct span own = { 0, 0, false };
	int64_t dur = duration(c, start);
	icalproperty *p = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);

	if (p == NULL && !excluded(l, start))
		cover(&own, seconds(start), seconds(start) + dur);
	for (; p != NULL; p = icalcomponent_get_next_property(c, ICAL_RRULE_PROPERTY))
		cover_rule(l, p, start, dur, &own);
	cover_dates(c, l, dur, &own);
	/* A series without a single instance is still found where it begins. */
	if (!own.any)
		cover(&own, seconds(start), seconds(start) + dur);
	/* As in sabre/dav it begins with DTSTART, whatever its rule says of that day. */
	cover(s, seconds(start) < own.first ? seconds(start) : own.first, own.last);
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
	cover_instances(c, &l, start, s);
	free(l.time);
}

static int64_t clamp(int64_t v)
{
	return v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : v;
}

/* Visit the components of C, through VCALENDARs and libical's root of several ones. */
static void visit(icalcomponent *c, struct ical_facts *f, struct span *s)
{
	icalcomponent_kind kind = icalcomponent_isa(c);
	const char *name;
	icalcomponent *sub;

	if (kind == ICAL_VCALENDAR_COMPONENT || kind == ICAL_XROOT_COMPONENT) {
		for (sub = icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT); sub != NULL;
		    sub = icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
			visit(sub, f, s);
		return;
	}
	name = icalcomponent_kind_to_string(kind);
	if (kind == ICAL_VTIMEZONE_COMPONENT || kind == ICAL_XLICINVALID_COMPONENT || name == NULL)
		return;
	/* What nobody knows gives way to what is known. */
	if (f->component[0] == '\0' || strcmp(f->component, "X") == 0)
		strncpy(f->component, name, sizeof(f->component) - 1);
	if (kind == ICAL_VEVENT_COMPONENT)
		cover_event(c, s);
}

static void look(const char *text, size_t n, struct ical_facts *f)
{
	struct span s = { 0, 0, false };
	icalcomponent *root = icalparse(text, n);

	if (root == NULL)
		return;
	visit(root, f, &s);
	icalcomponent_free(root);
	f->timed = s.any && strcmp(f->component, "VEVENT") == 0;
	f->first = clamp(s.first);
	f->last = clamp(s.last);
}

bool ical_look(const char *text, size_t n, struct ical_facts *f)
{
	struct buf b = BUF_INIT(4 * n + 4096);

	memset(f, 0, sizeof(*f));
	if (memchr(text, '\0', n) == NULL) {
		look(text, n, f);
	} else {
		icaluid_text(text, n, &b);
		if (b.len > 0 && !b.failed)
			look(b.data, b.len, f);
	}
	buf_free(&b);
	return f->component[0] != '\0';
}

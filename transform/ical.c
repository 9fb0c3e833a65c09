#include <ctype.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "ical.h"

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

static int64_t seconds(struct icaltimetype t)
{
	int dst;
	int64_t s = days(t.year, t.month, t.day) * 86400;

	if (t.is_date)
		return s;
	s += t.hour * 3600 + t.minute * 60 + t.second;
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
	if (!s->any || start < s->first)
		s->first = start;
	if (!s->any || end > s->last)
		s->last = end;
	s->any = true;
}

static struct icaltimetype time_of(icalcomponent *c, icalproperty *p)
{
	struct icaltimetype t = icalproperty_get_datetime_with_component(p, c);
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);

	if (t.zone == NULL && tzid != NULL && !t.is_date)
		t.zone = icaltimezone_get_builtin_timezone(icalparameter_get_tzid(tzid));
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
	} else if (dur != NULL)
		n = icaldurationtype_as_int(icalproperty_get_duration(dur));
	return n > 0 ? n : 0;
}

static bool excluded(icalcomponent *c, struct icaltimetype at)
{
	icalproperty *p;
	struct icaltimetype x;

	for (p = icalcomponent_get_first_property(c, ICAL_EXDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(c, ICAL_EXDATE_PROPERTY)) {
		x = time_of(c, p);
		if (x.is_date ? days(x.year, x.month, x.day) == days(at.year, at.month, at.day) :
		    seconds(x) == seconds(at))
			return true;
	}
	return false;
}

static void cover_rule(icalcomponent *c, icalproperty *p, struct icaltimetype start, int64_t dur,
    struct span *s)
{
	struct icalrecurrencetype rule = icalproperty_get_rrule(p);
	struct icaltimetype at;
	icalrecur_iterator *it;
	int n;

	if (rule.freq == ICAL_NO_RECURRENCE)
		return;
	if (rule.count == 0 && icaltime_is_null_time(rule.until)) {
		cover(s, seconds(start), ICAL_FOREVER);
		return;
	}
	it = icalrecur_iterator_new(rule, start);
	if (it == NULL)
		return;
	for (n = 0; !icaltime_is_null_time(at = icalrecur_iterator_next(it)); n++) {
		at.zone = start.zone;
		at.is_date = start.is_date;
		if (n == INSTANCES_MAX || seconds(at) >= ICAL_FOREVER) {
			cover(s, seconds(start), ICAL_FOREVER);
			break;
		}
		if (!excluded(c, at))
			cover(s, seconds(at), seconds(at) + dur);
	}
	icalrecur_iterator_free(it);
}

static void cover_dates(icalcomponent *c, int64_t dur, struct span *s)
{
	struct icaldatetimeperiodtype d;
	icalproperty *p;
	struct icaltimetype t;

	for (p = icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
		d = icalproperty_get_rdate(p);
		if (!icaltime_is_null_time(d.period.start)) {
			t = d.period.start;
			cover(s, seconds(t), icaltime_is_null_time(d.period.end) ?
			    seconds(t) + icaldurationtype_as_int(d.period.duration) :
			    seconds(d.period.end));
			continue;
		}
		t = time_of(c, p);
		if (!icaltime_is_null_time(t) && !excluded(c, t))
			cover(s, seconds(t), seconds(t) + dur);
	}
}

static void cover_event(icalcomponent *c, struct span *s)
{
	icalproperty *p = icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
	struct icaltimetype start;
	struct span own = { 0, 0, false };
	int64_t dur;

	if (p == NULL)
		return;
	start = time_of(c, p);
	if (icaltime_is_null_time(start))
		return;
	dur = duration(c, start);
	p = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);
	if (p == NULL && !excluded(c, start))
		cover(&own, seconds(start), seconds(start) + dur);
	for (; p != NULL; p = icalcomponent_get_next_property(c, ICAL_RRULE_PROPERTY))
		cover_rule(c, p, start, dur, &own);
	cover_dates(c, dur, &own);
	/* A series without a single instance is still found where it begins. */
	if (!own.any)
		cover(&own, seconds(start), seconds(start) + dur);
	cover(s, own.first, own.last);
}

static int64_t clamp(int64_t v)
{
	return v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : v;
}

/* Visit the components of C, through VCALENDARs and libical's root of several ones. */
static void visit(icalcomponent *c, struct ical_facts *f, struct span *s)
{
	icalcomponent_kind kind = icalcomponent_isa(c);
	icalcomponent *sub;

	if (kind == ICAL_VCALENDAR_COMPONENT || kind == ICAL_XROOT_COMPONENT) {
		for (sub = icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT); sub != NULL;
		    sub = icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
			visit(sub, f, s);
		return;
	}
	if (kind == ICAL_VTIMEZONE_COMPONENT || kind == ICAL_XLICINVALID_COMPONENT)
		return;
	if (f->component[0] == '\0')
		strncpy(f->component, icalcomponent_kind_to_string(kind),
		    sizeof(f->component) - 1);
	if (kind == ICAL_VEVENT_COMPONENT)
		cover_event(c, s);
}

bool ical_look(const char *text, size_t n, struct ical_facts *f)
{
	struct span s = { 0, 0, false };
	icalcomponent *root;

	memset(f, 0, sizeof(*f));
	icalerror_set_errors_are_fatal(0);
	while (n > 0 && !isalpha((unsigned char)*text))
		text++, n--;
	root = n > 0 && strlen(text) == n ? icalparser_parse_string(text) : NULL;
	if (root == NULL)
		return false;
	visit(root, f, &s);
	icalcomponent_free(root);
	f->timed = s.any && strcmp(f->component, "VEVENT") == 0;
	f->first = clamp(s.first);
	f->last = clamp(s.last);
	return f->component[0] != '\0';
}

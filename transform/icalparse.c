#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "icalparse.h"
#include "icalrule.h"

struct lines {
	const char *p, *end;
	struct buf line;	/* the current one, unfolded */
};

struct parse {
	icalcomponent *root;
	icalparser *parser;
	struct buf rule;
	unsigned depth;		/* components that libical has open */
	size_t deeper;		/* components inside of those, which it does not know of */
};

/* Past the end of a line.  CR CR LF, as some mail gateways make it, is one. */
static void skip_end(struct lines *l)
{
	const char *p = l->p;

	while (p < l->end && *p == '\r')
		p++;
	if (p < l->end && *p == '\n')
		l->p = p + 1;
	else if (l->p < l->end)
		l->p++;
}

/* The next line into l->line, but without the text of those that cannot be of use. */
static bool next_line(struct lines *l)
{
	bool wanted;
	size_t n;

	if (l->p >= l->end)
		return false;
	buf_reset(&l->line);
	wanted = strchr("BbDdEeRrTt", *l->p) != NULL;
	for (;;) {
		n = strcspn(l->p, "\r\n");
		if (wanted)
			buf_add(&l->line, l->p, n);
		l->p += n;
		skip_end(l);
		if (l->p >= l->end || (*l->p != ' ' && *l->p != '\t'))
			return true;
		l->p++;
	}
}

/* Is the property of this line NAME?  Blanks behind a name do not count for libical. */
static bool is(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0)
		return false;
	while (isspace((unsigned char)line[n]))
		n++;
	return line[n] == ':' || line[n] == ';';
}

static bool of_use(const char *line)
{
	static const char *const names[] = { "DTSTART", "DTEND", "DURATION", "RDATE", "EXDATE",
	    "TZID", "TZOFFSETFROM", "TZOFFSETTO" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is(line, names[i]))
			return true;
	return false;
}

static void give(struct parse *p, char *line)
{
	icalcomponent *whole = icalparser_add_line(p->parser, line);

	if (whole != NULL)
		icalcomponent_add_component(p->root, whole);
}

/* A rule that libical would refuse would be none. */
static void give_rule(struct parse *p, const char *line)
{
	struct buf clean = BUF_INIT(p->rule.cap);

	icalrule_clean(line + strcspn(line, ":") + (strchr(line, ':') != NULL), &clean);
	buf_reset(&p->rule);
	buf_adds(&p->rule, "RRULE:");
	buf_add(&p->rule, clean.data, clean.len);
	if (!clean.failed && !p->rule.failed)
		give(p, p->rule.data);
	buf_free(&clean);
}

static void take(struct parse *p, char *line)
{
	if (is(line, "BEGIN")) {
		if (p->deeper > 0 || p->depth == ICALPARSE_DEPTH) {
			p->deeper++;
			return;
		}
		p->depth++;
		give(p, line);
	} else if (is(line, "END")) {
		if (p->deeper > 0) {
			p->deeper--;
		} else if (p->depth > 0) {
			p->depth--;
			give(p, line);
		}
	} else if (p->depth > 0 && p->deeper == 0 && is(line, "RRULE")) {
		give_rule(p, line);
	} else if (p->depth > 0 && p->deeper == 0 && of_use(line)) {
		give(p, line);
	}
}

/*
 * libical unrolls a zone's rules from their beginning, which for many programs is 1601.  No time
 * before 1970 counts here.
 */
static void shorten_rules(icalcomponent *zone)
{
	icalcomponent *c;
	icalproperty *start, *rule;
	struct icalrecurrencetype r;
	struct icaltimetype t;

	for (c = icalcomponent_get_first_component(zone, ICAL_ANY_COMPONENT); c != NULL;
	    c = icalcomponent_get_next_component(zone, ICAL_ANY_COMPONENT)) {
		start = icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
		rule = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);
		if (start == NULL || rule == NULL)
			continue;
		r = icalproperty_get_rrule(rule);
		t = icalproperty_get_dtstart(start);
		if (r.count != 0 || !icaltime_is_null_time(r.until) || t.year >= 1969)
			continue;
		t.year = 1969;
		icalproperty_set_dtstart(start, t);
	}
}

static void shorten_zones(icalcomponent *root)
{
	icalcomponent *cal, *zone;

	for (cal = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); cal != NULL;
	    cal = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
		for (zone = icalcomponent_get_first_component(cal, ICAL_VTIMEZONE_COMPONENT);
		    zone != NULL;
		    zone = icalcomponent_get_next_component(cal, ICAL_VTIMEZONE_COMPONENT))
			shorten_rules(zone);
}

icalcomponent *icalparse(const char *text, size_t n)
{
	struct lines l = { text, text + n, BUF_INIT(n + 1) };
	struct parse p = { icalcomponent_new(ICAL_XROOT_COMPONENT), icalparser_new(),
	    BUF_INIT(n + 64), 0, 0 };
	char end[] = "END:X";

	icalerror_set_errors_are_fatal(0);
	/* A byte order mark, blanks. */
	while (l.p < l.end && !isalpha((unsigned char)*l.p))
		l.p++;
	while (p.root != NULL && p.parser != NULL && next_line(&l))
		if (l.line.len > 0)
			take(&p, l.line.data);
	while (p.parser != NULL && p.depth > 0) {
		p.depth--;
		give(&p, end);
	}
	if (p.parser != NULL)
		icalparser_free(p.parser);
	if (p.root != NULL && (p.parser == NULL || l.line.failed)) {
		icalcomponent_free(p.root);
		p.root = NULL;
	}
	if (p.root != NULL)
		shorten_zones(p.root);
	buf_free(&p.rule);
	buf_free(&l.line);
	return p.root;
}

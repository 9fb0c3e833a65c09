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
	struct buf line;	/* what it is given instead of one of the object's */
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

/* Eight characters without a time behind them. */
static bool is_day(const char *value)
{
	size_t n = strcspn(value, ",");

	while (n > 0 && isspace((unsigned char)value[n - 1]))
		n--;
	return n == 8;
}

static void give(struct parse *p, char *line)
{
	icalcomponent *whole = icalparser_add_line(p->parser, line);

	if (whole != NULL)
		icalcomponent_add_component(p->root, whole);
}

/*
 * The value of parameter NAME among those that begin at P (on ';' or ':'), or NULL; *N is its
 * length, *END the colon in front of the property's value.  Quotation marks stay.
 */
static const char *parameter(const char *p, const char *name, size_t *n, const char **end)
{
	const char *found = NULL, *from;
	size_t len = strlen(name);
	bool quoted = false;

	for (from = p; *p != '\0' && (quoted || *p != ':'); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == ';' && !quoted)
			from = p + 1;
		else if (*p == '=' && !quoted && found == NULL && (size_t)(p - from) == len &&
		    strncasecmp(from, name, len) == 0)
			found = p + 1;
	}
	*end = p;
	for (*n = 0, quoted = false; found != NULL && found + *n < p &&
	    (quoted || found[*n] != ';'); ++*n)
		if (found[*n] == '"')
			quoted = !quoted;
	return found;
}

/*
 * A time, with its TZID only: libical leaves out what is no time of the type that VALUE says, which
 * sabre/dav does not look at.
 */
static void give_time(struct parse *p, char *line)
{
	size_t name = strcspn(line, ";:"), tz_n, type_n;
	const char *colon, *tz = parameter(line + name, "TZID", &tz_n, &colon);
	const char *type = parameter(line + name, "VALUE", &type_n, &colon);

	if (*colon != ':')
		return;
	while (name > 0 && isspace((unsigned char)line[name - 1]))
		name--;
	buf_reset(&p->line);
	buf_add(&p->line, line, name);
	if (tz_n > 0) {
		buf_adds(&p->line, ";TZID=");
		buf_add(&p->line, tz, tz_n);
	}
	for (colon++; isspace((unsigned char)*colon); colon++)
		;
	if (strchr(colon, '/') != NULL)
		buf_adds(&p->line, ";VALUE=PERIOD");
	if ((type_n == 4 && strncasecmp(type, "DATE", 4) == 0) || is_day(colon))
		buf_adds(&p->line, ";" ICALPARSE_DAY "=1");
	buf_addc(&p->line, ':');
	buf_adds(&p->line, colon);
	if (!p->line.failed)
		give(p, p->line.data);
}

/* A rule that libical would refuse would be none. */
static void give_rule(struct parse *p, char *line)
{
	struct buf clean = BUF_INIT(p->line.cap);

	icalrule_clean(line + strcspn(line, ":") + (strchr(line, ':') != NULL), &clean);
	buf_reset(&p->line);
	buf_adds(&p->line, "RRULE:");
	buf_add(&p->line, clean.data, clean.len);
	if (!clean.failed && !p->line.failed)
		give(p, p->line.data);
	buf_free(&clean);
}

/* BEGIN with the name of a component, without blanks around it. */
static void give_begin(struct parse *p, const char *line)
{
	const char *name = line + strcspn(line, ":");

	buf_reset(&p->line);
	buf_adds(&p->line, "BEGIN:");
	for (name += *name == ':'; *name != '\0'; name++)
		if (!isspace((unsigned char)*name))
			buf_addc(&p->line, *name);
	if (!p->line.failed)
		give(p, p->line.data);
}

static const struct {
	const char *name;
	void (*give)(struct parse *, char *line);
} properties[] = {
	{ "RRULE", give_rule }, { "DTSTART", give_time }, { "DTEND", give_time },
	{ "RDATE", give_time }, { "EXDATE", give_time }, { "DURATION", give }, { "TZID", give },
	{ "TZOFFSETFROM", give }, { "TZOFFSETTO", give },
};

static void take(struct parse *p, char *line)
{
	size_t i;

	if (is(line, "BEGIN")) {
		if (p->deeper > 0 || p->depth == ICALPARSE_DEPTH) {
			p->deeper++;
			return;
		}
		p->depth++;
		give_begin(p, line);
	} else if (is(line, "END")) {
		if (p->deeper > 0) {
			p->deeper--;
		} else if (p->depth > 0) {
			p->depth--;
			give(p, line);
		}
	} else if (p->depth > 0 && p->deeper == 0) {
		for (i = 0; i < sizeof(properties) / sizeof(*properties); i++)
			if (is(line, properties[i].name)) {
				properties[i].give(p, line);
				break;
			}
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
	buf_free(&p.line);
	buf_free(&l.line);
	return p.root;
}

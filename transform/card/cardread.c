#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "card/cardcode.h"
#include "card/cardread.h"
#include "card/cardvalue.h"
#include "grow.h"
#include "icaluid.h"
#include "text/ascii.h"
#include "utf8.h"

#define LABEL_REACH 64		/* lines between a label and what it labels */

/* Reading one card: what is left of its text. */
struct reader {
	const char *p, *end;
	bool v2, v4;		/* VERSION:2.1, 4.0 */
	size_t value;		/* where that of the line in hand begins; 0: not a property */
};

/* One line of the text as it stands; false at the end. */
static bool physical(struct reader *r, struct card_slice *line, const char *text)
{
	const char *from = r->p;

	if (r->p == r->end)
		return false;
	while (r->p < r->end && *r->p != '\r' && *r->p != '\n')
		r->p++;
	*line = (struct card_slice){ (size_t)(from - text), (size_t)(r->p - from) };
	while (r->p < r->end && *r->p == '\r')
		r->p++;
	if (r->p < r->end && *r->p == '\n')
		r->p++;
	return true;
}

/* Programs of phones break base64 without a blank before the rest. */
static bool is_base64_rest(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!cardvalue_is_base64(s[i]))
			return false;
	return n > 0;
}

/* What the part before the colon says; a line may have none. */
struct head {
	bool known, qp, base64;
	bool in_quotes;
	size_t seen;		/* so far no colon outside of quotes */
};

static void look(const struct buf *raw, struct head *h)
{
	for (; !h->known && h->seen < raw->len; h->seen++)
		if (raw->data[h->seen] == '"')
			h->in_quotes = !h->in_quotes;
		else if (raw->data[h->seen] == ':' && !h->in_quotes) {
			h->known = true;
			cardcode_encoding(raw->data, h->seen, &h->qp, &h->base64);
		}
}

static bool line_is(const char *s, size_t n, const char *text)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n == strlen(text) && strncasecmp(s, text, n) == 0;
}

/* Take the mark off a line of quoted-printable that goes on; blanks may stand behind it. */
static bool goes_on(struct buf *raw)
{
	size_t n = raw->len;

	while (n > 0 && (raw->data[n - 1] == ' ' || raw->data[n - 1] == '\t'))
		n--;
	if (n == 0 || raw->data[n - 1] != '=')
		return false;
	raw->len = n - 1;
	return true;
}

/* The rest of the line in hand, from the next line of the text; false: it is whole. */
static bool rest(struct card *c, struct reader *r, const struct head *h,
    struct card_slice *line)
{
	const char *text = c->utf8.data;
	struct reader ahead = *r;

	if (!physical(&ahead, line, text))
		return false;
	if (h->qp && !line_is(text + line->at, line->n, "END:VCARD") && goes_on(&c->raw)) {
		*r = ahead;
		return true;
	}
	if (*r->p == ' ' || *r->p == '\t') {
		line->at++;
		line->n--;
	} else if (!h->base64 || !is_base64_rest(text + line->at, line->n))
		return false;
	*r = ahead;
	return true;
}

/* The next line, unfolded, into c->raw; false at the end. */
static bool logical(struct card *c, struct reader *r)
{
	const char *text = c->utf8.data;
	struct head head = { .known = false };
	struct card_slice line;
	const char *colon;

	buf_reset(&c->raw);
	do
		if (!physical(r, &line, text))
			return false;
	while (line.n == 0);
	do {
		buf_add(&c->raw, text + line.at, line.n);
		if (c->raw.len == 0)
			buf_addc(&c->raw, ' ');
		look(&c->raw, &head);
	} while (!c->raw.failed && rest(c, r, &head, &line));
	/* Quotes that are never closed do not count. */
	colon = !head.known && head.in_quotes && !c->raw.failed ?
	    memchr(c->raw.data, ':', c->raw.len) : NULL;
	r->value = head.known ? head.seen : colon != NULL ?
	    (size_t)(colon - c->raw.data) + 1 : 0;
	return true;
}

/* These frame the card; with parameters, or in a group, they mean nothing. */
static bool is_frame(const char *s, size_t n)
{
	return (n == 3 && strncasecmp(s, "END", n) == 0) ||
	    (n == 5 && strncasecmp(s, "BEGIN", n) == 0) ||
	    (n == 7 && strncasecmp(s, "VERSION", n) == 0);
}

static struct card_slice copy(struct card *c, const char *s, size_t n)
{
	struct card_slice at = { c->text.len, n };

	buf_add(&c->text, s, n);
	return at;
}

/* Parameters and value of the line in c->raw. */
static void take(struct card *c, struct cardcode *k, size_t name, size_t value,
    struct card_line *l)
{
	const char *s = c->raw.data;
	bool good;

	buf_reset(&c->work[0]);
	good = cardvalue_text(s + name, value - 1 - name, "", &c->work[0]);
	c->text.failed = c->text.failed || c->work[0].failed;
	l->params.at = c->text.len;
	cardcode_params(k, c->work[0].len > 0 ? c->work[0].data : "", c->work[0].len, s + value,
	    c->raw.len - value, &c->text);
	l->params.n = c->text.len - l->params.at;
	l->value.at = c->text.len;
	good = cardvalue_put(k, s + value, c->raw.len - value, c->work, &c->text) && good;
	l->value.n = c->text.len - l->value.at;
	l->types = k->types;
	l->pref = k->pref;
	l->day = k->day;
	l->binary = k->binary;
	l->coded = k->coded;
	c->bad = c->bad || !good;
}

/* Put the line in c->raw into the card. */
static int property(struct card *c, const struct reader *r)
{
	const char *s = c->raw.data, *dot;
	size_t head = r->value - 1, name = 0, group = 0, i;
	struct cardcode code = { .v2 = r->v2, .v4 = r->v4 };
	struct card_line l = { .types = 0 };

	while (name < head && s[name] != ';')
		name++;
	dot = memchr(s, '.', name);
	if (dot != NULL)
		group = (size_t)(dot - s) + 1;
	if (is_frame(s + group, name - group))
		return 0;
	if (name == group || !ascii_only(s + group, name - group, "-_") || group == 1 ||
	    (group > 0 && !ascii_only(s, group - 1, "-_")) || c->n == CARD_LINES) {
		c->more = true;
		return 0;
	}
	l.group = copy(c, s, group > 0 ? group - 1 : 0);
	l.name = copy(c, s + group, name - group);
	for (i = 0; !c->text.failed && i < l.name.n; i++)
		c->text.data[l.name.at + i] = ascii_upper(c->text.data[l.name.at + i]);
	code.name = s + group;
	code.namelen = name - group;
	take(c, &code, name, r->value, &l);
	if (GROW(c->line, c->n, c->size, &(struct err){ .msg = "" }) < 0)
		return -1;
	c->line[c->n++] = l;
	return 0;
}

/* Skip up to BEGIN:VCARD; false: there is none. */
static bool find_begin(struct card *c, struct reader *r)
{
	while (logical(c, r))
		if (line_is(c->raw.data, c->raw.len, "BEGIN:VCARD"))
			return true;
	return false;
}

static void see_version(struct reader *r, const struct buf *raw)
{
	r->v2 = line_is(raw->data, raw->len, "VERSION:2.1");
	r->v4 = line_is(raw->data, raw->len, "VERSION:4.0");
}

/* The lines up to END:VCARD. */
static int lines(struct card *c, struct reader *r)
{
	unsigned depth = 0;

	while (logical(c, r)) {
		if (c->raw.len > 6 && strncasecmp(c->raw.data, "BEGIN:", 6) == 0) {
			depth++;
			c->more = true;
		} else if (depth > 0) {
			depth -= c->raw.len > 4 && strncasecmp(c->raw.data, "END:", 4) == 0;
		} else if (line_is(c->raw.data, c->raw.len, "END:VCARD")) {
			c->more = c->more || find_begin(c, r);
			return 0;
		} else if (c->raw.len > 8 && strncasecmp(c->raw.data, "VERSION:", 8) == 0) {
			see_version(r, &c->raw);
		} else {
			c->more = c->more || (r->value == 0 && !line_is(c->raw.data,
			    c->raw.len, ""));
			if (r->value > 0 && property(c, r) < 0)
				return -1;
		}
	}
	c->cut = true;
	return 0;
}

static bool value_is(const struct card *c, const struct card_line *l, const char *text)
{
	return l->value.n == strlen(text) &&
	    strncasecmp(card_text(c, l->value), text, l->value.n) == 0;
}

/* What a label of Apple's and Google's programs says, where the line itself says nothing. */
static unsigned label_type(const struct card *c, const struct card_line *l)
{
	static const struct {
		const char *label;
		unsigned types;
	} known[] = { { "_$!<Home>!$_", CT_HOME }, { "_$!<Work>!$_", CT_WORK },
		{ "_$!<Other>!$_", CT_OTHER }, { "_$!<Mobile>!$_", CT_CELL },
		{ "_$!<HomeFAX>!$_", CT_HOME | CT_FAX }, { "_$!<WorkFAX>!$_", CT_WORK | CT_FAX },
		{ "_$!<Pager>!$_", CT_PAGER } };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (value_is(c, l, known[i].label))
			return known[i].types;
	return 0;
}

/* Of the lines from the one of number FROM on; labels stand close to what they label. */
static void take_labels(struct card *c, size_t from)
{
	struct card_line *l, *o, *begin = c->line + from, *end = c->line + c->n;
	unsigned types;

	for (l = begin; l < end; l++) {
		if (l->group.n == 0 || !card_is(c, l, "X-ABLABEL"))
			continue;
		types = label_type(c, l);
		for (o = l - begin > LABEL_REACH ? l - LABEL_REACH : begin;
		    types != 0 && o < end && o < l + LABEL_REACH; o++)
			if (card_same_group(c, o, l) && (o->types & ~(unsigned)CT_PREF) == 0)
				o->types |= types;
	}
}

int card_read(struct card *c, const char *s, size_t n)
{
	size_t before = c->n;
	struct reader r = { 0 };
	bool cut;

	buf_reset(&c->utf8);
	icaluid_text(s, n, &c->utf8);
	if (c->utf8.failed)
		return -1;
	if (c->utf8.len == 0)
		return 0;
	r.p = c->utf8.data;
	r.end = c->utf8.data + c->utf8.len;
	if (!find_begin(c, &r))
		return 0;
	cut = c->cut;
	c->cut = false;
	if (lines(c, &r) < 0 || c->text.failed || c->raw.failed)
		return -1;
	/* Half a picture is useless, and base64 does not show whether the text is whole. */
	if (c->cut && c->n > before && (c->line[c->n - 1].binary || c->line[c->n - 1].coded))
		c->n--;
	c->cut = c->cut || cut;
	if (c->n == before)
		return 0;
	take_labels(c, before);
	return 1;
}

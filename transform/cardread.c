#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cardcode.h"
#include "cardread.h"
#include "charset.h"
#include "icaluid.h"
#include "utf8.h"

#define KEEP ((size_t)1 << 20)	/* larger buffers are not kept for the next card */

/* Reading one card: what is left of its text. */
struct reader {
	const char *p, *end;
	bool v2;		/* VERSION:2.1 */
};

void card_init(struct card *c)
{
	memset(c, 0, sizeof(*c));
	buf_init(&c->text, BUF_RECORD_MAX);
	buf_init(&c->utf8, BUF_RECORD_MAX);
	buf_init(&c->raw, BUF_RECORD_MAX);
	buf_init(&c->work[0], BUF_RECORD_MAX);
	buf_init(&c->work[1], BUF_RECORD_MAX);
}

static void shrink(struct buf *b)
{
	if (b->size > KEEP)
		buf_free(b);
	buf_reset(b);
}

void card_reset(struct card *c)
{
	shrink(&c->text);
	shrink(&c->utf8);
	shrink(&c->raw);
	shrink(&c->work[0]);
	shrink(&c->work[1]);
	c->n = 0;
	c->cut = c->more = false;
}

void card_free(struct card *c)
{
	buf_free(&c->text);
	buf_free(&c->utf8);
	buf_free(&c->raw);
	buf_free(&c->work[0]);
	buf_free(&c->work[1]);
	free(c->line);
	c->line = NULL;
	c->n = c->size = 0;
}

bool card_is(const struct card *c, const struct card_line *l, const char *name)
{
	return strlen(name) == l->name.n && memcmp(card_text(c, l->name), name, l->name.n) == 0;
}

struct card_slice card_part(const struct card *c, struct card_slice value, unsigned i)
{
	const char *s = card_text(c, value);
	struct card_slice part = { value.at, 0 };
	size_t k;

	for (k = 0; k < value.n; k++) {
		if (s[k] == ';' && i-- == 0)
			break;
		if (s[k] == ';')
			part.at = value.at + k + 1;
		else if (s[k] == '\\' && k + 1 < value.n)
			k++;
	}
	if (k == value.n && i != 0)
		return (struct card_slice){ value.at, 0 };
	part.n = value.at + k - part.at;
	return part;
}

void card_plain(const struct card *c, struct card_slice s, struct buf *out)
{
	const char *p = card_text(c, s), *end = p + s.n;

	for (; p < end; p++) {
		if (*p != '\\' || p + 1 == end)
			buf_addc(out, *p);
		else if (*++p == 'n' || *p == 'N')
			buf_addc(out, '\n');
		else
			buf_addc(out, *p);
	}
}

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

static bool has_word(const char *s, size_t n, const char *word)
{
	size_t k = strlen(word), i;

	for (i = 0; i + k <= n; i++)
		if (strncasecmp(s + i, word, k) == 0)
			return true;
	return false;
}

/* Programs of phones break base64 without a blank before the rest. */
static bool is_base64_rest(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!cardcode_is_base64(s[i]))
			return false;
	return n > 0;
}

/* What the part before the colon says; a line may have none. */
struct head {
	bool known, qp, base64;
	size_t seen;		/* so far no colon */
};

static void look(const struct buf *raw, struct head *h)
{
	const char *colon;
	size_t n;

	if (h->known)
		return;
	colon = memchr(raw->data + h->seen, ':', raw->len - h->seen);
	h->seen = raw->len;
	if (colon == NULL)
		return;
	h->known = true;
	n = (size_t)(colon - raw->data);
	h->qp = has_word(raw->data, n, "QUOTED-PRINTABLE");
	h->base64 = has_word(raw->data, n, "BASE64") || has_word(raw->data, n, "ENCODING=B");
}

/* The next line, unfolded, into c->raw; false at the end. */
static bool logical(struct card *c, struct reader *r)
{
	const char *text = c->utf8.data;
	struct head head = { false, false, false, 0 };
	struct card_slice line;

	buf_reset(&c->raw);
	do
		if (!physical(r, &line, text))
			return false;
	while (line.n == 0);
	buf_add(&c->raw, text + line.at, line.n);
	for (;;) {
		if (r->p == r->end || c->raw.failed)
			return true;
		look(&c->raw, &head);
		if (head.qp && c->raw.data[c->raw.len - 1] == '=') {
			c->raw.len--;
			physical(r, &line, text);
		} else if (*r->p == ' ' || *r->p == '\t') {
			physical(r, &line, text);
			line.at++;
			line.n--;
		} else {
			struct reader ahead = *r;

			if (!head.base64 || !physical(&ahead, &line, text) ||
			    !is_base64_rest(text + line.at, line.n))
				return true;
			*r = ahead;
		}
		buf_add(&c->raw, text + line.at, line.n);
		if (c->raw.len == 0)
			buf_addc(&c->raw, ' ');
	}
}

/* Where the value begins: behind the first colon outside of quotes; 0: this is no property. */
static size_t value_at(const char *s, size_t n)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == ':' && !quoted)
			return i + 1;
	}
	for (i = 0; quoted && i < n; i++)
		if (s[i] == ':')
			return i + 1;
	return 0;
}

static bool name_ok(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z') ||
		    (s[i] >= 'a' && s[i] <= 'z') || s[i] == '-' || s[i] == '_'))
			return false;
	return n > 0;
}

/* Of the card itself; with parameters, or in a group, they say nothing. */
static bool is_frame(const char *s, size_t n)
{
	return (n == 3 && strncasecmp(s, "END", n) == 0) ||
	    (n == 5 && strncasecmp(s, "BEGIN", n) == 0) ||
	    (n == 7 && strncasecmp(s, "VERSION", n) == 0);
}

static struct card_slice copy(struct card *c, const char *s, size_t n, bool upper)
{
	struct card_slice at = { c->text.len, n };
	size_t i;

	buf_add(&c->text, s, n);
	for (i = 0; upper && !c->text.failed && i < n; i++)
		if (s[i] >= 'a' && s[i] <= 'z')
			c->text.data[at.at + i] = (char)(s[i] - 32);
	return at;
}

static int add(struct card *c, const struct card_line *l)
{
	struct card_line *p;
	size_t size;

	if (c->n == c->size) {
		size = c->size ? 2 * c->size : 64;
		p = realloc(c->line, size * sizeof(*p));
		if (p == NULL)
			return -1;
		c->line = p;
		c->size = size;
	}
	c->line[c->n++] = *l;
	return 0;
}

/* Put the line in c->raw, whose value begins at VALUE, into the card. */
static int property(struct card *c, const struct reader *r, size_t value)
{
	const char *s = c->raw.data, *dot;
	size_t head = value - 1, name = 0, group = 0;
	struct cardcode code = { .v2 = r->v2, .pref = c->pref };
	struct card_line l = { .types = 0 };

	while (name < head && s[name] != ';')
		name++;
	dot = memchr(s, '.', name);
	if (dot != NULL)
		group = (size_t)(dot - s) + 1;
	if (is_frame(s + group, name - group))
		return 0;
	if (!name_ok(s + group, name - group) || (group > 0 && !name_ok(s, group - 1)) ||
	    c->n == CARD_LINES) {
		c->more = true;
		return 0;
	}
	l.group = copy(c, s, group > 0 ? group - 1 : 0, false);
	l.name = copy(c, s + group, name - group, true);
	code.name = s + group;
	code.namelen = name - group;
	l.params.at = c->text.len;
	buf_reset(&c->work[0]);
	if (utf8_valid(s + name, head - name))
		buf_add(&c->work[0], s + name, head - name);
	else
		charset_redo(s + name, head - name, &c->work[0]);
	cardcode_params(&code, c->work[0].data, c->work[0].len, s + value, c->raw.len - value,
	    &c->text);
	l.params.n = c->text.len - l.params.at;
	l.value.at = c->text.len;
	cardcode_value(&code, s + value, c->raw.len - value, c->work, &c->text);
	l.value.n = c->text.len - l.value.at;
	l.types = code.types;
	l.binary = code.binary;
	return add(c, &l);
}

static bool line_is(const struct buf *raw, const char *text)
{
	size_t n = raw->len;

	while (n > 0 && (raw->data[n - 1] == ' ' || raw->data[n - 1] == '\t'))
		n--;
	return n == strlen(text) && strncasecmp(raw->data, text, n) == 0;
}

/* Skip up to BEGIN:VCARD; false: there is none. */
static bool find_begin(struct card *c, struct reader *r)
{
	while (logical(c, r))
		if (line_is(&c->raw, "BEGIN:VCARD"))
			return true;
	return false;
}

static void see_version(struct reader *r, const struct buf *raw)
{
	r->v2 = line_is(raw, "VERSION:2.1");
}

/* The lines up to END:VCARD. */
static int lines(struct card *c, struct reader *r)
{
	unsigned depth = 0;
	size_t value;

	while (logical(c, r)) {
		if (c->raw.len > 6 && strncasecmp(c->raw.data, "BEGIN:", 6) == 0) {
			depth++;
			c->more = true;
		} else if (depth > 0) {
			depth -= c->raw.len > 4 && strncasecmp(c->raw.data, "END:", 4) == 0;
		} else if (line_is(&c->raw, "END:VCARD")) {
			c->more = c->more || find_begin(c, r);
			return 0;
		} else if (c->raw.len > 8 && strncasecmp(c->raw.data, "VERSION:", 8) == 0) {
			see_version(r, &c->raw);
		} else {
			value = value_at(c->raw.data, c->raw.len);
			c->more = c->more || (value == 0 && !line_is(&c->raw, ""));
			if (value > 0 && property(c, r, value) < 0)
				return -1;
		}
	}
	c->cut = true;
	return 0;
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
	/* Half a picture is none. */
	if (c->cut && c->n > before && c->line[c->n - 1].binary)
		c->n--;
	c->cut = c->cut || cut;
	return c->n > before;
}

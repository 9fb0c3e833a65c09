#include <stdint.h>
#include <string.h>

#include "icaluid.h"
#include "utf8.h"

enum { END = -1, EOL = -2 };

/* Bytes of the data: UTF-8 without NULs. */
struct cursor {
	const char *p, *end;
	bool touched_end;	/* a line end could not be told from a fold */
};

struct scan {
	struct cursor c;
	unsigned depth;		/* components open below VCALENDAR */
	bool skip;		/* the outermost of them has no UID for us */
	bool calendar;		/* VCALENDAR is open */
	struct icaluid *out;
};

/* Past a byte order mark of UTF-8. */
static const uint8_t *past_mark(const uint8_t *p, const uint8_t *end)
{
	return end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? p + 3 : p;
}

static bool has_mark16(const uint8_t *p, size_t n)
{
	return n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF));
}

/* With a mark, which is passed over, or by the NULs of two ASCII characters. */
static bool is_utf16(const uint8_t **at, const uint8_t *end, bool *big_endian)
{
	const uint8_t *p = *at;
	size_t n = (size_t)(end - p);

	if (has_mark16(p, n)) {
		*big_endian = p[0] == 0xFE;
		*at += 2;
		return true;
	}
	*big_endian = n > 0 && p[0] == 0;
	return n >= 4 && (p[0] == 0) != (p[1] == 0) && p[0] * p[2] + p[1] * p[3] != 0 &&
	    (p[0] == 0) == (p[2] == 0) && (p[1] == 0) == (p[3] == 0);
}

static uint32_t unit16(const uint8_t *p, bool big_endian)
{
	return big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static void from_utf16(const uint8_t *p, const uint8_t *end, bool big_endian, struct buf *out)
{
	uint32_t u, low;
	char c[4];

	for (; end - p >= 2; p += 2) {
		u = unit16(p, big_endian);
		if (u >= 0xD800 && u < 0xE000) {
			low = u < 0xDC00 && end - p >= 4 ? unit16(p + 2, big_endian) : 0;
			if (low >= 0xDC00 && low < 0xE000) {
				u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
				p += 2;
			} else
				u = 0xFFFD;
		}
		if (u != 0)
			buf_add(out, c, utf8_put(c, u));
	}
}

void icaluid_text(const void *data, size_t n, struct buf *out)
{
	const uint8_t *p = data, *end = p + n;
	bool big_endian;

	if (is_utf16(&p, end, &big_endian)) {
		from_utf16(p, end, big_endian, out);
		return;
	}
	for (p = past_mark(p, end); p < end; p++)
		if (*p != 0)
			buf_addc(out, (char)*p);
}

static int peek(const struct cursor *c)
{
	return c->p < c->end ? (unsigned char)*c->p : END;
}

static int get(struct cursor *c)
{
	return c->p < c->end ? (unsigned char)*c->p++ : END;
}

/* The next byte of an unfolded line, EOL after its last one, END. */
static int line_get(struct cursor *c)
{
	struct cursor ahead;
	int ch = get(c), next = 0;

	while (ch == '\r' || ch == '\n') {
		/* CR CR LF, as some mail gateways make it, is one line end. */
		ahead = *c;
		if (ch == '\r') {
			do
				next = get(&ahead);
			while (next == '\r');
			if (next == '\n')
				*c = ahead;
		}
		c->touched_end = next == END;
		next = peek(c);
		if (next != ' ' && next != '\t') {
			c->touched_end |= next == END;
			return EOL;
		}
		get(c);
		ch = get(c);
	}
	if (ch == END)
		c->touched_end = true;
	return ch;
}

/* To the first CR or LF behind P, or END; in short pieces, as one of them may not be there. */
static const char *line_end(const char *p, const char *end)
{
	const char *lf, *cr;
	size_t n;

	for (; p < end; p += n) {
		n = end - p < 256 ? (size_t)(end - p) : 256;
		lf = memchr(p, '\n', n);
		cr = memchr(p, '\r', lf != NULL ? (size_t)(lf - p) : n);
		if (cr != NULL || lf != NULL)
			return cr != NULL ? cr : lf;
	}
	return end;
}

/* To the start of the next line, folds left as lines of their own. */
static int skip_line(struct cursor *c)
{
	c->p = line_end(c->p, c->end);
	return get(c);
}

static char upper(int ch)
{
	return (char)(ch >= 'a' && ch <= 'z' ? ch - 32 : ch);
}

/* A name in upper case up to ':' or ';', or a whole value; returns what ended it. */
static int word(struct cursor *c, char *out, size_t size, bool value)
{
	size_t n = 0;
	int ch;

	for (;;) {
		ch = line_get(c);
		if (ch < 0 || (!value && (ch == ':' || ch == ';')))
			break;
		if (n < size - 1 && !(value && (ch == ' ' || ch == '\t')))
			out[n++] = upper(ch);
		else if (!value)
			break;
	}
	out[n] = '\0';
	return ch;
}

static bool is_main(const char *name)
{
	static const char *const main_ones[] = { "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY",
	    "VAVAILABILITY", "VTIMEZONE", "VCARD" };
	size_t i;

	for (i = 0; i < sizeof(main_ones) / sizeof(*main_ones); i++)
		if (strcmp(name, main_ones[i]) == 0)
			return true;
	return false;
}

static void begin(struct scan *s, const char *name)
{
	if (strcmp(name, "VCALENDAR") == 0) {
		s->depth = 0;
		s->calendar = true;
		return;
	}
	/* A main component cannot stand inside another one: an END is missing. */
	if (s->depth == 0 || is_main(name)) {
		s->depth = 1;
		s->skip = strcmp(name, "VTIMEZONE") == 0 || strcmp(name, "VCARD") == 0;
		/* In a calendar each name is one; elsewhere it may be any text. */
		if (s->out->component[0] == '\0' && strcmp(name, "VTIMEZONE") != 0 &&
		    (s->calendar || is_main(name)))
			memcpy(s->out->component, name, strlen(name) + 1);
	} else {
		s->depth++;
	}
}

static void finish(struct scan *s, const char *name)
{
	s->calendar = s->calendar && strcmp(name, "VCALENDAR") != 0;
	if (strcmp(name, "VCALENDAR") == 0 || is_main(name))
		s->depth = 0;
	else if (s->depth > 0)
		s->depth--;
}

/* Past the parameters, whose quoted values may hold colons. */
static int skip_params(struct cursor *c, int ch)
{
	bool quoted = false;

	while (ch >= 0 && (quoted || ch != ':')) {
		ch = line_get(c);
		if (ch == '"')
			quoted = !quoted;
	}
	return ch;
}

static void keep(struct icaluid *o, int ch)
{
	if (o->len < ICALUID_MAX)
		o->uid[o->len++] = (char)ch;
	else
		o->cut = true;
}

static void value(struct scan *s)
{
	struct icaluid *o = s->out;
	bool escaped = false;
	int ch;

	while ((ch = line_get(&s->c)) >= 0) {
		if (!escaped && ch == '\\') {
			escaped = true;
			continue;
		}
		if (escaped && ch != '\\' && ch != ',' && ch != ';' && ch != 'n' && ch != 'N')
			keep(o, '\\');
		keep(o, escaped && (ch == 'n' || ch == 'N') ? '\n' : ch);
		escaped = false;
	}
	if (escaped)
		keep(o, '\\');
	o->uid[o->len] = '\0';
	o->open = s->c.touched_end;
}

/* One line that begins like BEGIN, END or UID; true when it gave the UID. */
static bool line(struct scan *s)
{
	char name[8], comp[ICALUID_NAME];
	int ch = word(&s->c, name, sizeof(name), false);

	if (ch == ':' && (strcmp(name, "BEGIN") == 0 || strcmp(name, "END") == 0)) {
		word(&s->c, comp, sizeof(comp), true);
		if (name[0] == 'B')
			begin(s, comp);
		else
			finish(s, comp);
		return false;
	}
	if (strcmp(name, "UID") == 0 && s->depth == 1 && !s->skip &&
	    skip_params(&s->c, ch) == ':') {
		value(s);
		return s->out->len > 0;
	}
	if (ch >= 0)
		skip_line(&s->c);
	return false;
}

static bool find(const char *text, size_t n, struct icaluid *out)
{
	struct scan s = { .c = { .p = text, .end = text + n }, .out = out };
	int ch;

	while ((ch = peek(&s.c)) != END) {
		if (strchr("BbEeUu", ch) == NULL) {
			if (skip_line(&s.c) == END)
				break;
		} else if (line(&s)) {
			return true;
		}
	}
	return false;
}

bool icaluid_find(const void *data, size_t n, struct icaluid *out)
{
	struct buf text = BUF_INIT(2 * n + 4);
	const uint8_t *p = data;
	bool found;

	out->uid[0] = '\0';
	out->len = 0;
	out->cut = out->open = false;
	out->component[0] = '\0';
	if (p == NULL || n == 0)
		return false;
	if (!has_mark16(p, n) && memchr(p, '\0', n) == NULL) {
		p = past_mark(p, p + n);
		return find((const char *)p, n - (size_t)(p - (const uint8_t *)data), out);
	}
	icaluid_text(data, n, &text);
	found = text.len > 0 && !text.failed && find(text.data, text.len, out);
	buf_free(&text);
	return found;
}

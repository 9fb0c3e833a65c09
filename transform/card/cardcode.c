#include <string.h>
#include <strings.h>

#include "base64.h"
#include "card/cardcode.h"
#include "card/cardparam.h"
#include "card/card.h"
#include "card/cardrow.h"
#include "card/cardvalue.h"
#include "text/ascii.h"

#define CODED_DAY 256	/* bytes; a longer one is not understood */

static bool begins(const char *s, size_t n, const char *text)
{
	return n >= strlen(text) && strncasecmp(s, text, strlen(text)) == 0;
}

static bool is(const struct cardcode *k, const char *name)
{
	return k->namelen == strlen(name) && strncasecmp(k->name, name, k->namelen) == 0;
}

bool cardcode_is_among(const struct cardcode *k, const char *const *names)
{
	while (*names != NULL && !is(k, *names))
		names++;
	return *names != NULL;
}

unsigned cardcode_type(struct card_word w)
{
	static const struct {
		const char *name;
		unsigned type;
	} t[] = { { "HOME", CT_HOME }, { "WORK", CT_WORK }, { "OTHER", CT_OTHER },
		{ "CELL", CT_CELL }, { "MOBILE", CT_CELL }, { "IPHONE", CT_CELL },
		{ "FAX", CT_FAX }, { "PAGER", CT_PAGER }, { "PREF", CT_PREF } };
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (cardparam_is(w, t[i].name))
			return t[i].type;
	return 0;
}

/* Encodings stand by their name, without one (2.1), and with that of types. */
static bool encoding(struct card_word name, struct card_word w, bool *quoted, bool *base64)
{
	bool named = cardparam_is(name, "ENCODING");

	if (!named && name.n > 0 && !cardparam_is(name, "TYPE"))
		return false;
	if (cardparam_is(w, "QUOTED-PRINTABLE") || (named && cardparam_is(w, "Q")))
		*quoted = true;
	else if (cardparam_is(w, "BASE64") || (named && cardparam_is(w, "B")))
		*base64 = true;
	else
		return cardparam_is(w, "8BIT") || cardparam_is(w, "7BIT");
	return true;
}

/* The words of a parameter that is an encoding or a type. */
static bool has_words(struct card_word name)
{
	return name.n == 0 || cardparam_is(name, "TYPE") || cardparam_is(name, "ENCODING");
}

void cardcode_encoding(const char *head, size_t n, bool *quoted, bool *base64)
{
	const char *p = memchr(head, ';', n), *q;
	struct card_word name, v, in, w;

	*quoted = *base64 = false;
	while (p != NULL && cardparam_next(&p, head + n, &name, &v))
		for (q = v.s, in.n = 0; has_words(name) &&
		    cardparam_type(&q, v.s + v.n, &in, &w);)
			encoding(name, w, quoted, base64);
}

/* PREF=1 is what 3.0 calls a type; the lower ones of 4.0 stay. */
static unsigned preference(struct card_word v)
{
	unsigned n = 0;

	v = cardparam_unquoted(v);
	if (v.n > 3)
		return 100;
	for (; v.n > 0 && *v.s >= '0' && *v.s <= '9'; v.s++, v.n--)
		n = 10 * n + (unsigned)(*v.s - '0');
	return v.n > 0 || n == 0 || n > 100 ? 100 : n;
}

/* How the value is to be read, by its own beginning and by the parameters. */
struct media {
	bool typed;			/* VALUE says what it is, */
	bool written;			/* that is text */
	bool strange;			/* a day of another calendar */
	bool omitted;			/* X-APPLE-OMIT-YEAR is there */
	int omit;			/* the year that stands for none; 0: not given */
	bool data;			/* "data:TYPE;base64," */
	bool uri;			/* an address, and no parameter says so */
	bool text;			/* not as 3.0 has it, unless a parameter says so */
	struct card_word type;		/* "image/png", of the address or of MEDIATYPE */
	struct card_word format;	/* "png", as a type; empty when TYPE cannot say it */
};

struct types {
	struct buf *out;
	struct card_word format;	/* not to be said twice */
	bool any, pref;
};

static void put_type(struct types *t, struct card_word w)
{
	if (cardcode_type(w) == CT_PREF && t->pref)
		return;
	t->pref = t->pref || cardcode_type(w) == CT_PREF;
	if (t->format.n > 0 && cardparam_equal(w, t->format))
		t->format.n = 0;
	cardparam_put_type(w, &t->any, t->out);
}

static void see_type(struct cardcode *k, struct types *t, struct card_word name,
    struct card_word v)
{
	const char *q = v.s;
	struct card_word in = { NULL, 0 }, w;

	while (cardparam_type(&q, v.s + v.n, &in, &w)) {
		if (encoding(name, w, &k->quoted, &k->binary) || cardparam_is(name, "ENCODING"))
			continue;
		k->types |= cardcode_type(w);
		put_type(t, w);
	}
	if (k->types & CT_PREF)
		k->pref = 1;
}

static void see_charset(struct cardcode *k, struct card_word v)
{
	v = cardparam_unquoted(v);
	if (v.n < sizeof(k->charset) && memchr(v.s, '"', v.n) == NULL) {
		memcpy(k->charset, v.s, v.n);
		k->charset[v.n] = '\0';
	}
}

/* What the encodings say; the types go to OUT. */
static void first_pass(struct cardcode *k, const char *s, const char *end,
    const struct media *m, struct buf *out)
{
	static const struct card_word pref = { "PREF", 4 };
	struct types t = { out, m->format, false, false };
	struct card_word name, v;
	const char *p;
	unsigned n;

	for (p = s; cardparam_next(&p, end, &name, &v);) {
		if (has_words(name))
			see_type(k, &t, name, v);
		else if (cardparam_is(name, "CHARSET"))
			see_charset(k, v);
		else if (cardparam_is(name, "PREF")) {
			n = preference(v);
			k->pref = k->pref == 0 || n < k->pref ? n : k->pref;
			if (n == 1)
				put_type(&t, pref);
		}
	}
	if (k->pref == 1)
		k->types |= CT_PREF;
	if (t.format.n > 0)
		put_type(&t, t.format);
	k->binary = k->binary && !k->coded;
	if (k->binary)
		buf_adds(out, ";ENCODING=b");
}

/* What the property says can be nothing but text: that of all that a contact's row takes is. */
static bool is_text(const struct cardcode *k)
{
	static const char *const more[] = { "ROLE", "LABEL", "CATEGORIES", NULL };

	return cardrow_reads(k->name, k->namelen) || cardcode_is_among(k, more);
}

/* Base64 as a whole, blanks of its folds aside. */
static bool is_base64(const char *s, size_t n)
{
	size_t i, digits = 0;

	while (n > 0 && (s[n - 1] == '=' || s[n - 1] == ' '))
		n--;
	for (i = 0; i < n; i++)
		digits += s[i] != ' ' && s[i] != '\t';
	return digits > 0 && digits % 4 != 1 && ascii_only(s, n, "+/ \t");
}

static bool is_media(const struct cardcode *k)
{
	static const char *const names[] = { "PHOTO", "LOGO", "SOUND", "KEY", NULL };

	return cardcode_is_among(k, names);
}

/* "http:" and the like; base64 has no colon. */
static bool is_uri(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);

	return colon != NULL && colon > s + 1 && !ascii_is_digit(*s) && ascii_is_alnum(*s) &&
	    ascii_only(s, (size_t)(colon - s), "+-.");
}

/* A name, or two with a slash between. */
static bool is_token(struct card_word w)
{
	return w.n > 0 && ascii_only(w.s, w.n, "+-._/");
}

/*
 * "data:image/jpeg;base64," is how 4.0 says ENCODING=b;TYPE=JPEG; its length.  With more in front
 * of the comma it is an address as any other.
 */
static size_t data_address(const char *s, size_t n, struct card_word *type)
{
	const char *comma = memchr(s, ',', n);
	size_t head;

	if (!begins(s, n, "data:") || comma == NULL)
		return 0;
	head = (size_t)(comma - s);
	if (s[head - 1] == '\\')
		head--;
	if (head < 12 || strncasecmp(s + head - 7, ";base64", 7) != 0)
		return 0;
	head -= 7;
	if (s[head - 1] == '\\')
		head--;
	*type = (struct card_word){ s + 5, head - 5 };
	return head == 5 || is_token(*type) ? (size_t)(comma - s) + 1 : 0;
}

/* The format that TYPE says, when it can: "png" of an image, of a sound "ogg". */
static struct card_word format_of(const struct cardcode *k, struct card_word type)
{
	static const struct card_word none = { NULL, 0 }, pgp = { "PGP", 3 }, x509 = { "X509", 4 };
	const char *top = is(k, "SOUND") ? "audio/" : "image/";
	struct card_word w = type;

	if (is(k, "KEY"))
		return cardparam_is(type, "application/pgp-keys") ? pgp :
		    cardparam_is(type, "application/pkix-cert") ? x509 : none;
	if (!begins(w.s, w.n, top))
		return none;
	w.s += strlen(top);
	w.n -= strlen(top);
	return is_token(w) && memchr(w.s, '/', w.n) == NULL && cardcode_type(w) == 0 ? w : none;
}

/* A number as people write it; anything more is left as it is. */
static bool is_plain_tel(const char *s, size_t n)
{
	return n > 4 && begins(s, n, "tel:") &&
	    ascii_all(s + 4, n - 4, "0123456789+*#()-. ");
}

static bool is_plain_geo(const char *s, size_t n)
{
	const char *comma = n > 6 && begins(s, n, "geo:") ? memchr(s, ',', n) : NULL;

	return comma != NULL && comma > s + 4 && comma < s + n - 1 &&
	    memrchr(s, ',', n) == comma && ascii_all(s + 4, n - 4, "0123456789+-.,");
}

/* Of 4.0 a zone is text, of 3.0 an offset. */
static bool is_zone_name(const struct cardcode *k, const char *s, size_t n)
{
	return k->v4 && is(k, "TZ") && n > 0 && s[0] != '+' && s[0] != '-' &&
	    !(n == 1 && (*s == 'Z' || *s == 'z')) && !is_uri(s, n);
}

/* The day of a birthday; a year that stands for none is dropped. */
static void see_day(struct cardcode *k, const char *s, size_t n, const struct media *m)
{
	if (!is(k, "BDAY") || m->written || m->strange ||
	    !carddate_read(s, n, &k->day))
		return;
	k->no_year = k->day.year == 0 && k->day.month > 0 && k->day.day > 0 && !k->day.time;
	if (k->day.year == m->omit)
		k->day.year = 0;
}

/* The same of a value in base64; if it does not decode to a day, it was not base64. */
static void see_coded_day(struct cardcode *k, const char *s, size_t n, const struct media *m)
{
	struct buf digits = BUF_INIT(CODED_DAY), text = BUF_INIT(CODED_DAY);
	struct carddate day;

	if (!is(k, "BDAY"))
		return;
	cardvalue_base64(s, n, &digits);
	k->coded = !digits.failed && base64_decode(&text, digits.data, digits.len) == 0 &&
	    carddate_read(text.data, text.len, &day);
	if (k->coded)
		see_day(k, text.data, text.len, m);
	buf_free(&text);
	buf_free(&digits);
}

static void see_value(struct cardcode *k, const char *s, size_t n, bool base64,
    struct media *m)
{
	struct card_word type = { NULL, 0 };

	if (is_media(k) || base64)
		k->skip = data_address(s, n, &type);
	if (k->skip > 0) {
		m->data = k->binary = true;
		m->type = type.n > 0 ? type : m->type;
	} else if (base64) {
		return;
	} else if (is(k, "TEL") && is_plain_tel(s, n)) {
		k->skip = 4;
	} else if (is(k, "GEO") && is_plain_geo(s, n)) {
		k->geo = true;
		k->skip = 4;
	} else if (!m->typed) {
		m->uri = (is_media(k) || is(k, "GEO")) && is_uri(s, n);
		m->text = is_zone_name(k, s, n);
	}
}

static int year_of(struct card_word w)
{
	struct carddate d;

	w = cardparam_unquoted(w);
	return carddate_read(w.s, w.n, &d) ? d.year : 0;
}

/* The parameters that are about the value. */
static void see_params(const struct cardcode *k, const char *s, const char *end,
    struct media *m)
{
	struct card_word name, v;

	while (cardparam_next(&s, end, &name, &v))
		if (cardparam_is(name, "VALUE")) {
			m->typed = m->typed || (!cardparam_is(v, "INLINE") &&
			    !cardparam_is(v, "BINARY"));
			m->written = m->written || cardparam_is(v, "TEXT");
		} else if (cardparam_is(name, "MEDIATYPE") && is_media(k))
			m->type = cardparam_unquoted(v);
		else if (cardparam_is(name, "CALSCALE"))
			m->strange = !cardparam_is(v, "GREGORIAN");
		else if (cardparam_is(name, "X-APPLE-OMIT-YEAR")) {
			m->omitted = true;
			m->omit = year_of(v);
		}
}

static void put_value(const struct cardcode *k, struct card_word v, struct buf *out)
{
	if (cardparam_is(v, "INLINE") || cardparam_is(v, "BINARY") ||
	    (k->skip > 0 && cardparam_is(v, "URI")))
		return;
	buf_adds(out, ";VALUE=");
	if (k->v2 && cardparam_is(v, "URL"))
		buf_adds(out, "URI");
	else if (k->day.day > 0 && !k->day.time && cardparam_is(v, "DATE-AND-OR-TIME"))
		buf_adds(out, "date");
	else
		cardparam_put_items(v, out);
}

/* One that is not among the types; what says how the value was encoded is not needed any more. */
static void put_param(const struct cardcode *k, const struct media *m, struct card_word name,
    struct card_word v, struct buf *out)
{
	bool ignored;

	if (cardparam_is(name, "ENCODING") && (encoding(name, v, &ignored, &ignored) || v.n == 0))
		return;
	if (name.n == 0 || cardparam_is(name, "TYPE") ||
	    (cardparam_is(name, "CHARSET") && !k->binary) ||
	    (cardparam_is(name, "PREF") && preference(v) == 1) ||
	    (cardparam_is(name, "MEDIATYPE") && (m->format.n > 0 || m->data) && is_media(k)))
		return;
	if (cardparam_is(name, "VALUE")) {
		put_value(k, v, out);
		return;
	}
	cardparam_put(name, v, out);
}

void cardcode_params(struct cardcode *k, const char *s, size_t n, const char *value, size_t nv,
    struct buf *out)
{
	const char *p = s, *end = s + n;
	struct card_word name, v;
	struct media m = { .data = false };
	bool quoted, base64;

	k->types = k->pref = 0;
	k->quoted = k->binary = k->geo = k->no_year = false;
	k->day = (struct carddate){ 0, 0, 0, false };
	k->skip = 0;
	k->charset[0] = '\0';
	cardcode_encoding(s, n, &quoted, &base64);
	see_params(k, s, end, &m);
	k->coded = base64 && is_text(k) && is_base64(value, nv);
	see_value(k, value, nv, base64, &m);
	if (!base64)
		see_day(k, value, nv, &m);
	else if (k->coded)
		see_coded_day(k, value, nv, &m);
	m.format = format_of(k, m.type);
	first_pass(k, s, end, &m, out);
	while (cardparam_next(&p, end, &name, &v))
		put_param(k, &m, name, v, out);
	if (m.data && m.format.n == 0 && m.type.n > 0)
		cardparam_put_item(";MEDIATYPE=", m.type, out);
	if (m.uri || m.text)
		buf_adds(out, m.uri ? ";VALUE=URI" : ";VALUE=text");
	if (k->no_year && !m.typed)
		buf_adds(out, ";VALUE=date");
	if (k->no_year && !m.omitted)
		buf_addf(out, ";X-APPLE-OMIT-YEAR=%d", CARDDATE_NO_YEAR);
}

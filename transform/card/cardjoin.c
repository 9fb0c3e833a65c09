#include <string.h>

#include "card/cardcode.h"
#include "card/cardjoin.h"
#include "card/cardparam.h"

#define PLACES (CT_HOME | CT_WORK | CT_OTHER | CT_CELL | CT_FAX)

bool cardjoin_contradicts(const struct card_line *o, const struct card_line *l)
{
	unsigned places = l->types & PLACES;

	return places != 0 && (o->types & PLACES & ~places) != 0;
}

/* The parameters of a line, one after the other. */
struct walk {
	const char *p, *end;
	struct card_word name, value;
};

static struct walk walk(const struct card *c, const struct card_line *l)
{
	const char *s = card_text(c, l->params);

	return (struct walk){ .p = s, .end = s + l->params.n };
}

static bool step(struct walk *w)
{
	return cardparam_next(&w->p, w->end, &w->name, &w->value);
}

/* The types of a line, one after the other; its TYPE stands first, if there is one. */
struct types {
	const char *p, *end;
	struct card_word in;
};

static struct types types_of(const struct card *c, const struct card_line *l)
{
	struct walk w = walk(c, l);

	if (!step(&w) || !cardparam_is(w.name, "TYPE"))
		return (struct types){ NULL, NULL, { NULL, 0 } };
	return (struct types){ w.value.s, w.value.s + w.value.n, { NULL, 0 } };
}

static bool next_type(struct types *t, struct card_word *type)
{
	return t->p != NULL && cardparam_type(&t->p, t->end, &t->in, type);
}

static bool has_type(const struct card *c, const struct card_line *l, struct card_word type)
{
	struct types t = types_of(c, l);
	struct card_word w;

	while (next_type(&t, &w))
		if (cardparam_equal(w, type))
			return true;
	return false;
}

static bool has_param(const struct card *c, const struct card_line *l, struct card_word name)
{
	struct walk w = walk(c, l);

	while (step(&w))
		if (cardparam_equal(w.name, name))
			return true;
	return false;
}

/* Is the type of P7's line added? */
static bool adds_type(const struct cardjoin *j, const struct card_line *o,
    const struct card_line *l, struct card_word type)
{
	bool email = card_is(j->own, o, "EMAIL");

	if (has_type(j->own, o, type) || (email && (cardparam_is(type, "PREF") ||
	    cardparam_is(type, "INTERNET"))))
		return false;
	return !cardjoin_contradicts(o, l) || (cardcode_type(type) & PLACES) == 0;
}

static bool adds_param(const struct cardjoin *j, const struct card_line *o,
    const struct walk *w)
{
	if (cardparam_is(w->name, "TYPE") || cardparam_is(w->name, "ENCODING") ||
	    has_param(j->own, o, w->name))
		return false;
	if (cardparam_is(w->name, "VALUE"))
		return cardparam_is(w->value, "TEXT") || cardparam_is(w->value, "DATE");
	return !cardparam_is(w->name, "PREF") || !card_is(j->own, o, "EMAIL") ||
	    (o->types & CT_PREF) == 0;
}

static void put_params(const struct cardjoin *j, const struct card_line *o,
    const struct card_line *l, struct buf *out)
{
	struct types own = types_of(j->own, o), p7 = types_of(j->p7, l);
	struct walk w;
	struct card_word type;
	bool any = false;

	while (next_type(&own, &type))
		cardparam_put_type(type, &any, out);
	while (next_type(&p7, &type))
		if (adds_type(j, o, l, type))
			cardparam_put_type(type, &any, out);
	for (w = walk(j->own, o); step(&w);)
		if (!cardparam_is(w.name, "TYPE"))
			cardparam_put(w.name, w.value, out);
	for (w = walk(j->p7, l); step(&w);)
		if (adds_param(j, o, &w))
			cardparam_put(w.name, w.value, out);
}

void cardjoin_without_pref(const struct card *c, const struct card_line *l, struct buf *out)
{
	struct types t = types_of(c, l);
	struct walk w;
	struct card_word type;
	bool any = false;

	while (next_type(&t, &type))
		if (!cardparam_is(type, "PREF"))
			cardparam_put_type(type, &any, out);
	for (w = walk(c, l); step(&w);)
		if (!cardparam_is(w.name, "TYPE"))
			cardparam_put(w.name, w.value, out);
}

/* The value from part I on, with its semicolons. */
static struct card_slice tail(const struct card *c, const struct card_line *l, unsigned i)
{
	struct card_slice part, v = l->value;

	while (i-- > 0) {
		part = card_part(c, v, 0);
		if (part.n == v.n)
			return (struct card_slice){ v.at + v.n, 0 };
		v.at += part.n + 1;
		v.n -= part.n + 1;
	}
	return v;
}

static bool says_nothing(const struct card *c, struct card_slice s)
{
	return strspn(card_text(c, s), ";") >= s.n;
}

bool cardjoin_has_parts(const struct card *p7, const struct card_line *l)
{
	if (card_is(p7, l, "ADR"))
		return card_part(p7, l->value, 0).n + card_part(p7, l->value, 1).n > 0 ||
		    !says_nothing(p7, tail(p7, l, 7));
	return (card_is(p7, l, "N") || card_is(p7, l, "ORG")) &&
	    !says_nothing(p7, tail(p7, l, 2));
}

static void put_slice(const struct card *c, struct card_slice s, struct buf *out)
{
	buf_add(out, card_text(c, s), s.n);
}

/* P7 tells a comma from one between two values; the row, which has the text, does not. */
static void put_better(const struct cardjoin *j, struct card_slice o, struct card_slice l,
    struct buf *out)
{
	struct buf *a = j->scratch[0], *b = j->scratch[1];

	buf_reset(a);
	buf_reset(b);
	card_plain(j->own, o, a);
	card_plain(j->p7, l, b);
	if (a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0))
		put_slice(j->p7, l, out);
	else
		put_slice(j->own, o, out);
}

/* Parts FROM up to TO from P8's line, the others from P7's. */
static void put_parts(const struct cardjoin *j, const struct card_line *o,
    const struct card_line *l, unsigned from, unsigned to, struct buf *out)
{
	struct card_slice own, p7 = tail(j->p7, l, to);
	unsigned i;

	for (i = 0; i < to; i++) {
		if (i > 0)
			buf_addc(out, ';');
		own = card_part(j->own, o->value, i);
		if (i < from)
			put_slice(j->p7, card_part(j->p7, l->value, i), out);
		else if (card_is(j->own, o, "N"))
			put_better(j, own, card_part(j->p7, l->value, i), out);
		else
			put_slice(j->own, own, out);
	}
	own = tail(j->own, o, to);
	if (own.n > 0 || !says_nothing(j->p7, p7))
		buf_addc(out, ';');
	if (says_nothing(j->p7, p7))
		put_slice(j->own, own, out);
	else
		put_slice(j->p7, p7, out);
}

void cardjoin_put(const struct cardjoin *j, const struct card_line *o,
    const struct card_line *l, struct buf *out)
{
	bool whole = l != NULL && (o->same != l->same || l->day.time);

	if (whole)
		put_slice(j->p7, l->params, out);
	else if (l != NULL)
		put_params(j, o, l, out);
	else
		put_slice(j->own, o->params, out);
	buf_addc(out, ':');
	if (whole)
		put_slice(j->p7, l->value, out);
	else if (l == NULL)
		put_slice(j->own, o->value, out);
	else if (card_is(j->own, o, "N") || card_is(j->own, o, "ORG"))
		put_parts(j, o, l, 0, 2, out);
	else if (card_is(j->own, o, "ADR"))
		put_parts(j, o, l, 2, 7, out);
	else if (card_is(j->own, o, "NICKNAME"))
		put_better(j, o->value, l->value, out);
	else
		put_slice(j->own, o->value, out);
}

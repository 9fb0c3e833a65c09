#include <stdio.h>
#include <string.h>

#include "card/cardjoin.h"
#include "card/cardmerge.h"
#include "card/cardread.h"
#include "card/cardsame.h"
#include "card/vcard.h"

#define NOTE_CUT 240	/* P7 cuts notes at 255 bytes, at a character */

enum how {
	H_KEEP,			/* P8's card never has it */
	H_DROP,			/* P8's card says it in its own way */
	H_ONE,			/* stands once; the row has it */
	H_MANY,			/* the row has some of them */
	H_CATEGORIES
};

static const struct {
	const char *name;
	enum how how;
} rules[] = {
	{ "PRODID", H_DROP }, { "UID", H_DROP }, { "X-USE-FRIENDLY-NAME", H_DROP },
	{ "X-AFTERLOGIC-USE-FRIENDLY-NAME", H_DROP }, { "X-AFTERLOGIC-USE-FREQUENCY", H_DROP },
	{ "FN", H_ONE }, { "N", H_ONE }, { "X-OFFICE", H_ONE }, { "X-AFTERLOGIC-OFFICE", H_ONE },
	{ "TITLE", H_ONE }, { "NICKNAME", H_ONE }, { "NOTE", H_ONE }, { "ORG", H_ONE },
	{ "BDAY", H_ONE }, { "ADR", H_MANY }, { "EMAIL", H_MANY }, { "TEL", H_MANY },
	{ "URL", H_MANY }, { "CATEGORIES", H_CATEGORIES },
};

struct merge {
	struct card *own, *p7;
	card_group_fn *group;
	void *arg;
	struct buf *a, *b;
	struct cardjoin join;
	struct card_merged *m;
};

static enum how how_of(const struct card *c, const struct card_line *l)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (card_is(c, l, rules[i].name))
			return rules[i].how;
	return H_KEEP;
}

static bool same_text(const struct card *c, struct card_slice a, const struct card *d,
    struct card_slice b)
{
	return a.n == b.n && memcmp(card_text(c, a), card_text(d, b), a.n) == 0;
}

static struct card_line *own_line(struct merge *g, const struct card_line *l)
{
	const char *name = card_is(g->p7, l, "X-AFTERLOGIC-OFFICE") ? "X-OFFICE" : NULL;
	struct card_line *o;

	for (o = g->own->line; o < g->own->line + g->own->n; o++)
		if (name != NULL ? card_is(g->own, o, name) :
		    same_text(g->own, o->name, g->p7, l->name))
			return o;
	return NULL;
}

static void differ(struct merge *g, const struct card_line *l)
{
	size_t n = strlen(g->m->differs);

	if (n + l->name.n + 2 < sizeof(g->m->differs))
		snprintf(g->m->differs + n, sizeof(g->m->differs) - n, "%s%.*s", n > 0 ? "," : "",
		    (int)l->name.n, card_text(g->p7, l->name));
}

/* Did P7 cut the note of the row? */
static bool is_cut_note(struct merge *g, const struct card_line *o, const struct card_line *l)
{
	if (!card_is(g->own, o, "NOTE"))
		return false;
	cardsame_text(g->own, o, g->a);
	cardsame_text(g->p7, l, g->b);
	return g->a->len >= NOTE_CUT && g->b->len > g->a->len &&
	    memcmp(g->a->data, g->b->data, g->a->len) == 0;
}

/* One and the same line of P7's. */
static bool same_line(const struct card *c, const struct card_line *a, const struct card_line *b)
{
	return card_same_group(c, a, b) && same_text(c, a->name, c, b->name) &&
	    same_text(c, a->params, c, b->params) && same_text(c, a->value, c, b->value);
}

/* Would L add anything to P8's line? */
static bool adds(struct merge *g, const struct card_line *o, const struct card_line *l)
{
	if (l->group.n > 0)
		return true;
	buf_reset(g->a);
	buf_reset(g->b);
	cardjoin_put(&g->join, o, l, g->a);
	cardjoin_put(&g->join, o, NULL, g->b);
	return g->a->len != g->b->len || memcmp(g->a->data, g->b->data, g->a->len) != 0;
}

/* One line of P7's is joined to each of P8's; others that would add something stay lines. */
static void pair(struct merge *g, struct card_line *o, struct card_line *l)
{
	bool more = adds(g, o, l);

	if (more && o->mate != NULL && !same_line(g->p7, o->mate, l))
		return;
	o->taken = l->taken = true;
	if (more && o->mate == NULL) {
		o->mate = l;
		g->m->changed = true;
	}
}

/* Of lines that can stand once, those that P8's own card has. */
static void decide_equal(struct merge *g, struct card_line *l)
{
	struct card_line *o = own_line(g, l);

	if (o != NULL && o->same == l->same)
		pair(g, o, l);
}

/* The others: the first is P8's where that is empty; else the row is the truth. */
static void decide_one(struct merge *g, struct card_line *l)
{
	struct card_line *o = own_line(g, l);

	if (o == NULL || o->taken)
		return;
	if (o->same == 0 || is_cut_note(g, o, l)) {
		pair(g, o, l);
		return;
	}
	o->taken = l->taken = true;
	differ(g, l);
}

/* P8's line of the same value: of several the one that is in the same place, and still alone. */
static void decide_many(struct merge *g, struct card_line *l)
{
	struct card_line *o, *best = NULL;
	int rank, best_rank = -1;

	for (o = g->own->line; o < g->own->line + g->own->n; o++) {
		if (o->same != l->same || !same_text(g->own, o->name, g->p7, l->name))
			continue;
		rank = 2 * !cardjoin_contradicts(o, l) + (o->mate == NULL);
		if (rank > best_rank) {
			best = o;
			best_rank = rank;
		}
	}
	if (best != NULL)
		pair(g, best, l);
}

static bool is_group(struct merge *g, struct card_slice item)
{
	buf_reset(g->a);
	card_plain(g->p7, item, g->a);
	cardsame_squeeze(g->a, 0);
	return g->a->len == 0 || g->group(g->arg, g->a->data, g->a->len);
}

/* A line of nothing but groups adds nothing to P8's, except its parameters. */
static void decide_categories(struct merge *g, struct card_line *l)
{
	struct card_line *o = own_line(g, l);
	struct card_slice item;
	size_t at = 0;

	l->taken = true;
	while (l->taken && card_item(g->p7, l->value, &at, &item))
		l->taken = is_group(g, item);
	if (l->taken && o != NULL && (l->params.n > 0 || l->group.n > 0) && o->mate == NULL) {
		o->mate = l;
		o->same = l->same;
		g->m->changed = true;
	}
}

/* A further line that is there twice is taken once. */
static void drop_doubles(struct merge *g)
{
	struct card_line *l, *k;

	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++)
		for (k = g->p7->line; !l->taken && k < l; k++)
			l->taken = !k->taken && k->same == l->same && same_line(g->p7, k, l);
}

static void prepare(struct merge *g)
{
	struct card_line *l;

	for (l = g->own->line; l < g->own->line + g->own->n; l++) {
		l->same = cardsame_hash(g->own, l, g->a);
		l->taken = false;
		l->mate = NULL;
	}
	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++) {
		l->same = how_of(g->p7, l) == H_DROP ? 0 : cardsame_hash(g->p7, l, g->a);
		l->taken = how_of(g->p7, l) == H_DROP ||
		    (l->same == 0 && !cardjoin_has_parts(g->p7, l));
	}
}

static void decide(struct merge *g)
{
	struct card_line *l, *end = g->p7->line + g->p7->n;

	prepare(g);
	for (l = g->p7->line; l < end; l++)
		if (!l->taken && how_of(g->p7, l) == H_ONE)
			decide_equal(g, l);
	for (l = g->p7->line; l < end; l++) {
		if (l->taken)
			continue;
		if (how_of(g->p7, l) == H_ONE)
			decide_one(g, l);
		else if (how_of(g->p7, l) == H_MANY)
			decide_many(g, l);
		else if (how_of(g->p7, l) == H_CATEGORIES)
			decide_categories(g, l);
	}
	drop_doubles(g);
	for (l = g->p7->line; l < end; l++)
		g->m->changed = g->m->changed || !l->taken;
}

/* Up to the parameters: the group that P7 has the line in, and its name. */
static void begin_line(const struct merge *g, struct vcard *v, const struct card_line *grouped,
    const struct card *c, const struct card_line *l)
{
	vcard_name(v, "");
	if (grouped != NULL && grouped->group.n > 0) {
		buf_add(v->out, card_text(g->p7, grouped->group), grouped->group.n);
		buf_addc(v->out, '.');
	}
	buf_add(v->out, card_text(c, l->name), l->name.n);
}

static void put_categories(struct merge *g, struct vcard *v, const struct card_line *l)
{
	struct card_slice item;
	const char *before = "";
	size_t at = 0;

	while (card_item(g->p7, l->value, &at, &item)) {
		if (is_group(g, item))
			continue;
		buf_adds(v->out, before);
		buf_add(v->out, card_text(g->p7, item), item.n);
		before = ",";
	}
}

/* A line that only P7 has; which e-mail is the first one says P8's card. */
static void put_further(struct merge *g, struct vcard *v, const struct card_line *l, bool first)
{
	begin_line(g, v, l, g->p7, l);
	if (first && card_is(g->p7, l, "EMAIL"))
		cardjoin_without_pref(g->p7, l, v->out);
	else
		buf_add(v->out, card_text(g->p7, l->params), l->params.n);
	buf_addc(v->out, ':');
	if (how_of(g->p7, l) == H_CATEGORIES)
		put_categories(g, v, l);
	else
		buf_add(v->out, card_text(g->p7, l->value), l->value.n);
	vcard_end_line(v);
}

static void write_card(struct merge *g, struct buf *out)
{
	const struct card_line *l;
	struct vcard v = { .out = out };
	bool first = false;

	buf_reset(out);
	buf_adds(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	for (l = g->own->line; l < g->own->line + g->own->n; l++) {
		begin_line(g, &v, l->mate, g->own, l);
		cardjoin_put(&g->join, l, l->mate, out);
		vcard_end_line(&v);
		first = first || (card_is(g->own, l, "EMAIL") && l->pref > 0);
	}
	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++)
		if (!l->taken)
			put_further(g, &v, l, first);
	vcard_end(&v);
}

int card_merge(struct buf *card, struct card *own, struct card *p7, card_group_fn *group,
    void *arg, struct card_merged *m)
{
	struct merge g = { own, p7, group, arg, &own->work[0], &own->work[1],
		{ own, p7, { &p7->work[0], &p7->work[1] } }, m };

	memset(m, 0, sizeof(*m));
	card_reset(own);
	if (card->failed || card_read(own, card->data, card->len) <= 0)
		return -1;
	decide(&g);
	if (m->changed)
		write_card(&g, card);
	return g.a->failed || g.b->failed || card->failed ? -1 : 0;
}

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "cardmerge.h"
#include "vcard.h"

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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Text with runs of blanks as one, without those at the ends. */
static void squeeze(struct buf *b, size_t from)
{
	size_t i, to = from;

	if (b->failed || b->data == NULL)
		return;
	for (i = from; i < b->len; i++)
		if (!is_blank(b->data[i]))
			b->data[to++] = b->data[i];
		else if (to > from && b->data[to - 1] != ' ')
			b->data[to++] = ' ';
	while (to > from && b->data[to - 1] == ' ')
		to--;
	b->len = to;
	b->data[to] = '\0';
}

static bool of_number(char c)
{
	return (c >= '0' && c <= '9') || c == '+' || c == '*' || c == '#' ||
	    (c >= 'a' && c <= 'z');
}

/* Small letters; addresses without what may be left out, numbers without decoration. */
static void simplify(const struct card *c, const struct card_line *l, struct buf *b, size_t from)
{
	bool tel = card_is(c, l, "TEL");
	size_t i, to = from;

	if (b->failed || b->data == NULL)
		return;
	for (i = from; i < b->len; i++) {
		if (b->data[i] >= 'A' && b->data[i] <= 'Z')
			b->data[i] = (char)(b->data[i] + 32);
		if (!tel || of_number(b->data[i]))
			b->data[to++] = b->data[i];
	}
	if (card_is(c, l, "URL") && to > from && b->data[to - 1] == '/')
		to--;
	b->len = to;
	b->data[to] = '\0';
	if (strncmp(b->data + from, "mailto:", 7) == 0)
		memset(b->data + from, ' ', 7);
	squeeze(b, from);
}

static void birthday(struct buf *b)
{
	int y, m, d;

	if (b->data != NULL && (sscanf(b->data, "%4d-%2d-%2d", &y, &m, &d) == 3 ||
	    sscanf(b->data, "%4d%2d%2d", &y, &m, &d) == 3)) {
		buf_reset(b);
		buf_addf(b, "%d-%d-%d", y, m, d);
	}
}

/* Parts FROM to TO of the value, as they are compared. */
static void parts(const struct card *c, const struct card_line *l, unsigned from, unsigned to,
    struct buf *b)
{
	size_t at;

	for (; from <= to; from++) {
		at = b->len;
		card_plain(c, card_part(c, l->value, from), b);
		squeeze(b, at);
		if (b->len > at || from < to)
			buf_addc(b, '\1');
	}
}

static bool only_marks(const struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->data[i] != '\1')
			return false;
	return true;
}

/* What the row can say of the line, as it is compared; emptied when it is nothing. */
static void essence(const struct card *c, const struct card_line *l, struct buf *b)
{
	buf_reset(b);
	if (card_is(c, l, "N") || card_is(c, l, "ORG"))
		parts(c, l, 0, 1, b);
	else if (card_is(c, l, "ADR"))
		parts(c, l, 2, 6, b);
	else if (l->binary)
		buf_add(b, card_text(c, l->value), l->value.n);
	else {
		card_plain(c, l->value, b);
		squeeze(b, 0);
	}
	if (card_is(c, l, "TEL") || card_is(c, l, "EMAIL") || card_is(c, l, "URL"))
		simplify(c, l, b, 0);
	else if (card_is(c, l, "BDAY"))
		birthday(b);
	if (only_marks(b))
		buf_reset(b);
}

static uint64_t hash(struct merge *g, const struct card *c, const struct card_line *l)
{
	essence(c, l, g->a);
	return g->a->len > 0 ? XXH3_64bits(g->a->data, g->a->len) : 0;
}

static struct card_line *own_line(struct merge *g, const struct card_line *l)
{
	const char *name = card_is(g->p7, l, "X-AFTERLOGIC-OFFICE") ? "X-OFFICE" : NULL;
	struct card_line *o;

	for (o = g->own->line; o < g->own->line + g->own->n; o++)
		if (name != NULL ? card_is(g->own, o, name) : o->name.n == l->name.n &&
		    memcmp(card_text(g->own, o->name), card_text(g->p7, l->name), l->name.n) == 0)
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
	essence(g->own, o, g->a);
	essence(g->p7, l, g->b);
	return g->a->len >= NOTE_CUT && g->b->len > g->a->len &&
	    memcmp(g->a->data, g->b->data, g->a->len) == 0;
}

static bool any_part(const struct card *c, const struct card_line *l, unsigned from, unsigned to)
{
	for (; from <= to; from++)
		if (card_part(c, l->value, from).n > 0)
			return true;
	return false;
}

/* The line has parts that P8's, which says the same otherwise, has not. */
static bool has_more(const struct merge *g, const struct card_line *l)
{
	return (card_is(g->p7, l, "N") && any_part(g->p7, l, 2, 4)) ||
	    (card_is(g->p7, l, "ORG") && any_part(g->p7, l, 2, 9)) ||
	    (card_is(g->p7, l, "ADR") && any_part(g->p7, l, 0, 1));
}

static void pair(struct merge *g, struct card_line *o, struct card_line *l, bool change)
{
	o->taken = l->taken = true;
	if (change && o->mate == NULL) {
		o->mate = l;
		g->m->changed = true;
	}
}

static void decide_one(struct merge *g, struct card_line *l)
{
	struct card_line *o = own_line(g, l);

	if (o == NULL)
		return;
	if (o->same == l->same)
		pair(g, o, l, has_more(g, l));
	else if (o->taken)
		return;
	else if (o->same == 0 || is_cut_note(g, o, l))
		pair(g, o, l, true);
	else {
		pair(g, o, l, false);
		differ(g, l);
	}
}

static void decide_many(struct merge *g, struct card_line *l)
{
	struct card_line *o;

	for (o = g->own->line; o < g->own->line + g->own->n; o++)
		if (o->same == l->same && o->name.n == l->name.n &&
		    memcmp(card_text(g->own, o->name), card_text(g->p7, l->name), l->name.n) == 0)
			pair(g, o, l, l->group.n > 0 || has_more(g, l));
}

bool card_item(const struct card *c, struct card_slice list, size_t *at, struct card_slice *item)
{
	const char *s = card_text(c, list);
	size_t i = *at;

	if (i > list.n || (i == list.n && i > 0))
		return false;
	while (i < list.n && s[i] != ',')
		i += s[i] == '\\' && i + 1 < list.n ? 2 : 1;
	*item = (struct card_slice){ list.at + *at, i - *at };
	*at = i + 1;
	return true;
}

static bool is_group(struct merge *g, struct card_slice item)
{
	buf_reset(g->a);
	card_plain(g->p7, item, g->a);
	squeeze(g->a, 0);
	return g->a->len == 0 || g->group(g->arg, g->a->data, g->a->len);
}

static void decide_categories(struct merge *g, struct card_line *l)
{
	struct card_slice item;
	size_t at = 0;

	l->taken = true;
	while (l->taken && card_item(g->p7, l->value, &at, &item))
		l->taken = is_group(g, item);
}

/* The same further line twice is one. */
static void drop_doubles(struct merge *g)
{
	struct card_line *l, *k;

	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++)
		for (k = g->p7->line; !l->taken && k < l; k++)
			l->taken = !k->taken && k->same == l->same && k->name.n == l->name.n &&
			    k->params.n == l->params.n && k->value.n == l->value.n &&
			    memcmp(card_text(g->p7, k->name), card_text(g->p7, l->name),
			    l->name.n + l->params.n + l->value.n) == 0;
}

static void decide(struct merge *g)
{
	struct card_line *l;

	for (l = g->own->line; l < g->own->line + g->own->n; l++) {
		l->same = hash(g, g->own, l);
		l->taken = false;
		l->mate = NULL;
	}
	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++) {
		enum how how = how_of(g->p7, l);

		l->same = how == H_DROP ? 0 : hash(g, g->p7, l);
		l->taken = how == H_DROP || (l->same == 0 && !has_more(g, l));
		if (l->taken)
			continue;
		if (how == H_ONE)
			decide_one(g, l);
		else if (how == H_MANY)
			decide_many(g, l);
		else if (how == H_CATEGORIES)
			decide_categories(g, l);
	}
	drop_doubles(g);
	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++)
		g->m->changed = g->m->changed || !l->taken;
}

static void begin_line(struct vcard *v, const struct card *c, const struct card_line *l,
    const struct card *group_of, struct card_slice group)
{
	vcard_name(v, "");
	if (group.n > 0) {
		buf_add(v->out, card_text(group_of, group), group.n);
		buf_addc(v->out, '.');
	}
	buf_add(v->out, card_text(c, l->name), l->name.n);
	buf_add(v->out, card_text(c, l->params), l->params.n);
	buf_addc(v->out, ':');
}

static void put_parts(struct vcard *v, const struct card *c, const struct card_line *l,
    unsigned from, unsigned to)
{
	struct card_slice part;

	for (; from <= to; from++) {
		part = card_part(c, l->value, from);
		buf_add(v->out, card_text(c, part), part.n);
		if (from < to)
			buf_addc(v->out, ';');
	}
}

/* A line of P8's with what its mate adds. */
static void put_own(struct merge *g, struct vcard *v, const struct card_line *o)
{
	const struct card_line *l = o->mate;
	struct card_slice none = { 0, 0 };

	begin_line(v, g->own, o, g->p7, l != NULL ? l->group : none);
	if (l != NULL && o->same == l->same && card_is(g->own, o, "N")) {
		put_parts(v, g->own, o, 0, 1);
		buf_addc(v->out, ';');
		put_parts(v, g->p7, l, 2, 4);
	} else if (l != NULL && card_is(g->own, o, "ADR")) {
		put_parts(v, g->p7, l, 0, 1);
		buf_addc(v->out, ';');
		put_parts(v, g->own, o, 2, 6);
	} else if (l != NULL && (o->same != l->same || card_is(g->own, o, "ORG")))
		buf_add(v->out, card_text(g->p7, l->value), l->value.n);
	else
		buf_add(v->out, card_text(g->own, o->value), o->value.n);
	vcard_end_line(v);
}

static void put_categories(struct merge *g, struct vcard *v, const struct card_line *l)
{
	struct card_slice item;
	bool any = false;
	size_t at = 0;

	while (card_item(g->p7, l->value, &at, &item)) {
		if (is_group(g, item))
			continue;
		if (any)
			buf_addc(v->out, ',');
		buf_add(v->out, card_text(g->p7, item), item.n);
		any = true;
	}
}

static void write_card(struct merge *g, struct buf *out)
{
	const struct card_line *l;
	struct vcard v = { .out = out };

	buf_reset(out);
	buf_adds(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	for (l = g->own->line; l < g->own->line + g->own->n; l++)
		put_own(g, &v, l);
	for (l = g->p7->line; l < g->p7->line + g->p7->n; l++) {
		if (l->taken)
			continue;
		begin_line(&v, g->p7, l, g->p7, l->group);
		if (how_of(g->p7, l) == H_CATEGORIES)
			put_categories(g, &v, l);
		else
			buf_add(out, card_text(g->p7, l->value), l->value.n);
		vcard_end_line(&v);
	}
	vcard_end(&v);
}

int card_merge(struct buf *card, struct card *own, struct card *p7, card_group_fn *group,
    void *arg, struct card_merged *m)
{
	struct merge g = { own, p7, group, arg, &own->work[0], &own->work[1], m };

	memset(m, 0, sizeof(*m));
	card_reset(own);
	own->pref = true;
	if (card->failed || card_read(own, card->data, card->len) <= 0)
		return -1;
	decide(&g);
	if (m->changed)
		write_card(&g, card);
	return g.a->failed || g.b->failed || card->failed ? -1 : 0;
}

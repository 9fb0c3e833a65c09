#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "card/cardsame.h"
#include "text/ascii.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void cardsame_squeeze(struct buf *b, size_t from)
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
	size_t i = from, to = from;

	if (b->failed || b->data == NULL)
		return;
	if (tel && b->len - from > 4 && strncasecmp(b->data + from, "tel:", 4) == 0)
		i += 4;
	for (; i < b->len; i++) {
		b->data[i] = ascii_lower(b->data[i]);
		if (!tel || of_number(b->data[i]))
			b->data[to++] = b->data[i];
	}
	if (card_is(c, l, "URL") && to > from && b->data[to - 1] == '/')
		to--;
	b->len = to;
	b->data[to] = '\0';
	if (strncmp(b->data + from, "mailto:", 7) == 0)
		memset(b->data + from, ' ', 7);
	cardsame_squeeze(b, from);
}

/* A year that stands for none is dropped. */
static void birthday(const struct card_line *l, struct buf *b)
{
	const struct carddate *d = &l->day;

	if (d->year == 0 && d->month == 0 && d->day == 0)
		return;
	buf_reset(b);
	buf_addf(b, "%d-%d-%d", d->year == CARDDATE_NO_YEAR ? 0 : d->year, d->month, d->day);
}

/* Parts FROM to TO of the value, as they are compared. */
static void parts(const struct card *c, const struct card_line *l, unsigned from, unsigned to,
    struct buf *b)
{
	size_t at;

	for (; from <= to; from++) {
		at = b->len;
		card_plain(c, card_part(c, l->value, from), b);
		cardsame_squeeze(b, at);
		if (b->len > at || from < to)
			buf_addc(b, '\1');
	}
}

void cardsame_text(const struct card *c, const struct card_line *l, struct buf *b)
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
		cardsame_squeeze(b, 0);
	}
	if (card_is(c, l, "TEL") || card_is(c, l, "EMAIL") || card_is(c, l, "URL"))
		simplify(c, l, b, 0);
	else if (card_is(c, l, "BDAY"))
		birthday(l, b);
	if (ascii_all(b->data, b->len, "\1"))
		buf_reset(b);
}

uint64_t cardsame_hash(const struct card *c, const struct card_line *l, struct buf *scratch)
{
	cardsame_text(c, l, scratch);
	return scratch->len > 0 ? XXH3_64bits(scratch->data, scratch->len) : 0;
}

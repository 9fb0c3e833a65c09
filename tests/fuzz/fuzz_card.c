// rooms: transform
/* vCards of any bytes: what is read of them is UTF-8, and written it is read as the same. */
#include "fuzz.h"
#include "tests/unit/cardwrite.h"
#include "transform/card/cardmerge.h"
#include "transform/card/cardread.h"
#include "transform/card/cardrow.h"
#include "utf8.h"

/* Every slice lies in the card's text. */
static void look(const struct card *c)
{
	const struct card_line *l;

	if (c->n > CARD_LINES || !utf8_valid(c->text.data, c->text.len))
		abort();
	for (l = c->line; l < c->line + c->n; l++)
		if (l->group.at + l->group.n > c->text.len || l->name.n == 0 ||
		    l->name.at + l->name.n > c->text.len ||
		    l->params.at + l->params.n > c->text.len ||
		    l->value.at + l->value.n > c->text.len)
			abort();
}

static void write_card(const struct card *c, struct buf *out)
{
	buf_reset(out);
	buf_adds(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	card_write(c, out);
	buf_adds(out, "END:VCARD\r\n");
}

static void read_again(const struct card *c)
{
	static struct buf one = BUF_INIT(1 << 24), two = BUF_INIT(1 << 24);
	struct card again;

	write_card(c, &one);
	card_init(&again);
	if (card_read(&again, one.data, one.len) != 1 || again.n != c->n || again.bad)
		abort();
	look(&again);
	write_card(&again, &two);
	if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
		abort();
	card_free(&again);
}

static bool no_group(void *arg, const char *s, size_t n)
{
	(void)arg, (void)s, (void)n;
	return false;
}

/* P8's card with what this one has more. */
static void merge(struct card *c)
{
	static const char mine[] = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\r\n"
	    "N:;;;;;\r\nNOTE:a\r\nORG:;\r\n"
	    "ADR;TYPE=HOME:;;a;;;;\r\nEMAIL;TYPE=HOME,PREF:a\r\nTEL;TYPE=VOICE,HOME:1\r\n"
	    "BDAY:1980-02-03\r\nEND:VCARD\r\n";
	static struct buf text = BUF_INIT(1 << 24);
	struct card_merged merged;
	struct card own, all;

	buf_reset(&text);
	buf_adds(&text, mine);
	card_init(&own);
	if (card_merge(&text, &own, c, no_group, NULL, &merged) < 0)
		abort();
	card_init(&all);
	if (card_read(&all, text.data, text.len) != 1 || all.n < own.n || all.bad || all.more)
		abort();
	read_again(&all);
	card_free(&all);
	card_free(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf row = BUF_INIT(1 << 24), scratch = BUF_INIT(1 << 24);
	static const struct cardrow what = { .id = 1 };
	char *text = fuzz_text(data, size);
	struct card c;

	card_init(&c);
	if (card_read(&c, text, size) > 0) {
		look(&c);
		buf_reset(&row);
		cardrow_put(&c, &what, &scratch, &row);
		(void)cardrow_is_person(&c);
		if (row.failed || !utf8_valid(row.data, row.len))
			abort();
		read_again(&c);
		if (c.n < CARD_LINES - 20)
			merge(&c);
	}
	card_free(&c);
	free(text);
	return 0;
}

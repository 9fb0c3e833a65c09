// rooms: transform
/* vCards of any bytes: what is read of them is UTF-8, and written again it is read again. */
#include "fuzz.h"
#include "transform/cardread.h"
#include "transform/cardrow.h"
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

static void put(const struct card *c, struct card_slice s, struct buf *out)
{
	buf_add(out, card_text(c, s), s.n);
}

static void write_card(const struct card *c, struct buf *out)
{
	const struct card_line *l;

	buf_reset(out);
	buf_adds(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	for (l = c->line; l < c->line + c->n; l++) {
		put(c, l->group, out);
		if (l->group.n > 0)
			buf_addc(out, '.');
		put(c, l->name, out);
		put(c, l->params, out);
		buf_addc(out, ':');
		put(c, l->value, out);
		buf_adds(out, "\r\n");
	}
	buf_adds(out, "END:VCARD\r\n");
}

/* As many lines, if nothing else: quotes without an end move the parameters about. */
static void read_again(const struct card *c)
{
	static struct buf text = BUF_INIT(1 << 24);
	struct card again;

	write_card(c, &text);
	card_init(&again);
	if (card_read(&again, text.data, text.len) != 1 || again.n != c->n)
		abort();
	look(&again);
	card_free(&again);
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
	}
	card_free(&c);
	free(text);
	return 0;
}

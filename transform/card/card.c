#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "card/card.h"

#define KEEP ((size_t)1 << 20)	/* larger buffers are not kept for the next card */

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
	c->cut = c->more = c->bad = false;
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

bool card_is_among(const struct card *c, const struct card_line *l, const char *const *names)
{
	while (*names != NULL && !card_is(c, l, *names))
		names++;
	return *names != NULL;
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

bool card_same_group(const struct card *c, const struct card_line *a,
    const struct card_line *b)
{
	return a->group.n == b->group.n && (a->group.n == 0 || strncasecmp(
	    card_text(c, a->group), card_text(c, b->group), a->group.n) == 0);
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

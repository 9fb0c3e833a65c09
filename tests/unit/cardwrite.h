/* The lines of a card, each as it stands, neither folded nor with anything around them. */
#ifndef CARDWRITE_H
#define CARDWRITE_H

#include "transform/card/card.h"

static inline void card_write(const struct card *c, struct buf *out)
{
	const struct card_line *l;

	for (l = c->line; l < c->line + c->n; l++) {
		buf_add(out, card_text(c, l->group), l->group.n);
		if (l->group.n > 0)
			buf_addc(out, '.');
		buf_add(out, card_text(c, l->name), l->name.n);
		buf_add(out, card_text(c, l->params), l->params.n);
		buf_addc(out, ':');
		buf_add(out, card_text(c, l->value), l->value.n);
		buf_adds(out, "\r\n");
	}
}

#endif

/*
 * The text by which two lines of vCards are compared: as much as the row of a contact holds, in
 * small letters where case does not count, numbers without decoration, birthdays as three numbers.
 */
#ifndef CARDSAME_H
#define CARDSAME_H

#include "card/card.h"

/* Runs of blanks behind FROM become one, those at the ends none. */
void cardsame_squeeze(struct buf *b, size_t from);
/* Into B; nothing when the line says nothing. */
void cardsame_text(const struct card *c, const struct card_line *l, struct buf *b);
/* Of that text; 0: the line says nothing.  SCRATCH is emptied. */
uint64_t cardsame_hash(const struct card *c, const struct card_line *l, struct buf *scratch);

#endif

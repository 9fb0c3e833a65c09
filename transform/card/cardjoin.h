/*
 * One line made of two that mean the same: P8's, made of the row, and P7's, which may have
 * parts and parameters that the row has no column for.
 * P8's value stays, and its types come first: they are the place where its web pages look for the
 * value.  P7's other types and parameters follow, but
 *   - types of another place, where P8's line and P7's contradict each other: the row is the truth
 *   - of an e-mail PREF, which the row says, and INTERNET, which each e-mail is and P8 takes for
 *     WORK
 *   - VALUE, where it says of which form P7's value is
 */
#ifndef CARDJOIN_H
#define CARDJOIN_H

#include "card/card.h"

struct cardjoin {
	const struct card *own, *p7;
	struct buf *scratch[2];
};

/* Do the types of P7's line L contradict those of P8's line O? */
bool cardjoin_contradicts(const struct card_line *o, const struct card_line *l);
/* Has L parts that O, which says the same otherwise, has not? */
bool cardjoin_has_parts(const struct card *p7, const struct card_line *l);
/* Append parameters, colon and value of O and L (which may be NULL). */
void cardjoin_put(const struct cardjoin *j, const struct card_line *o,
    const struct card_line *l, struct buf *out);
/* Append the parameters of L without the type PREF. */
void cardjoin_without_pref(const struct card *c, const struct card_line *l, struct buf *out);

#endif

/*
 * What only the P7 card of a contact has, put into its P8 card.
 * The P8 card, made of the contact's row, is the truth and keeps its lines and their order.  Of the
 * P7 card are taken:
 *   - each line that is not in the P8 card: photos, further numbers, e-mails and addresses, unknown
 *     properties, categories that are not groups of the user; behind P8's own lines, without PREF
 *   - the value of a property that stands once, when P8's is empty
 *   - parts that a row has no column for: of a name the middle name, prefix and suffix, of an
 *     address the box, of ORG further units, of a note what P7 cut off; the label of a group
 * Where the two differ the P8 card wins, and the property is named.
 */
#ifndef CARDMERGE_H
#define CARDMERGE_H

#include "card/card.h"

struct card_merged {
	bool changed;		/* the P8 card is longer now */
	char differs[80];	/* names of properties that differ, with commas; or "" */
};

/* Is S (N bytes) the name of a group of the user? */
typedef bool card_group_fn(void *arg, const char *s, size_t n);

/*
 * CARD holds a P8 card and gets the merged one; OWN is for its lines, P7's are marked.
 * 0; -1: no memory (or CARD is full).
 */
int card_merge(struct buf *card, struct card *own, struct card *p7, card_group_fn *group,
    void *arg, struct card_merged *m);

#endif

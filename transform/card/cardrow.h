/*
 * A card that P7 has no contact for, as the row that P7 would have made of it: a CONTACT record.
 */
#ifndef CARDROW_H
#define CARDROW_H

#include <stdint.h>

#include "card/card.h"

struct cardrow {
	int64_t id;		/* in place of id_addr */
	int64_t modified;	/* seconds; 0: not known */
	bool collected;
	const int64_t *group;	/* groups it is in */
	size_t ngroup;
};

/* Has it a name, an e-mail, a number or a company, and is it no list of other cards? */
bool cardrow_is_person(const struct card *c);
/* Does the row take something of a property with the name S, N bytes in any letter case? */
bool cardrow_reads(const char *s, size_t n);
/* Append the record as JSON to OUT; SCRATCH is emptied. */
void cardrow_put(const struct card *c, const struct cardrow *row, struct buf *scratch,
    struct buf *out);

#endif

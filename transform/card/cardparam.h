/*
 * Parameters of a vCard's line: ";TYPE=HOME,PREF;X-A=\"b;c\"", read and written one by one.
 * Quotes stand around whole items; stray ones are passed over, as are blanks around names.  What
 * cardparam_put_items writes is read again as the same items, whatever they were.
 */
#ifndef CARDPARAM_H
#define CARDPARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct card_word {
	const char *s;
	size_t n;
};

/* Letter case and stray quotes do not count. */
bool cardparam_is(struct card_word w, const char *text);
bool cardparam_equal(struct card_word a, struct card_word b);
/* The next parameter from *P on; one without a name (2.1) has an empty one; false at the end. */
bool cardparam_next(const char **p, const char *end, struct card_word *name,
    struct card_word *value);
/* The next of TYPE's words, also of TYPE="a,b"; start with IN empty. */
bool cardparam_type(const char **p, const char *end, struct card_word *in,
    struct card_word *type);
struct card_word cardparam_unquoted(struct card_word w);
/* Append ";NAME=LIST"; one item of a list, behind what is in front of it; a list of items. */
void cardparam_put(struct card_word name, struct card_word list, struct buf *out);
void cardparam_put_item(const char *before, struct card_word item, struct buf *out);
void cardparam_put_items(struct card_word list, struct buf *out);
/* Append one more type; *ANY: it is not the first one. */
void cardparam_put_type(struct card_word type, bool *any, struct buf *out);

#endif

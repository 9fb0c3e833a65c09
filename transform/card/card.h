/*
 * A vCard as lines of vCard 3.0: slices of a text, as cardread.h makes them.
 * A struct card owns its memory; card_reset keeps it, card_free gives it back.
 */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "card/carddate.h"

#define CARD_LINES 10000	/* of all cards in one struct; more are not read */

enum card_type {
	CT_HOME = 1, CT_WORK = 2, CT_OTHER = 4, CT_CELL = 8, CT_FAX = 16, CT_PAGER = 32,
	CT_PREF = 64
};

struct card_slice {
	size_t at, n;		/* in the card's text */
};

struct card_line {
	struct card_slice group;	/* "item1", mostly empty */
	struct card_slice name;		/* upper case */
	struct card_slice params;	/* as written: ";TYPE=HOME" */
	struct card_slice value;	/* escaped; UTF-8 */
	unsigned types;			/* enum card_type; of a line without, its label's */
	unsigned pref;			/* 1 (first) to 100; 0: not said */
	struct carddate day;		/* of a birthday, as far as it is understood */
	bool binary;			/* the value is base64 */
	bool coded;			/* the value was base64, and is text now */
	uint64_t same;			/* for who compares lines */
	bool taken;
	const struct card_line *mate;
};

struct card {
	struct buf text;
	struct card_line *line;
	size_t n, size;
	bool cut;		/* no END; a line of base64 that it cuts through is left out */
	bool bad;		/* bytes that were no characters became U+FFFD */
	bool more;		/* not read: a card in the card or behind it, bad lines */
	struct buf utf8, raw;	/* the text being read; the line in hand */
	struct buf work[2];
};

void card_init(struct card *c);
void card_reset(struct card *c);
void card_free(struct card *c);
static inline const char *card_text(const struct card *c, struct card_slice s)
{
	return c->text.data + s.at;
}

bool card_is(const struct card *c, const struct card_line *l, const char *name);
/* Is it one of NAMES (ended by NULL)? */
bool card_is_among(const struct card *c, const struct card_line *l, const char *const *names);
bool card_same_group(const struct card *c, const struct card_line *a,
    const struct card_line *b);
/* Part I of a value that has parts with ';' between them; empty when there is none. */
struct card_slice card_part(const struct card *c, struct card_slice value, unsigned i);
/* Append what the escaped text of S says. */
void card_plain(const struct card *c, struct card_slice s, struct buf *out);
/* Where part I of a comma-separated value begins; false: there is none. */
bool card_item(const struct card *c, struct card_slice list, size_t *at,
    struct card_slice *item);

#endif

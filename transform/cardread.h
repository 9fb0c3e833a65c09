/*
 * vCards of any program, read into lines of vCard 3.0.
 * Reads 2.1, 3.0 and 4.0 in UTF-8, UTF-16 or Windows-1252, with any line ends, folded anywhere,
 * quoted-printable or base64, cut off in the middle.  What a line says is not judged: unknown
 * properties and parameters stay; only their spelling becomes that of 3.0: parameters without a
 * name are types, "TYPE" stands once, PREF is a flag only, base64 is "ENCODING=b" without line
 * breaks, "data:" and "tel:" addresses of 4.0 are what they stand for, special characters are
 * escaped.  BEGIN, END and VERSION are no lines.
 *
 * A struct card owns its memory; card_reset keeps it, card_free gives it back.
 */
#ifndef CARDREAD_H
#define CARDREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

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
	struct card_slice params;	/* as written: ";TYPE=HOME", PREF left out */
	struct card_slice value;	/* escaped; UTF-8 */
	unsigned types;			/* enum card_type */
	bool binary;			/* the value is base64 */
	uint64_t same;			/* for who compares lines */
	bool taken;
	const struct card_line *mate;
};

struct card {
	struct buf text;
	struct card_line *line;
	size_t n, size;
	bool cut;		/* no END; a line of base64 that it cuts through is left out */
	bool pref;		/* set by the caller: PREF stays a type */
	bool more;		/* not read: a card in the card or behind it, bad lines */
	struct buf utf8, raw;	/* the text being read; the line in hand */
	struct buf work[2];
};

void card_init(struct card *c);
void card_reset(struct card *c);
void card_free(struct card *c);
/* Add the lines of the card in N bytes: 1; 0: it is no card, nothing was added; -1: no memory. */
int card_read(struct card *c, const char *s, size_t n);

static inline const char *card_text(const struct card *c, struct card_slice s)
{
	return c->text.data + s.at;
}

bool card_is(const struct card *c, const struct card_line *l, const char *name);
/* Part I of a value that has parts with ';' between them; empty when there is none. */
struct card_slice card_part(const struct card *c, struct card_slice value, unsigned i);
/* Append what the escaped text of S says. */
void card_plain(const struct card *c, struct card_slice s, struct buf *out);

#endif

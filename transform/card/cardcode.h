/*
 * Parameters of a vCard's lines, from the spelling of 2.1 and 4.0 to that of 3.0 (cardread.h says
 * what that is).  Text is appended to a caller's buffer.
 */
#ifndef CARDCODE_H
#define CARDCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "card/carddate.h"
#include "card/cardparam.h"

#define CARDCODE_CHARSET 32

struct cardcode {
	bool v2, v4;			/* the card is of version 2.1, 4.0 */
	const char *name;		/* of the property, any letter case */
	size_t namelen;
	/* found by cardcode_params */
	unsigned types;			/* enum card_type */
	unsigned pref;			/* 1 (first) to 100; 0: not said */
	bool quoted, binary;		/* quoted-printable, base64 */
	bool coded;			/* text as base64: it is decoded, BINARY is not set */
	bool geo;			/* "latitude,longitude" */
	struct carddate day;		/* of a birthday, as far as it is understood */
	bool no_year;			/* the day as 4.0 has it without a year */
	size_t skip;			/* bytes in front of the value that go away: "tel:" */
	char charset[CARDCODE_CHARSET];	/* of the value; or "" */
};

/* What the part of a line before the colon says of the encoding of what is behind. */
void cardcode_encoding(const char *head, size_t n, bool *quoted, bool *base64);
/* The parameters of a line, as ";A;B=C", and its value (NV bytes), which may be an address. */
void cardcode_params(struct cardcode *k, const char *s, size_t n, const char *value, size_t nv,
    struct buf *out);
/* Is its property one of NAMES (ended by NULL)? */
bool cardcode_is_among(const struct cardcode *k, const char *const *names);
/* Which enum card_type the word is; 0: none. */
unsigned cardcode_type(struct card_word w);

#endif

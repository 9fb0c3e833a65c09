/*
 * Parameters and values of a vCard's lines, from the spelling of 2.1 and 4.0 to that of 3.0
 * (cardread.h says what that is).  Text is appended to a caller's buffer.
 */
#ifndef CARDCODE_H
#define CARDCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

#define CARDCODE_CHARSET 32

struct cardcode {
	bool v2;			/* the card is of version 2.1 */
	bool pref;			/* PREF stays */
	const char *name;		/* of the property, any letter case */
	size_t namelen;
	/* found by cardcode_params */
	unsigned types;			/* enum card_type */
	bool quoted, binary;		/* quoted-printable, base64 */
	bool address;			/* "data:" or "tel:" in front of the value goes away */
	char charset[CARDCODE_CHARSET];	/* of quoted-printable */
};

/* The parameters of a line, as ";A;B=C", and its value (NV bytes), which may be an address. */
void cardcode_params(struct cardcode *k, const char *s, size_t n, const char *value, size_t nv,
    struct buf *out);
/* SCRATCH: two buffers of the caller. */
void cardcode_value(const struct cardcode *k, const char *s, size_t n, struct buf scratch[2],
    struct buf *out);
bool cardcode_is_base64(char c);

#endif

/*
 * vCards of any program, read into lines of vCard 3.0.
 * Reads 2.1, 3.0 and 4.0 in UTF-8, UTF-16 or Windows-1252, with any line ends, folded anywhere,
 * quoted-printable or base64, cut off in the middle.  What a line says is not judged: unknown
 * properties and parameters stay; only their spelling becomes that of 3.0:
 *   - parameters without a name are types, "TYPE" stands once and first, PREF=1 is a type, base64
 *     is "ENCODING=b" without line breaks, quotes stand around what needs them
 *   - base64 of what can only be text is decoded
 *   - pictures, sounds and keys at an address have VALUE=URI, MEDIATYPE is their TYPE
 *   - "data:", "tel:" and "geo:" addresses become what they stand for, where 3.0 has all of it
 *   - a birthday has its zeros; one without a year has that of carddate.h and says so, as Apple's
 *     programs do
 *   - text is UTF-8, special characters of 2.1 are escaped
 * BEGIN, END and VERSION are not lines.  Lines that are written are read again as the same.
 */
#ifndef CARDREAD_H
#define CARDREAD_H

#include "card/card.h"

/* Add the lines of the card in N bytes: 1; 0: not a card, nothing was added; -1: no memory. */
int card_read(struct card *c, const char *s, size_t n);

#endif

/*
 * Values of a vCard's lines, decoded and in the escapes of 3.0 (cardread.h says what that is).
 * Text is appended to a caller's buffer and is UTF-8.
 */
#ifndef CARDVALUE_H
#define CARDVALUE_H

#include "card/cardcode.h"

/*
 * Text of bytes whose character set is CHARSET; "" or a name that is not known: UTF-8, or
 * Windows-1252 where most of what is beyond ASCII is not UTF-8.  False when there were bytes that
 * are not characters: each became U+FFFD.
 */
bool cardvalue_text(const char *s, size_t n, const char *charset, struct buf *out);
/*
 * K is as cardcode_params left it; SCRATCH: two buffers of the caller.  False: as above.  OUT has
 * failed when there was no memory for what the value is decoded to.
 */
bool cardvalue_put(const struct cardcode *k, const char *s, size_t n, struct buf scratch[2],
    struct buf *out);
bool cardvalue_is_base64(char c);
/* Those of the N bytes at S that are base64: not the blanks of folds. */
void cardvalue_base64(const char *s, size_t n, struct buf *out);

#endif

/*
 * UTF-8 by RFC 3629 (no surrogates, no overlong forms, at most U+10FFFF).
 * Nothing here allocates or keeps pointers.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the well-formed prefix of S: N when all of it is UTF-8. */
size_t utf8_valid_prefix(const char *s, size_t n);
bool utf8_valid(const char *s, size_t n);
/* Decode one code point of well-formed text at *P (advanced); *P < END. */
uint32_t utf8_next(const char **p, const char *end);
/* Encode CP into OUT (4 bytes of room); returns 1 to 4. */
size_t utf8_put(char *out, uint32_t cp);
/* Is there a character beyond the basic plane, which MySQL's three-byte utf8 does not hold? */
bool utf8_beyond_bmp(const char *s, size_t n);
/* Characters in well-formed text. */
size_t utf8_chars(const char *s, size_t n);
/* The largest M <= MAX that does not end inside a sequence. */
size_t utf8_cut(const char *s, size_t n, size_t max);

#endif

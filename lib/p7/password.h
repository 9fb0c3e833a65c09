/*
 * P7's password codec: obfuscation by XOR with the first byte, in hexadecimal digits.
 * It is not encryption; a stream that carries encoded passwords is a secret.  Both functions append
 * to a caller's buffer and treat any input as P7 does, even one that P7 never wrote.
 */
#ifndef P7_PASSWORD_H
#define P7_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Nothing is appended for "" and for "0", which P7 takes for empty. */
void p7password_encode(struct buf *out, const char *plain, size_t n);
/* Nothing is appended for an odd number of digits; other characters count as no digit. */
void p7password_decode(struct buf *out, const char *stored, size_t n);
/* Could P7 itself have written this?  False for a plain password put there by hand. */
bool p7password_plausible(const char *stored, size_t n);

#endif

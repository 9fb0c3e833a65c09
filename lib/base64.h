/*
 * Base64 (RFC 4648 section 4, with padding; section 5, "url", without).
 * Output is appended to a caller's buffer; nothing else is allocated.
 */
#ifndef BASE64_H
#define BASE64_H

#include "buf.h"

void base64_encode(struct buf *out, const void *p, size_t n);
void base64_encode_url(struct buf *out, const void *p, size_t n);
/* Both alphabets and any padding are accepted; -1 on any other byte or a bad length. */
int base64_decode(struct buf *out, const char *s, size_t n);

#endif

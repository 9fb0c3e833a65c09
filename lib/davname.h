/*
 * Names and texts that P8's DAV tables have no room for, by fixed rules:
 *   a URI is empty      -> the UUID made from source and number
 *   too long            -> cut, with "-" and 8 hex digits of its MD5
 *   with NUL bytes      -> "_" in their place
 *   taken in its place  -> "-2", "-3", ... before the extension
 *   text                -> U+FFFD for characters outside of the basic plane, cut at the end
 */
#ifndef DAVNAME_H
#define DAVNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "columns.h"

/*
 * The N-th try (from 1) for the URI P (NULL: none) of thing ID, at most MAX bytes; SOURCE is a
 * UUID.  OUT is emptied first.
 */
void davname_uri(const char *p, size_t len, size_t max, const char *source, int64_t id,
    unsigned n, struct buf *out);
/*
 * Does the UTF-8 text P fit into a utf8mb3 column of MAX characters (0: of 65535 bytes)?  If not,
 * put as much as fits into OUT and return true.  BYTEWISE: each byte will be a character there
 * (dav_text "server"), which takes up to three bytes unless it is ASCII.
 */
bool davname_fit(const char *p, size_t n, size_t max, bool bytewise, struct buf *out);

#endif

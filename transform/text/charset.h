/*
 * Text that P7 stored double-encoded.
 * P7's DAV connection had no character set; on a server whose default is latin1 the UTF-8 bytes of
 * a text were taken for characters of MySQL's latin1 (Windows-1252, with 81 8D 8F 90 9D as U+0081
 * and so on) and encoded once more.  Undoing that is exact: every byte 00 to FF has one character.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Take one encoding off the UTF-8 text S: its characters as bytes of MySQL's latin1, into OUT
 * (emptied first).  False when a character has no such byte.  The result may be no UTF-8.
 */
bool charset_undo(const char *s, size_t n, struct buf *out);
/* Append the bytes of S as the characters they are in MySQL's latin1. */
void charset_redo(const char *s, size_t n, struct buf *out);
/*
 * Is S double-encoded, as far as the text itself can tell: it can be undone, and gives UTF-8 with
 * at least one character beyond ASCII.  OUT holds the repaired text then.
 */
bool charset_is_double(const char *s, size_t n, struct buf *out);
/*
 * The same of a vCard or calendar object: a line that is folded inside a character, and a character
 * that the end of the text cuts, do not count.  In OUT the folds stand in front of the characters,
 * what was cut is left out.
 */
bool charset_is_double_folded(const char *s, size_t n, struct buf *out);

#endif

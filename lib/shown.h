/*
 * Text of others, as it may stand on a terminal, in a log or in a list.
 *
 * Bytes of control characters (C0, DEL, C1), of those that turn the direction of writing or end a
 * line without a newline, of the byte order mark, and bytes that are not UTF-8 are written as \ooo,
 * so that no name moves the cursor, forges a line, or looks like another one.  Everything else
 * stays, a backslash too.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "buf.h"

/* Append the N bytes at S to OUT. */
void shown_put(struct buf *out, const char *s, size_t n);
/* The string S in OUT, as a string; OUT is emptied before.  -1: no memory (err_memory). */
int shown_str(struct buf *out, const char *s, struct err *e);
/* Would the N bytes at S be shown as they are? */
bool shown_as_is(const char *s, size_t n);
/*
 * Append the text that is shown as S: what a list printed, given back.  False, and nothing
 * appended, when S has no \ooo, or is not how its text is shown, or has a \000: no name does, and
 * as a string it would end there and be another one.  Look for S itself first: a name may
 * really contain a backslash and three digits.
 */
bool shown_read(struct buf *out, const char *s);
/* S as one word of a shell command, in quotes, into OUT of SIZE bytes; cut if it is too long. */
void shown_shell(char *out, size_t size, const char *s);
/*
 * Append what FMT makes of its arguments.  A newline at the end of FMT stays one; all others are
 * taken for data.
 */
void shown_format(struct buf *out, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/*
 * The same to F, and as one write where F is not buffered.  Memory that is short costs the text.
 */
void shown_vfprintf(FILE *f, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void shown_fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

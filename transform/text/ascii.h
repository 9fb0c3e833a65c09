/* Letters and blanks of ASCII, whatever the locale is. */
#ifndef ASCII_H
#define ASCII_H

#include <stdbool.h>
#include <string.h>

#include "buf.h"

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

/* Each of the N bytes is a letter, a digit, or one of MORE. */
static inline bool ascii_only(const char *s, size_t n, const char *more)
{
	for (; n > 0; s++, n--)
		if (!ascii_is_alnum(*s) && (*s == '\0' || strchr(more, *s) == NULL))
			return false;
	return true;
}

/* Each of the N bytes is one of SET. */
static inline bool ascii_all(const char *s, size_t n, const char *set)
{
	for (; n > 0; s++, n--)
		if (*s == '\0' || strchr(set, *s) == NULL)
			return false;
	return true;
}

static inline void ascii_lower_buf(struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		b->data[i] = ascii_lower(b->data[i]);
}

#endif

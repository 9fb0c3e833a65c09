#include <string.h>
#include <strings.h>

#include "text/charset.h"
#include "utf8.h"

static bool is_rest(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The length of the fold at S; 0: there is none. */
static size_t fold(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] == '\r')
		i++;
	if (i < n && s[i] == '\n')
		i++;
	return i > 0 && i + 1 < n && (s[i] == ' ' || s[i] == '\t') ? i + 1 : 0;
}

/* Where the character begins that has no end before AT. */
static size_t begin_of(const char *s, size_t at)
{
	size_t i = at;

	while (i > 0 && at - i < 3 && is_rest(s[i - 1]))
		i--;
	return i > 0 && (unsigned char)s[i - 1] >= 0xc2 && (unsigned char)s[i - 1] <= 0xf4 ?
	    i - 1 : at;
}

/* Folds inside of characters go in front of them. */
static void move_folds(struct buf *b)
{
	char mark[8];
	size_t i = 0, to = 0, n, from;

	while (i < b->len) {
		n = fold(b->data + i, b->len - i);
		if (n == 0 || n > sizeof(mark) || i + n >= b->len || !is_rest(b->data[i + n])) {
			b->data[to++] = b->data[i++];
			continue;
		}
		memcpy(mark, b->data + i, n);
		from = begin_of(b->data, to);
		memmove(b->data + from + n, b->data + from, to - from);
		memcpy(b->data + from, mark, n);
		to += n;
		i += n;
	}
	b->len = to;
	b->data[to] = '\0';
}

/* A character that the end cuts. */
static size_t cut_at_end(const struct buf *b)
{
	size_t from = begin_of(b->data, b->len), n = b->len - from;
	unsigned char c = n > 0 ? (unsigned char)b->data[from] : 0;
	size_t whole = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return n > 0 && n < whole ? n : 0;
}

static bool beyond_ascii(const struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] >= 0x80)
			return true;
	return false;
}

bool charset_is_double_folded(const char *s, size_t n, struct buf *out)
{
	if (!charset_undo(s, n, out) || out->len == n || out->failed)
		return false;
	move_folds(out);
	out->len -= cut_at_end(out);
	out->data[out->len] = '\0';
	return beyond_ascii(out) && utf8_valid(out->data, out->len);
}

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "calendar/icalcut.h"
#include "icaluid.h"

#define WORD 20		/* longer than what is looked for */

static bool is_end(char c)
{
	return c == '\r' || c == '\n';
}

/* Past the line end at P; CR CR LF is one line end. */
static const char *past_end(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q == '\r')
		q++;
	return q < end && *q == '\n' ? q + 1 : p + 1;
}

static bool is_fold(const char *p, const char *end)
{
	return p < end && (*p == ' ' || *p == '\t');
}

/*
 * The line at P, unfolded, in upper case and without blanks, as far as WORD holds it; returns the
 * start of the next one.
 */
static const char *read_line(const char *p, const char *end, char word[WORD])
{
	size_t n = 0;

	for (; p < end; p++) {
		if (is_end(*p)) {
			p = past_end(p, end);
			if (!is_fold(p, end))
				break;
		} else if (!isspace((unsigned char)*p) && n < WORD - 1)
			word[n++] = (char)toupper((unsigned char)*p);
	}
	word[n] = '\0';
	return p;
}

static bool is_open(const char *p, const char *end)
{
	char word[WORD];
	bool open = false;

	while (p < end) {
		p = read_line(p, end, word);
		if (strcmp(word, "BEGIN:VCALENDAR") == 0)
			open = true;
		else if (strcmp(word, "END:VCALENDAR") == 0)
			open = false;
	}
	return open;
}

/* As nearly all objects do. */
static bool ends_whole(const char *text, size_t n)
{
	static const char end[] = "\nEND:VCALENDAR";
	size_t len = sizeof(end) - 1;

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	return n > len && memcmp(text + n - len, end, len) == 0;
}

bool icalcut_is_open(const char *text, size_t n)
{
	struct buf plain = BUF_INIT(4 * n + 4096);
	bool open;

	if (ends_whole(text, n))
		return false;
	icaluid_text(text, n, &plain);
	open = plain.len > 0 && !plain.failed && is_open(plain.data, plain.data + plain.len);
	buf_free(&plain);
	return open;
}

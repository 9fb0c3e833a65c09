#include <ctype.h>
#include <stdio.h>

#include "p8/release.h"

/* One or two digits at *P, which then stands behind them; -1: something else. */
static int number(const char **p)
{
	const char *s = *p;
	int n = 0;

	for (; isdigit((unsigned char)*s) && s < *p + 3; s++)
		n = 10 * n + *s - '0';
	if (s == *p || s == *p + 3)
		return -1;
	*p = s;
	return n;
}

unsigned p8release_parse(const char *text)
{
	int major, minor, patch = 0;

	major = number(&text);
	if (major < 0 || *text++ != '.')
		return 0;
	minor = number(&text);
	if (minor < 0)
		return 0;
	if (text[0] == '.' && isdigit((unsigned char)text[1])) {
		text++;
		patch = number(&text);
	}
	return patch < 0 ? 0 : (unsigned)(major * 10000 + minor * 100 + patch);
}

/* The text of a file that may be anything, for a message. */
static const char *shown(const char *text, char *out, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && text[i] != '\0'; i++)
		out[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
	out[i] = '\0';
	return out;
}

int p8release_check(const char *where, const char *text, struct err *e)
{
	unsigned n = p8release_parse(text);
	char found[40];

	shown(text, found, sizeof(found));
	if (n == 0)
		return err_set(e, EXIT_CONFIG, "%s says \"%s\", which is not a release; a P8 of "
		    "release 8.3 to 8.8 is needed: if it is one, write its number there, such as "
		    "8.8.3", where, found);
	if (n < P8RELEASE_MIN)
		return err_set(e, EXIT_CONFIG, "%s says release %s; a P8 of release 8.3 to 8.8 is "
		    "needed%s", where, found, n >= 80000 ? "; upgrade it first" : "");
	if (n >= P8RELEASE_END)
		return err_set(e, EXIT_CONFIG, "%s says release %s; a P8 of release 8.3 to 8.8 is "
		    "needed, a later one is not known: load into an 8.8 and upgrade that "
		    "afterwards", where, found);
	return 0;
}

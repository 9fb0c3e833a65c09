#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "target/phplex.h"

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

static bool at(const struct phplex *x, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(x->end - x->p) >= n && strncasecmp(x->p, s, n) == 0;
}

static void to(struct phplex *x, const char *s, size_t skip)
{
	const char *q = memmem(x->p + skip, (size_t)(x->end - x->p) - skip, s, strlen(s));

	x->p = q != NULL ? q + strlen(s) : x->end;
}

/* To the end of the line, or of PHP. */
static void line_comment(struct phplex *x)
{
	while (x->p < x->end && *x->p != '\n' && *x->p != '\r' && !at(x, "?>"))
		x->p++;
}

static void skip_space(struct phplex *x)
{
	while (x->p < x->end) {
		if (!x->inside) {
			to(x, "<?", 0);
			if (at(x, "php"))
				x->p += 3;
			else if (at(x, "="))
				x->p++;
			x->inside = true;
		} else if (at(x, "?>")) {
			x->p += 2;
			x->inside = false;
		} else if (at(x, "//") || *x->p == '#')
			line_comment(x);
		else if (at(x, "/*"))
			to(x, "*/", 2);
		else if (isspace((unsigned char)*x->p))
			x->p++;
		else
			return;
	}
}

static void add(struct phplex *x, char c)
{
	if (x->n == PHP_TEXT_MAX || c == '\0')
		x->known = false;
	else
		x->text[x->n++] = c;
}

/* A string in QUOTE; escapes other than of quote and backslash make it unknown. */
static void string(struct phplex *x, char quote)
{
	x->type = PHP_STRING;
	for (x->p++; x->p < x->end && *x->p != quote; x->p++) {
		if (quote == '`' || (quote == '"' && *x->p == '$'))
			x->known = false;
		if (*x->p == '\\' && x->p + 1 < x->end) {
			if (x->p[1] == '\\' || x->p[1] == quote)
				x->p++;
			else if (quote == '"' && strchr("nrtvefxu$01234567", x->p[1]) != NULL) {
				x->known = false;
				x->p++;
			}
		}
		add(x, *x->p);
	}
	if (x->p < x->end)
		x->p++;
	else
		x->known = false;
}

/* <<<NAME, <<<"NAME", <<<'NAME': to the line that begins with NAME. */
static bool heredoc(struct phplex *x)
{
	const char *name = x->p + 3, *q;
	size_t n = 0;

	while (name < x->end && strchr(" \t'\"", *name) != NULL && *name != '\0')
		name++;
	while (name + n < x->end && is_name(name[n]))
		n++;
	if (n == 0)
		return false;
	x->type = PHP_STRING;
	x->known = false;
	for (q = name; (q = memchr(q, '\n', (size_t)(x->end - q))) != NULL;) {
		for (q++; q < x->end && (*q == ' ' || *q == '\t'); q++)
			;
		if ((size_t)(x->end - q) >= n && memcmp(q, name, n) == 0 &&
		    (q + n == x->end || !is_name(q[n])))
			break;
	}
	x->p = q != NULL ? q + n : x->end;
	return true;
}

static void name(struct phplex *x, enum php_type type)
{
	x->type = type;
	while (x->p < x->end && (is_name(*x->p) || (*x->p == '\\' && type == PHP_NAME)))
		add(x, *x->p++);
}

static bool symbol(struct phplex *x)
{
	static const struct {
		const char *s;
		enum php_type type;
	} symbols[] = { { "=>", PHP_ARROW }, { "?->", PHP_OBJECT }, { "->", PHP_OBJECT },
	    { "::", PHP_CLASS }, { "+=", PHP_ADD } };
	size_t i;

	for (i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (at(x, symbols[i].s)) {
			x->type = symbols[i].type;
			x->p += strlen(symbols[i].s);
			return true;
		}
	return false;
}

void phplex_next(struct phplex *x)
{
	skip_space(x);
	x->type = PHP_END;
	x->ch = '\0';
	x->n = 0;
	x->known = true;
	if (x->p >= x->end)
		;
	else if (strchr("'\"`", *x->p) != NULL && *x->p != '\0')
		string(x, *x->p);
	else if (isdigit((unsigned char)*x->p))
		name(x, PHP_NUMBER);
	else if (is_name(*x->p) || (*x->p == '\\' && x->p + 1 < x->end && is_name(x->p[1])))
		name(x, PHP_NAME);
	else if (*x->p == '$' && x->p + 1 < x->end && is_name(x->p[1])) {
		x->p++;
		name(x, PHP_VAR);
	} else if (!(at(x, "<<<") && heredoc(x)) && !symbol(x)) {
		x->type = PHP_CHAR;
		x->ch = *x->p++;
	}
	x->text[x->n] = '\0';
}

void phplex_open(struct phplex *x, const char *text, size_t n)
{
	memset(x, 0, sizeof(*x));
	x->p = text;
	x->end = text + n;
	phplex_next(x);
}

bool phplex_is(const struct phplex *x, char ch)
{
	return x->type == PHP_CHAR && x->ch == ch;
}

bool phplex_word(const struct phplex *x, const char *word)
{
	return x->type == PHP_NAME && strcasecmp(x->text, word) == 0;
}

void phplex_skip(struct phplex *x, const char *stop)
{
	unsigned depth = 0;

	for (; x->type != PHP_END; phplex_next(x)) {
		if (x->type != PHP_CHAR)
			continue;
		if (depth == 0 && x->ch != '\0' && strchr(stop, x->ch) != NULL)
			return;
		if (strchr("([{", x->ch) != NULL && x->ch != '\0')
			depth++;
		else if (strchr(")]}", x->ch) != NULL && x->ch != '\0') {
			if (depth == 0)
				return;
			depth--;
		}
	}
}

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io.h"
#include "site/phpconf.h"

struct parser {
	struct phpconf *c;
	const char *p, *end;
	int depth;
	bool full;		/* a cap was reached */
};

static bool is_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	    ch == '_' || (ch & 0x80) != 0;
}

static void skip_line(struct parser *s)
{
	while (s->p < s->end && *s->p != '\n')
		s->p++;
}

/* Blanks, comments and the PHP tags. */
static void skip_space(struct parser *s)
{
	const char *q;

	while (s->p < s->end) {
		size_t left = (size_t)(s->end - s->p);

		if (strchr(" \t\r\n\v\f", *s->p) != NULL && *s->p != '\0')
			s->p++;
		else if (*s->p == '#' || (left > 1 && s->p[0] == '/' && s->p[1] == '/'))
			skip_line(s);
		else if (left > 1 && s->p[0] == '/' && s->p[1] == '*') {
			q = memmem(s->p + 2, left - 2, "*/", 2);
			s->p = q != NULL ? q + 2 : s->end;
		} else if (left >= 5 && strncasecmp(s->p, "<?php", 5) == 0)
			s->p += 5;
		else if (left >= 2 && memcmp(s->p, "?>", 2) == 0)
			s->p += 2;
		else
			return;
	}
}

static bool take(struct parser *s, const char *token)
{
	size_t n = strlen(token);

	skip_space(s);
	if ((size_t)(s->end - s->p) < n || strncasecmp(s->p, token, n) != 0)
		return false;
	if (is_name(token[0]) && s->p + n < s->end && is_name(s->p[n]))
		return false;
	s->p += n;
	return true;
}

static bool at(struct parser *s, char ch)
{
	skip_space(s);
	return s->p < s->end && *s->p == ch;
}

/* Names and strings go behind each other into c->text, which is as large as the file. */
static const char *keep(struct parser *s, const char *from, size_t n)
{
	char *to = s->c->text + s->c->textlen;

	memmove(to, from, n);
	to[n] = '\0';
	s->c->textlen += n + 1;
	return to;
}

/* One escape of a double-quoted string at *p (behind the backslash); false: not understood. */
static bool escape(const char **p, char *out)
{
	static const char from[] = "nrtvfe\\$\"", to[] = "\n\r\t\v\f\033\\$\"";
	const char *hit = **p != '\0' ? strchr(from, **p) : NULL;

	if (hit == NULL)
		return false;
	*out = to[hit - from];
	(*p)++;
	return true;
}

/* A string literal.  PC_UNKNOWN when PHP would put variables or rarer escapes into it. */
static struct pcval string(struct parser *s)
{
	struct pcval v = { PC_STR, 0, NULL, 0 };
	char quote = *s->p++, *out = s->c->text + s->c->textlen;

	v.s = out;
	while (s->p < s->end && *s->p != quote) {
		if (*s->p == '$' && quote == '"')
			v.type = PC_UNKNOWN;
		if (*s->p != '\\' || s->p + 1 >= s->end) {
			*out++ = *s->p++;
			continue;
		}
		s->p++;
		if (quote == '\'') {
			if (*s->p != '\\' && *s->p != '\'')
				*out++ = '\\';
			*out++ = *s->p++;
		} else if (!escape(&s->p, out++)) {
			v.type = PC_UNKNOWN;
			out[-1] = *s->p++;
		}
	}
	if (s->p >= s->end)
		v.type = PC_UNKNOWN;
	else
		s->p++;
	v.n = (size_t)(out - v.s);
	*out++ = '\0';
	s->c->textlen = (size_t)(out - s->c->text);
	return v;
}

static struct pcval number(struct parser *s)
{
	struct pcval v = { PC_INT, 0, NULL, 0 };
	char *end;

	errno = 0;
	v.i = strtoll(s->p, &end, 10);
	/* octal, hexadecimal, fractions, exponents */
	if (errno != 0 || end == s->p || *end == '.' || is_name(*end) ||
	    (*s->p == '0' && end - s->p > 1))
		v.type = PC_UNKNOWN;
	s->p = end > s->p ? end : s->p + 1;
	return v;
}

static const struct pcvar *find_var(const struct phpconf *c, const char *name, size_t n)
{
	size_t i;

	for (i = c->nvars; i-- > 0;)
		if (strlen(c->vars[i].name) == n && memcmp(c->vars[i].name, name, n) == 0)
			return &c->vars[i];
	return NULL;
}

static size_t name_length(const struct parser *s)
{
	const char *q = s->p;

	while (q < s->end && is_name(*q))
		q++;
	return (size_t)(q - s->p);
}

/* Go on to one of STOP outside of brackets and strings; with "}" in STOP a block ends it, too. */
static void skip_to(struct parser *s, const char *stop)
{
	int depth = 0;

	for (skip_space(s); s->p < s->end; skip_space(s)) {
		if (depth == 0 && strchr(stop, *s->p) != NULL)
			return;
		if (*s->p == '\'' || *s->p == '"') {
			size_t len = s->c->textlen;

			string(s);
			s->c->textlen = len;
			continue;
		}
		if (strchr("([{", *s->p) != NULL)
			depth++;
		else if (strchr(")]}", *s->p) != NULL && depth > 0 && --depth == 0 &&
		    *s->p == '}' && strchr(stop, '}') != NULL)
			return;
		s->p++;
	}
}

static struct pcval value(struct parser *s, const char *stop);

static void add_pair(struct parser *s, int64_t array, const char *key, struct pcval v)
{
	if (s->c->npairs == PHPCONF_PAIRS) {
		s->full = true;
		return;
	}
	s->c->pairs[s->c->npairs++] = (struct pcpair){ array, key, v };
}

static struct pcval array(struct parser *s, char close)
{
	struct pcval a = { PC_ARRAY, s->c->arrays++, NULL, 0 }, v;
	char stop[] = { ',', close, '=', '\0' }, stop_value[] = { ',', close, '\0' };
	const char *key;

	if (++s->depth > PHPCONF_DEPTH) {
		s->full = true;
		s->p = s->end;
	}
	while (s->p < s->end && !at(s, close)) {
		key = NULL;
		v = value(s, stop);
		if (take(s, "=>")) {
			key = v.type == PC_STR ? v.s : NULL;
			v = value(s, stop_value);
		} else if (at(s, '=')) {
			v.type = PC_UNKNOWN;
			skip_to(s, stop_value);
		}
		add_pair(s, a.i, key, v);
		if (!take(s, ","))
			break;
	}
	s->depth--;
	if (at(s, close))
		s->p++;
	else
		a.type = PC_UNKNOWN;
	return a;
}

static struct pcval word(struct parser *s)
{
	struct pcval v = { PC_UNKNOWN, 0, NULL, 0 };
	const struct pcvar *var;
	size_t n;

	if (take(s, "true"))
		return (struct pcval){ PC_BOOL, 1, NULL, 0 };
	if (take(s, "false"))
		return (struct pcval){ PC_BOOL, 0, NULL, 0 };
	if (take(s, "null"))
		return (struct pcval){ PC_NULL, 0, NULL, 0 };
	if (take(s, "array") && take(s, "("))
		return array(s, ')');
	if (take(s, "$")) {
		n = name_length(s);
		var = find_var(s->c, s->p, n);
		s->p += n;
		return var != NULL ? var->v : v;
	}
	return v;
}

/* An expression up to one of STOP; unknown unless it is a single literal or variable. */
static struct pcval value(struct parser *s, const char *stop)
{
	struct pcval v;

	skip_space(s);
	if (s->p >= s->end)
		return (struct pcval){ PC_UNKNOWN, 0, NULL, 0 };
	if (*s->p == '\'' || *s->p == '"')
		v = string(s);
	else if ((*s->p >= '0' && *s->p <= '9') || *s->p == '-')
		v = number(s);
	else if (*s->p == '[') {
		s->p++;
		v = array(s, ']');
	} else
		v = word(s);
	skip_space(s);
	if (s->p >= s->end || strchr(stop, *s->p) == NULL) {
		v.type = PC_UNKNOWN;
		skip_to(s, stop);
	}
	return v;
}

static void set_var(struct parser *s, const char *name, struct pcval v)
{
	if (s->c->nvars == PHPCONF_VARS)
		s->full = true;
	else
		s->c->vars[s->c->nvars++] = (struct pcvar){ name, v };
}

/* "$name = value;"  Anything else that begins with a variable makes its value unknown. */
static void assignment(struct parser *s)
{
	size_t n = name_length(s);
	const char *name = keep(s, s->p, n);
	struct pcval v = { PC_UNKNOWN, 0, NULL, 0 };

	s->p += n;
	if (at(s, '=') && s->p + 1 < s->end && s->p[1] != '=') {
		s->p++;
		v = value(s, ";");
	} else {
		s->c->code = true;
		skip_to(s, ";");
	}
	set_var(s, name, v);
}

static void file(struct parser *s)
{
	while (skip_space(s), s->p < s->end) {
		if (take(s, "return")) {
			s->c->root = value(s, ";");
			return;
		}
		if (take(s, "$"))
			assignment(s);
		else {
			s->c->code = true;
			skip_to(s, ";}");
		}
		if (s->p < s->end)
			s->p++;
	}
}

int phpconf_read(struct phpconf *c, const char *path, struct err *e)
{
	struct buf in = BUF_INIT(PHPCONF_FILE_MAX);
	struct parser s = { .depth = 0 };

	memset(c, 0, sizeof(*c));
	s.c = c;
	if (io_read_file(path, false, PHPCONF_FILE_MAX, &in, e) < 0) {
		buf_free(&in);
		return -1;
	}
	/* A name or string needs its bytes and a NUL; it took a quote or "$" in the file. */
	c->text = malloc(in.len + 2);
	c->pairs = malloc(PHPCONF_PAIRS * sizeof(*c->pairs));
	if (c->text == NULL || c->pairs == NULL) {
		buf_free(&in);
		phpconf_free(c);
		return err_memory(e);
	}
	if (in.len > 0) {
		s.p = in.data;
		s.end = in.data + in.len;
		file(&s);
	}
	buf_free(&in);
	if (!s.full)
		return 0;
	phpconf_free(c);
	return err_set(e, EXIT_CONFIG, "%s: too many or too deeply nested values", path);
}

void phpconf_free(struct phpconf *c)
{
	free(c->pairs);
	free(c->text);
	memset(c, 0, sizeof(*c));
}

const struct pcpair *phpconf_each(const struct phpconf *c, const struct pcval *a, size_t *at_pair)
{
	if (a->type != PC_ARRAY)
		return NULL;
	while (*at_pair < c->npairs)
		if (c->pairs[(*at_pair)++].array == a->i)
			return &c->pairs[*at_pair - 1];
	return NULL;
}

const struct pcval *phpconf_get(const struct phpconf *c, const char *key)
{
	const struct pcval *found = NULL;
	const struct pcpair *p;
	size_t i = 0;

	while ((p = phpconf_each(c, &c->root, &i)) != NULL)
		if (p->key != NULL && strcmp(p->key, key) == 0)
			found = &p->v;
	return found;
}

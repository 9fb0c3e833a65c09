#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "digest.h"
#include "filter/rename.h"
#include "grow.h"
#include "io.h"
#include "text/val.h"
#include "utf8.h"

#define NAME_CHARS COLUMN_STRING

static int compare_from(const void *a, const void *b)
{
	return strcasecmp(((const struct rename_pair *)a)->from,
	    ((const struct rename_pair *)b)->from);
}

static int compare_to(const void *a, const void *b)
{
	return strcasecmp(((const struct rename_pair *)a)->to, ((const struct rename_pair *)b)->to);
}

/* Without the blanks around it, in place. */
static char *trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

static bool is_email(const char *s)
{
	const char *at = strrchr(s, '@');
	const char *p;

	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ')
			return false;
	return at != NULL && at > s && at[1] != '\0' && utf8_valid(s, strlen(s)) &&
	    utf8_chars(s, strlen(s)) <= NAME_CHARS;
}

static int add_line(struct rename *m, const char *path, char *line, size_t no, struct err *e)
{
	char *tab;

	line = trim(line);
	if (*line == '\0' || *line == '#')
		return 0;
	tab = strchr(line, '\t');
	if (tab == NULL)
		return err_set(e, EXIT_DATA, "%s, line %zu: old e-mail, TAB, new e-mail is"
		    " expected, not: %.60s", path, no, line);
	*tab++ = '\0';
	line = trim(line);
	tab = trim(tab);
	if (!is_email(tab))
		return err_set(e, EXIT_DATA, "%s, line %zu: no e-mail: %.60s", path, no, tab);
	if (GROW(m->v, m->n, m->size, e) < 0)
		return -1;
	m->v[m->n++] = (struct rename_pair){ line, tab, no };
	return 0;
}

/* Each name once on each side: one user cannot have two names, nor two users one. */
static int check_twice(struct rename *m, const char *path, int (*compare)(const void *,
    const void *), struct err *e)
{
	size_t i;

	if (m->n > 0)
		qsort(m->v, m->n, sizeof(*m->v), compare);
	for (i = 1; i < m->n; i++)
		if (compare(&m->v[i - 1], &m->v[i]) == 0)
			return err_set(e, EXIT_DATA, compare == compare_to ?
			    "%s: lines %zu and %zu make two users one: %.60s" :
			    "%s: lines %zu and %zu are both about %.60s", path,
			    m->v[i - 1].line, m->v[i].line, compare == compare_to ?
			    m->v[i].to : m->v[i].from);
	return 0;
}

int rename_read(struct rename *m, const char *path, struct err *e)
{
	char *line, *end;
	size_t no = 1;

	buf_init(&m->text, RENAME_MAX);
	buf_init(&m->spare, 4096);
	if (io_read_file(path, false, RENAME_MAX, &m->text, e) < 0)
		return -1;
	if (m->text.len > 0 && memchr(m->text.data, '\0', m->text.len) != NULL)
		return err_set(e, EXIT_DATA, "%s has NUL bytes: it is not text in UTF-8; save it "
		    "as one", path);
	m->given = true;
	sha256_hex(m->text.data, m->text.len, m->sha256);
	line = m->text.len > 0 ? m->text.data : NULL;
	if (line != NULL && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (; line != NULL; line = end, no++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (add_line(m, path, line, no, e) < 0)
			return -1;
	}
	return check_twice(m, path, compare_to, e) < 0 ? -1 :
	    check_twice(m, path, compare_from, e);
}

void rename_free(struct rename *m)
{
	buf_free(&m->text);
	buf_free(&m->spare);
	free(m->v);
	memset(m, 0, sizeof(*m));
}

/* The e-mail in ARG is not NUL-terminated. */
static int compare_email(const void *arg, const void *pair)
{
	const struct val *email = arg;
	const char *from = ((const struct rename_pair *)pair)->from;
	int c = strncasecmp(email->s, from, email->n);

	return c == 0 && from[email->n] != '\0' ? -1 : c;
}

const char *rename_of(const struct rename *m, const char *email, size_t n)
{
	const struct val key = val_str(email, n);
	const struct rename_pair *p;

	if (m->n == 0 || memchr(email, '\0', n) != NULL)
		return NULL;
	p = bsearch(&key, m->v, m->n, sizeof(*m->v), compare_email);
	return p != NULL ? p->to : NULL;
}

const char *rename_principal(struct rename *m, const char *uri, size_t n)
{
	const size_t skip = sizeof(PRINCIPALS) - 1;
	const char *to;

	if (n <= skip || strncmp(uri, PRINCIPALS, skip) != 0)
		return NULL;
	to = rename_of(m, uri + skip, n - skip);
	if (to == NULL)
		return NULL;
	buf_reset(&m->spare);
	buf_adds(&m->spare, PRINCIPALS);
	buf_adds(&m->spare, to);
	return m->spare.failed ? NULL : m->spare.data;
}

int rename_report(const struct rename *m, const struct jdoc *d, struct buf *out, struct err *e)
{
	const struct jval *v = jr_get(d, NULL, "user");
	const char *to = v != NULL && v->type == J_STR ? rename_of(m, v->s, v->n) : NULL;
	struct jsonw w;

	if (to == NULL)
		return 0;
	buf_reset(out);
	jw_begin(&w, out);
	jw_object(&w);
	for (v = jr_first(d, d->v); v != NULL; v = jr_next(d, v)) {
		jw_key_n(&w, v->key, v->keylen);
		if (v->keylen == 4 && memcmp(v->key, "user", 4) == 0)
			jw_str(&w, to);
		else
			jr_write(d, v, &w);
	}
	jw_object_end(&w);
	return out->failed ? err_memory(e) : 1;
}

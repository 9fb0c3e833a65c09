#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "except.h"
#include "uuid.h"

#define LIST_MAX ((size_t)16 << 20)

static int add(struct except *x, int64_t id, struct err *e)
{
	int64_t *p;

	if (x->n == x->size) {
		x->size = x->size ? x->size * 2 : 1024;
		p = x->size > LIST_MAX ? NULL : realloc(x->id, x->size * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		x->id = p;
	}
	x->id[x->n++] = id;
	return 0;
}

static int add_line(struct except *x, const char *line, const char *source, struct err *e)
{
	const char *tab = strchr(line, '\t');
	char text[UUID_LEN + 1], *end;
	int64_t id;

	if (strcmp(line, "\n") == 0)
		return 0;
	if (tab == NULL || !uuid_parse(line, (size_t)(tab - line), text))
		return err_set(e, EXIT_DATA, "--except needs lines of a source's id, a TAB and a "
		    "user's number, as p8-load --list loaded writes them, not: %.*s",
		    (int)strcspn(line, "\r\n"), line);
	errno = 0;
	id = strtoll(tab + 1, &end, 10);
	if (end == tab + 1 || errno != 0 || strchr("\t\r\n", *end) == NULL)
		return err_set(e, EXIT_DATA, "--except: no user's number in the line: %.*s",
		    (int)strcspn(line, "\r\n"), line);
	return strcmp(text, source) == 0 ? add(x, id, e) : 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void sort(struct except *x)
{
	size_t i, n = 0;

	if (x->n > 0)
		qsort(x->id, x->n, sizeof(*x->id), compare);
	for (i = 0; i < x->n; i++)
		if (n == 0 || x->id[n - 1] != x->id[i])
			x->id[n++] = x->id[i];
	x->n = n;
}

int except_read(struct except *x, const char *path, const char *source, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int rc = 0;

	if (f == NULL)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s", path);
	while (rc == 0 && getline(&line, &size, f) > 0)
		rc = add_line(x, line, source, e);
	if (rc == 0 && ferror(f))
		rc = err_sys(e, EXIT_IO, "cannot read %s", path);
	free(line);
	if (f != stdin)
		fclose(f);
	sort(x);
	return rc;
}

void except_free(struct except *x)
{
	free(x->id);
	memset(x, 0, sizeof(*x));
}

bool except_has(struct except *x, int64_t id_user)
{
	while (x->at < x->n && x->id[x->at] < id_user)
		x->at++;
	return x->at < x->n && x->id[x->at] == id_user;
}

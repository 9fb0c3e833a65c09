#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

int lines_each(const char *path, int (*take)(void *arg, char *line, struct err *e), void *arg,
    struct err *e)
{
	bool given = path != NULL && strcmp(path, "-") != 0;
	FILE *f = given ? fopen(path, "re") : stdin;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int rc = 0;

	if (f == NULL)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s", path);
	while (rc == 0 && (n = getline(&line, &size, f)) > 0) {
		line[n - (line[n - 1] == '\n')] = '\0';
		rc = take(arg, line, e);
	}
	if (rc == 0 && ferror(f))
		rc = err_sys(e, EXIT_IO, "cannot read %s", given ? path : "standard input");
	free(line);
	if (given)
		fclose(f);
	return rc;
}

char *lines_name(char *line)
{
	char *p, *end;

	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	while (isspace((unsigned char)*line))
		line++;
	for (p = line; *p != '\0' && (*p != '#' ||
	    (p > line && !isspace((unsigned char)p[-1]))); p++)
		continue;
	for (end = p; end > line && isspace((unsigned char)end[-1]); end--)
		continue;
	*end = '\0';
	return line;
}

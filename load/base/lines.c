#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"

int lines_each(const char *path, int (*take)(void *arg, char *line, struct err *e), void *arg,
    struct err *e)
{
	FILE *f = path == NULL || strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int rc = 0;

	if (f == NULL)
		return err_sys(e, EXIT_NOINPUT, "cannot read the list %s", path);
	while (rc == 0 && (n = getline(&line, &size, f)) > 0) {
		line[n - (line[n - 1] == '\n')] = '\0';
		rc = take(arg, line, e);
	}
	if (rc == 0 && ferror(f))
		rc = err_sys(e, EXIT_IO, "cannot read the list %s", path ? path : "");
	free(line);
	if (f != stdin)
		fclose(f);
	return rc;
}

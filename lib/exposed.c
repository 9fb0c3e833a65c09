#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "exposed.h"
#include "shown.h"

#define EXPOSED_WORD 8192	/* bytes of a path, quoted */

static bool others_read(const char *path)
{
	char *real = realpath(path, NULL), *slash;
	struct stat st;
	bool open = real != NULL && stat(real, &st) == 0 && (st.st_mode & S_IROTH) != 0;

	while (open && (slash = strrchr(real, '/')) != NULL && slash != real) {
		*slash = '\0';
		open = stat(real, &st) == 0 && (st.st_mode & S_IXOTH) != 0;
	}
	free(real);
	return open;
}

void exposed_warning(const char *const *files, size_t n, char *out, size_t size)
{
	char word[EXPOSED_WORD];
	size_t i, len;

	out[0] = '\0';
	if (getenv(EXPOSED_ENV) != NULL)
		return;
	for (i = 0; i < n; i++) {
		if (files[i] == NULL || !others_read(files[i]))
			continue;
		if (out[0] == '\0')
			snprintf(out, size, "every user of this machine can read files that contain"
			    " secrets; if the web server depends on that, give them its"
			    " group first (chgrp), then run: chmod o-rwx");
		len = strlen(out);
		shown_shell(word, sizeof(word), files[i]);
		snprintf(out + len, size - len, " %s", word);
	}
}

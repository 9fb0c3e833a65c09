/*
 * Lists that people write and programs pass on: files of lines that hold no secrets.  Lines belong
 * to the reader, and are valid until the function that takes them returns.
 */
#ifndef LINES_H
#define LINES_H

#include "err.h"

/*
 * Call TAKE for each line of PATH (NULL or "-": standard input), without its newline, until it
 * fails.  EXIT_NOINPUT, EXIT_IO, or what TAKE says.
 */
int lines_each(const char *path, int (*take)(void *arg, char *line, struct err *e), void *arg,
    struct err *e);

/*
 * The name in a LINE of a list of users: without byte order mark, blanks around it, and a comment,
 * which begins with "#" at the start or behind a blank.  "" when there is none.
 */
char *lines_name(char *line);

#endif

/* Lists: files of lines that hold no secrets. */
#ifndef LOAD_LINES_H
#define LOAD_LINES_H

#include "err.h"

/*
 * Call TAKE for each line of PATH (NULL or "-": standard input), without its newline, until it
 * fails.  EXIT_NOINPUT, EXIT_IO, or what TAKE says.
 */
int lines_each(const char *path, int (*take)(void *arg, char *line, struct err *e), void *arg,
    struct err *e);

#endif

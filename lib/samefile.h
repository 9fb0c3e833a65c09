/*
 * A file that a program reads must not be one that it writes: its content would be lost.  Nor may
 * two outputs be one file.  Files are compared by device and inode, so through links of both kinds
 * and by any name; those that do not exist yet, by directory and name.  Devices and pipes do not
 * count as files here.
 */
#ifndef SAMEFILE_H
#define SAMEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

enum file_use_how {
	FILE_READ,
	FILE_WRITE,		/* another file takes its place */
	FILE_APPEND,		/* it grows: a log, and standard output as the shell opened it */
	FILE_TREE		/* a directory: no file is to be written below, new or not */
};

/* One file that a program uses. */
struct file_use {
	const char *what;	/* for the message: "--output" */
	const char *path;	/* NULL: not used; "-": standard input or output */
	enum file_use_how how;
};

/* Are these two names of one file?  Not so for devices and pipes, nor where one is NULL. */
bool same_file(const char *a, const char *b);
/*
 * No use in V conflicts with another one, nor with standard output; PROG is the program, for its
 * --help.  EXIT_USAGE.
 */
int same_file_check(const struct file_use *v, size_t n, const char *prog, struct err *e);

#endif

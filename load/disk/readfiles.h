/*
 * A user's files in P8's data directory, beside what the ledger or a stream says of them.  One test
 * serves --verify, the look before an undo and the undo itself: size, time of change and, where a
 * checksum is known and asked for, content.  Of a directory only that it is one: P8 changes its
 * time by being used.
 */
#ifndef LOAD_READFILES_H
#define LOAD_READFILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "buf.h"
#include "err.h"

/* What is to be there. */
struct readfiles_want {
	const char *path;
	bool directory;
	int64_t size, mtime;	/* bytes, seconds of Unix time */
	const char *sha;	/* hexadecimal, "": the content is not looked at */
};

enum readfiles_is {
	READFILES_SAME,
	READFILES_GONE,
	READFILES_OTHER,	/* a directory for a file, a link, ... */
	READFILES_SIZE,
	READFILES_TIME,
	READFILES_CONTENT
};

/* NAME in the directory DIR beside W, and the status of what is there: enum readfiles_is, or -1. */
int readfiles_at(int dir, const char *name, const struct readfiles_want *w, struct stat *st,
    struct err *e);
/* The same of W's path below the directory BASE (-1: none). */
int readfiles_below(int base, const struct readfiles_want *w, struct stat *st, struct err *e);
/* Append to OUT what IS, which is not READFILES_SAME, means. */
void readfiles_why(struct buf *out, enum readfiles_is is, const struct readfiles_want *w,
    const struct stat *st);
/* The directory of the user UUID's files in the data directory DATA: *FD, -1 when P8 has none. */
int readfiles_user(const char *data, const char *uuid, int *fd, struct err *e);

#endif

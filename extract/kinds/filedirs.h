/*
 * Which directories there are under files/private, and to which users they belong.
 * P7 names a user's directory by the e-mail of their default account, but WebDAV clients make one
 * by the login as it was typed: on a file system that knows letter case a user may have several.
 * The directory is read once; names are kept in a temporary file, 24 bytes each in memory.
 */
#ifndef FILEDIRS_H
#define FILEDIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "base/spool.h"

#define FILEDIRS_NAME 256	/* NAME_MAX and NUL */

struct filedir {
	uint64_t hash;		/* of the name in ASCII lower case */
	uint32_t number;	/* of the name in the file */
	bool owned;		/* it is exactly the e-mail of a user */
	bool matched;		/* but for letter case it is one's */
	bool taken;		/* its files went to a user */
};

struct filedirs {
	int fd;			/* files/private, -1: there is none */
	int names;		/* temporary file of FILEDIRS_NAME bytes each */
	struct filedir *dir;	/* by hash and number */
	size_t n, size;
};

/* ROOT is the directory that holds "files/"; a missing files/private is not an error. */
int filedirs_open(struct filedirs *f, const char *root, struct err *e);
void filedirs_close(struct filedirs *f);
/*
 * The names in the directory FD in the order of bytes, whatever the file system's is: the same
 * input gives the same output.  Their number, or -1 (errno); each of *NAMES and *NAMES itself are
 * the caller's to free.
 */
struct dirent;
int filedirs_names(int fd, struct dirent ***names);
/* The directory PATH cannot be opened (errno). */
int filedirs_closed(const char *path, struct err *e);
/* Can the directory PATH, if it is there, and those in it be read?  0, -1. */
int filedirs_look(const char *path, struct err *e);
/* There is a user with this e-mail; to be told of all users before any filedirs_next. */
int filedirs_owner(struct filedirs *f, const char *email, struct err *e);
/* Can the directories that are a user's be read?  ROOT is that of filedirs_open.  0, -1. */
int filedirs_look_owned(struct filedirs *f, const char *root, struct err *e);
/*
 * The directories of a user, one a call: that of exactly their e-mail first, then others that
 * differ by letter case only and are not another user's.  Start with *AT = 0.  1: NAME is set;
 * 0: no more.
 */
int filedirs_next(struct filedirs *f, const char *email, size_t *at,
    char name[FILEDIRS_NAME], struct err *e);
/* The directories that belong to no user, one a call. */
int filedirs_stray(struct filedirs *f, size_t *at, char name[FILEDIRS_NAME], struct err *e);

#endif

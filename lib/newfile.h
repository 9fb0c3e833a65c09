/*
 * A new file that takes the place of PATH when it is whole; until then PATH is as it was, whatever
 * happens to the program.  Until then it has no name (O_TMPFILE), so that a killed program leaves
 * nothing behind; where the file system cannot do that, it has an unused name beside PATH (O_EXCL,
 * O_NOFOLLOW).  PATH itself is never opened: its readers keep the old bytes, a symbolic link is
 * replaced.
 * In a directory that everybody can write to but where only owners can replace files (/tmp), a PATH
 * that belongs to another user is refused before anything is written.
 * Not for devices and pipes, which cannot be replaced: see newfile_is_device.
 */
#ifndef NEWFILE_H
#define NEWFILE_H

#include <stdbool.h>

#include "err.h"

struct newfile {
	int fd;			/* to write to; -1: there is none */
	const char *path;	/* the caller's string */
	char *tmp;		/* its name; NULL while it has none */
};

/* Is PATH to be written to as it is: a device, a pipe, an open descriptor (/dev/stdout)? */
bool newfile_is_device(const char *path);
/*
 * May this user write it?  EXIT_CANTCREATE for a directory, and for a file of another user in a
 * directory that everybody can write to.
 */
int newfile_check(const char *path, struct err *e);
/* MODE less the umask.  EXIT_CANTCREATE. */
int newfile_open(struct newfile *f, const char *path, unsigned mode, struct err *e);
/* All that was written is on the disk; newfile_place then needs no more room. */
int newfile_sync(struct newfile *f, struct err *e);
/* Close it, and put it in its place.  It is gone when that fails. */
int newfile_place(struct newfile *f, struct err *e);
/* Close and remove it; does nothing when there is none. */
void newfile_drop(struct newfile *f);
/* The directory that PATH is in: "dir/" of "dir/name", "." of "name".  The caller frees it. */
char *newfile_directory(const char *path);

#endif

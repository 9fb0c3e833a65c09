/*
 * A new file that takes the place of PATH when it is whole; until then PATH is as it was, whatever
 * happens to the program.  It has no name meanwhile (O_TMPFILE), so that a killed program leaves
 * nothing; where the file system cannot do that, a name of our own beside PATH that nobody has
 * (O_EXCL, O_NOFOLLOW).  What is at PATH itself is never opened: its reader keeps the old bytes, a
 * symbolic link is replaced.
 * In a directory where everybody may write but nobody may replace what another user has (/tmp), a
 * PATH that is another user's is refused before anything is written.
 * Not for what cannot be replaced: see newfile_is_device.
 */
#ifndef NEWFILE_H
#define NEWFILE_H

#include <stdbool.h>

#include "err.h"

struct newfile {
	int fd;			/* to write to; -1: there is none */
	const char *path;	/* the caller's string */
	char *tmp;		/* its name, NULL while it has none */
};

/* Is PATH something to write to as it is: a device, a pipe, what is open already (/dev/stdout)? */
bool newfile_is_device(const char *path);
/*
 * May it be written here, by this user?  EXIT_CANTCREATE for a directory, and for what another user
 * put into a directory of everybody's.
 */
int newfile_check(const char *path, struct err *e);
/* MODE less the umask.  EXIT_CANTCREATE. */
int newfile_open(struct newfile *f, const char *path, unsigned mode, struct err *e);
/* All that was written is on the disk; what is left for newfile_place does not need room. */
int newfile_sync(struct newfile *f, struct err *e);
/* Close it, and give it its place.  It is gone when that fails. */
int newfile_place(struct newfile *f, struct err *e);
/* Close and remove it; nothing happens when there is none. */
void newfile_drop(struct newfile *f);
/* The directory that PATH is in: "dir/" of "dir/name", "." of "name".  The caller frees it. */
char *newfile_directory(const char *path);

#endif

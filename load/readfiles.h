/* A user's files in P8's data directory, beside what the ledger says of them. */
#ifndef LOAD_READFILES_H
#define LOAD_READFILES_H

#include <stdint.h>

#include "err.h"

struct readback;

/*
 * Count and hash the files of USER (0: those of the installation) that are there with the size of
 * the ledger; with r->deep also with its content.  Without a data directory they count as there.
 */
int readfiles(struct readback *r, int64_t user, const char *uuid, struct err *e);
/*
 * The size of the file PATH below the directory BASE (-1: none), 0 of a directory; -1: not there,
 * or, with SHA not "", with other content; -2: it cannot be read (E).
 */
int64_t readfiles_size(int base, const char *path, const char *sha, struct err *e);
/* The directory of the user UUID's files in the data directory DATA: *FD, -1 when P8 has none. */
int readfiles_user(const char *data, const char *uuid, int *fd, struct err *e);

#endif

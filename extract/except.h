/*
 * Users that need not be read: those that an earlier run brought.  A line is the source's id, a TAB
 * and id_user; what follows another TAB is for people ("p8-load --list loaded" writes such lines).
 * Lines about another source mean nothing here, so one target can take several P7.
 * Of each user 8 bytes are kept.
 */
#ifndef EXCEPT_H
#define EXCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct except {
	int64_t *id;		/* id_user, ascending, no duplicates */
	size_t n, size;
	size_t at;		/* of except_has */
};

/* PATH: a file, or "-"; SOURCE: our id.  EXIT_NOINPUT, EXIT_IO, EXIT_DATA (no such line). */
int except_read(struct except *x, const char *path, const char *source, struct err *e);
void except_free(struct except *x);
/* Is this user in the list?  To be asked with ascending id_user. */
bool except_has(struct except *x, int64_t id_user);

#endif

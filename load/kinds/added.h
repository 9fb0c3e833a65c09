/* Lines about what P8's people did to a user's things (changes.h), for the kinds. */
#ifndef LOAD_ADDED_H
#define LOAD_ADDED_H

#include "kinds/readback.h"

/* A line of OUT: N things (0: not counted) of the user, of KIND, and WHAT happened to them. */
void changes_add(struct buf *out, const struct readback_user *u, const char *kind, int64_t n,
    const char *what);
/* The same for r->user: as many as TEXT, with its N values V, counts were added in P8. */
int changes_count(struct readback *r, struct buf *out, const char *kind, const char *text,
    const struct dbval *v, unsigned n, struct err *e);

#endif

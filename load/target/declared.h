/*
 * The description of the target, for p7-transform --target, and what its modules declare about
 * attributes (phpmap.h).
 * Only enabled modules count.  P8's own files are read as they are: a file that is none, that is
 * too large or not understood is named, and p7-transform goes by its mapping there.
 */
#ifndef LOAD_DECLARED_H
#define LOAD_DECLARED_H

#include "buf.h"
#include "jsonw.h"
#include "target/target.h"

#define DECLARED_ODD_MAX 20	/* files that are named */

struct declared {
	unsigned modules, attributes;	/* that declare, that are declared */
	unsigned odd;			/* files in doubt */
	struct buf names;		/* of the first of them, and why: a line each */
};

/* Who else has members of the description. */
struct declared_more {
	void (*put)(struct jsonw *w, const void *arg);
	const void *arg;
};

/*
 * The description, one line of JSON (p8-load(1)), into OUT, with MORE unless that is NULL; D, which
 * declared_free frees, is filled.
 */
int declared_describe(const struct target *t, const struct declared_more *more, struct buf *out,
    struct declared *d, struct err *e);
void declared_free(struct declared *d);

#endif

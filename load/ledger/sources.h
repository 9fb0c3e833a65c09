/*
 * The P7 installations that the ledger knows (p7/source.h), out of the headers of the runs.
 */
#ifndef LOAD_SOURCES_H
#define LOAD_SOURCES_H

#include "jsonw.h"
#include "p7/source.h"
#include "target/target.h"

#define SOURCES_MAX 64		/* the latest ones */

struct sources {
	struct source_id *v;	/* distinct ones, the latest first */
	unsigned n;
};

/* A P8 without a ledger knows none.  The caller frees them, also after a failure. */
int sources_read(struct target *t, struct sources *s, struct err *e);
void sources_free(struct sources *s);
/* As the member "sources" of the target's description (declared.h): SOURCES is one of the above. */
void sources_put(struct jsonw *w, const void *sources);
/* The same array alone. */
void sources_array(struct jsonw *w, const struct sources *s);
/*
 * EXIT_CONFIG: the stream's HEADER names a source that the ledger knows by another id; what it has
 * of its users and calendars would not be found.
 */
int sources_check(struct target *t, const struct jdoc *header, struct err *e);

#endif

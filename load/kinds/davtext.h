/*
 * Members of DAV records as P8's columns hold them: what does not fit is altered, with a WARN.
 * Texts of calendars go through dav_text (target.h); URIs, data and etags are bytes.
 */
#ifndef LOAD_DAVTEXT_H
#define LOAD_DAVTEXT_H

#include "columns.h"
#include "jsonr.h"
#include "target/rows.h"

struct context;

/* What a message is about. */
struct davtext {
	const char *table;	/* P7's */
	int64_t id;		/* -1: none */
	const char *column;	/* P7's, when it is not called as the member is */
};

/*
 * The member FIELD as P8's column of MAX characters (0: 65535 bytes) will hold it; what was done to
 * it is a WARN.  OUT points into the record or into ROOM, and is NULL when it is not a text.
 */
int davtext_text(struct context *x, const struct davtext *of, const char *field, size_t max,
    struct buf *room, struct rows_value *out, struct err *e);
/* A word of at most MAX bytes; INSTEAD takes the place of a longer one. */
int davtext_word(struct context *x, const struct davtext *of, const char *field, size_t max,
    const char *instead, struct rows_value *out, struct err *e);
/* A number, at least LO and at most HI; when there is none it is NULL, or unless NULLABLE 0. */
int davtext_number(struct context *x, const struct davtext *of, const char *field, int64_t lo,
    int64_t hi, bool nullable, struct rows_value *out, struct err *e);

#endif

/*
 * Texts for the staged tables, and URIs of calendars' objects that cannot stay as they are in P8's
 * DAV tables (rules: davname.h).
 */
#ifndef LOAD_DAV_NAMES_H
#define LOAD_DAV_NAMES_H

#include <stdbool.h>

#include "kinds/dav_move.h"
#include "davname.h"

enum { DAV_NOT_UTF8 = 1, DAV_TOO_LONG = 2 };

/*
 * Append the text P, as much of it as BYTES bytes and CHARS characters hold (0: no limit), U+FFFD
 * in place of bytes that are no UTF-8.  Tells what had to be changed.
 */
unsigned dav_put_text(const char *p, size_t n, size_t bytes, size_t chars, struct buf *out);
/* The e-mail that PRINCIPAL names, a part of it: some lack their "principals/". */
const char *dav_user_of(const char *principal);
/* 1 and *OUT: a row; 0: none; -1. */
int dav_one_int(struct target *t, const struct dav_stage *st, const char *sql,
    const struct dbval *v, unsigned n, int64_t *out, struct err *e);

/* Objects of one calendar whose URI cannot stay, found in one pass in the order of the URI. */
struct dav_offenders {
	int64_t *id;
	size_t n, size;
	struct buf last;	/* URI before */
	bool any;
};

/* See the next object; P NULL: no URI. */
int dav_offenders_see(struct dav_offenders *o, int64_t id, const char *p, size_t n,
    struct err *e);
/* Give them new URIs in the stage, each with a note. */
int dav_offenders_mend(struct dav_offenders *o, struct dav_move *mv, const char *email,
    int64_t calendar, struct err *e);
void dav_offenders_free(struct dav_offenders *o);

#endif

/*
 * Names and texts that P8's DAV tables have no room for, by fixed rules:
 *   a URI is empty      -> the UUID made from source and number
 *   over 255 bytes      -> cut, with "-" and 8 hex digits of its MD5
 *   taken in its place  -> "-2", "-3", ... before the extension
 *   text                -> U+FFFD for characters outside of the basic plane, cut at the end
 */
#ifndef LOAD_DAV_NAMES_H
#define LOAD_DAV_NAMES_H

#include <stdbool.h>

#include "dav_move.h"

#define DAV_URI_MAX 255

/* The N-th try (from 1) for the URI P (NULL: none) of thing ID; OUT is emptied first. */
void dav_uri_candidate(const char *p, size_t len, const char *source, int64_t id, unsigned n,
    struct buf *out);
/*
 * Does the UTF-8 text P fit into a utf8mb3 column of MAX characters (0: of 65535 bytes)?  If not,
 * put what fits into OUT and return true.  BYTEWISE: each byte will be a character there (dav_text
 * "server"), which takes up to three bytes when it is none of ASCII.
 */
bool dav_fit_text(const char *p, size_t n, size_t max, bool bytewise, struct buf *out);
enum { DAV_NOT_UTF8 = 1, DAV_TOO_LONG = 2 };

/*
 * Append the text P, as much of it as BYTES bytes and CHARS characters hold (0: no limit), U+FFFD
 * in place of bytes that are no UTF-8.  Tells what had to be changed.
 */
unsigned dav_put_text(const char *p, size_t n, size_t bytes, size_t chars, struct buf *out);
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

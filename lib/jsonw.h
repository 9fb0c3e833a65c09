/*
 * Streaming writer of one JSON object a line (RFC 8259), into a caller's buffer.
 * The writer owns nothing.  Errors are those of the buffer (sticky): check buf->failed once.
 * Commas are put by the writer: a value follows a key or stands in an array.
 * Text that is not UTF-8 is written as {"base64":"..."}; control characters are escaped; nothing
 * else is, so the bytes of ordinary text stay as they are.
 */
#ifndef JSONW_H
#define JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct jsonw {
	struct buf *out;
	bool comma;		/* the next key or element needs one */
};

/* Begin a document at the end of OUT. */
void jw_begin(struct jsonw *w, struct buf *out);
void jw_object(struct jsonw *w);
void jw_object_end(struct jsonw *w);
void jw_array(struct jsonw *w);
void jw_array_end(struct jsonw *w);
/* KEY is a C string of ASCII letters, digits and punctuation that needs no escape. */
void jw_key(struct jsonw *w, const char *key);
/* The same with escapes, for keys that come from data (UTF-8). */
void jw_key_n(struct jsonw *w, const char *key, size_t n);
/* The same with N bytes that are JSON already, quotes and colon included. */
void jw_key_json(struct jsonw *w, const char *json, size_t n);
void jw_null(struct jsonw *w);
void jw_bool(struct jsonw *w, bool v);
void jw_int(struct jsonw *w, int64_t v);
/* A string of N bytes, {"base64":...} when it is not UTF-8, null when S is NULL. */
void jw_str_n(struct jsonw *w, const char *s, size_t n);
void jw_str(struct jsonw *w, const char *s);
/* N bytes of JSON as they are (digits of a number, a value copied from another record). */
void jw_raw(struct jsonw *w, const char *s, size_t n);
/* Bytes, always as {"base64":"..."}. */
void jw_bytes(struct jsonw *w, const void *p, size_t n);

/* key and value in one call */
void jw_kv_str(struct jsonw *w, const char *key, const char *s);
void jw_kv_int(struct jsonw *w, const char *key, int64_t v);
void jw_kv_bool(struct jsonw *w, const char *key, bool v);

#endif

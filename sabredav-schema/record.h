/*
 * A DAV record of a stream, as the steps see it: members in the order they stand in, each with its
 * JSON text, that of the line or one that a step gave it.  Nothing is copied: the texts lie in the
 * line, or in the record's own buffer.  A record that no step touched is sent byte for byte.  One
 * that was touched is written in the order of its kind (p7-records(5)), members of other names
 * behind them; a card or an address book only grows at its end.
 * record_read borrows the reader's current record until its next one; record_free frees the buffer.
 */
#ifndef RECORD_H
#define RECORD_H

#include "stream.h"
#include "uuid.h"

#define RECORD_MEMBERS 64

struct member {
	const char *key;
	size_t keylen;
	const char *name;	/* the key as it is written in JSON */
	size_t namelen;
	const struct jval *v;	/* as it was read, or NULL */
	const char *json;	/* in the line; NULL: at AT in the record's buffer */
	size_t at, n;
};

struct record {
	const char *kind;	/* NULL: there is none */
	const struct stream_in *in;
	struct member m[RECORD_MEMBERS];
	unsigned n;
	unsigned read;		/* the first so many are the line's, untouched */
	bool changed;		/* one that was there is gone, moved or other */
	bool full;		/* one more than RECORD_MEMBERS was given */
	struct buf text;
};

void record_init(struct record *r);
void record_free(struct record *r);
/* Take the current record of IN (parsed); EXIT_DATA when it has too many members. */
int record_read(struct record *r, const struct stream_in *in, struct err *e);
/* Begin one that does not stand in the stream. */
void record_new(struct record *r, const char *kind, const struct stream_in *in);

/* The value that was read (or given) of KEY; NULL when it is absent, null, or set by a step. */
const struct jval *record_value(const struct record *r, const char *key);
/* Is there no value of KEY, or null? */
bool record_lacks(const struct record *r, const char *key);
bool record_has(const struct record *r, const char *key);
/* The JSON text of KEY, "null" when it is absent; *N bytes. */
const char *record_json(const struct record *r, const char *key, size_t *n);

/*
 * Give KEY (a string that stays) N bytes of JSON, or a string, or a number.  A failure (no room for
 * one more member, or no memory) stays with the record: record_write reports it.
 */
void record_set(struct record *r, const char *key, const char *json, size_t n);
void record_set_str(struct record *r, const char *key, const char *s, size_t n);
void record_set_int(struct record *r, const char *key, int64_t v);
/* A value of a row: V stays while the record is used; D is the document that it is of, or NULL. */
void record_give(struct record *r, const char *key, const struct jdoc *d, const struct jval *v);
void record_drop(struct record *r, const char *key);
/* KEY goes from R to TO, null when R does not have it. */
void record_move(struct record *r, struct record *to, const char *key);

/* Is this value (of a member "calendar", or NULL) the UUID of that calendar, which is not ""? */
bool record_of_calendar(const struct jval *v, const char uuid[UUID_LEN + 1]);

/* Send it; EXIT_DATA when something that it was given did not fit. */
int record_write(struct record *r, struct stream_out *so, struct err *e);

#endif

/*
 * Growable byte buffer with a cap and a sticky failure.
 * Invariants: data[len] is NUL whenever data is not NULL; len <= cap; once failed is set (out of
 * memory, or the cap would be passed) every append does nothing, so a chain of appends is checked
 * once.  The owner of the struct frees it with buf_free; buf_reset keeps the memory for reuse.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct buf {
	char *data;
	size_t len;	/* bytes in use */
	size_t size;	/* bytes allocated */
	size_t cap;	/* never grow past this many bytes */
	bool failed;
};

/* The largest record, and the cap of every buffer that holds one (16 MiB column, JSON-escaped). */
#define BUF_RECORD_MAX ((size_t)100 << 20)

#define BUF_INIT(max) { NULL, 0, 0, (max), false }

void buf_init(struct buf *b, size_t cap);
void buf_free(struct buf *b);
/* Empty it and forget a failure; the memory stays. */
void buf_reset(struct buf *b);
/* 0, or err_memory when an append to it has failed. */
int buf_check(const struct buf *b, struct err *e);
/* The slow half of buf_room. */
bool buf_grow(struct buf *b, size_t n);

/* Room for N more bytes (and the NUL); false (and failed) if there is none. */
static inline bool buf_room(struct buf *b, size_t n)
{
	return (!b->failed && b->size - b->len > n) || buf_grow(b, n);
}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);

static inline void buf_addc(struct buf *b, char c)
{
	if (!buf_room(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

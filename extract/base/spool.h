/*
 * Rows that are needed later, in order: kept in memory while they are few, in an unlinked file in
 * $TMPDIR (mode 0600) when they are more.  First all rows are added, then spool_rewind, then they
 * are taken one after the other; spool_clear makes room for the next lot.
 * The struct owns its buffers and its file; spool_free ends both.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "err.h"

struct spool {
	int fd;			/* -1 until the memory is full */
	struct buf out;		/* added, not yet in the file */
	struct buf in;		/* read from the file, not yet taken */
	size_t taken;		/* of in, or of out when there is no file */
	off_t written, readpos;
};

struct srow {
	int64_t key, key2;	/* rows are ordered by these, ascending */
	size_t n;
	const char *p;		/* N bytes, until the next call */
};

void spool_init(struct spool *s);
int spool_add(struct spool *s, int64_t key, int64_t key2, const void *p, size_t n,
    struct err *e);
void spool_rewind(struct spool *s);
/* 1: the next row, which stays the next until spool_skip; 0: no more; -1: error. */
int spool_peek(struct spool *s, struct srow *row, struct err *e);
void spool_skip(struct spool *s, const struct srow *row);
/* Take the next row: as both. */
int spool_next(struct spool *s, struct srow *row, struct err *e);
/* Skip all rows below (KEY, KEY2), then as spool_peek. */
int spool_seek(struct spool *s, int64_t key, int64_t key2, struct srow *row, struct err *e);
/* The same, but take the row; 0 when it has other keys (SPOOL_ANY: another KEY). */
#define SPOOL_ANY INT64_MIN
int spool_of(struct spool *s, int64_t key, int64_t key2, struct srow *row, struct err *e);
void spool_clear(struct spool *s);
/* A new, unlinked file in $TMPDIR; its descriptor or -1 (EXIT_CANTCREATE). */
int spool_file(struct err *e);
void spool_free(struct spool *s);

#endif

/*
 * Does a value occur twice among very many?  Hashes of 64 bits are collected in parts by their
 * first bits and each part is sorted: constant memory up to some million values, 8 bytes of a
 * temporary file for each value beyond that.
 */
#ifndef DUPES_H
#define DUPES_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "base/spool.h"

#define DUPES_PARTS 32

struct dupes {
	struct buf hash[DUPES_PARTS];	/* uint64_t, not yet in the file */
	struct spool spool[DUPES_PARTS];
};

void dupes_init(struct dupes *d);
int dupes_add(struct dupes *d, uint64_t hash, struct err *e);
/* 1: two equal hashes were added; 0: none; -1: error.  To be asked once. */
int dupes_any(struct dupes *d, struct err *e);
void dupes_free(struct dupes *d);

#endif

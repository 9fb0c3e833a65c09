/*
 * What a dry run would have put into the ledger, so that it finds the same duplicates as a real
 * run: names in a temporary table, compared as P8 compares.  The table is the session's own.
 */
#ifndef LOAD_DRY_H
#define LOAD_DRY_H

#include "err.h"

struct session;

/* Make the table; without the privilege a warning says what is not found then. */
int dry_open(struct session *s, struct err *e);
/* Remember NAME; 1: it was there before, 0: it is new. */
int dry_seen(struct session *s, const char *name, struct err *e);
/* 1: it was remembered, 0: not. */
int dry_knows(struct session *s, const char *name, struct err *e);

#endif

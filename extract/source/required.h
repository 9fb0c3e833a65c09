/*
 * Tables that must be there.  P7's own update makes every table of its release before it is done,
 * and drops none; so a table that the rest of the database is too new to lack has been lost, and
 * to take it for an empty one would lose its rows in P8 without a word.
 */
#ifndef REQUIRED_H
#define REQUIRED_H

#include "source/run.h"

/*
 * EXIT_CONFIG: tables are missing, and E names them; EXIT_USAGE: --absent names one that is there,
 * that P7's release need not have, that users cannot be read without, or that nothing is read of.
 * Those of plugins may be missing; they and what --absent names are kept in R for required_write.
 */
int required_check(struct run *r, struct err *e);
/* A WARN for each table that is missing nevertheless, in the stream that would have its rows. */
int required_write(struct run *r, struct err *e);

#endif

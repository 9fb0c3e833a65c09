/*
 * A P8 without calendars and cards: WebMail Lite 8 has no module Dav and none of its tables
 * (t->no_dav, which preflight.h finds out).  What P7 has of them is rejected, one REJECT a kind
 * with its count, a user at a time; contacts, which P8 keeps elsewhere, come.
 * So that every statement runs as it is, the connection has empty temporary tables of the same
 * names, which nobody else sees and which go with it.  Nothing is ever written into them.
 * MySQL cannot name a temporary table twice in a statement: those that would are left out.
 */
#ifndef LOAD_NODAV_H
#define LOAD_NODAV_H

#include <stdbool.h>

#include "err.h"

struct load;
struct target;

/* Make the temporary tables on the target's connection. */
int nodav_stand_in(struct target *t, struct err *e);
/* Is the record at hand one of DAV that P8 has no place for?  Then it is counted. */
bool nodav_takes(struct load *l);
/* The user's (or his late part's) records are all read: what was counted is rejected, once. */
int nodav_reject(struct load *l, struct err *e);

#endif

/*
 * A P8 without calendars and cards: WebMail Lite 8 has no module Dav and none of its tables
 * (t->no_dav, which preflight.h finds out).  What P7 has of them is rejected, one REJECT a kind
 * with its count, a user at a time; contacts, which P8 keeps elsewhere, come.
 */
#ifndef LOAD_NODAV_H
#define LOAD_NODAV_H

#include <stdbool.h>

#include "err.h"

struct context;

/* Is the record at hand one of DAV that P8 has no place for?  Then it is counted. */
bool nodav_takes(struct context *x);
/* The user's (or his late part's) records are all read: what was counted is rejected, once. */
int nodav_reject(struct context *x, struct err *e);

#endif

/*
 * A P8 without calendars and cards: WebMail Lite 8 has no module Dav and none of its tables
 * (t->no_dav, which preflight.h finds out; what becomes of P7's: kinds/nodav.h).
 * So that every statement runs as it is, the connection has empty temporary tables of the same
 * names, which nobody else sees and which go with it.  Nothing is ever written into them.
 * MySQL cannot name a temporary table twice in a statement: those that would are left out.
 */
#ifndef LOAD_TARGET_NODAV_H
#define LOAD_TARGET_NODAV_H

#include "target/target.h"

/* Make the temporary tables on the target's connection. */
int nodav_stand_in(struct target *t, struct err *e);

#endif

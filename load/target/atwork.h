/*
 * Who is at work at the ledger: every p8-load that writes holds one of the server's locks, a place
 * of WORKERS, as long as its connection lives; forgetting the ledger needs all of them, and the
 * lock that a run of scripts/migrate holds.
 */
#ifndef LOAD_ATWORK_H
#define LOAD_ATWORK_H

#include "target/target.h"

/* Take a place on T's connection (again, after a reconnect).  EXIT_TEMPORARY: a --reset has all. */
int atwork_enter(struct target *t, struct err *e);
/* Take all places, until the connection ends.  EXIT_TEMPORARY: somebody is at work. */
int atwork_alone(struct target *t, struct err *e);

#endif

/*
 * One run of p7-migrate at a time for one P8: a lock of the server that one connection holds from
 * the run's beginning to its end, also between two stages (p8-load --lock).  While the ledger is
 * there, its p7m_meta says who that is, as "run": the server's number of the connection, process,
 * time and host, with spaces between.
 */
#ifndef LOAD_RUNLOCK_H
#define LOAD_RUNLOCK_H

#include "target/target.h"

#define RUNLOCK_WHO 512

/* T's connection has the lock from now on: 1; 0: not within SECONDS; -1. */
int runlock_try(struct target *t, int64_t seconds, struct err *e);
/* Who has it, as a message says it: process, host, since when, and the server's connection. */
int runlock_holder(struct target *t, char who[RUNLOCK_WHO], struct err *e);
/*
 * Wait for the lock, at most SECONDS (-1: as long as it takes), then hold it until standard input
 * ends.  On standard output, a line each: "waiting", TAB and for whom, again when that changes;
 * "locked".  EXIT_TEMPORARY: not within SECONDS, or a signal while it waited.
 */
int runlock_hold(struct target *t, int64_t seconds, struct err *e);

#endif

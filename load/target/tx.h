/*
 * One transaction, tried again while the server was only busy: the errors of db_transient in
 * lib/db.h, and no others.  Between two tries it waits, longer each time, so that two programs that
 * got into each other's way do not meet again.
 */
#ifndef LOAD_TX_H
#define LOAD_TX_H

#include "target/target.h"

struct tx {
	struct target *t;
	/* The statements: 0: commit; more: roll back, which is tx_retry's answer; -1. */
	int (*run)(void *arg, struct err *e);
	/* After each rollback: forget what the attempt found out; may be NULL. */
	void (*forget)(void *arg);
	/*
	 * The connection is lost.  Make a new one and look whether a COMMIT that broke off
	 * was done: 0: it was not, try again; 1: it was; -1.  NULL: the error is the end.
	 */
	int (*reconnect)(void *arg, struct err *e);
	void *arg;
	bool leave_open;	/* what succeeds is not committed: the caller does that */
};

/*
 * 0: done; more: what run said, nothing was done; -1: nothing was done, unless the connection was
 * lost while it was being committed.
 */
int tx_retry(const struct tx *x, struct err *e);

#endif

/* A new connection to the target for one that was lost. */
#ifndef LOAD_RECONNECT_H
#define LOAD_RECONNECT_H

#include "base/progress.h"
#include "target/target.h"

/*
 * Waits a minute for the server, which the progress P (or NULL) says, or until a signal.  Whoever
 * has prepared statements closes them before and prepares them again; locks went with the old
 * connection.  EXIT_TEMPORARY: the server did not come back.
 */
int reconnect(struct target *t, struct progress *p, struct err *e);

#endif

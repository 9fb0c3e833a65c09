/*
 * A session of the loader with P8's database: the connection with what is prepared on it.
 * A connection that was lost is made anew by session_reconnect; statements are prepared again then,
 * and locks went with the old one.
 * A struct session owns its statements; the target stays the caller's.
 */
#ifndef LOAD_SESSION_H
#define LOAD_SESSION_H

#include "base/fit.h"
#include "base/progress.h"
#include "target/sql.h"
#include "target/tables.h"

struct session {
	struct target *t;
	struct sql sql;
	struct writer w;
	struct fit fit;			/* what P8's columns take */
	struct progress *progress;	/* or NULL */
	bool dry_run;			/* nothing is written */
	bool has_ledger;		/* its tables are there */
	bool has_dry;			/* the table of a dry run is (ledger/dry.h) */
	bool locked;			/* it has the lock of the user at hand */
};

/* Nothing is prepared yet. */
void session_init(struct session *s, struct target *t, struct progress *p, bool dry_run);
/* Set up the statements for many rows. */
int session_open(struct session *s, struct err *e);
/* A new connection after a lost one.  A dry run ends: what it has seen went with the old one. */
int session_reconnect(struct session *s, struct err *e);
void session_close(struct session *s);

#endif

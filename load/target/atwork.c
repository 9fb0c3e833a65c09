#include <stdio.h>

#include "target/atwork.h"
#include "target/lock.h"
#include "target/runlock.h"

#define WORKERS 128		/* twice what scripts/migrate starts at the most */

/* 1: this connection has the place from now on, 0: another one has it, -1. */
static int take(struct target *t, unsigned place, struct err *e)
{
	char name[LOCK_NAME_LEN], who[32];
	struct dbval v;
	int64_t got = 0;

	snprintf(who, sizeof(who), "at work %u", place);
	lock_name(t, who, name);
	v = DB_STR(name);
	if (db_one_int(&t->db, "SELECT GET_LOCK(?, 0)", &v, 1, &got, e) < 0)
		return -1;
	return got == 1;
}

int atwork_enter(struct target *t, struct err *e)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < WORKERS && rc == 0; i++)
		rc = take(t, i, e);
	if (rc == 0)
		return err_set(e, EXIT_TEMPORARY, "the ledger is being forgotten (p8-load --reset),"
		    " or %d others are at work; run it again when they have ended", WORKERS);
	return rc < 0 ? -1 : 0;
}

/* p7-migrate holds a lock from its beginning to its end, also when no loader is at work. */
static int no_run(struct target *t, struct err *e)
{
	char who[RUNLOCK_WHO];
	int rc = runlock_try(t, 0, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (runlock_holder(t, who, e) < 0)
		return -1;
	return err_set(e, EXIT_TEMPORARY, "a run of p7-migrate is at work in this database%s%s"
	    " and needs the ledger; run it again when that has ended", who[0] ? ", " : "", who);
}

int atwork_alone(struct target *t, struct err *e)
{
	unsigned i;
	int rc = no_run(t, e) < 0 ? -1 : 1;

	for (i = 0; i < WORKERS && rc == 1; i++)
		rc = take(t, i, e);
	if (rc == 0)
		return err_set(e, EXIT_TEMPORARY, "another p8-load is loading, undoing or repairing"
		    " in this database, and needs the ledger; run it again when that has ended");
	return rc < 0 ? -1 : 0;
}

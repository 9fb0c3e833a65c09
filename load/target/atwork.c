#include <inttypes.h>
#include <stdio.h>

#include "target/atwork.h"
#include "target/lock.h"
#include "target/sql.h"

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

/*
 * scripts/migrate holds a lock from its beginning to its end, also between two of its phases, when
 * no loader is at work.  Its name is made as one_at_a_time of scripts/lib/migrate-stages.sh does.
 */
#define RUN_LOCK "CONCAT('p7m ', LEFT(SHA2(CONCAT(DATABASE(), ' ', ?), 256), 40))"

/*
 * Who holds it: the server's number of the CONNECTION, 0 when nobody does any more, and WHERE, the
 * machine as the server knows it; "" when the list of connections does not show that one to us.
 */
static int run_holder(struct target *t, int64_t *connection, char where[128], struct err *e)
{
	struct dbval v = DB_STR(t->prefix);
	struct dbq q;
	int rc;

	where[0] = '\0';
	*connection = 0;
	if (db_one_int(&t->db, "SELECT COALESCE(IS_USED_LOCK(" RUN_LOCK "), 0)", &v, 1, connection,
	    e) < 0)
		return -1;
	v = DB_INT(*connection);
	if (sql_prepare(t, &q, "SELECT host FROM information_schema.processlist WHERE id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1)
		snprintf(where, 128, "%s", dbq_str(&q, 0));
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

static int no_run(struct target *t, struct err *e)
{
	struct dbval prefix = DB_STR(t->prefix);
	int64_t got = 0, connection;
	char where[128], which[64] = "";

	if (db_one_int(&t->db, "SELECT GET_LOCK(" RUN_LOCK ", 0)", &prefix, 1, &got, e) < 0)
		return -1;
	if (got == 1)
		return 0;
	if (run_holder(t, &connection, where, e) < 0)
		return -1;
	if (connection != 0)
		snprintf(which, sizeof(which), " (the server's connection %" PRId64 ")",
		    connection);
	return err_set(e, EXIT_TEMPORARY, "a run of p7-migrate is at work in this database%s%s%s"
	    " and needs the ledger; run it again when that has ended",
	    where[0] ? ", from " : "", where, which);
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

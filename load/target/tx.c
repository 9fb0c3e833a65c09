#include <stdlib.h>
#include <time.h>

#include "target/tx.h"

#define TRIES 12
#define BACKOFF_MS 20		/* doubled with each try, plus up to as much again */
#define BACKOFF_MAX_MS 4000

static void back_off(unsigned try)
{
	long ms = BACKOFF_MS << (try < 8 ? try : 8);
	struct timespec ts;

	ms += random() % ms;
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	ts = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&ts, NULL);
}

static int attempt(const struct tx *x, struct err *e)
{
	int rc = db_exec(&x->t->db, "START TRANSACTION", e);

	if (rc == 0)
		rc = x->run(x->arg, e);
	if (rc == 0 && !x->leave_open)
		rc = db_exec(&x->t->db, "COMMIT", e);
	return rc;
}

int tx_retry(const struct tx *x, struct err *e)
{
	struct err ignored = { .msg = "" };
	unsigned try;
	int rc;

	for (try = 0; (rc = attempt(x, e)) != 0; try++) {
		db_exec(&x->t->db, "ROLLBACK", &ignored);
		if (x->forget != NULL)
			x->forget(x->arg);
		if (rc > 0 || !db_transient(e->db) || try == TRIES ||
		    (db_lost(e->db) && x->reconnect == NULL))
			return rc;
		back_off(try);
		if (db_lost(e->db) && (rc = x->reconnect(x->arg, e)) != 0)
			return rc < 0 ? -1 : 0;
		*e = (struct err){ .msg = "" };
	}
	return 0;
}

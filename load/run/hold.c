#include <stdio.h>
#include <string.h>

#include "kinds/file.h"
#include "kinds/note.h"
#include "run/hold.h"

#define LOCK_SLICE 5		/* seconds of one wait for another loader */
#define LOCK_SLICES 360		/* half an hour */

int user_unlock(struct load *l)
{
	struct dbval v = DB_STR(l->user.lock);
	struct err ignored = { .msg = "" };

	if (l->s.locked)
		sql_run(&l->s.sql, SQL_UNLOCK, &v, 1, &ignored);
	l->s.locked = false;
	return 0;
}

int user_lock(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(l->user.lock), DB_INT(0) };
	char why[USER_EMAIL_MAX + 80];
	struct dbq *q;
	int i, rc;

	for (i = 0; i < LOCK_SLICES; i++) {
		rc = sql_row(&l->s.sql, SQL_LOCK, v, 2, &q, e);
		if (rc < 0)
			return -1;
		if (rc == 1 && dbq_int(q, 0) == 1) {
			l->s.locked = true;
			if (i > 0)
				progress_go(l->progress);
			return 0;
		}
		if (load_stop)
			return err_set(e, EXIT_TEMPORARY, "stopped by a signal while another "
			    "p8-load is loading %s; run again to go on", l->user.email);
		if (i == 0) {
			snprintf(why, sizeof(why), "another p8-load is loading %s", l->user.email);
			progress_wait(l->progress, why);
		}
		v[1] = DB_INT(LOCK_SLICE);
	}
	return err_set(e, EXIT_TEMPORARY, "another p8-load has been loading %s for half an hour; "
	    "look what it waits for, then run again", l->user.email);
}

int user_look_up(struct load *l, struct err *e)
{
	struct user *u = &l->user;

	if (!l->s.has_ledger)
		return 0;
	if (ledger_user_get(&l->s.sql, u->uuid, &u->led, e) < 0)
		return -1;
	u->row = u->led.id;
	u->row_committed = u->row != 0;
	u->entity = 0;
	return 0;
}

int user_place(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR("done"), DB_INT(l->user.row) };

	return files_place(&l->x, e) < 0 ? -1 : sql_run(&l->s.sql, SQL_USER_STATE, v, 2, e);
}

int user_finish(struct load *l, struct err *e)
{
	return user_place(l, e) < 0 ? -1 : user_unlock(l);
}

int user_pass_unit(struct load *l, struct err *e)
{
	if (note_publish(&l->x, e) < 0)
		return -1;
	unit_reset(&l->unit);
	l->user.units++;
	return 0;
}

uint64_t user_count(struct load *l, uint64_t *rows)
{
	uint64_t things = 0;
	unsigned i;

	*rows = 0;
	for (i = 0; i < l->kinds.n; i++) {
		kinds_add(&l->counts.kinds, l->kinds.name[i], l->user.sums.k[i].things);
		things += l->user.sums.k[i].things;
		*rows += l->user.sums.k[i].rows;
	}
	return things;
}

/* Running a plan, statement by statement (run.h). */
#include <mysqld_error.h>
#include <time.h>

#include "count.h"
#include "execute.h"
#include "shown.h"
#include "sql.h"

#define BATCH 5000		/* rows of one transaction */
#define SAY_AFTER 5		/* of RUN_PATIENCE, before it is said what is waited for */

/* The last id of the batch that begins behind LO: *HI, or 0 when nothing is left. */
static int batch_end(struct run *r, const char *table, int64_t lo, int64_t *hi, struct err *e)
{
	char from[24];

	snprintf(from, sizeof(from), "%lld", (long long)lo);
	*hi = 0;
	return sql_numbers(r->db, "", hi, 1, e, "SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM"
	    " %I WHERE id>%S ORDER BY id LIMIT %d) batch", table, from, BATCH) < 0 ? -1 : 0;
}

static int run_range(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct dbval v[2];
	struct dbq q;
	int64_t hi;
	int rc;

	if (sql_prepare(&q, r->db, "", e, "%S AND t.`id`>? AND t.`id`<=?", st->sql) < 0)
		return -1;
	for (;;) {
		rc = batch_end(r, st->table, en->position, &hi, e);
		if (rc < 0 || hi == 0)
			break;
		v[0] = DB_INT(en->position);
		v[1] = DB_INT(hi);
		rc = run_begin(r, e) < 0 ? -1 : dbq_run(&q, v, 2, e);
		if (rc < 0)
			break;
		en->rows_seen += (int64_t)dbq_affected(&q);
		en->position = hi;
		rc = run_commit(r, en, e);
		if (rc < 0)
			break;
	}
	dbq_close(&q);
	return rc;
}

static int run_once(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, r->db, st->sql, e) < 0)
		return -1;
	rc = run_begin(r, e) < 0 ? -1 : dbq_run(&q, NULL, 0, e);
	if (rc == 0)
		en->rows_seen = (int64_t)dbq_affected(&q);
	dbq_close(&q);
	return rc < 0 ? -1 : run_commit(r, en, e);
}

static int run_count(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	int64_t v[2] = { en->rows_seen, en->rows_off };
	int rc = sql_numbers(r->db, "", v, 2, e, "%S", st->sql);

	en->rows_seen = v[0];
	en->rows_off = v[1];
	return rc < 0 ? -1 : 0;
}

/* A statement that needs its table for itself. */
static int run_ddl(struct run *r, const char *sql, struct err *e)
{
	struct err busy = { .msg = "" };
	int rc;

	if (run_patience(r, SAY_AFTER, e) < 0)
		return -1;
	rc = db_exec(r->db, sql, &busy);
	if (rc < 0 && busy.db == ER_LOCK_WAIT_TIMEOUT) {
		fprintf(stderr, "dav-schema-upgrade: waiting up to %d s for others to leave a table"
		    " (see SHOW PROCESSLIST; does the CalDAV server run?): %.100s\n", RUN_PATIENCE,
		    sql);
		busy.msg[0] = '\0';
		rc = run_patience(r, RUN_PATIENCE, e) < 0 ? -1 : db_exec(r->db, sql, &busy);
		if (rc < 0 && busy.db == ER_LOCK_WAIT_TIMEOUT)
			err_prefix(&busy, "another connection keeps a table in use; stop the CalDAV"
			    " server, and end open transactions (SHOW PROCESSLIST)");
	}
	if (rc < 0 && busy.msg[0] != '\0')
		*e = busy;
	return rc;
}

/* A new table takes the place of an empty one: it must be empty still. */
static int run_swap(struct run *r, const struct stmt *st, struct err *e)
{
	int64_t rows = 0;
	int rc = sql_numbers(r->db, "", &rows, 1, e, "SELECT EXISTS(SELECT 1 FROM %I)", st->table);

	if (rc >= 0 && rows != 0)
		return err_set(e, EXIT_TEMPORARY, "table %s was empty, but is not any more; stop"
		    " the CalDAV server", st->table);
	return rc < 0 ? -1 : run_ddl(r, st->sql, e);
}

static int execute(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	if (st->kind != STMT_DDL && st->kind != STMT_SWAP && run_patience(r, RUN_PATIENCE, e) < 0)
		return -1;
	switch (st->kind) {
	case STMT_DDL:
		return run_ddl(r, st->sql, e) < 0 ? -1 : run_changed(r, e);
	case STMT_SWAP:
		return run_swap(r, st, e) < 0 ? -1 : run_changed(r, e);
	case STMT_DATA:
		return run_once(r, st, en, e);
	case STMT_RANGE:
		return run_range(r, st, en, e);
	case STMT_COUNT:
		return run_count(r, st, en, e);
	case STMT_ETAG:
		return run_etags(r, st, en, e);
	case STMT_UID:
		return run_uid(r, st, en, e);
	case STMT_OWNERS:
		return run_owners(r, st, en, e);
	}
	return err_set(e, EXIT_BUG, "a statement of unknown kind");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_stmt(struct run *r, const struct stmt *st, struct err *e)
{
	struct entry *en = journal_find(r->j, st->step, st->action);
	double start = seconds();

	if (en == NULL)
		return err_set(e, EXIT_BUG, "%s is not in the journal", st->action);
	if (run_check_lock(r, e) < 0 || journal_set(r->j, en, STATE_STARTED, e) < 0 ||
	    run_changed(r, e) < 0)
		return -1;
	if (execute(r, st, en, e) < 0) {
		if (e->status != EXIT_TEMPORARY)
			err_prefix(e, "step %s, %s", st->step, st->action);
		return -1;
	}
	if (journal_set(r->j, en, STATE_DONE, e) < 0)
		return -1;
	shown_fprintf(r->out, "%s  %-36s %14s %8.2f s\n", st->step, st->action,
	    COUNT(en->rows_seen, "row"), seconds() - start);
	fflush(r->out);
	return run_changed(r, e);
}

static int run_all(struct run *r, const struct plan *p, struct err *e)
{
	unsigned i;

	if (journal_create(r->j, e) < 0 || run_begin(r, e) < 0)
		return -1;
	for (i = 0; i < p->n; i++)
		if (journal_plan(r->j, p->v[i].step, p->v[i].action, p->v[i].sql, !p->v[i].fresh,
		    e) < 0)
			return -1;
	if (db_exec(r->db, "COMMIT", e) < 0 || run_changed(r, e) < 0)
		return -1;
	for (i = 0; i < p->n; i++)
		if (run_stmt(r, &p->v[i], e) < 0)
			return -1;
	return 0;
}

int run_plan(struct run *r, const struct plan *p, struct err *e)
{
	if (p->n == 0 || run_all(r, p, e) == 0)
		return 0;
	if (e->status == EXIT_PERMISSION)
		err_prefix(e, "the user lacks a right; grant it and run this again, it goes on"
		    " from there");
	return -1;
}

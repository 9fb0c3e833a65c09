#include <mysqld_error.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "count.h"
#include "digest.h"
#include "run.h"
#include "shown.h"

#define BATCH 5000		/* rows of one transaction */
#define PATIENCE 120		/* seconds for others to leave a table */
#define SAY_AFTER 5		/* of these, before it is said what is waited for */
#define WAIT_SECONDS 600	/* for the statement of a program that was killed */

/* Sets what not every server has. */
static int optional(struct db *db, const char *sql, struct err *e)
{
	struct err none = { .msg = "" };

	if (db_exec(db, sql, &none) == 0 || none.db == ER_UNKNOWN_SYSTEM_VARIABLE)
		return 0;
	*e = none;
	return -1;
}

static int take(struct db *db, const char *name, int seconds, struct err *e)
{
	struct dbval v[] = { DB_STR(name), DB_INT(seconds) };
	int64_t got = 0;

	if (db_one_int(db, "SELECT GET_LOCK(?, ?)", v, 2, &got, e) < 0)
		return -1;
	return got == 1;
}

static int take_both(struct run *r, struct err *e)
{
	/* The server may need a moment to notice that a program was killed. */
	int rc = take(&r->lock, r->lock_name[0], 1, e);

	if (rc == 0)
		return err_set(e, EXIT_TEMPORARY, "another run on database %s with prefix '%s' is"
		    " at work; wait until it has ended", r->db->name, r->prefix);
	if (rc < 0)
		return -1;
	rc = take(r->db, r->lock_name[1], 1, e);
	if (rc == 0) {
		fprintf(stderr, "dav-schema-upgrade: waiting for the last statement of an earlier"
		    " run to end\n");
		rc = take(r->db, r->lock_name[1], WAIT_SECONDS, e);
	}
	if (rc == 0)
		return err_set(e, EXIT_TEMPORARY, "the last statement of an earlier run has not"
		    " ended after %d s (see SHOW PROCESSLIST)", WAIT_SECONDS);
	return rc < 0 ? -1 : 0;
}

/* A table that somebody keeps busy must not hold us up for days. */
static int be_patient(struct run *r, int seconds, struct err *e)
{
	if (r->patience == seconds)
		return 0;
	r->patience = seconds;
	return db_execf(r->db, e, "SET SESSION lock_wait_timeout=%d", seconds);
}

static int session(struct run *r, struct err *e)
{
	/* A row with id 0 keeps it in a copy. */
	return db_exec(r->db, "SET SESSION wait_timeout=604800, sql_mode=CONCAT(@@sql_mode,"
	    " ',NO_AUTO_VALUE_ON_ZERO')", e) < 0 || be_patient(r, PATIENCE, e) < 0 ||
	    optional(r->db, "SET SESSION alter_algorithm='DEFAULT'", e) < 0 ? -1 :
	    optional(r->db, "SET SESSION sql_if_exists=0", e) < 0 ? -1 :
	    optional(r->db, "SET SESSION system_versioning_alter_history='KEEP'", e);
}

/* Names that mean the same tables make the same locks. */
static int name_locks(struct run *r, struct err *e)
{
	struct buf key = BUF_INIT(4096);
	int64_t fold = 0;
	char hex[33];
	size_t i;

	if (db_one_int(r->db, "SELECT @@lower_case_table_names", NULL, 0, &fold, e) < 0)
		return -1;
	buf_addf(&key, "%s.%s", r->db->name, r->prefix);
	for (i = 0; fold != 0 && i < key.len; i++)
		if (key.data[i] >= 'A' && key.data[i] <= 'Z')
			key.data[i] += 'a' - 'A';
	md5_hex(key.data, key.len, hex);
	buf_free(&key);
	snprintf(r->lock_name[0], sizeof(r->lock_name[0]), "dav-schema-upgrade.run.%s", hex);
	snprintf(r->lock_name[1], sizeof(r->lock_name[1]), "dav-schema-upgrade.sql.%s", hex);
	return 0;
}

int run_open(struct run *r, struct db *db, const struct db_opts *o, const char *prefix,
    struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->db = db;
	r->prefix = prefix;
	r->out = stdout;
	if (name_locks(r, e) < 0 || db_open(&r->lock, o, e) < 0)
		return -1;
	/* Nothing is said on this connection while a long statement runs on the other one. */
	if (db_exec(&r->lock, "SET SESSION wait_timeout=604800", e) < 0 || take_both(r, e) < 0 ||
	    session(r, e) < 0) {
		db_close(&r->lock);
		return -1;
	}
	return 0;
}

void run_close(struct run *r)
{
	db_close(&r->lock);
}

static int check_lock(struct run *r, struct err *e)
{
	struct dbval v = DB_STR(r->lock_name[0]);
	int64_t mine = 0;

	if (db_one_int(&r->lock, "SELECT COALESCE(IS_USED_LOCK(?)=CONNECTION_ID(), 0)", &v, 1,
	    &mine, e) < 0) {
		e->status = EXIT_TEMPORARY;
		return err_prefix(e, "the connection that keeps other runs out is lost");
	}
	if (!mine)
		return err_set(e, EXIT_TEMPORARY, "the lock that keeps other runs out is lost");
	return 0;
}

int run_changed(struct run *r, struct err *e)
{
	if (r->stop_after > 0 && ++r->changes >= r->stop_after)
		return err_set(e, EXIT_TEMPORARY, "stopped after %s, as --stop-after says",
		    COUNT(r->changes, "change"));
	return 0;
}

int run_begin(struct run *r, struct err *e)
{
	return db_exec(r->db, "START TRANSACTION", e);
}

int run_commit(struct run *r, const struct entry *en, struct err *e)
{
	if (journal_progress(r->j, en, e) < 0 || db_exec(r->db, "COMMIT", e) < 0)
		return -1;
	return run_changed(r, e);
}

static void tell(FILE *out, const char *table, int64_t id, const struct buf *text)
{
	shown_fprintf(out, "%s id %lld: %s\n", table, (long long)id,
	    text->len > 0 ? text->data : "");
}

void run_tell(struct run *r, const char *table, int64_t id, const char *fmt, ...)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	va_list ap;
	char *s, *p;

	r->reported++;
	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	/* Data can hold what a terminal or a reader of lines would take for something else. */
	for (p = s; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			buf_addf(&text, "\\x%02x", *p);
		else
			buf_addc(&text, *p);
	free(s);
	tell(r->out, table, id, &text);
	buf_free(&text);
}

/* The last id of the batch that begins behind LO: *HI, or 0 when nothing is left. */
static int batch_end(struct run *r, const char *table, int64_t lo, int64_t *hi, struct err *e)
{
	struct buf name = BUF_INIT(512), sql = BUF_INIT(2048);
	struct dbval v[] = { DB_INT(lo), DB_INT(BATCH) };
	int rc;

	db_ident(&name, table);
	buf_addf(&sql, "SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM %s WHERE id>?"
	    " ORDER BY id LIMIT ?) batch", name.data);
	*hi = 0;
	rc = db_one_int(r->db, sql.data, v, 2, hi, e);
	buf_free(&name);
	buf_free(&sql);
	return rc < 0 ? -1 : 0;
}

static int run_range(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 20);
	struct dbval v[2];
	struct dbq q;
	int64_t hi;
	int rc;

	buf_addf(&sql, "%s AND t.`id`>? AND t.`id`<=?", st->sql);
	rc = dbq_prepare(&q, r->db, sql.data, e);
	buf_free(&sql);
	if (rc < 0)
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
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, r->db, st->sql, e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e) < 0 ? -1 : dbq_next(&q, e);
	if (rc == 1) {
		en->rows_seen = dbq_int(&q, 0);
		en->rows_off = dbq_int(&q, 1);
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

/* A statement that needs its table for itself. */
static int run_ddl(struct run *r, const char *sql, struct err *e)
{
	struct err busy = { .msg = "" };
	int rc;

	if (be_patient(r, SAY_AFTER, e) < 0)
		return -1;
	rc = db_exec(r->db, sql, &busy);
	if (rc < 0 && busy.db == ER_LOCK_WAIT_TIMEOUT) {
		fprintf(stderr, "dav-schema-upgrade: waiting up to %d s for others to leave a table"
		    " (see SHOW PROCESSLIST; does the CalDAV server run?): %.100s\n", PATIENCE,
		    sql);
		busy.msg[0] = '\0';
		rc = be_patient(r, PATIENCE, e) < 0 ? -1 : db_exec(r->db, sql, &busy);
		if (rc < 0 && busy.db == ER_LOCK_WAIT_TIMEOUT)
			err_prefix(&busy, "somebody keeps a table in use; stop the CalDAV server,"
			    " and end open transactions (SHOW PROCESSLIST)");
	}
	if (rc < 0 && busy.msg[0] != '\0')
		*e = busy;
	return rc;
}

/* A new table takes the place of an empty one: it must be empty still. */
static int run_swap(struct run *r, const struct stmt *st, struct err *e)
{
	struct buf sql = BUF_INIT(1024);
	int64_t rows = 0;
	int rc;

	buf_adds(&sql, "SELECT EXISTS(SELECT 1 FROM ");
	db_ident(&sql, st->table);
	buf_adds(&sql, ")");
	rc = db_one_int(r->db, sql.data, NULL, 0, &rows, e);
	buf_free(&sql);
	if (rc >= 0 && rows != 0)
		return err_set(e, EXIT_TEMPORARY, "table %s was empty, but is no more; stop the"
		    " CalDAV server", st->table);
	return rc < 0 ? -1 : run_ddl(r, st->sql, e);
}

static int execute(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	if (st->kind != STMT_DDL && st->kind != STMT_SWAP && be_patient(r, PATIENCE, e) < 0)
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
	if (check_lock(r, e) < 0 || journal_set(r->j, en, STATE_STARTED, e) < 0 ||
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

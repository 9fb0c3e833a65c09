#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "count.h"
#include "digest.h"
#include "run.h"

#define BATCH 5000		/* rows of one transaction */
#define WAIT_SECONDS 600	/* for the statement of a program that was killed */

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

int run_open(struct run *r, struct db *db, const struct db_opts *o, const char *prefix,
    struct err *e)
{
	struct buf key = BUF_INIT(4096);
	char hex[33];

	memset(r, 0, sizeof(*r));
	r->db = db;
	r->prefix = prefix;
	r->out = stdout;
	buf_addf(&key, "%s.%s", db->name, prefix);
	md5_hex(key.data, key.len, hex);
	buf_free(&key);
	snprintf(r->lock_name[0], sizeof(r->lock_name[0]), "dav-schema-upgrade.run.%s", hex);
	snprintf(r->lock_name[1], sizeof(r->lock_name[1]), "dav-schema-upgrade.sql.%s", hex);
	if (db_open(&r->lock, o, e) < 0)
		return -1;
	/* Nothing is said on this connection while a long statement runs on the other one. */
	if (db_exec(&r->lock, "SET SESSION wait_timeout=604800", e) < 0 || take_both(r, e) < 0) {
		db_close(&r->lock);
		return -1;
	}
	/* A table that somebody keeps busy must not hold us up for days. */
	return db_exec(db, "SET SESSION wait_timeout=604800, lock_wait_timeout=120", e);
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

void run_tell(struct run *r, const char *table, int64_t id, const char *fmt, ...)
{
	va_list ap;

	fprintf(r->out, "%s id %lld: ", table, (long long)id);
	va_start(ap, fmt);
	vfprintf(r->out, fmt, ap);
	va_end(ap);
	fputc('\n', r->out);
	r->reported++;
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
	return rc < 0 ? -1 : db_exec(r->db, st->sql, e);
}

static int execute(struct run *r, const struct stmt *st, struct entry *en, struct err *e)
{
	switch (st->kind) {
	case STMT_DDL:
		return db_exec(r->db, st->sql, e) < 0 ? -1 : run_changed(r, e);
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
	fprintf(r->out, "%s  %-36s %14s %8.2f s\n", st->step, st->action,
	    COUNT(en->rows_seen, "row"), seconds() - start);
	fflush(r->out);
	return run_changed(r, e);
}

int run_plan(struct run *r, const struct plan *p, struct err *e)
{
	unsigned i;

	if (p->n == 0)
		return 0;
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

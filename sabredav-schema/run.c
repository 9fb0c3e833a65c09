#include <mysqld_error.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "digest.h"
#include "run.h"
#include "shown.h"

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

int run_patience(struct run *r, int seconds, struct err *e)
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
	    " ',NO_AUTO_VALUE_ON_ZERO')", e) < 0 || run_patience(r, RUN_PATIENCE, e) < 0 ||
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

int run_check_lock(struct run *r, struct err *e)
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

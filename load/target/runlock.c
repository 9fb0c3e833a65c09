#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/print.h"
#include "base/progress.h"
#include "io.h"
#include "target/lock.h"
#include "target/runlock.h"
#include "target/sql.h"

#define ALIVE_MS 60000		/* between two signs of life of an idle connection */
#define NOTE_MS 1000		/* until the ledger is there, which the run's first load makes */

int runlock_try(struct target *t, int64_t seconds, struct err *e)
{
	char name[LOCK_NAME_LEN];
	struct dbval v[] = { DB_STR(""), DB_INT(seconds) };
	int64_t got = 0;

	lock_name(t, "run", name);
	v[0] = DB_STR(name);
	if (db_one_int(&t->db, "SELECT GET_LOCK(?, ?)", v, 2, &got, e) < 0)
		return -1;
	return got == 1;
}

static int has_meta(struct target *t, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];

	snprintf(name, sizeof(name), "%sp7m_meta", t->prefix);
	return db_has_table(&t->db, name, e);
}

/* The one text that TEXT asks for the connection; OUT stays as it is when there is none. */
static int ask(struct target *t, const char *text, int64_t connection, char *out, size_t size,
    struct err *e)
{
	struct dbval v = DB_INT(connection);
	struct dbq q;
	int rc;

	if (sql_prepare(t, &q, text, e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1)
		snprintf(out, size, "%s", dbq_str(&q, 0));
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

int runlock_holder(struct target *t, char who[RUNLOCK_WHO], struct err *e)
{
	char name[LOCK_NAME_LEN], note[256] = "", from[130] = "", host[130] = "", since[32] = "";
	int64_t connection = 0, pid = 0;
	int rc;

	who[0] = '\0';
	lock_name(t, "run", name);
	if (db_one_int(&t->db, "SELECT COALESCE(IS_USED_LOCK(?), 0)", &DB_STR(name), 1, &connection,
	    e) < 0 || (rc = has_meta(t, e)) < 0)
		return -1;
	if (connection == 0)
		return 0;
	if (rc == 1 && ask(t, "SELECT SUBSTRING(value, LOCATE(' ', value) + 1) FROM {p7m_meta}"
	    " WHERE name='run' AND SUBSTRING_INDEX(value, ' ', 1)=?", connection, note,
	    sizeof(note), e) < 0)
		return -1;
	if (sscanf(note, "%" SCNd64 " %31s %129s", &pid, since, host) == 3) {
		snprintf(who, RUNLOCK_WHO, "process %" PRId64 " on %s, since %s (the server's"
		    " connection %" PRId64 ")", pid, host, since, connection);
		return 0;
	}
	/* The list of connections shows it when it is of the same database user. */
	if (ask(t, "SELECT host FROM information_schema.processlist WHERE id=?", connection, from,
	    sizeof(from), e) < 0)
		return -1;
	snprintf(who, RUNLOCK_WHO, "%s%s(the server's connection %" PRId64 ")",
	    from[0] ? "from " : "", from[0] ? strcat(from, " ") : "", connection);
	return 0;
}

/* Wait for it; each change of who has it is told. */
static int wait_for(struct target *t, int64_t seconds, struct err *e)
{
	char who[RUNLOCK_WHO], told[RUNLOCK_WHO] = "-";
	time_t begun = time(NULL);
	int rc = runlock_try(t, 0, e);

	while (rc == 0) {
		if (runlock_holder(t, who, e) < 0)
			return -1;
		if (load_stop)
			return err_set(e, EXIT_TEMPORARY, "stopped by a signal while another run"
			    " was at work");
		if (seconds >= 0 && time(NULL) - begun >= seconds)
			return err_set(e, EXIT_TEMPORARY, "another run is at work in the database"
			    " %s, %s, and did not end within %" PRId64 " s; run the same command"
			    " again when it has ended", t->db.name, who, seconds);
		if (who[0] != '\0' && strcmp(who, told) != 0) {
			fputs("waiting\t", stdout);
			print("another run is at work in the database %s, %s\n",
			    t->db.name, who);
			snprintf(told, sizeof(told), "%s", who);
			if (io_std_flush(e) < 0)
				return -1;
		}
		rc = runlock_try(t, 1, e);
	}
	return rc < 0 ? -1 : 0;
}

/* 1: the ledger says who holds the lock; 0: there is no ledger yet. */
static int note(struct target *t, const char *since, struct err *e)
{
	char host[128] = "", value[256];
	struct dbval v;
	int rc = has_meta(t, e);

	if (rc <= 0)
		return rc;
	gethostname(host, sizeof(host) - 1);
	snprintf(value, sizeof(value), "%lu %ld %s %s", mysql_thread_id(t->db.c), (long)getppid(),
	    since, host[0] ? host : "-");
	v = DB_STR(value);
	return sql_do(t, "REPLACE INTO {p7m_meta} (name, value) VALUES ('run', ?)", &v, 1, e) < 0 ?
	    -1 : 1;
}

/* A connection that was lost took the lock along: 1: another one has it; 0: nothing was lost. */
static int keep_alive(struct target *t, struct err *e)
{
	struct err lost = { .msg = "" };

	if (db_exec(&t->db, "DO 0", &lost) == 0)
		return 0;
	if (target_connect(t, e) < 0)
		return -1;
	return runlock_try(t, 0, e) == 1 ? 1 : err_set(e, EXIT_TEMPORARY, "the connection to P8's"
	    " database was lost, and with it the lock of this run: another run is at work as well");
}

int runlock_hold(struct target *t, int64_t seconds, struct err *e)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
	struct err ignored = { .msg = "" };
	char since[32], dropped[256];
	time_t now;
	struct tm tm;
	int noted = 0, kept, rc;

	if (wait_for(t, seconds, e) < 0)
		return -1;
	/* Whoever stops the run stops its stages; this one ends with them. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	now = time(NULL);
	gmtime_r(&now, &tm);
	strftime(since, sizeof(since), "%Y-%m-%dT%H:%M:%SZ", &tm);
	print("locked\n");
	if (io_std_flush(e) < 0)
		return -1;
	for (;;) {
		/* Not to say who it is, as in a database that is read-only, is no failure. */
		if (noted == 0)
			noted = note(t, since, &ignored);
		rc = poll(&in, 1, noted == 0 ? NOTE_MS : ALIVE_MS);
		if (rc == 0 && (kept = keep_alive(t, e)) < 0)
			return -1;
		if (rc == 0 && kept == 1)
			noted = 0;
		if (rc > 0 && read(STDIN_FILENO, dropped, sizeof(dropped)) <= 0)
			break;
	}
	if (noted == 1)
		sql_do(t, "DELETE FROM {p7m_meta} WHERE name='run'", NULL, 0, &ignored);
	return 0;
}

/*
 * A MySQL or MariaDB session and prepared queries.  Each failure has the server's number in e->db.
 * Values always travel as bound parameters; identifiers that are put into statements come from
 * information_schema or from constants, and go through db_ident.  Sessions speak utf8mb4, in UTC,
 * in strict mode without ANSI_QUOTES and NO_BACKSLASH_ESCAPES, with autocommit, in REPEATABLE READ,
 * without limits on rows and time, whatever the server, its init_connect, an option file or a proxy
 * have set: it is set after connecting, and read back.  They never reconnect by themselves.
 * Text columns come as UTF-8, binary columns as they are.
 * A struct db owns its connection, a struct dbq its statement and column buffers; db_close and
 * dbq_close free them.  One connection has one unfinished query at a time.
 */
#ifndef DB_H
#define DB_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "err.h"

/* Where to connect; NULL and 0 mean "as the option files say".  The strings are the caller's. */
struct db_opts {
	const char *defaults_file;	/* --db-defaults-file; NULL: the client's usual ones */
	const char *group;		/* option file group read besides [client] */
	const char *host, *socket, *user, *password, *name;
	uint64_t port;
};

struct db {
	MYSQL *c;
	bool mariadb;			/* else MySQL */
	unsigned long version;		/* 101119 for 10.11.19 */
	char version_text[64];
	char server_charset[64];	/* character_set_server */
	char client_charset[64];	/* of a client that names none: the same, unless no client
					   can speak that (ucs2, utf16, utf32) */
	char name[260];			/* current database */
};

/*
 * EXIT_UNAVAILABLE, EXIT_PERMISSION (access denied, or an option file that others can read),
 * EXIT_NOINPUT (no option file), EXIT_CONFIG (no such database, or a session that does not obey).
 */
int db_open(struct db *db, const struct db_opts *o, struct err *e);
/* The last step of db_open: the session's settings are made as above, and read back. */
int db_session(struct db *db, struct err *e);
/* Text columns come as they are stored, which is cheaper when all of them are UTF-8. */
int db_results_as_stored(struct db *db, struct err *e);
void db_close(struct db *db);
/* A statement of constants and quoted identifiers; results are read and dropped. */
int db_exec(struct db *db, const char *sql, struct err *e);
int db_execf(struct db *db, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Fill E, its db too, with the server's error NO and its text WHY: WHAT failed.  Returns -1. */
int db_error(unsigned no, const char *why, const char *what, struct err *e);
/* The same from the connection's last error. */
int db_fail(struct db *db, const char *what, struct err *e);
/*
 * The exit status that goes with a server's error and its TEXT: EXIT_PERMISSION for a missing
 * right, EXIT_TEMPORARY for an error that another run can mend (all that db_transient knows, a full
 * disk, an exhausted limit, a server that is read-only for now), EXIT_CONFIG, EXIT_UNAVAILABLE.
 */
enum exitcode db_status(unsigned server_errno, const char *text);
/* The connection is gone; a new one is needed. */
bool db_lost(unsigned server_errno);
/*
 * The same statements may succeed at once: deadlock, lock wait timeout, a row that changed since
 * the snapshot, lost connection.
 */
bool db_transient(unsigned server_errno);

/* Append NAME in backquotes. */
void db_ident(struct buf *out, const char *name);
/* 1 or 0: the base table or view TABLE is (not) in the current database; -1: error. */
int db_has_table(struct db *db, const char *table, struct err *e);

/* A value to bind, or a column of a row.  p is NULL for SQL NULL. */
struct dbval {
	const void *p;
	size_t n;
	bool is_int;		/* bind i instead of the bytes at p */
	int64_t i;
};

static inline size_t db_len(const char *s)
{
	return s != NULL ? strlen(s) : 0;
}

#define DB_INT(v) ((struct dbval){ "", 0, true, (v) })
#define DB_STR(s) ((struct dbval){ (s), db_len(s), false, 0 })
#define DB_BYTES(s, len) ((struct dbval){ (s), (len), false, 0 })
#define DB_NULL ((struct dbval){ NULL, 0, false, 0 })
#define DBQ_PARAMS 512

struct dbq {
	struct db *db;
	MYSQL_STMT *st;
	char what[80];		/* start of the statement, for messages */
	unsigned cols;
	MYSQL_BIND *bind;
	struct dbq_cell *cell;	/* one a column, reused from row to row */
	struct dbval *col;	/* the current row; bytes are NUL-terminated */
	bool grown;		/* buffers have grown: bind them before the next row */
};

int dbq_prepare(struct dbq *q, struct db *db, const char *sql, struct err *e);
/* Execute; an earlier result is dropped.  Rows are not buffered: read them to the end. */
int dbq_run(struct dbq *q, const struct dbval *v, unsigned n, struct err *e);
/* 1: a row in q->col; 0: no more; -1: error. */
int dbq_next(struct dbq *q, struct err *e);
/* Column I of the row as a C string ("" for NULL) and as a number (0 for NULL or no number). */
const char *dbq_str(const struct dbq *q, unsigned i);
int64_t dbq_int(const struct dbq *q, unsigned i);
uint64_t dbq_affected(struct dbq *q);
void dbq_close(struct dbq *q);
/* Prepare, run, read at most one row's first column as a number into *OUT; 1: row, 0: none, -1. */
int db_one_int(struct db *db, const char *sql, const struct dbval *v, unsigned n, int64_t *out,
    struct err *e);

#endif

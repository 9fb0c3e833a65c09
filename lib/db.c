#include <errmsg.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db.h"
#include "io.h"

int db_fail(struct db *db, const char *what, struct err *e)
{
	return db_error(mysql_errno(db->c), mysql_error(db->c), what, e);
}

/* A row of strings of a statement without parameters into NUL-terminated fields. */
static int first_row(struct db *db, const char *sql, char **out, size_t *sizes, unsigned n,
    struct err *e)
{
	MYSQL_RES *res;
	MYSQL_ROW row;
	unsigned i;

	if (mysql_query(db->c, sql) != 0 || (res = mysql_store_result(db->c)) == NULL)
		return db_fail(db, sql, e);
	row = mysql_fetch_row(res);
	for (i = 0; i < n; i++)
		snprintf(out[i], sizes[i], "%s", row != NULL && row[i] != NULL ? row[i] : "");
	mysql_free_result(res);
	return 0;
}

static int greet(struct db *db, struct err *e)
{
	char *out[] = { db->version_text, db->server_charset, db->client_charset, db->name };
	size_t sizes[] = { sizeof(db->version_text), sizeof(db->server_charset),
	    sizeof(db->client_charset), sizeof(db->name) };

	if (first_row(db, "SELECT VERSION(), @@global.character_set_server,"
	    " IF(@@global.character_set_server IN ('ucs2','utf16','utf16le','utf32'),"
	    " @@global.character_set_client, @@global.character_set_server), DATABASE()", out,
	    sizes, 4, e) < 0)
		return -1;
	db->mariadb = strstr(db->version_text, "MariaDB") != NULL;
	db->version = mysql_get_server_version(db->c);
	return 0;
}

/* The remedy when the server cannot be reached or refuses the session. */
static const char *remedy(unsigned no)
{
	switch (no) {
	case ER_ACCESS_DENIED_ERROR:
		return "; check the user and the password";
	case ER_DBACCESS_DENIED_ERROR:
		return "; check the database name, or grant the user access to it";
	case ER_BAD_DB_ERROR:
		return "; check the database name";
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
		return "; try again later";
	default:
		return no >= CR_MIN_ERROR && no <= CR_MAX_ERROR ?
		    "; check that the server is running and that this is its address" : "";
	}
}

int db_open(struct db *db, const struct db_opts *o, struct err *e)
{
	unsigned connect_timeout = 20;
	unsigned no;
	int fd;

	memset(db, 0, sizeof(*db));
	db->c = mysql_init(NULL);
	if (db->c == NULL)
		return err_memory(e);
	if (o->defaults_file != NULL) {
		fd = io_open_secret(o->defaults_file, e);
		if (fd < 0) {
			db_close(db);
			return -1;
		}
		close(fd);
		mysql_options(db->c, MYSQL_READ_DEFAULT_FILE, o->defaults_file);
	}
	mysql_options(db->c, MYSQL_READ_DEFAULT_GROUP, o->group ? o->group : "client");
	mysql_options(db->c, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(db->c, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
	if (mysql_real_connect(db->c, o->host, o->user, o->password, o->name, o->port, o->socket,
	    CLIENT_FOUND_ROWS) == NULL) {
		no = mysql_errno(db->c);
		err_set(e, no >= CR_MIN_ERROR && no <= CR_MAX_ERROR ? EXIT_UNAVAILABLE :
		    db_status(no, mysql_error(db->c)),
		    "cannot connect to database %s on %s: %s (error %u)%s",
		    o->name ? o->name : "(default)",
		    o->socket ? o->socket : o->host ? o->host : "localhost", mysql_error(db->c),
		    no, remedy(no));
		e->db = no;
		db_close(db);
		return -1;
	}
	if (db_session(db, e) < 0 || greet(db, e) < 0) {
		db_close(db);
		return -1;
	}
	return 0;
}

void db_close(struct db *db)
{
	if (db->c != NULL)
		mysql_close(db->c);
	db->c = NULL;
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
	MYSQL_RES *res;
	char what[100];
	int more;

	if (mysql_query(db->c, sql) != 0) {
		snprintf(what, sizeof(what), "%.*s", (int)sizeof(what) - 1, sql);
		return db_fail(db, what, e);
	}
	do {
		res = mysql_store_result(db->c);
		/* Some errors show only when the rows are read. */
		if (res == NULL && mysql_errno(db->c) != 0)
			return db_fail(db, "reading a result", e);
		if (res != NULL)
			mysql_free_result(res);
		more = mysql_next_result(db->c);
	} while (more == 0);
	return more > 0 ? db_fail(db, "reading a result", e) : 0;
}

int db_execf(struct db *db, struct err *e, const char *fmt, ...)
{
	struct buf sql = BUF_INIT(1 << 20);
	va_list ap;
	int n, rc;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_room(&sql, (size_t)n))
		return err_set(e, EXIT_BUG, "a statement is too long");
	va_start(ap, fmt);
	vsnprintf(sql.data, (size_t)n + 1, fmt, ap);
	va_end(ap);
	rc = db_exec(db, sql.data, e);
	buf_free(&sql);
	return rc;
}

void db_ident(struct buf *out, const char *name)
{
	buf_addc(out, '`');
	for (; *name != '\0'; name++) {
		if (*name == '`')
			buf_addc(out, '`');
		buf_addc(out, *name);
	}
	buf_addc(out, '`');
}

int db_one_int(struct db *db, const char *sql, const struct dbval *v, unsigned n, int64_t *out,
    struct err *e)
{
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, db, sql, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1)
		*out = dbq_int(&q, 0);
	dbq_close(&q);
	return rc;
}

int db_has_table(struct db *db, const char *table, struct err *e)
{
	struct dbval v = DB_STR(table);
	int64_t n = 0;

	if (db_one_int(db, "SELECT COUNT(*) FROM information_schema.TABLES"
	    " WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=?", &v, 1, &n, e) < 0)
		return -1;
	return n > 0;
}

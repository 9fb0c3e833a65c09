/*
 * A library to preload (LD_PRELOAD) that ends a program, or its connection, at one exact point.
 * Points are its statements (as they are executed) and its changes of directories and syncs of
 * files, counted from 1.
 *
 *   FAULT_AT=N    the point
 *   FAULT_ON=TEXT counted are statements with that text in them only, and no file
 *   FAULT=kill    SIGKILL before it;  killed: right after it
 *         stopped SIGSTOP right after it
 *         cut     the connection is cut before it;  lost: after it, and its answer is lost
 *   FAULT_COUNT=FILE   the number of points that were passed, written at the end
 */
#include <dlfcn.h>
#include <errno.h>
#include <errmsg.h>
#include <fcntl.h>
#include <mysql.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static long points;

static bool is(const char *what)
{
	const char *fault = getenv("FAULT");

	return fault != NULL && strcmp(fault, what) == 0;
}

/* The prepared statements that have the text of FAULT_ON. */
static const MYSQL_STMT *marked[16];
static unsigned nmarked;

static bool is_marked(const MYSQL_STMT *st)
{
	unsigned i;

	for (i = 0; i < nmarked; i++)
		if (marked[i] == st)
			return true;
	return getenv("FAULT_ON") == NULL;
}

/* SQL has the text of FAULT_ON, or there is none. */
static bool counts(const char *sql)
{
	const char *on = getenv("FAULT_ON");

	return on == NULL || strstr(sql, on) != NULL;
}

/* True at the point; a connection that is cut stays so until the program opens another one. */
static bool here(void)
{
	const char *at = getenv("FAULT_AT");

	points++;
	if (at == NULL || points != atol(at))
		return false;
	if (is("kill"))
		kill(getpid(), SIGKILL);
	return true;
}

/* What was to be done at the point is done. */
static void after(void)
{
	if (is("killed"))
		kill(getpid(), SIGKILL);
	if (is("stopped"))
		kill(getpid(), SIGSTOP);
}

__attribute__((destructor)) static void count(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;

	if (f != NULL) {
		fprintf(f, "%ld\n", points);
		fclose(f);
	}
}

/* The function that this library stands in front of. */
static void *real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		abort();
	return p;
}

static void cut(MYSQL *c)
{
	shutdown(mysql_get_socket(c), SHUT_RDWR);
}

static void lose(MYSQL *c, unsigned *no, char *text, size_t size)
{
	cut(c);
	*no = CR_SERVER_LOST;
	snprintf(text, size, "lost by a test");
}

int mysql_real_query(MYSQL *c, const char *sql, unsigned long n)
{
	int (*next)(MYSQL *, const char *, unsigned long);
	bool now = counts(sql) && here();
	int rc;

	*(void **)&next = real("mysql_real_query");
	if (now && is("cut"))
		cut(c);
	rc = next(c, sql, n);
	if (now)
		after();
	if (now && is("lost") && rc == 0) {
		lose(c, &c->net.last_errno, c->net.last_error, sizeof(c->net.last_error));
		rc = 1;
	}
	return rc;
}

int mysql_query(MYSQL *c, const char *sql)
{
	return mysql_real_query(c, sql, strlen(sql));
}

int mysql_stmt_prepare(MYSQL_STMT *st, const char *sql, unsigned long n)
{
	int (*next)(MYSQL_STMT *, const char *, unsigned long);
	char text[4096];
	unsigned i;

	for (i = 0; i < nmarked; i++)
		if (marked[i] == st)
			marked[i] = NULL;
	snprintf(text, sizeof(text), "%.*s", (int)n, sql);
	if (getenv("FAULT_ON") != NULL && counts(text) &&
	    nmarked < sizeof(marked) / sizeof(*marked))
		marked[nmarked++] = st;
	*(void **)&next = real("mysql_stmt_prepare");
	return next(st, sql, n);
}

int mysql_stmt_execute(MYSQL_STMT *st)
{
	int (*next)(MYSQL_STMT *);
	bool now = is_marked(st) && here();
	int rc;

	*(void **)&next = real("mysql_stmt_execute");
	if (now && is("cut"))
		cut(st->mysql);
	rc = next(st);
	if (now)
		after();
	if (now && is("lost") && rc == 0) {
		lose(st->mysql, &st->last_errno, st->last_error, sizeof(st->last_error));
		rc = 1;
	}
	return rc;
}

#define FILES(name, params, args)					\
	int name params							\
	{								\
		int (*next) params;					\
		bool now = counts("") && here();			\
		int rc;							\
									\
		*(void **)&next = real(#name);				\
		rc = next args;						\
		if (now)						\
			after();					\
		return rc;						\
	}

FILES(rename, (const char *a, const char *b), (a, b))
FILES(renameat, (int d, const char *a, int f, const char *b), (d, a, f, b))
FILES(renameat2, (int d, const char *a, int f, const char *b, unsigned o), (d, a, f, b, o))
FILES(link, (const char *a, const char *b), (a, b))
FILES(linkat, (int d, const char *a, int f, const char *b, int o), (d, a, f, b, o))
FILES(mkdir, (const char *a, mode_t m), (a, m))
FILES(mkdirat, (int d, const char *a, mode_t m), (d, a, m))
FILES(rmdir, (const char *a), (a))
FILES(unlink, (const char *a), (a))
FILES(unlinkat, (int d, const char *a, int o), (d, a, o))
FILES(fsync, (int d), (d))
FILES(syncfs, (int d), (d))

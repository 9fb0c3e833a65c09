/*
 * What the programs' command lines have in common: the options of a database, numbers, and what
 * getopt_long(3) does not tell by itself (which option is wrong, and how).
 */
#ifndef OPTION_H
#define OPTION_H

#include <getopt.h>

#include "db.h"
#include "err.h"

/*
 * After getopt_long returned C, '?' or ':' (its string of short options begins with a colon and
 * opterr is 0), with the option that was looked at in ARGV: fills E with the option's name and
 * whether it is unknown, wants a value or takes none.  Only the name is shown, since what follows
 * an equals sign can be a password.  EXIT_USAGE, returns -1.
 */
int option_wrong(struct err *e, const char *prog, int c, char *const argv[],
    const struct option *longs);

/* The number that S is, nothing before or behind it, from MIN to MAX, into OUT; -1: it is none. */
int option_number(const char *s, unsigned long min, unsigned long max, unsigned long *out);

/* The options that say where a database is, as rows of a table for getopt_long. */
enum {
	OPTION_DB_HOST = 1024, OPTION_DB_PORT, OPTION_DB_SOCKET, OPTION_DB_USER, OPTION_DB_NAME,
	OPTION_DB_DEFAULTS, OPTION_DB_PASSWORD
};
#define OPTION_DB_ROWS \
	{ "db-host", required_argument, NULL, OPTION_DB_HOST }, \
	{ "db-port", required_argument, NULL, OPTION_DB_PORT }, \
	{ "db-socket", required_argument, NULL, OPTION_DB_SOCKET }, \
	{ "db-user", required_argument, NULL, OPTION_DB_USER }, \
	{ "db-name", required_argument, NULL, OPTION_DB_NAME }, \
	{ "db-defaults-file", required_argument, NULL, OPTION_DB_DEFAULTS }, \
	{ "db-password", optional_argument, NULL, OPTION_DB_PASSWORD }, \
	{ "password", optional_argument, NULL, OPTION_DB_PASSWORD }

/*
 * Option C with its argument into O, which keeps ARG itself.  1: C was one of these options, 0: it
 * was not, -1: EXIT_USAGE (no port; a password, which everybody could see).
 */
int option_db(struct db_opts *o, int c, const char *arg, const char *prog, struct err *e);

#endif

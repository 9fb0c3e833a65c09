/* dav-schema-upgrade: lifts records of a stream, or tables, from sabre/dav's 1.8 to 3.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "dsn.h"
#include "io.h"
#include "option.h"
#include "samefile.h"
#include "shown.h"
#include "step.h"

#define PROG "dav-schema-upgrade"

static const struct known {
	const char *name;
	int (*run)(struct db *db, const struct command *c, int *status, struct err *e);
	/* without a database */
	int (*filter)(const struct command *c, int *status, struct err *e);
	bool input;	/* it reads a stream */
} commands[] = {
	{ "records", command_staged, command_records, true },
	{ "stage", command_stage, NULL, true },
	{ "unstage", command_unstage, NULL, false },
	{ "status", command_status, NULL, false },
	{ "plan", command_plan, NULL, false },
	{ "apply", command_apply, NULL, false },
	{ "verify", command_verify, NULL, false },
	{ "restore", command_restore, NULL, false },
	{ "cleanup", command_cleanup, NULL, false },
};

enum { OPT_HELP = 256, OPT_VERSION, OPT_SOCKET, OPT_DEFAULTS, OPT_PREFIX, OPT_TO, OPT_PUBLIC,
    OPT_ETAGS, OPT_STOP, OPT_DISCARD, OPT_FORCE, OPT_JOURNAL, OPT_EDITED,
    OPT_REJECTS, OPT_STAGED };

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "host", required_argument, NULL, 'H' },
	{ "port", required_argument, NULL, 'P' },
	{ "socket", required_argument, NULL, 'S' },
	{ "user", required_argument, NULL, 'u' },
	{ "database", required_argument, NULL, 'D' },
	{ "defaults-file", required_argument, NULL, OPT_DEFAULTS },
	{ "password", optional_argument, NULL, 'p' },
	{ "prefix", required_argument, NULL, OPT_PREFIX },
	{ "to", required_argument, NULL, OPT_TO },
	{ "with-public", no_argument, NULL, OPT_PUBLIC },
	{ "fix-etags", no_argument, NULL, OPT_ETAGS },
	{ "stop-after", required_argument, NULL, OPT_STOP },
	{ "discard", no_argument, NULL, OPT_DISCARD },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "journal", no_argument, NULL, OPT_JOURNAL },
	{ "output", required_argument, NULL, 'o' },
	{ "gzip", no_argument, NULL, 'z' },
	{ "edited", no_argument, NULL, OPT_EDITED },
	{ "rejects", required_argument, NULL, OPT_REJECTS },
	{ "staged", required_argument, NULL, OPT_STAGED },
	{ NULL, 0, NULL, 0 }
};

/* Options that only some commands heed: with another one, something else was meant. */
static const struct {
	int option;
	const char *name, *commands;
} belongs[] = {
	{ OPT_TO, "--to", "records, plan or apply" },
	{ OPT_PUBLIC, "--with-public", "plan or apply" },
	{ OPT_ETAGS, "--fix-etags", "plan or apply" },
	{ OPT_STOP, "--stop-after", "apply, restore or cleanup" },
	{ OPT_DISCARD, "--discard", "restore" },
	{ OPT_FORCE, "--force", "cleanup" },
	{ OPT_JOURNAL, "--journal", "cleanup" },
	{ 'o', "--output", "records" },
	{ 'z', "--gzip", "records" },
	{ OPT_EDITED, "--edited", "records or stage" },
	{ OPT_STAGED, "--staged", "records" },
	{ OPT_REJECTS, "--rejects", "records" },
};
#define BELONGS (sizeof(belongs) / sizeof(*belongs))

static void usage(FILE *out)
{
	char names[STEP_NAMES];

	step_names(names, "|", "|");
	fprintf(out, "usage: " PROG " records [--to VERSION] [--edited] [--rejects FILE] [-z]"
	    " [-o FILE] [INPUT]\n"
	    "       " PROG " stage [--prefix P] [--edited] [INPUT] dsn [login]\n"
	    "       " PROG " records --staged P [option ...] [INPUT] dsn [login]\n"
	    "       " PROG " [option ...] command [dsn [login]]\n"
	    "\n"
	    "Lifts DAV records of a stream, or the tables of a sabre/dav site, from version 1.8\n"
	    "to %s.\n"
	    "\n"
	    "of a stream (a file, gzip or not, or standard input), between p7-transform and"
	    " p8-load:\n"
	    "  records  lift its DAV records; all others pass as they are\n"
	    "  stage    put its calendars into tables, for steps by hand\n"
	    "  records --staged P  put back what became of the tables under prefix P\n"
	    "  unstage  drop these tables\n"
	    "options:\n"
	    "  --to %-18s the version to reach (%s)\n"
	    "  --edited                accept an input that was altered on purpose\n"
	    "  --rejects FILE          write what is not carried, or altered, to FILE too\n"
	    "  -o, --output FILE       write to FILE instead of standard output\n"
	    "  -z, --gzip              compress the output\n"
	    "\n"
	    "of tables:\n"
	    "  status   which schema the tables have, what is pending, what an earlier run left\n"
	    "  plan     print the statements that apply would run\n"
	    "  apply    run them; after any interruption, run it again\n"
	    "  verify   check the result\n"
	    "  restore  undo the last step\n"
	    "  cleanup  verify, then drop the backups\n"
	    "options:\n"
	    "  --to %-18s the version to reach (%s)\n"
	    "  --with-public           also make the column calendarinstances.public\n"
	    "  --fix-etags             also correct etag and size of calendar objects\n"
	    "  --stop-after N          stop after N changes on the server, with status 75\n"
	    "  --discard               restore: throw away what was written since the step\n"
	    "  --force                 cleanup: whatever verify says\n"
	    "  --journal               cleanup: drop the journal too\n"
	    "  --prefix P              prefix of the table names\n"
	    "  --host H, --port N, --socket S, --database D, --defaults-file FILE\n"
	    "  -u, --user U\n"
	    "  -h, --help              --version\n"
	    "The password comes from an option file (~/.my.cnf, --defaults-file).\n"
	    "\n"
	    "Manual: man " PROG "\n", STEP_LAST, names, STEP_LAST, names, STEP_LAST);
}

static int wrong(struct err *e, const char *what, const char *arg)
{
	return err_set(e, EXIT_USAGE, "%s%s; see " PROG " --help", what, arg);
}

static int refuse_password(struct err *e)
{
	return err_set(e, EXIT_USAGE, "a password on the command line can be seen by every user of"
	    " this machine; put it into an option file, [client] password=..., readable by you"
	    " only, and name that with --defaults-file (or use ~/.my.cnf)");
}

static int number(const char *what, const char *s, long max, long *out, struct err *e)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0' || v < 1 || v > max)
		return err_set(e, EXIT_USAGE, "%s needs a number from 1 to %ld, not %s; see " PROG
		    " --help", what, max, s);
	*out = v;
	return 0;
}

static int set_version(struct command *c, const char *s, struct err *e)
{
	char names[STEP_NAMES];
	unsigned i;

	for (i = 0; i < STEPS; i++)
		if (strcmp(steps[i].name, s) == 0) {
			c->to = steps[i].name;
			return 0;
		}
	return err_set(e, EXIT_USAGE, "--to is %s, not %s; see " PROG " --help",
	    step_names(names, ", ", " or "), s);
}

static int set_option(struct command *c, int opt, const char *arg, struct err *e)
{
	long v = 0;
	int rc = 0;

	switch (opt) {
	case 'H':
		c->db.host = arg;
		break;
	case 'P':
		rc = number("--port", arg, 65535, &v, e);
		c->db.port = (unsigned)v;
		break;
	case 'S':
		c->db.socket = arg;
		break;
	case 'u':
		c->db.user = arg;
		break;
	case 'D':
		c->db.name = arg;
		break;
	case 'p':
		return refuse_password(e);
	case OPT_DEFAULTS:
		c->db.defaults_file = arg;
		break;
	case OPT_PREFIX:
		c->prefix = arg;
		break;
	case OPT_TO:
		return set_version(c, arg, e);
	case OPT_PUBLIC:
		c->with_public = true;
		break;
	case OPT_ETAGS:
		c->fix_etags = true;
		break;
	case OPT_STOP:
		return number("--stop-after", arg, 1000000000, &c->stop_after, e);
	case 'o':
		c->output = arg;
		break;
	case 'z':
		c->gz = true;
		break;
	case OPT_EDITED:
		c->edited = true;
		break;
	case OPT_STAGED:
		c->staged = arg;
		break;
	case OPT_REJECTS:
		c->rejects = arg;
		break;
	case OPT_DISCARD:
		c->discard = true;
		break;
	case OPT_FORCE:
		c->force = true;
		break;
	case OPT_JOURNAL:
		c->drop_journal = true;
		break;
	default:
		return wrong(e, "wrong option", "");
	}
	return rc;
}

static const struct known *known_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* Does it read a stream?  What stands behind it is a file, then. */
static bool takes_input(const struct command *c)
{
	const struct known *k = known_command(c->name);

	return k != NULL && k->input;
}

static bool needs_no_database(const struct command *c)
{
	return known_command(c->name)->filter != NULL && c->staged == NULL;
}

/* Operands: command, input, DSN, login.  Notes for sabre's scripts have no command: apply. */
static int set_operands(struct command *c, struct dsn *d, char **v, int n, struct err *e)
{
	int i = 0;

	if (n == 0)
		return wrong(e, "no command given", "");
	if (dsn_is(v[0]))
		c->name = "apply";
	else
		c->name = v[i++];
	if (takes_input(c) && i < n && !dsn_is(v[i]))
		c->input = v[i++];
	if (i < n) {
		if (!dsn_is(v[i]))
			return wrong(e, "not a DSN (mysql:host=...;dbname=...): ", v[i]);
		if (dsn_parse(d, v[i++], e) < 0)
			return -1;
		c->db.host = d->host[0] ? d->host : c->db.host;
		c->db.socket = d->socket[0] ? d->socket : c->db.socket;
		c->db.name = d->name[0] ? d->name : c->db.name;
		c->db.port = d->port ? d->port : c->db.port;
	}
	if (i < n)
		c->db.user = v[i++];
	return i < n ? refuse_password(e) : 0;
}

static int check_given(const struct command *c, const bool given[BELONGS], struct err *e)
{
	size_t i;

	if (known_command(c->name) == NULL)
		return wrong(e, "unknown command ", c->name);
	if (needs_no_database(c) && (c->db.host != NULL || c->db.socket != NULL ||
	    c->db.name != NULL || c->db.user != NULL || c->db.port != 0 ||
	    c->db.defaults_file != NULL))
		return wrong(e, "records reads a stream and needs no database but with --staged;"
		    " take away the DSN and what says where a database is", "");
	if (known_command(c->name)->filter != NULL && c->prefix[0] != '\0')
		return wrong(e, "the prefix of staged tables is the value of --staged, and records"
		    " has no --prefix", "");
	if (c->staged != NULL && strcmp(c->to, steps[STEPS - 1].name) != 0)
		return err_set(e, EXIT_USAGE, "staged tables come back at %s: --staged has no --to;"
		    " see " PROG " --help", STEP_LAST);
	for (i = 0; i < BELONGS; i++)
		if (given[i] && strstr(belongs[i].commands, c->name) == NULL)
			return err_set(e, EXIT_USAGE, "%s belongs to %s, not to %s; see " PROG
			    " --help", belongs[i].name, belongs[i].commands, c->name);
	return 0;
}

/* -1: failed; 0: go on; 1: all is said. */
static int arguments(struct command *c, struct dsn *d, int argc, char **argv, struct err *e)
{
	bool given[BELONGS] = { false };
	size_t i;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":hu:p::o:z", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return 1;
		}
		if (opt == OPT_VERSION) {
			puts(PROG " " VERSION);
			return 1;
		}
		if (opt == '?' || opt == ':')
			return option_wrong(e, PROG, opt, argv, options);
		if (set_option(c, opt, optarg, e) < 0)
			return -1;
		for (i = 0; i < BELONGS; i++)
			given[i] = given[i] || belongs[i].option == opt;
	}
	return set_operands(c, d, argv + optind, argc - optind, e) < 0 ? -1 :
	    check_given(c, given, e);
}

static int run_command(struct command *c, int *status, struct err *e)
{
	const struct known *k = known_command(c->name);
	const struct file_use files[] = {
		{ "--defaults-file", c->db.defaults_file, FILE_READ },
		{ "--output", c->output, FILE_WRITE }, { "--rejects", c->rejects, FILE_WRITE },
		{ "the input", !k->input ? NULL : c->input != NULL ? c->input : "-",
		    FILE_READ },
	};
	struct db db;
	int rc;

	if (same_file_check(files, sizeof(files) / sizeof(*files), PROG, e) < 0)
		return -1;
	if (needs_no_database(c))
		return k->filter(c, status, e);
	c->db.group = PROG;
	if (db_open(&db, &c->db, e) < 0)
		return -1;
	if (db.name[0] == '\0')
		rc = wrong(e, "no database given (--database or a DSN)", "");
	else
		rc = k->run(&db, c, status, e);
	db_close(&db);
	return rc;
}

int main(int argc, char **argv)
{
	struct command c = { .name = "", .prefix = "", .to = STEP_LAST };
	struct err e = { .msg = "" };
	struct dsn d = { .port = 0 };
	int status = EXIT_BALANCED;
	int rc;

	io_std_open();
	rc = arguments(&c, &d, argc, argv, &e);
	if (rc == 0)
		rc = run_command(&c, &status, &e);
	if (rc >= 0 && io_std_flush(&e) < 0)
		rc = -1;
	if (rc < 0) {
		fflush(stdout);
		shown_fprintf(stderr, PROG ": %s\n", e.msg);
		if (e.status == EXIT_TEMPORARY)
			fputs(PROG ": nothing is lost; run the same command again, it goes on from"
			    " there\n", stderr);
		return (int)e.status;
	}
	return status;
}

/* dav-schema-upgrade: lifts records of a stream, or tables, from sabre/dav's 1.8 to 3.2. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dsn.h"
#include "io.h"
#include "options.h"
#include "shown.h"
#include "step.h"

#define PROG "dav-schema-upgrade"

enum { M_RECORDS, M_STAGED, M_STAGE, M_UNSTAGE, M_STATUS, M_PLAN, M_APPLY, M_VERIFY, M_RESTORE,
	M_CLEANUP, MODES };
#define IN(mode) (1u << (mode))
#define WITH_DATABASE (IN(MODES) - 1 - IN(M_RECORDS))
#define WITH_PREFIX (WITH_DATABASE - IN(M_STAGED))

static const struct option_mode modes[] = {
	[M_RECORDS] = { "records", NULL }, [M_STAGED] = { "records --staged", NULL },
	[M_STAGE] = { "stage", NULL }, [M_UNSTAGE] = { "unstage", NULL },
	[M_STATUS] = { "status", NULL }, [M_PLAN] = { "plan", NULL },
	[M_APPLY] = { "apply", NULL }, [M_VERIFY] = { "verify", NULL },
	[M_RESTORE] = { "restore", NULL }, [M_CLEANUP] = { "cleanup", NULL },
};

static const struct {
	int (*stream)(struct db *db, const struct command *c, int *status, struct err *e);
	int (*tables)(struct run *r, const struct command *c, struct look *l, int *status,
	    struct err *e);
	bool alters;		/* the tables: no other run at the same time */
} commands[] = {
	[M_RECORDS] = { command_records, NULL, false },
	[M_STAGED] = { command_records, NULL, false },
	[M_STAGE] = { command_stage, NULL, true }, [M_UNSTAGE] = { command_unstage, NULL, true },
	[M_STATUS] = { NULL, command_status, false }, [M_PLAN] = { NULL, command_plan, false },
	[M_APPLY] = { NULL, command_apply, true }, [M_VERIFY] = { NULL, command_verify, false },
	[M_RESTORE] = { NULL, command_restore, true },
	[M_CLEANUP] = { NULL, command_cleanup, true },
};

static const struct option_row rows[] = {
	{ NULL, OPT_HEADING, .help =
	    "Commands on a stream (a file, gzip or not, or standard input), between\n"
	    "p7-transform and p8-load:\n"
	    "  records  lift its DAV records; all others pass as they are\n"
	    "  stage    put its calendars into tables, for steps by hand\n"
	    "  records --staged PREFIX  put back what became of these tables\n"
	    "  unstage  drop these tables\n"
	    "Commands on tables:\n"
	    "  status   which schema the tables have, what is pending, what an earlier run left\n"
	    "  plan     print the statements that apply would run\n"
	    "  apply    run them; after any interruption, run it again\n"
	    "  verify   check the result\n"
	    "  restore  undo the last step\n"
	    "  cleanup  verify, then drop the backups\n"
	    "\n"
	    "Options:" },
	{ "to", OPTION_CHOICE(struct command, to, step_versions, 0), .arg = "VERSION",
	    .modes = IN(M_RECORDS) | IN(M_STAGED) | IN(M_PLAN) | IN(M_APPLY),
	    .help = "the version to reach: 2.0, 2.1, 3.0 or 3.2 (default)" },
	{ "staged", OPTION_TEXT(struct command, prefix), .arg = "PREFIX",
	    .modes = IN(M_STAGED), .help = "records: take calendars from the staged tables" },
	{ "edited", OPTION_FLAG(struct command, edited),
	    .modes = IN(M_RECORDS) | IN(M_STAGED) | IN(M_STAGE),
	    .help = "records, stage: accept an input that was altered on purpose" },
	{ "output", OPTION_WRITE(struct command, output), .letter = 'o', .arg = "FILE",
	    .modes = IN(M_RECORDS) | IN(M_STAGED),
	    .help = "records: write to FILE instead of standard output" },
	{ "gzip", OPTION_FLAG(struct command, gz), .letter = 'z',
	    .modes = IN(M_RECORDS) | IN(M_STAGED), .help = "records: compress the output" },
	{ "rejects", OPTION_WRITE(struct command, rejects), .arg = "FILE",
	    .modes = IN(M_RECORDS) | IN(M_STAGED),
	    .help = "records: write what is not carried, or altered, to FILE too" },
	{ "quiet", OPTION_FLAG(struct command, quiet), .letter = 'q', .modes = IN(M_STAGE),
	    .help = "stage: do not print the commands that come next" },
	{ "with-public", OPTION_FLAG(struct command, with_public),
	    .modes = IN(M_PLAN) | IN(M_APPLY),
	    .help = "plan, apply: also make the column calendarinstances.public" },
	{ "fix-etags", OPTION_FLAG(struct command, fix_etags), .modes = IN(M_PLAN) | IN(M_APPLY),
	    .help = "plan, apply: also correct etag and size of calendar objects" },
	{ "stop-after", OPTION_NUMBER(struct command, stop_after, 1, 1000000000), .arg = "N",
	    .modes = IN(M_APPLY) | IN(M_RESTORE) | IN(M_CLEANUP),
	    .help = "stop after N changes on the server, with status 75" },
	{ "discard", OPTION_FLAG(struct command, discard), .modes = IN(M_RESTORE),
	    .help = "restore: throw away what was written since the step" },
	{ "force", OPTION_FLAG(struct command, force), .modes = IN(M_CLEANUP),
	    .help = "cleanup: do not verify" },
	{ "journal", OPTION_FLAG(struct command, drop_journal), .modes = IN(M_CLEANUP),
	    .help = "cleanup: drop the journal too" },
	{ "prefix", OPTION_TEXT(struct command, prefix), .arg = "PREFIX", .modes = WITH_PREFIX,
	    .kept = true, .help = "what the names of the tables begin with" },
	OPTION_DB(struct command, db, "", "database", 'u', WITH_DATABASE),
};

static const struct option_program program = {
	PROG,
	"usage: " PROG " records [--to VERSION] [--edited] [--rejects FILE] [-z] [-o FILE]\n"
	"                          [INPUT]\n"
	"       " PROG " stage [--prefix PREFIX] [--edited] [INPUT] [DSN [LOGIN]]\n"
	"       " PROG " records --staged PREFIX [OPTION...] [INPUT] [DSN [LOGIN]]\n"
	"       " PROG " unstage [--prefix PREFIX] [DSN [LOGIN]]\n"
	"       " PROG " [OPTION...] COMMAND [DSN [LOGIN]]\n"
	"\n"
	"Lifts DAV records of a stream, or the tables of a sabre/dav site, from version 1.8\n"
	"to 3.2.\n",
	rows, sizeof(rows) / sizeof(*rows), modes, MODES
};

static int set_mode(struct options *o, const char *name, struct err *e)
{
	for (o->mode = 0; o->mode < MODES; o->mode++)
		if (strcmp(modes[o->mode].name, name) == 0)
			break;
	if (o->mode == M_RECORDS && options_given(o, "staged"))
		o->mode = M_STAGED;
	return o->mode < MODES ? 0 : options_wrong(&program, e, "unknown command %s", name);
}

static bool reads_stream(unsigned mode)
{
	return mode == M_RECORDS || mode == M_STAGED || mode == M_STAGE;
}

static int set_dsn(struct command *c, struct dsn *d, const char *text, unsigned mode, struct err *e)
{
	if (!dsn_is(text))
		return options_wrong(&program, e, "not a DSN (mysql:host=...;dbname=...): %s",
		    text);
	if (mode == M_RECORDS)
		return options_wrong(&program, e, "records needs no database but with --staged;"
		    " leave out the DSN");
	if (dsn_parse(d, text, e) < 0)
		return -1;
	c->db.host = d->host[0] ? d->host : c->db.host;
	c->db.socket = d->socket[0] ? d->socket : c->db.socket;
	c->db.name = d->name[0] ? d->name : c->db.name;
	c->db.port = d->port ? d->port : c->db.port;
	return 0;
}

/* Operands: command, input, DSN, login.  Notes for sabre's scripts have no command: apply. */
static int set_operands(struct options *o, struct command *c, struct dsn *d, struct err *e)
{
	char **v = o->operand;
	size_t i = 0, n = o->noperands;

	o->noperands = 0;
	if (n == 0)
		return options_wrong(&program, e, "no command given");
	if (set_mode(o, dsn_is(v[0]) ? "apply" : v[i++], e) < 0)
		return -1;
	if (reads_stream(o->mode) && i < n && !dsn_is(v[i]))
		c->input = v[i++];
	if (i < n && set_dsn(c, d, v[i++], o->mode, e) < 0)
		return -1;
	if (i < n)
		c->db.user = v[i++];
	return i < n ? options_password("defaults-file", e) : 0;
}

/* 0; 1: TEXT is to be printed; -1. */
static int arguments(struct options *o, struct command *c, struct dsn *d, int argc, char **argv,
    struct buf *text, struct err *e)
{
	struct file_use input = { "the input", NULL, FILE_READ };
	int rc = options_read(o, &program, c, argc, argv, text, e);
	size_t at;

	if (rc != 0)
		return rc;
	if (set_operands(o, c, d, e) < 0)
		return -1;
	if (reads_stream(o->mode))
		input.path = c->input != NULL ? c->input : "-";
	if (options_check(o, &input, 1, e) < 0)
		return -1;
	if (o->mode == M_STAGED && c->to != STEPS - 1)
		return options_wrong(&program, e, "staged tables come back at %s: --staged has no"
		    " --to", STEP_LAST);
	options_kept(&program, c, M_APPLY, text);
	buf_addc(text, '\0');
	at = text->len;
	options_kept(&program, c, M_STAGED, text);
	if (text->failed)
		return err_memory(e);
	c->where = text->data;
	c->database = text->data + at;
	if (c->prefix == NULL)
		c->prefix = "";
	return 0;
}

static int run_command(const struct options *o, struct command *c, int *status, struct err *e)
{
	struct db db;
	int rc;

	if (o->mode == M_RECORDS)
		return command_records(NULL, c, status, e);
	c->db.group = PROG;
	if (db_open(&db, &c->db, e) < 0)
		return -1;
	if (db.name[0] == '\0')
		rc = options_wrong(&program, e, "no database given (--database or a DSN)");
	else if (commands[o->mode].stream != NULL)
		rc = commands[o->mode].stream(&db, c, status, e);
	else
		rc = on_tables(&db, c, commands[o->mode].alters, commands[o->mode].tables, status,
		    e);
	db_close(&db);
	return rc;
}

int main(int argc, char **argv)
{
	struct command c = { .to = STEPS - 1 };
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err e = { .msg = "" };
	struct dsn d = { .port = 0 };
	int status = EXIT_BALANCED;
	struct options o;
	int rc;

	io_std_open();
	rc = arguments(&o, &c, &d, argc, argv, &text, &e);
	if (rc == 0)
		rc = run_command(&o, &c, &status, &e);
	else if (rc == 1)
		fputs(text.data, stdout);
	if (rc >= 0 && io_std_flush(&e) < 0)
		rc = -1;
	buf_free(&text);
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

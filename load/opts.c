#include <stdio.h>
#include <string.h>

#include "ledger/lists.h"
#include "opts.h"
#include "run/workers.h"

#define IN(mode) (1u << (mode))

/* Two characters stand before the name of each, opts_mode_name. */
static const struct option_mode modes[] = {
	[MODE_LOAD] = { "a load", NULL }, [MODE_CHECK] = { "--check", NULL },
	[MODE_DESCRIBE] = { "--describe", NULL }, [MODE_VERIFY] = { "--verify", NULL },
	[MODE_CHANGED] = { "--changed", NULL }, [MODE_UNDO] = { "--undo", NULL },
	[MODE_LIST] = { "--list", NULL }, [MODE_RESET] = { "--reset", NULL },
	[MODE_REPAIR] = { "--repair", NULL }, [MODE_LIST_SETTINGS] = { "--list-settings", NULL },
	[MODE_APPLY_SETTINGS] = { "--apply-settings", NULL }, [MODE_LOCK] = { "--lock", NULL },
	[MODE_OPTION_FILE] = { "--option-file", NULL }, [MODE_MEASURE] = { "--measure", NULL },
	[MODE_SELECT] = { "--select", NULL }, [MODE_REPORT] = { "--report", NULL },
};

static const char *const dav_texts[] = { "utf8", "server", NULL };
static const char *const log_formats[] = { "text", "json", NULL };
static const char *const without[] = { "files", "cards", "corporate", "calendars", "contacts",
	"collected", "groups", NULL };
static const char *const founds[] = { "verified", "differs", "changed", "rejected", "interrupted",
	NULL };
enum { WITHOUT_FILES = 1, WITHOUT_CARDS = 2 };

static const struct option_row rows[] = {
	{ "p8", OPTION_TEXT(struct opts, target.p8), .arg = "DIR",
	    .help = "P8's directory (config.json, salt8.php, VERSION, modules)" },
	{ "data", OPTION_TEXT(struct opts, target.data), .arg = "DIR",
	    .help = "its data directory, when it is elsewhere" },
	OPTION_DB(struct opts, target.db, "db-", "db-name", 0, 0),
	{ "password", OPT_PASSWORD, .arg = "db-defaults-file" },
	{ "prefix", OPTION_TEXT(struct opts, target.prefix), .arg = "PREFIX",
	    .help = "table prefix (default: P8's, au_)" },
	{ NULL, OPT_HEADING, .help = "" },
	{ "check", OPTION_MODE(MODE_CHECK),
	    .help = "only check the target, print what was found" },
	{ "describe", OPTION_MODE(MODE_DESCRIBE),
	    .help = "write the target description for p7-transform" },
	{ "verify", OPTION_MODE(MODE_VERIFY), .help = "compare P8 with the ledger, or with FILE" },
	{ "deep", OPTION_FLAG(struct opts, deep), .modes = IN(MODE_VERIFY),
	    .help = "--verify: the content of files, too" },
	{ "changed", OPTION_MODE(MODE_CHANGED),
	    .help = "which users of the stream FILE changed in P7 since they were loaded,\n"
		"and what" },
	{ "undo", OPTION_MODE(MODE_UNDO), .help = "take back what was loaded, of EMAIL..." },
	{ "all", OPTION_FLAG(struct opts, all), .modes = IN(MODE_UNDO),
	    .help = "--undo: of all users" },
	{ "force", OPTION_FLAG(struct opts, force), .modes = IN(MODE_UNDO),
	    .help = "--undo: also what P8 changed since" },
	{ "source", OPTION_TEXT(struct opts, source), .arg = "ID", .modes = IN(MODE_UNDO),
	    .help = "--undo: only users of that P7" },
	{ "repair", OPTION_MODE(MODE_REPAIR),
	    .help = "the records of rejects FILE were corrected: load them" },
	{ "reset", OPTION_MODE(MODE_RESET), .help = "forget what was loaded; P8 keeps it" },
	{ "yes", OPTION_FLAG(struct opts, yes), .modes = IN(MODE_UNDO) | IN(MODE_RESET),
	    .help = "--undo --all, --reset: do not ask" },
	{ "list", OPTION_TEXT(struct opts, list), .chooses = MODE_LIST, .arg = "WHAT",
	    .help = "migrated, not-migrated, loaded, left-out, renamed, rejects, known, amounts\n"
		"or corporate, from the ledger; or target: where P8 is, and which P7\n"
		"it knows" },
	{ "select", OPTION_MODE(MODE_SELECT),
	    .help = "which users of the list FILE (p7-extract --list-users --ids) are to be\n"
		"brought" },
	{ "users", OPTION_READ(struct opts, only), .arg = "FILE", .modes = IN(MODE_SELECT),
	    .help = "--select: only these" },
	{ "rename", OPTION_READ(struct opts, names), .arg = "FILE", .modes = IN(MODE_SELECT),
	    .help = "--select: new names (p7-transform --print-rename)" },
	{ "report", OPTION_MODE(MODE_REPORT),
	    .help = "which users are in P8 and which are not, why, and what to do, by the\n"
		"rejects FILE; lists into -o DIR" },
	{ "selected", OPTION_READ(struct opts, selected), .arg = "FILE",
	    .modes = IN(MODE_REPORT) | IN(MODE_LIST), .help = "--report: what --select wrote" },
	{ "found", OPTION_SET(struct opts, found, founds), .arg = "WORD,...",
	    .modes = IN(MODE_REPORT),
	    .help = "--report: verified, differs, changed, rejected, interrupted" },
	{ "rerun", OPTION_TEXT(struct opts, rerun), .arg = "TEXT", .modes = IN(MODE_REPORT),
	    .help = "--report: how to go on" },
	{ "p7", OPTION_TEXT(struct opts, p7), .arg = "TEXT", .modes = IN(MODE_REPORT),
	    .help = "--report: where P7 is" },
	{ "lock", OPTION_MODE(MODE_LOCK),
	    .help = "wait for a run that is at work, then keep others waiting until the end of\n"
		"standard input" },
	{ "wait", OPTION_NUMBER(struct opts, wait, 0, 31536000), .arg = "SECONDS",
	    .modes = IN(MODE_LOCK), .help = "--lock: no longer than this" },
	{ "measure", OPTION_MODE(MODE_MEASURE),
	    .help = "how many rows a second the server writes, and where its files are" },
	{ "option-file", OPTION_MODE(MODE_OPTION_FILE),
	    .help = "an option file for other clients of P8's database, with the password" },
	{ "list-settings", OPTION_MODE(MODE_LIST_SETTINGS),
	    .help = "P7's settings that P8's files have a place for, to review" },
	{ "apply-settings", OPTION_MODE(MODE_APPLY_SETTINGS),
	    .help = "write the reviewed list FILE into P8's configuration files" },
	{ "output", OPTION_WRITE(struct opts, output), .letter = 'o', .arg = "FILE",
	    .modes = IN(MODE_DESCRIBE) | IN(MODE_LIST) | IN(MODE_LIST_SETTINGS) |
		IN(MODE_CHANGED) | IN(MODE_OPTION_FILE) | IN(MODE_SELECT) |
		IN(MODE_REPORT),
	    .help = "of --describe and lists: instead of standard output" },
	{ NULL, OPT_HEADING, .help = "" },
	{ "dry-run", OPTION_FLAG(struct opts, load.dry_run),
	    .modes = IN(MODE_LOAD) | IN(MODE_UNDO) | IN(MODE_APPLY_SETTINGS),
	    .help = "print what would be written, write nothing" },
	{ "itemize", OPTION_FLAG(struct opts, load.itemize), .modes = IN(MODE_LOAD),
	    .help = "print what is written" },
	{ "edited", OPTION_FLAG(struct opts, load.edited),
	    .help = "the stream was altered on purpose: do not check its hashes" },
	{ "rejects", OPTION_WRITE(struct opts, load.rejects), .arg = "FILE",
	    .help = "what was rejected, as records" },
	{ "files-from", OPTION_TREE(struct opts, load.files_from), .arg = "DIR",
	    .modes = IN(MODE_LOAD) | IN(MODE_REPAIR),
	    .help = "copy files from P7's data directory" },
	{ "without", OPTION_SET(struct opts, without, without), .arg = "KIND,...",
	    .modes = IN(MODE_LOAD) | IN(MODE_SELECT) | IN(MODE_REPORT),
	    .help = "leave out files, or cards, for which this P8 has no tables" },
	{ "dav-text", OPTION_CHOICE(struct opts, target.dav_text, dav_texts, DAV_TEXT_UTF8),
	    .arg = "utf8|server",
	    .help = "how names of address books and calendars are written\n"
		"(default: by the server's character set)" },
	{ "jobs", OPTION_NUMBER(struct opts, load.jobs, 1, WORKERS_MAX), .arg = "N",
	    .modes = IN(MODE_LOAD), .help = "N loaders at a time, 1 to 64 (default 1)" },
	{ "transaction-rows", OPTION_NUMBER(struct opts, load.transaction_rows, 1, 1000000),
	    .arg = "N", .modes = IN(MODE_LOAD), .help = "rows of one transaction (default 30000)" },
	{ "max-rate", OPTION_NUMBER(struct opts, progress.max_rate, 1, 1000000000), .arg = "N",
	    .help = "at most N rows a second" },
	{ "pause-file", OPTION_TEXT(struct opts, progress.pause_file), .arg = "FILE",
	    .help = "wait between users while FILE exists" },
	{ "log", OPTION_APPEND(struct opts, progress.log), .arg = "FILE",
	    .help = "append what happens" },
	{ "log-format", OPTION_CHOICE(struct opts, progress.log_format, log_formats, 0),
	    .arg = "text|json", .help = "of the log (default text)" },
	{ "progress", OPTION_NUMBER(struct opts, progress.every, 0, 86400), .arg = "SECONDS",
	    .help = "between two lines of progress (default 30, 0: none)" },
	{ "events", OPTION_NUMBER(struct opts, progress.events, 1, 1023), .arg = "FD",
	    .help = "what happens, for a program that watches, instead of such lines" },
	{ "verbose", OPTION_FLAG(struct opts, progress.verbose), .letter = 'v',
	    .help = "a line per user" },
	{ "quiet", OPTION_FLAG(struct opts, load.quiet), .letter = 'q',
	    .help = "nothing but problems" },
	{ "input", OPTION_OPERAND(struct opts, load.input),
	    .modes = IN(MODE_LOAD) | IN(MODE_VERIFY) | IN(MODE_CHANGED) | IN(MODE_REPAIR) |
		IN(MODE_LIST_SETTINGS) | IN(MODE_APPLY_SETTINGS) | IN(MODE_SELECT) |
		IN(MODE_REPORT) },
	{ "e-mail", OPTION_OPERANDS(struct opts, users), .modes = IN(MODE_UNDO) },
};

static const struct option_program program = {
	"p8-load",
	"usage: p8-load --p8 DIR [options] [FILE]\n"
	"Load a P8 record stream (FILE, or standard input; plain or gzip) into a P8.\n"
	"\n",
	rows, sizeof(rows) / sizeof(*rows), modes, sizeof(modes) / sizeof(*modes)
};

const char *opts_mode_name(enum mode mode)
{
	return modes[mode].name + 2;
}

/* The values that the table does not check. */
static int check(struct opts *o, struct err *e)
{
	if (o->mode == MODE_LIST && !list_known(o->list))
		return options_wrong(&program, e, "--list is migrated, not-migrated, loaded, "
		    "left-out, renamed, rejects, known, amounts, corporate or target");
	if (o->mode == MODE_LOAD && (o->without & ~(unsigned)(WITHOUT_FILES | WITHOUT_CARDS)) != 0)
		return options_wrong(&program, e, "p8-load knows --without files and --without "
		    "cards; other kinds are left out by p7-extract");
	if (o->mode == MODE_OPTION_FILE && o->output == NULL)
		return options_wrong(&program, e, "--option-file needs -o FILE: the password is in "
		    "it");
	if (o->source != NULL && !uuid_parse(o->source, strlen(o->source), o->source_id))
		return options_wrong(&program, e, "--source needs the id of a P7, as --list loaded "
		    "has it");
	if (o->mode == MODE_UNDO && o->all == (o->users.n > 0))
		return options_wrong(&program, e, "--undo needs e-mails, or --all");
	if (o->target.p8 == NULL && o->target.db.name == NULL && o->target.db.defaults_file == NULL)
		return options_wrong(&program, e, "use --p8 DIR, or name the database (--db-name "
		    "and others)");
	return 0;
}

bool opts_without(const struct opts *o, const char *kind)
{
	char word[32];

	snprintf(word, sizeof(word), ",%s,", kind);
	return strstr(o->left_out, word) != NULL;
}

int opts_parse(struct opts *o, int argc, char **argv, struct buf *text, struct err *e)
{
	const char *below[] = { "settings/config.json", "salt8.php", "" }, *data;
	char own[3][4200] = { "", "", "" };
	struct file_use files[] = {
		{ "P8's configuration", own[0], FILE_READ }, { "P8's salt", own[1], FILE_READ },
		{ "P8's data directory", own[2], FILE_TREE }, { "the input", NULL, FILE_READ },
	};
	struct options found;
	size_t i;
	int rc;

	*o = (struct opts){ .load = { .transaction_rows = LOAD_ROWS, .jobs = 1 },
	    .progress = { .every = PROGRESS_EVERY }, .wait = OPTS_FOREVER, .p7 = "",
	    .rerun = "run the same command again" };
	if ((rc = options_read(&found, &program, o, argc, argv, text, e)) != 0)
		return rc;
	o->mode = (enum mode)found.mode;
	data = o->target.data != NULL ? o->target.data : o->target.p8;
	for (i = 0; i < 3 && data != NULL; i++)
		snprintf(own[i], sizeof(own[i]), "%.4000s%s/%s", data,
		    o->target.data != NULL ? "" : "/data", below[i]);
	if (found.noperands == 0 && (IN(o->mode) & (IN(MODE_LOAD) | IN(MODE_REPAIR) |
	    IN(MODE_LIST_SETTINGS) | IN(MODE_APPLY_SETTINGS))) != 0)
		files[3].path = "-";
	if (options_check(&found, files, sizeof(files) / sizeof(*files), e) < 0 ||
	    check(o, e) < 0)
		return -1;
	if (o->output != NULL && strcmp(o->output, "-") == 0)
		o->output = NULL;
	o->progress.quiet = o->load.quiet;
	for (i = 0; without[i] != NULL; i++)
		if (o->without & 1u << i)
			snprintf(o->left_out + strlen(o->left_out), sizeof(o->left_out) -
			    strlen(o->left_out), "%s%s,", o->left_out[0] ? "" : ",", without[i]);
	if (o->mode == MODE_LOCK)
		o->progress.every = 0;	/* it has nothing to tell */
	o->load.without_files = (o->without & WITHOUT_FILES) != 0;
	o->load.without_cards = (o->without & WITHOUT_CARDS) != 0;
	return 0;
}

void opts_free(struct opts *o)
{
	options_free(&program, o);
}

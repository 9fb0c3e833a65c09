#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/lists.h"
#include "option.h"
#include "opts.h"
#include "run/workers.h"
#include "samefile.h"

static const char usage[] =
"usage: p8-load --p8 DIR [options] [FILE]\n"
"Load a P8 record stream (FILE, or standard input; plain or gzip) into a P8.\n"
"\n"
"  --p8 DIR              P8's directory (config.json, salt8.php, VERSION, modules)\n"
"  --data DIR            its data directory, when elsewhere\n"
"  --db-host H  --db-port N  --db-socket S  --db-user U  --db-name D\n"
"  --db-defaults-file F  option file for the password; the others override config.json\n"
"  --prefix P            table prefix (default: P8's, au_)\n"
"\n"
"  --measure             how many rows a second the server writes, and where its files are\n"
"  --check               only check the target, print what was found\n"
"  --describe            write the target description for p7-transform\n"
"  --verify              compare P8 with the ledger; --deep: content of files, too\n"
"  --changed             who of the stream FILE changed in P7 since being loaded, and what\n"
"  --undo EMAIL... | --all   take back what was loaded; --force: also what P8 changed since;\n"
"                        --source ID: only users of that P7\n"
"  --repair              the records of rejects FILE were corrected: load them\n"
"  --reset               forget what was loaded; P8 keeps it\n"
"                        --yes: do not ask before --reset and --undo --all\n"
"  --lock                wait for a run that is at work, then keep others waiting until the end of\n"
"                        standard input; --wait SECONDS: no longer than that\n"
"  --select              who of the list FILE of p7-extract --list-users --ids is to be brought;\n"
"                        --users FILE: only these; --rename FILE: new names; and --without\n"
"  --report              who is in P8 and who is not, why, and what to do, by the rejects in FILE and\n"
"                        --selected FILE, what --select wrote; lists into -o DIR\n"
"  --list WHAT           migrated, not-migrated, loaded, left-out, renamed, rejects, known, amounts\n"
"                        or corporate, from the ledger; target or sources: where P8 is, and\n"
"                        which P7 it knows\n"
"  --option-file         an option file for other clients of P8's database, with the password (-o)\n"
"  --list-settings       P7's settings that P8's files have a place for, to review\n"
"  --apply-settings      write the reviewed list FILE into P8's configuration files\n"
"  -o, --output FILE     of --describe and lists: instead of standard output\n"
"  --dry-run             print what would be written, write nothing\n"
"  --itemize             print what is written\n"
"  --edited              the stream was altered on purpose: do not check its hashes\n"
"  --rejects FILE        what was rejected, as records\n"
"  --files-from DIR      copy files from P7's data directory\n"
"  --without KIND,...    leave out files, or cards, for which this P8 has no tables\n"
"  --dav-text WHAT       utf8 or server: charset of DAV names (default: by the server)\n"
"  --jobs N              N loaders at a time, 1 to 64 (1)\n"
"  --transaction-rows N  rows of one transaction (default 30000)\n"
"  --max-rate N          at most N rows a second\n"
"  --pause-file FILE     wait between users while FILE exists\n"
"  --log FILE            append what happens; --log-format text|json\n"
"  --events FD           what happens, for a program that watches, instead of such lines\n"
"  --progress SECONDS    between two lines of progress (default 30, 0: none)\n"
"  -v, --verbose         a line per user        -q, --quiet\n"
"  -h, --help            --version\n"
"\n"
"Manual: man p8-load\n";

enum {
	O_P8 = 256, O_DATA, O_PREFIX, O_DRY, O_ITEMIZE, O_EDITED, O_REJECTS, O_FILES, O_WITHOUT,
	O_DAV, O_ROWS, O_JOBS, O_DEEP, O_ALL, O_FORCE, O_RATE, O_PAUSE, O_LOG, O_LOG_FORMAT,
	O_PROGRESS, O_SOURCE, O_YES, O_WAIT, O_ONLY,
	O_RENAME, O_SELECTED, O_P7, O_RERUN, O_FOUND, O_EVENTS,
	O_VERSION,
	O_MODE = 512			/* and the mode: the option that chooses it */
};

static const struct option longs[] = {
	{ "p8", required_argument, NULL, O_P8 },
	{ "data", required_argument, NULL, O_DATA },
	OPTION_DB_ROWS,
	{ "prefix", required_argument, NULL, O_PREFIX },
	{ "check", no_argument, NULL, O_MODE + MODE_CHECK },
	{ "describe", no_argument, NULL, O_MODE + MODE_DESCRIBE },
	{ "dry-run", no_argument, NULL, O_DRY },
	{ "itemize", no_argument, NULL, O_ITEMIZE },
	{ "edited", no_argument, NULL, O_EDITED },
	{ "output", required_argument, NULL, 'o' },
	{ "rejects", required_argument, NULL, O_REJECTS },
	{ "files-from", required_argument, NULL, O_FILES },
	{ "without", required_argument, NULL, O_WITHOUT },
	{ "dav-text", required_argument, NULL, O_DAV },
	{ "transaction-rows", required_argument, NULL, O_ROWS },
	{ "jobs", required_argument, NULL, O_JOBS },
	{ "verify", no_argument, NULL, O_MODE + MODE_VERIFY },
	{ "changed", no_argument, NULL, O_MODE + MODE_CHANGED },
	{ "deep", no_argument, NULL, O_DEEP },
	{ "undo", no_argument, NULL, O_MODE + MODE_UNDO },
	{ "all", no_argument, NULL, O_ALL },
	{ "force", no_argument, NULL, O_FORCE },
	{ "source", required_argument, NULL, O_SOURCE },
	{ "repair", no_argument, NULL, O_MODE + MODE_REPAIR },
	{ "reset", no_argument, NULL, O_MODE + MODE_RESET },
	{ "yes", no_argument, NULL, O_YES },
	{ "lock", no_argument, NULL, O_MODE + MODE_LOCK },
	{ "wait", required_argument, NULL, O_WAIT },
	{ "measure", no_argument, NULL, O_MODE + MODE_MEASURE },
	{ "select", no_argument, NULL, O_MODE + MODE_SELECT },
	{ "users", required_argument, NULL, O_ONLY },
	{ "rename", required_argument, NULL, O_RENAME },
	{ "report", no_argument, NULL, O_MODE + MODE_REPORT },
	{ "selected", required_argument, NULL, O_SELECTED },
	{ "p7", required_argument, NULL, O_P7 },
	{ "rerun", required_argument, NULL, O_RERUN },
	{ "found", required_argument, NULL, O_FOUND },
	{ "option-file", no_argument, NULL, O_MODE + MODE_OPTION_FILE },
	{ "list", required_argument, NULL, O_MODE + MODE_LIST },
	{ "list-settings", no_argument, NULL, O_MODE + MODE_LIST_SETTINGS },
	{ "apply-settings", no_argument, NULL, O_MODE + MODE_APPLY_SETTINGS },
	{ "max-rate", required_argument, NULL, O_RATE },
	{ "pause-file", required_argument, NULL, O_PAUSE },
	{ "log", required_argument, NULL, O_LOG },
	{ "log-format", required_argument, NULL, O_LOG_FORMAT },
	{ "events", required_argument, NULL, O_EVENTS },
	{ "progress", required_argument, NULL, O_PROGRESS },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, O_VERSION },
	{ NULL, 0, NULL, 0 }
};

static int wrong(struct err *e, const char *what)
{
	return err_set(e, EXIT_USAGE, "%s; see p8-load --help", what);
}

const char *const opts_mode_name[] = {
[MODE_LOAD] = "load", [MODE_CHECK] = "check", [MODE_DESCRIBE] = "describe",
[MODE_VERIFY] = "verify", [MODE_CHANGED] = "changed",
[MODE_UNDO] = "undo",
[MODE_LIST] = "list", [MODE_LOCK] = "lock",
[MODE_OPTION_FILE] = "option-file", [MODE_MEASURE] = "measure",
[MODE_SELECT] = "select", [MODE_REPORT] = "report", [MODE_RESET] = "reset", [MODE_REPAIR] = "repair",
[MODE_LIST_SETTINGS] = "list-settings", [MODE_APPLY_SETTINGS] = "apply-settings"
};
#define MODES (sizeof(opts_mode_name) / sizeof(*opts_mode_name))

/* Options that say nothing to some modes: given there, something else was meant. */
#define IN(mode) (1u << (mode))
static const struct {
	int option;
	const char *name;
	unsigned modes;
} belongs[] = {
	{ 'o', "--output", IN(MODE_DESCRIBE) | IN(MODE_LIST) | IN(MODE_LIST_SETTINGS) |
	    IN(MODE_CHANGED) | IN(MODE_OPTION_FILE) | IN(MODE_SELECT) |
	    IN(MODE_REPORT) },
	{ O_SELECTED, "--selected", IN(MODE_REPORT) | IN(MODE_LIST) },
	{ O_P7, "--p7", IN(MODE_REPORT) },
	{ O_RERUN, "--rerun", IN(MODE_REPORT) },
	{ O_FOUND, "--found", IN(MODE_REPORT) },
	{ O_ONLY, "--users", IN(MODE_SELECT) },
	{ O_RENAME, "--rename", IN(MODE_SELECT) },
	{ O_DEEP, "--deep", IN(MODE_VERIFY) },
	{ O_ALL, "--all", IN(MODE_UNDO) },
	{ O_FORCE, "--force", IN(MODE_UNDO) },
	{ O_SOURCE, "--source", IN(MODE_UNDO) },
	{ O_YES, "--yes", IN(MODE_UNDO) | IN(MODE_RESET) },
	{ O_WAIT, "--wait", IN(MODE_LOCK) },
	{ O_DRY, "--dry-run", IN(MODE_LOAD) | IN(MODE_UNDO) |
	    IN(MODE_APPLY_SETTINGS) },
	{ O_ITEMIZE, "--itemize", IN(MODE_LOAD) },
	{ O_FILES, "--files-from", IN(MODE_LOAD) | IN(MODE_REPAIR) },
	{ O_WITHOUT, "--without", IN(MODE_LOAD) | IN(MODE_SELECT) | IN(MODE_REPORT) },
	{ O_ROWS, "--transaction-rows", IN(MODE_LOAD) },
	{ O_JOBS, "--jobs", IN(MODE_LOAD) },
	{ 0, "an input", IN(MODE_LOAD) | IN(MODE_VERIFY) | IN(MODE_CHANGED) |
	    IN(MODE_UNDO) | IN(MODE_REPAIR) | IN(MODE_SELECT) | IN(MODE_REPORT) | IN(MODE_LIST_SETTINGS) | IN(MODE_APPLY_SETTINGS) },
};
#define BELONGS (sizeof(belongs) / sizeof(*belongs))

static void note_given(struct opts *o, int c)
{
	size_t i;

	for (i = 0; i < BELONGS; i++)
		if (belongs[i].option == c)
			o->given |= 1u << i;
}

static int check_given(const struct opts *o, struct err *e)
{
	char where[200] = "";
	size_t i, m, n = 0;

	for (i = 0; i < BELONGS; i++)
		if ((o->given & 1u << i) && !(belongs[i].modes & IN(o->mode)))
			break;
	if (i == BELONGS)
		return 0;
	for (m = 0; m < MODES; m++)
		if (belongs[i].modes & IN(m))
			n += (size_t)snprintf(where + n, sizeof(where) - n, "%s%s%s",
			    n > 0 ? ", " : "", m == MODE_LOAD ? "a " : "--", opts_mode_name[m]);
	return err_set(e, EXIT_USAGE, "%s has no meaning for %s%s, only for %s; see p8-load --help",
	    belongs[i].name, o->mode == MODE_LOAD ? "a " : "--", opts_mode_name[o->mode], where);
}

static int set_mode(struct opts *o, enum mode mode, struct err *e)
{
	if (o->mode != MODE_LOAD && o->mode != mode)
		return err_set(e, EXIT_USAGE, "--%s and --%s are two runs, use one of them; see "
		    "p8-load --help", opts_mode_name[o->mode], opts_mode_name[mode]);
	o->mode = mode;
	return 0;
}

static int dav_text(struct opts *o, const char *s, struct err *e)
{
	if (strcmp(s, "utf8") == 0)
		o->target.dav_text = DAV_TEXT_UTF8;
	else if (strcmp(s, "server") == 0)
		o->target.dav_text = DAV_TEXT_SERVER;
	else
		return wrong(e, "--dav-text is utf8 or server");
	return 0;
}

/* Options that say where P8 is; 1: it was one. */
static int target_option(struct opts *o, int c, const char *arg, struct err *e)
{
	struct target_opts *t = &o->target;

	switch (c) {
	case O_P8:
		t->p8 = arg;
		return 1;
	case O_DATA:
		t->data = arg;
		return 1;
	case O_PREFIX:
		t->prefix = arg;
		return 1;
	default:
		return option_db(&t->db, c, arg, "p8-load", e);
	}
}

/* What is seen of a run, and its pace. */
static int progress_option(struct progress_opts *p, int c, const char *arg, struct err *e)
{
	unsigned long n;

	switch (c) {
	case O_RATE:
		if (option_number(arg, 1, 1000000000, &n) < 0)
			return wrong(e, "--max-rate is a number of rows a second");
		p->max_rate = n;
		return 0;
	case O_PAUSE:
		p->pause_file = arg;
		return 0;
	case O_LOG:
		p->log = arg;
		return 0;
	case O_LOG_FORMAT:
		p->log_json = strcmp(arg, "json") == 0;
		if (!p->log_json && strcmp(arg, "text") != 0)
			return wrong(e, "--log-format is text or json");
		return 0;
	case O_EVENTS:
		if (option_number(arg, 1, 1023, &n) < 0)
			return wrong(e, "--events is the number of a descriptor");
		p->events = (int)n;
		return 0;
	case O_PROGRESS:
		if (option_number(arg, 0, 86400, &n) < 0)
			return wrong(e, "--progress is a number of seconds");
		p->every = (unsigned)n;
		return 0;
	case 'v':
		p->verbose = true;
		return 0;
	default:
		return err_set(e, EXIT_BUG, "option %d is not handled", c);
	}
}

bool opts_without(const struct opts *o, const char *kind)
{
	char word[32];

	snprintf(word, sizeof(word), ",%s,", kind);
	return strstr(o->without, word) != NULL;
}

/* Of a load; --select knows what p7-extract can leave out. */
static int without(struct opts *o, struct err *e)
{
	size_t n = strlen(o->without);

	o->load.without_files = opts_without(o, "files");
	o->load.without_cards = opts_without(o, "cards");
	if (o->mode == MODE_LOAD && n > 1 && n != 1 + 6 * (size_t)o->load.without_files +
	    6 * (size_t)o->load.without_cards)
		return wrong(e, "p8-load knows --without files and --without cards; other kinds "
		    "are left out by p7-extract");
	return 0;
}

static int load_option(struct opts *o, int c, const char *arg, struct err *e)
{
	struct load_opts *l = &o->load;
	unsigned long n;

	switch (c) {
	case O_DRY:
		l->dry_run = true;
		return 0;
	case O_ITEMIZE:
		l->itemize = true;
		return 0;
	case O_EDITED:
		l->edited = true;
		return 0;
	case O_REJECTS:
		l->rejects = arg;
		return 0;
	case O_FILES:
		l->files_from = arg;
		return 0;
	case O_WITHOUT:
		n = strlen(o->without);
		snprintf(o->without + n, sizeof(o->without) - n, "%s%s,", n > 0 ? "" : ",", arg);
		return 0;
	case O_ROWS:
		if (option_number(arg, 1, 1000000, &n) < 0)
			return wrong(e, "--transaction-rows is a number from 1 to 1000000");
		l->transaction_rows = n;
		return 0;
	case O_JOBS:
		if (option_number(arg, 1, WORKERS_MAX, &n) < 0)
			return wrong(e, "--jobs is a number from 1 to 64");
		l->jobs = (unsigned)n;
		return 0;
	case O_DAV:
		return dav_text(o, arg, e);
	case 'q':
		l->quiet = o->progress.quiet = true;
		return 0;
	default:
		return progress_option(&o->progress, c, arg, e);
	}
}

/* What the caller of --report knows of the run. */
static int found(struct opts *o, const char *arg, struct err *e)
{
	static const char *const word[] = { "verified", "differs", "changed", "rejected",
		"interrupted" };
	size_t i, n;

	for (; *arg != '\0'; arg += n + (arg[n] == ',')) {
		n = strcspn(arg, ",");
		for (i = 0; i < 5 && (strncmp(arg, word[i], n) != 0 || word[i][n] != '\0'); i++)
			continue;
		if (i == 5)
			return wrong(e, "--found is verified, differs, changed, rejected or "
			    "interrupted");
		o->found |= 1u << i;
	}
	return 1;
}

/* Options of single modes; 1: it was one. */
static int run_option(struct opts *o, int c, const char *arg, struct err *e)
{
	unsigned long n;

	switch (c) {
	case 'o':
		o->output = strcmp(arg, "-") != 0 ? arg : NULL;
		return 1;
	case O_DEEP:
		o->deep = true;
		return 1;
	case O_ALL:
		o->all = true;
		return 1;
	case O_SOURCE:
		o->source = arg;
		return 1;
	case O_FORCE:
		o->force = true;
		return 1;
	case O_YES:
		o->yes = true;
		return 1;
	case O_SELECTED:
		o->selected = arg;
		return 1;
	case O_P7:
		o->p7 = arg;
		return 1;
	case O_RERUN:
		o->rerun = arg;
		return 1;
	case O_FOUND:
		return found(o, arg, e);
	case O_ONLY:
		o->only = arg;
		return 1;
	case O_RENAME:
		o->names = arg;
		return 1;
	case O_WAIT:
		if (option_number(arg, 0, 31536000, &n) < 0)
			return wrong(e, "--wait is a number of seconds");
		o->wait = (int64_t)n;
		return 1;
	default:
		return 0;
	}
}

/* What is read, and what is written. */
static int check_files(const struct opts *o, struct err *e)
{
	const char *rest[] = { "settings/config.json", "salt8.php", "" };
	bool reads = o->mode == MODE_LOAD || o->mode == MODE_REPAIR ||
	    o->mode == MODE_LIST_SETTINGS || o->mode == MODE_APPLY_SETTINGS;
	char own[3][4200] = { "", "", "" };
	const struct file_use v[] = {
		{ "--output", o->output, FILE_WRITE },
		{ "--rejects", o->load.rejects, FILE_WRITE },
		{ "--log", o->progress.log, FILE_APPEND },
		{ "the input", o->load.input != NULL ? o->load.input : reads ? "-" : NULL,
		    FILE_READ },
		{ "--db-defaults-file", o->target.db.defaults_file, FILE_READ },
		{ "P8's configuration", own[0], FILE_READ }, { "P8's salt", own[1], FILE_READ },
		{ "P8's data directory", own[2], FILE_TREE },
		{ "P7's data directory", o->load.files_from, FILE_TREE },
	};
	const char *data = o->target.data != NULL ? o->target.data : o->target.p8;
	size_t i;

	for (i = 0; i < 3 && data != NULL; i++)
		snprintf(own[i], sizeof(own[i]), "%.4000s%s/%s", data,
		    o->target.data != NULL ? "" : "/data", rest[i]);
	return same_file_check(v, sizeof(v) / sizeof(*v), "p8-load", e);
}

static int operands(struct opts *o, int n, char **v, struct err *e)
{
	if (o->mode == MODE_LIST && !list_known(o->list))
		return wrong(e, "--list is migrated, not-migrated, loaded, left-out, renamed, rejects,"
		    " known, amounts, corporate, target or sources");
	if (n > 0)
		note_given(o, 0);
	if (check_given(o, e) < 0 || without(o, e) < 0)
		return -1;
	if (o->mode == MODE_UNDO) {
		if (o->source != NULL && !uuid_parse(o->source, strlen(o->source), o->source_id))
			return wrong(e, "--source needs the id of a P7, as --list loaded has it");
		if (o->all == (n > 0))
			return wrong(e, "--undo needs e-mails, or --all");
		o->users = v;
		o->nusers = (size_t)n;
		return 0;
	}
	if (n > 1)
		return wrong(e, "more than one input");
	o->load.input = n > 0 ? v[0] : NULL;
	return 0;
}

int opts_parse(struct opts *o, int argc, char **argv, struct err *e)
{
	int c, rc;

	memset(o, 0, sizeof(*o));
	o->load.transaction_rows = LOAD_ROWS;
	o->load.jobs = 1;
	o->wait = -1;
	o->progress.events = -1;
	o->rerun = "run the same command again";
	o->p7 = "";
	o->progress.every = PROGRESS_EVERY;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:vqhp", longs, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(usage, stdout);
			return 1;
		case O_VERSION:
			puts("p8-load " VERSION);
			return 1;
		case 'p':
			c = OPTION_DB_PASSWORD;
			break;
		case ':':
		case '?':
			return option_wrong(e, "p8-load", c, argv, longs);
		}
		if (c >= O_MODE && c < O_MODE + (int)MODES) {
			o->list = c == O_MODE + MODE_LIST ? optarg : NULL;
			if (set_mode(o, (enum mode)(c - O_MODE), e) < 0)
				return -1;
			continue;
		}
		note_given(o, c);
		rc = run_option(o, c, optarg, e);
		if (rc == 0)
			rc = target_option(o, c, optarg, e);
		if (rc == 0)
			rc = load_option(o, c, optarg, e);
		if (rc < 0)
			return -1;
	}
	if (operands(o, argc - optind, argv + optind, e) < 0 || check_files(o, e) < 0)
		return -1;
	if (o->mode == MODE_OPTION_FILE && o->output == NULL)
		return wrong(e, "--option-file needs -o FILE: the password is in it");
	if (o->mode == MODE_LOCK)
		o->progress.every = 0;	/* it has nothing to tell */
	if (o->target.p8 == NULL && o->target.db.name == NULL && o->target.db.defaults_file == NULL)
		return wrong(e, "use --p8 DIR, or where the database is (--db-name and others)");
	return 0;
}

#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "option.h"
#include "opts.h"
#include "samefile.h"

const char *const family_names[FAMILIES] = {
	"settings", "users", "contacts", "collected", "groups", "files", "corporate", "calendars"
};

const char opts_usage[] =
    "usage: p7-extract --p7 DIR [options]\n"
    "       p7-extract --settings FILE --data DIR [options]\n"
    "       p7-extract --db-name NAME --prefix P --source-id TEXT [options]\n"
    "\n"
    "Reads a P7 installation and writes it as a stream of records; changes nothing.\n"
    "\n"
    "  --p7 DIR              the product's directory\n"
    "  --settings FILE       settings.xml, when it is elsewhere\n"
    "  --data DIR            the data directory, when it is elsewhere\n"
    "  --db-host HOST, --db-port N, --db-socket PATH, --db-user USER, --db-name NAME\n"
    "  --db-defaults-file F  option file ([client]) with user and password\n"
    "  --prefix P            prefix of the tables, instead of what settings.xml says\n"
    "  --source-id TEXT      names the installation; by default salt, database, prefix and\n"
    "                        oldest user do\n"
    "  --absent TABLE        P7 has lost this table, go on as if it were empty; may be repeated\n"
    "  --known-sources JSON  the list \"sources\" of P8's description: of these, its own id stays\n"
    "\n"
    "  --users FILE          only these users, an e-mail a line (-: standard input)\n"
    "  --user EMAIL          only this user; may be repeated\n"
    "  --except FILE         not the users that p8-load --list loaded names\n"
    "  --shard I/N           only the I-th of N parts of the users, I from 1 to N\n"
    "  --only KIND,...       settings, users, contacts, collected, groups, files,\n"
    "  --without KIND,...    corporate, calendars\n"
    "  --check               say what there is and how it differs from P7 7.7.9\n"
    "  --list-users          write the list of users instead of records\n"
    "  --ids                 with the source's id and the user's number before each\n"
    "  --files-by-reference  FILE records without content\n"
    "  --no-check-tables     do not have the server check MyISAM tables and the like for damage\n"
    "  --again               do not repeat the warnings about the installation\n"
    "\n"
    "  -o, --output FILE     instead of standard output\n"
    "  -z, --gzip            compress\n"
    "  --rejects FILE        a copy of the REJECT and WARN records\n"
    "  -h, --help            this text\n"
    "  --version             version\n"
    "\n"
    "Manual: man p7-extract\n";

enum { O_P7 = 256, O_SETTINGS, O_DATA, O_PREFIX, O_SOURCE, O_KNOWN, O_USERS, O_ONE, O_LIST, O_ONLY,
	O_WITHOUT, O_SHARD, O_REJECTS, O_REF, O_EXCEPT, O_IDS, O_CHECK, O_AGAIN, O_ABSENT,
	O_UNCHECKED, O_VERSION };

static const struct option long_options[] = {
	{ "p7", required_argument, NULL, O_P7 },
	{ "settings", required_argument, NULL, O_SETTINGS },
	{ "data", required_argument, NULL, O_DATA },
	OPTION_DB_ROWS,
	{ "prefix", required_argument, NULL, O_PREFIX },
	{ "source-id", required_argument, NULL, O_SOURCE },
	{ "absent", required_argument, NULL, O_ABSENT },
	{ "known-sources", required_argument, NULL, O_KNOWN },
	{ "users", required_argument, NULL, O_USERS },
	{ "user", required_argument, NULL, O_ONE },
	{ "check", no_argument, NULL, O_CHECK },
	{ "except", required_argument, NULL, O_EXCEPT },
	{ "list-users", no_argument, NULL, O_LIST },
	{ "ids", no_argument, NULL, O_IDS },
	{ "only", required_argument, NULL, O_ONLY },
	{ "without", required_argument, NULL, O_WITHOUT },
	{ "shard", required_argument, NULL, O_SHARD },
	{ "output", required_argument, NULL, 'o' },
	{ "gzip", no_argument, NULL, 'z' },
	{ "rejects", required_argument, NULL, O_REJECTS },
	{ "files-by-reference", no_argument, NULL, O_REF },
	{ "no-check-tables", no_argument, NULL, O_UNCHECKED },
	{ "again", no_argument, NULL, O_AGAIN },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, O_VERSION },
	{ NULL, 0, NULL, 0 }
};

/* Of "--option=value" only the option is shown: the value may be a secret. */
static int wrong(struct err *e, const char *what, const char *value)
{
	int n = value == NULL ? 0 : value[0] == '-' ? (int)strcspn(value, "=") :
	    (int)strlen(value);

	return err_set(e, EXIT_USAGE, "%s%s%.*s; see p7-extract --help", what, value ? " " : "",
	    n, value ? value : "");
}

static int take_families(const char *s, unsigned *bits, struct err *e)
{
	size_t n;
	int i;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; i < FAMILIES; i++)
			if (strlen(family_names[i]) == n && memcmp(family_names[i], s, n) == 0)
				break;
		if (i == FAMILIES)
			return wrong(e, "no such kind:", s);
		*bits |= 1u << i;
		if (s[n] == '\0')
			return 0;
	}
}

static int take_shard(struct opts *o, char *s, struct err *e)
{
	char *slash = strchr(s, '/');
	unsigned long i, n;
	int rc = -1;

	if (slash != NULL) {
		*slash = '\0';
		if (option_number(slash + 1, 1, 65536, &n) == 0 &&
		    option_number(s, 1, n, &i) == 0) {
			o->shard = (unsigned)i;
			o->shards = (unsigned)n;
			rc = 0;
		}
		*slash = '/';
	}
	return rc == 0 ? 0 : wrong(e, "--shard needs I/N, I from 1 to N, not", s);
}

static int take_selection(struct opts *o, int c, char *arg, struct err *e)
{
	switch (c) {
	case O_USERS:
		if (o->users_file != NULL)
			return wrong(e, "--users is given twice", NULL);
		o->users_file = arg;
		return 0;
	case O_ONE:
		if (*arg == '\0')
			return wrong(e, "--user needs an e-mail", NULL);
		o->user[o->nusers++] = arg;
		return 0;
	case O_ONLY:
		return take_families(arg, &o->only, e);
	case O_WITHOUT:
		return take_families(arg, &o->without, e);
	case O_SHARD:
		return take_shard(o, arg, e);
	case O_LIST:
		o->list_users = true;
		return 0;
	case O_CHECK:
		o->check = true;
		return 0;
	case O_IDS:
		o->ids = true;
		return 0;
	case O_EXCEPT:
		if (o->except != NULL)
			return wrong(e, "--except is given twice", NULL);
		o->except = arg;
		return 0;
	case O_UNCHECKED:
		o->unchecked = true;
		return 0;
	case O_AGAIN:
		o->again = true;
		return 0;
	default:
		return err_set(e, EXIT_BUG, "option %d is not handled", c);
	}
}

static int take(struct opts *o, int c, char *arg, struct err *e)
{
	switch (c) {
	case O_P7:
		o->p7 = arg;
		return 0;
	case O_SETTINGS:
		o->settings = arg;
		return 0;
	case O_DATA:
		o->data = arg;
		return 0;
	case O_PREFIX:
		o->prefix = arg;
		return 0;
	case O_SOURCE:
		o->source_id = arg;
		return 0;
	case O_ABSENT:
		o->absent[o->nabsent++] = arg;
		return 0;
	case O_KNOWN:
		o->known_sources = arg;
		return 0;
	case O_REJECTS:
		o->rejects = arg;
		return 0;
	case O_REF:
		o->by_reference = true;
		return 0;
	case 'o':
		o->out = arg;
		return 0;
	case 'z':
		o->gz = true;
		return 0;
	default:
		return take_selection(o, c, arg, e);
	}
}

/* What is read, and what is written. */
static int check_files(const struct opts *o, struct err *e)
{
	char settings[4200] = "", salt[4200] = "", tree[4200] = "";
	const struct file_use v[] = {
		{ "--output", o->out, FILE_WRITE }, { "--rejects", o->rejects, FILE_WRITE },
		{ "--users", o->users_file, FILE_READ }, { "--except", o->except, FILE_READ },
		{ "--settings", o->settings, FILE_READ },
		{ "--db-defaults-file", o->db.defaults_file, FILE_READ },
		{ "P7's settings", settings, FILE_READ }, { "P7's salt", salt, FILE_READ },
		{ "P7's data directory", tree, FILE_TREE },
	};
	const char *data = o->data != NULL ? o->data : o->p7;

	if (data != NULL) {
		snprintf(settings, sizeof(settings), "%.4000s%s/settings/settings.xml", data,
		    o->data != NULL ? "" : "/data");
		snprintf(salt, sizeof(salt), "%.4000s%s/salt.php", data,
		    o->data != NULL ? "" : "/data");
		snprintf(tree, sizeof(tree), "%.4000s%s", data, o->data != NULL ? "" : "/data");
	}
	return same_file_check(v, sizeof(v) / sizeof(*v), "p7-extract", e);
}

/*
 * "contacts" without one of the others stands for the whole part of a user: what is left out of it
 * as a whole can follow later, collected addresses and groups cannot.
 */
static void whole_part(unsigned *bits)
{
	if ((*bits & (F_CONTACTS | F_COLLECTED | F_GROUPS)) == F_CONTACTS)
		*bits |= F_COLLECTED | F_GROUPS;
}

/* What is missing or contradicts itself. */
static int check(struct opts *o, struct err *e)
{
	if (o->p7 == NULL && o->settings == NULL && o->db.name == NULL)
		return wrong(e, "where is P7? Give --p7 DIR, or --settings FILE, or --db-name"
		    " NAME", NULL);
	if (o->list_users && opts_selects(o))
		return wrong(e, "--list-users lists all users; --users and --user do not go with"
		    " it", NULL);
	if (o->list_users && o->except != NULL)
		return wrong(e, "--list-users lists all users; --except does not go with it", NULL);
	if (o->check && (o->list_users || opts_selects(o) || o->except != NULL))
		return wrong(e, "--check looks at the whole of P7; selections do not go with it",
		    NULL);
	if (o->check && (o->out != NULL || o->gz || o->rejects != NULL))
		return wrong(e, "--check prints to standard output; --output, --gzip and --rejects"
		    " do not go with it", NULL);
	if (check_files(o, e) < 0)
		return -1;
	if (o->ids && !o->list_users)
		return wrong(e, "--ids belongs to --list-users", NULL);
	if (o->except != NULL && strcmp(o->except, "-") == 0 && o->users_file != NULL &&
	    strcmp(o->users_file, "-") == 0)
		return wrong(e, "--users and --except cannot both be standard input", NULL);
	if (o->source_id != NULL && o->source_id[0] == '\0')
		return wrong(e, "--source-id is empty", NULL);
	whole_part(&o->only);
	whole_part(&o->without);
	o->families = (o->only ? o->only : F_ALL) & ~o->without;
	if (o->families == 0)
		return wrong(e, "--only and --without leave nothing", NULL);
	return 0;
}

enum opts_result opts_parse(struct opts *o, int argc, char **argv, struct err *e)
{
	int c, rc;

	memset(o, 0, sizeof(*o));
	o->user = calloc((size_t)argc + 1, sizeof(*o->user));
	o->absent = calloc((size_t)argc + 1, sizeof(*o->absent));
	if (o->user == NULL || o->absent == NULL) {
		err_set(e, EXIT_TEMPORARY, "out of memory");
		return OPTS_WRONG;
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":ho:p::z", long_options, NULL)) != -1) {
		if (c == 'h')
			return OPTS_HELP;
		if (c == O_VERSION)
			return OPTS_VERSION;
		if (c == '?' || c == ':') {
			option_wrong(e, "p7-extract", c, argv, long_options);
			return OPTS_WRONG;
		}
		rc = option_db(&o->db, c == 'p' ? OPTION_DB_PASSWORD : c, optarg, "p7-extract", e);
		if (rc == 0)
			rc = take(o, c, optarg, e);
		if (rc < 0)
			return OPTS_WRONG;
	}
	if (optind < argc) {
		wrong(e, "an argument that is not an option:", argv[optind]);
		return OPTS_WRONG;
	}
	return check(o, e) < 0 ? OPTS_WRONG : OPTS_RUN;
}

void opts_free(struct opts *o)
{
	free(o->user);
	o->user = NULL;
	free(o->absent);
	o->absent = NULL;
}

bool opts_selects(const struct opts *o)
{
	return o->users_file != NULL || o->nusers > 0;
}

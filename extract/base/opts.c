#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "base/opts.h"

const char *const family_names[FAMILIES + 1] = {
	"settings", "users", "contacts", "collected", "groups", "files", "corporate", "calendars"
};

enum mode { MODE_EXTRACT, MODE_CHECK, MODE_LIST };
#define IN(mode) (1u << (mode))

static const struct option_mode modes[] = {
	[MODE_EXTRACT] = { "an extraction", NULL },
	[MODE_CHECK] = { "--check", "prints to standard output and looks at the whole of P7" },
	[MODE_LIST] = { "--list-users", "lists all users" },
};

static const struct option_row rows[] = {
	{ "p7", OPTION_TEXT(struct opts, p7), .arg = "DIR", .help = "the product's directory" },
	{ "settings", OPTION_READ(struct opts, settings), .arg = "FILE",
	    .help = "settings.xml, when it is elsewhere" },
	{ "data", OPTION_TEXT(struct opts, data), .arg = "DIR",
	    .help = "the data directory, when it is elsewhere" },
	OPTION_DB(struct opts, db, "db-", "db-name", 0, 0),
	{ "password", OPT_PASSWORD, .arg = "db-defaults-file" },
	{ "prefix", OPTION_TEXT(struct opts, prefix), .arg = "PREFIX",
	    .help = "prefix of the tables, instead of what settings.xml says" },
	{ "source-id", OPTION_TEXT(struct opts, source_id), .arg = "TEXT",
	    .nonempty = "a text that is not empty",
	    .help = "a name for the installation; by default its id is made of salt,\n"
		"prefix, database and oldest user" },
	{ "absent", OPTION_LIST(struct opts, absent), .arg = "TABLE",
	    .help = "P7 has lost this table, go on as if it were empty; may be repeated" },
	{ "known-sources", OPTION_TEXT(struct opts, known_sources), .arg = "JSON",
	    .help = "the list \"sources\" of P8's description: of these, its own id stays" },
	{ NULL, OPT_HEADING, .help = "" },
	{ "users", OPTION_READ(struct opts, users_file), .arg = "FILE", .once = true,
	    .modes = IN(MODE_EXTRACT),
	    .help = "only these users, an e-mail a line (-: standard input)" },
	{ "user", OPTION_LIST(struct opts, users), .arg = "EMAIL", .nonempty = "an e-mail",
	    .modes = IN(MODE_EXTRACT), .help = "only this user; may be repeated" },
	{ "except", OPTION_READ(struct opts, except), .arg = "FILE", .once = true,
	    .modes = IN(MODE_EXTRACT), .help = "not the users that p8-load --list loaded names" },
	{ "shard", OPTION_TEXT(struct opts, shard_text), .arg = "I/N",
	    .help = "only the I-th of N parts of the users, I from 1 to N" },
	{ "only", OPTION_SET(struct opts, only, family_names), .arg = "KIND,...",
	    .help = "settings, users, contacts, collected, groups, files," },
	{ "without", OPTION_SET(struct opts, without, family_names), .arg = "KIND,...",
	    .help = "corporate, calendars" },
	{ "check", OPTION_MODE(MODE_CHECK),
	    .help = "print what there is and how it differs from P7 7.7.9" },
	{ "list-users", OPTION_MODE(MODE_LIST),
	    .help = "write the list of users instead of records" },
	{ "ids", OPTION_FLAG(struct opts, ids), .needs = "list-users",
	    .help = "with the source's id and the user's number before each" },
	{ "files-by-reference", OPTION_FLAG(struct opts, by_reference),
	    .help = "FILE records without content" },
	{ "no-check-tables", OPTION_FLAG(struct opts, unchecked),
	    .help = "do not have the server check MyISAM tables and the like for damage" },
	{ "again", OPTION_FLAG(struct opts, again),
	    .help = "do not repeat the warnings about the installation" },
	{ NULL, OPT_HEADING, .help = "" },
	{ "output", OPTION_WRITE(struct opts, out), .letter = 'o', .arg = "FILE",
	    .modes = IN(MODE_EXTRACT) | IN(MODE_LIST), .help = "instead of standard output" },
	{ "gzip", OPTION_FLAG(struct opts, gz), .letter = 'z',
	    .modes = IN(MODE_EXTRACT) | IN(MODE_LIST), .help = "compress" },
	{ "rejects", OPTION_WRITE(struct opts, rejects), .arg = "FILE",
	    .modes = IN(MODE_EXTRACT) | IN(MODE_LIST),
	    .help = "a copy of the REJECT and WARN records" },
};

static const struct option_program program = {
	"p7-extract",
	"usage: p7-extract --p7 DIR [options]\n"
	"       p7-extract --settings FILE --data DIR [options]\n"
	"       p7-extract --db-name NAME --prefix P --source-id TEXT [options]\n"
	"\n"
	"Reads a P7 installation and writes it as a stream of records; changes nothing.\n"
	"\n",
	rows, sizeof(rows) / sizeof(*rows), modes, sizeof(modes) / sizeof(*modes)
};

static int take_shard(struct opts *o, struct err *e)
{
	char *slash;
	uint64_t i, n;

	if (o->shard_text == NULL)
		return 0;
	i = strtoull(o->shard_text, &slash, 10);
	if (*slash != '/' || option_number(slash + 1, 1, 65536, &n) < 0 ||
	    !(o->shard_text[0] >= '0' && o->shard_text[0] <= '9') || i < 1 || i > n)
		return options_wrong(&program, e, "--shard needs I/N, I from 1 to N, not %s",
		    o->shard_text);
	o->shard = (unsigned)i;
	o->shards = (unsigned)n;
	return 0;
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

int opts_parse(struct opts *o, int argc, char **argv, struct buf *text, struct err *e)
{
	char settings[4200] = "", salt[4200] = "", tree[4200] = "";
	const struct file_use files[] = {
		{ "P7's settings", settings, FILE_READ }, { "P7's salt", salt, FILE_READ },
		{ "P7's data directory", tree, FILE_TREE },
	};
	struct options found;
	const char *data, *below;
	int rc;

	memset(o, 0, sizeof(*o));
	if ((rc = options_read(&found, &program, o, argc, argv, text, e)) != 0)
		return rc;
	data = o->data != NULL ? o->data : o->p7;
	below = o->data != NULL ? "" : "/data";
	if (data != NULL) {
		snprintf(settings, sizeof(settings), "%.4000s%s/settings/settings.xml", data,
		    below);
		snprintf(salt, sizeof(salt), "%.4000s%s/salt.php", data, below);
		snprintf(tree, sizeof(tree), "%.4000s%s", data, below);
	}
	o->check = found.mode == MODE_CHECK;
	o->list_users = found.mode == MODE_LIST;
	if (options_check(&found, files, sizeof(files) / sizeof(*files), e) < 0 ||
	    take_shard(o, e) < 0)
		return -1;
	if (o->p7 == NULL && o->settings == NULL && o->db.name == NULL)
		return options_wrong(&program, e, "where is P7? Give --p7 DIR, or --settings FILE, "
		    "or --db-name NAME");
	if (o->except != NULL && strcmp(o->except, "-") == 0 && o->users_file != NULL &&
	    strcmp(o->users_file, "-") == 0)
		return options_wrong(&program, e, "--users and --except cannot both be standard "
		    "input");
	whole_part(&o->only);
	whole_part(&o->without);
	o->families = (o->only ? o->only : F_ALL) & ~o->without;
	if (o->families == 0)
		return options_wrong(&program, e, "--only and --without leave nothing");
	return 0;
}

void opts_free(struct opts *o)
{
	options_free(&program, o);
}

bool opts_selects(const struct opts *o)
{
	return o->users_file != NULL || o->users.n > 0;
}

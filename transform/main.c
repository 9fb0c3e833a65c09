/* p7-transform: turn P7 records into P8 records, p7-transform(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "digest.h"
#include "io.h"
#include "mapping_yaml.h"
#include "option.h"
#include "phpconf.h"
#include "run.h"
#include "samefile.h"
#include "shown.h"

#define PROG "p7-transform"
#define DAV_SCHEMA "1.8"	/* of sabre/dav: that of the records of calendars and cards */

struct options {
	const char *input, *output, *mapping, *target, *salt, *rejects, *rename, *corrected;
	bool gz, edited, print_mapping, print_rename, print_differences, accounts;
};

static const char usage_text[] =
	"usage: p7-transform [--salt-file FILE] [--target FILE] [--mapping FILE]\n"
	"                    [--rename FILE [--rename-accounts]] [--rejects FILE]\n"
	"                    [--corrected FILE] [--edited] [-z] [-o FILE] [INPUT]\n"
	"       p7-transform --print-mapping\n"
	"       p7-transform --rename FILE --print-rename\n"
	"       p7-transform --target FILE [--mapping FILE] --print-differences\n"
	"\n"
	"Turn a stream of P7 records (a file, gzip or not, or standard input) into P8 records.\n"
	"\n"
	"  --salt-file FILE   P8's data/salt8.php; passwords are encrypted with it\n"
	"  --target FILE      description of the P8 installation (p8-load --describe)\n"
	"  --mapping FILE     use this mapping instead of the built-in one\n"
	"  --print-mapping    print the built-in mapping\n"
	"  --print-differences  attributes that the target declares otherwise than the mapping\n"
	"  --rename FILE      other names for users: old e-mail, TAB, new e-mail\n"
	"  --rename-accounts  for their mail accounts, too: addresses and logins\n"
	"  --rejects FILE     write what is not carried, or altered, to FILE too\n"
	"  --corrected FILE   rejects of an earlier run whose records were corrected\n"
	"  --edited           accept an input that was altered on purpose\n"
	"  -o, --output FILE  write to FILE instead of standard output\n"
	"  -z, --gzip         compress the output\n"
	"  -h, --help         this text\n"
	"  --version          version\n"
	"\n"
	"Manual: man p7-transform\n";

static int usage(const char *what, struct err *e)
{
	return err_set(e, EXIT_USAGE, "%s; see " PROG " --help", what);
}

/* What is read, and what is written. */
static int check_files(const struct options *o, struct err *e)
{
	const struct file_use v[] = {
		{ "--output", o->output, FILE_WRITE }, { "--rejects", o->rejects, FILE_WRITE },
		{ "the input", o->input != NULL ? o->input : "-", FILE_READ },
		{ "--mapping", o->mapping, FILE_READ }, { "--target", o->target, FILE_READ },
		{ "--salt-file", o->salt, FILE_READ }, { "--rename", o->rename, FILE_READ },
		{ "--corrected", o->corrected, FILE_READ },
	};

	return same_file_check(v, sizeof(v) / sizeof(*v), PROG, e);
}

/* 1: go on, 0: done, -1: wrong use. */
static int parse_options(int argc, char **argv, struct options *o, struct err *e)
{
	static const struct option longs[] = {
		{ "mapping", required_argument, NULL, 'm' },
		{ "print-mapping", no_argument, NULL, 'p' },
		{ "target", required_argument, NULL, 't' },
		{ "salt-file", required_argument, NULL, 's' },
		{ "rejects", required_argument, NULL, 'r' },
		{ "rename", required_argument, NULL, 'n' },
		{ "rename-accounts", no_argument, NULL, 'a' },
		{ "corrected", required_argument, NULL, 'c' },
		{ "print-rename", no_argument, NULL, 'l' },
		{ "print-differences", no_argument, NULL, 'd' },
		{ "edited", no_argument, NULL, 'e' },
		{ "output", required_argument, NULL, 'o' },
		{ "gzip", no_argument, NULL, 'z' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":ho:z", longs, NULL)) != -1)
		switch (c) {
		case 'm': o->mapping = optarg; break;
		case 'p': o->print_mapping = true; break;
		case 't': o->target = optarg; break;
		case 's': o->salt = optarg; break;
		case 'r': o->rejects = optarg; break;
		case 'c': o->corrected = optarg; break;
		case 'e': o->edited = true; break;
		case 'n': o->rename = optarg; break;
		case 'a': o->accounts = true; break;
		case 'l': o->print_rename = true; break;
		case 'd': o->print_differences = true; break;
		case 'o': o->output = optarg; break;
		case 'z': o->gz = true; break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		case 'V':
			puts(PROG " " VERSION);
			return 0;
		default:
			return option_wrong(e, PROG, c, argv, longs);
		}
	if (argc - optind > 1)
		return usage("more than one input", e);
	if ((o->print_mapping || o->print_rename || o->print_differences) &&
	    (argc > optind || o->output != NULL))
		return usage("--print-mapping, --print-rename and --print-differences read no "
		    "stream, and print to standard output", e);
	if (o->print_differences && o->target == NULL)
		return usage("--print-differences belongs to --target", e);
	if ((o->accounts || o->print_rename) && o->rename == NULL)
		return usage("--rename-accounts and --print-rename belong to --rename", e);
	o->input = argv[optind];
	return check_files(o, e) < 0 ? -1 : 1;
}

static int read_built_in(struct mapping *m, const struct target *t, struct err *e)
{
	return mapping_read(m, (const char *)mapping_yaml, sizeof(mapping_yaml),
	    "built-in mapping", t, NULL, e);
}

/* The mapping of a file, which may name what the built-in one knows of P7. */
static int read_own_mapping(struct run *r, const char *path, struct buf *text, struct err *e)
{
	struct mapping *known = calloc(1, sizeof(*known));
	int rc = -1;

	if (known == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (read_built_in(known, &r->target, e) == 0)
		rc = mapping_read(&r->map, text->data, text->len, path, &r->target, known, e);
	mapping_free(known);
	free(known);
	return rc;
}

static int read_mapping(struct run *r, const struct options *o, char sha256[65], struct err *e)
{
	struct buf text = BUF_INIT(MAP_FILE_MAX + 1);
	int rc;

	if (o->mapping == NULL) {
		sha256_hex(mapping_yaml, sizeof(mapping_yaml), sha256);
		return read_built_in(&r->map, &r->target, e);
	}
	rc = io_read_file(o->mapping, false, MAP_FILE_MAX, &text, e);
	if (rc == 0) {
		sha256_hex(text.data, text.len, sha256);
		rc = read_own_mapping(r, o->mapping, &text, e);
	}
	buf_free(&text);
	return rc;
}

/* What the target does not have would be left out of every record. */
static int nothing_lost(const struct run *r, const struct options *o, struct err *e)
{
	if (r->map.lost.len == 0 && !r->map.lost.failed)
		return 0;
	return err_set(e, EXIT_CONFIG, "%s has attributes that P8 does not declare, so their "
	    "values would be lost; correct the name, take the attribute out, give it the "
	    "\"module\" or \"since\" of a P8 that has it, or install its module and describe P8 "
	    "again with p8-load --describe: %s", o->mapping,
	    r->map.lost.failed ? "many" : r->map.lost.data);
}

static int read_salt(struct run *r, const struct options *o, struct err *e)
{
	const char *path = o->salt != NULL ? o->salt : r->target.salt_file;
	struct buf salt = BUF_INIT(4096);
	int rc;

	if (path == NULL)
		return err_set(e, EXIT_CONFIG, "P8's salt is not known, and passwords cannot be "
		    "encrypted without it; name its data/salt8.php with --salt-file, or describe "
		    "P8 with --target");
	rc = phpconf_salt(path, &salt, e);
	if (rc == 0)
		p8crypt_key(&r->key, salt.data, salt.len);
	buf_free(&salt);
	return rc;
}

/* The header of the input, with what this stage adds. */
static int write_header(struct run *r, const char *mapping, struct err *e)
{
	const struct jdoc *h = &r->in.header;
	const struct jval *v;
	struct jsonw *w = so_begin(&r->out, "HEADER");

	for (v = jr_first(h, h->v); v != NULL; v = jr_next(h, v)) {
		if (strcmp(v->key, "kind") == 0 || strcmp(v->key, "transform") == 0 ||
		    strcmp(v->key, "mapping") == 0 || strcmp(v->key, "target") == 0 ||
		    strcmp(v->key, "rename") == 0 || strcmp(v->key, "corrected") == 0 ||
		    strcmp(v->key, "edited") == 0 || strcmp(v->key, "hash") == 0 ||
		    strcmp(v->key, "dav") == 0)
			continue;
		jw_key_n(w, v->key, v->keylen);
		if (strcmp(v->key, "stream") == 0)
			jw_str(w, "p8");
		else
			jr_write(h, v, w);
	}
	jw_kv_str(w, "transform", PROG " " VERSION);
	jw_kv_str(w, "mapping", mapping);
	jw_kv_str(w, "dav", DAV_SCHEMA);
	if (r->rename.given)
		jw_kv_str(w, "rename", r->rename.sha256);
	if (r->corrected.given)
		jw_kv_str(w, "corrected", r->corrected.sha256);
	/* What is not there need not be missing in P7. */
	if (r->in.edited || jr_bool(h, NULL, "edited", false))
		jw_kv_bool(w, "edited", true);
	jw_key(w, "target");
	jw_str(w, r->target.given ? r->target.sha256 : NULL);
	return so_put(&r->out, "HEADER", e);
}

static int records(struct run *r, const char *mapping, struct err *e)
{
	int rc = write_header(r, mapping, e);

	if (rc == 0)
		rc = run_all(r, e);
	return rc == 0 ? report_finish(&r->report, e) : -1;
}

/* From an open input to whole outputs: neither takes its place when the other one cannot. */
static int convert(struct run *r, const struct options *o, struct err *e)
{
	char mapping[65] = "";
	int rc;

	if (read_mapping(r, o, mapping, e) < 0 || nothing_lost(r, o, e) < 0 ||
	    read_salt(r, o, e) < 0 || run_open(r, e) < 0)
		return -1;
	if (so_open(&r->out, o->output, o->gz, e) < 0)
		return -1;
	rc = report_open(&r->report, PROG, o->rejects, e);
	r->report.to = &r->out;
	if (rc == 0)
		rc = records(r, mapping, e);
	if (rc == 0)
		rc = so_close(&r->out, e);
	else
		so_abort(&r->out);
	return report_end(&r->report, rc, e);
}

static int transform(const struct options *o, struct err *e)
{
	struct run *r = calloc(1, sizeof(*r));
	char last_word[4600];
	int rc;

	if (r == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	target_default(&r->target);
	rc = o->target != NULL ? target_read(&r->target, o->target, e) : 0;
	r->rename.accounts = o->accounts;
	if (rc == 0 && o->rename != NULL)
		rc = rename_read(&r->rename, o->rename, e);
	if (rc == 0 && o->corrected != NULL)
		rc = corrected_read(&r->corrected, o->corrected, e);
	if (rc == 0 && io_in_is_terminal(o->input))
		fputs(PROG ": waiting for P7's records from this terminal; give it a FILE, or a pipe"
		    " from p7-extract\n", stderr);
	if (rc == 0)
		rc = si_open(&r->in, o->input, "p7", o->edited, e);
	if (rc == 0) {
		rc = convert(r, o, e);
		si_close(&r->in);
	}
	if (rc == 0 && corrected_unmet(&r->corrected) > 0)
		fprintf(stderr, PROG ": the stream does not have the records of %zu of %s\n",
		    corrected_unmet(&r->corrected), COUNT(r->corrected.n, "correction"));
	if (rc == 0 && r->report.rejects > 0) {
		report_last_word(&r->report, o->rejects, o->output, last_word,
		    sizeof(last_word));
		fputs(last_word, stderr);
		e->status = EXIT_REJECTS;
	}
	run_free(r);
	free(r);
	return rc;
}

static int print_mapping(struct err *e)
{
	fwrite(mapping_yaml, 1, sizeof(mapping_yaml), stdout);
	return io_std_flush(e);
}

/* The list of new names as it was understood: sorted, without comments. */
static int print_rename(const char *path, struct err *e)
{
	struct rename m = { .given = false };
	int rc = rename_read(&m, path, e);
	size_t i;

	for (i = 0; rc == 0 && i < m.n; i++)
		printf("%s\t%s\n", m.v[i].from, m.v[i].to);
	if (rc == 0)
		rc = io_std_flush(e);
	rename_free(&m);
	return rc;
}

/* What the target declares otherwise than the mapping says: the target is obeyed. */
static int print_differences(const struct options *o, struct err *e)
{
	struct run *r = calloc(1, sizeof(*r));
	char sha256[65];
	int rc;

	if (r == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = target_read(&r->target, o->target, e);
	if (rc == 0)
		rc = read_mapping(r, o, sha256, e);
	if (rc == 0 && r->map.differs.len > 0)
		fputs(r->map.differs.data, stdout);
	if (rc == 0)
		rc = io_std_flush(e);
	mapping_free(&r->map);
	target_free(&r->target);
	free(r);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct err e = { .msg = "" };
	int rc;

	io_std_open();
	rc = parse_options(argc, argv, &o, &e);
	if (rc == 0)
		rc = io_std_flush(&e);
	if (rc == 1)
		rc = o.print_mapping ? print_mapping(&e) :
		    o.print_differences ? print_differences(&o, &e) :
		    o.print_rename ? print_rename(o.rename, &e) : transform(&o, &e);
	if (rc < 0)
		shown_fprintf(stderr, PROG ": %s\n", e.msg);
	return (int)e.status;
}

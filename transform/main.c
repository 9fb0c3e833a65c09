/* p7-transform: turn P7 records into P8 records, p7-transform(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "digest.h"
#include "io.h"
#include "mapping_yaml.h"
#include "options.h"
#include "p8/salt.h"
#include "run.h"
#include "shown.h"

#define PROG "p7-transform"
#define DAV_SCHEMA "1.8"	/* of sabre/dav: that of the records of calendars and cards */

enum mode { MODE_TRANSFORM, MODE_MAPPING, MODE_RENAME, MODE_DIFFERENCES };
#define IN(mode) (1u << (mode))

struct wish {
	const char *input, *output, *mapping, *target, *salt, *rejects, *rename, *corrected;
	bool gz, edited, accounts;
};

static const struct option_mode modes[] = {
	[MODE_TRANSFORM] = { "a stream", NULL }, [MODE_MAPPING] = { "--print-mapping", NULL },
	[MODE_RENAME] = { "--print-rename", NULL },
	[MODE_DIFFERENCES] = { "--print-differences", NULL },
};

static const struct option_row rows[] = {
	{ "salt-file", OPTION_READ(struct wish, salt), .arg = "FILE",
	    .help = "P8's data/salt8.php; passwords are encrypted with it" },
	{ "target", OPTION_READ(struct wish, target), .arg = "FILE",
	    .help = "description of the P8 installation (p8-load --describe)" },
	{ "mapping", OPTION_READ(struct wish, mapping), .arg = "FILE",
	    .help = "use this mapping instead of the built-in one" },
	{ "print-mapping", OPTION_MODE(MODE_MAPPING), .help = "print the built-in mapping" },
	{ "print-differences", OPTION_MODE(MODE_DIFFERENCES), .needs = "target",
	    .help = "print attributes that the target declares otherwise than the mapping" },
	{ "rename", OPTION_READ(struct wish, rename), .arg = "FILE",
	    .help = "other names for users: old e-mail, TAB, new e-mail" },
	{ "rename-accounts", OPTION_FLAG(struct wish, accounts), .needs = "rename",
	    .help = "for their mail accounts, too: addresses and logins" },
	{ "print-rename", OPTION_MODE(MODE_RENAME), .needs = "rename",
	    .help = "print this list as it was understood" },
	{ "corrected", OPTION_READ(struct wish, corrected), .arg = "FILE",
	    .help = "rejects of an earlier run whose records were corrected" },
	{ "edited", OPTION_FLAG(struct wish, edited),
	    .help = "accept an input that was altered on purpose" },
	{ "output", OPTION_WRITE(struct wish, output), .letter = 'o', .arg = "FILE",
	    .modes = IN(MODE_TRANSFORM), .help = "write to FILE instead of standard output" },
	{ "gzip", OPTION_FLAG(struct wish, gz), .letter = 'z', .help = "compress the output" },
	{ "rejects", OPTION_WRITE(struct wish, rejects), .arg = "FILE",
	    .help = "write what is not carried, or altered, to FILE too" },
	{ "input", OPTION_OPERAND(struct wish, input), .modes = IN(MODE_TRANSFORM) },
};

static const struct option_program program = {
	PROG,
	"usage: p7-transform [--salt-file FILE] [--target FILE] [--mapping FILE]\n"
	"                    [--rename FILE [--rename-accounts]] [--rejects FILE]\n"
	"                    [--corrected FILE] [--edited] [-z] [-o FILE] [INPUT]\n"
	"       p7-transform --print-mapping\n"
	"       p7-transform --rename FILE --print-rename\n"
	"       p7-transform --target FILE [--mapping FILE] --print-differences\n"
	"\n"
	"Turn a stream of P7 records (a file, gzip or not, or standard input) into P8 records.\n"
	"\n",
	rows, sizeof(rows) / sizeof(*rows), modes, sizeof(modes) / sizeof(*modes)
};

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
		return err_memory(e);
	if (read_built_in(known, &r->m.target, e) == 0)
		rc = mapping_read(&r->m.map, text->data, text->len, path, &r->m.target, known, e);
	mapping_free(known);
	free(known);
	return rc;
}

static int read_mapping(struct run *r, const struct wish *o, char sha256[65], struct err *e)
{
	struct buf text = BUF_INIT(MAP_FILE_MAX + 1);
	int rc;

	if (o->mapping == NULL) {
		sha256_hex(mapping_yaml, sizeof(mapping_yaml), sha256);
		return read_built_in(&r->m.map, &r->m.target, e);
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
static int nothing_lost(const struct run *r, const struct wish *o, struct err *e)
{
	if (r->m.map.lost.len == 0 && !r->m.map.lost.failed)
		return 0;
	return err_set(e, EXIT_CONFIG, "%s has attributes that P8 does not declare, so their "
	    "values would be lost; correct the name, take the attribute out, give it the "
	    "\"module\" or \"since\" of a P8 that has it, or install its module and describe P8 "
	    "again with p8-load --describe: %s", o->mapping,
	    r->m.map.lost.failed ? "many" : r->m.map.lost.data);
}

static int read_salt(struct run *r, const struct wish *o, struct err *e)
{
	const char *path = o->salt != NULL ? o->salt : r->m.target.salt_file;
	struct buf salt = BUF_INIT(4096);
	int rc;

	if (path == NULL)
		return err_set(e, EXIT_CONFIG, "P8's salt is not known, and passwords cannot be "
		    "encrypted without it; name its data/salt8.php with --salt-file, or describe "
		    "P8 with --target");
	rc = p8salt_read(path, &salt, e);
	if (rc == 0)
		p8crypt_key(&r->m.conv.key, salt.data, salt.len);
	buf_free(&salt);
	return rc;
}

/* The header of the input, with what this stage adds. */
static int write_header(struct run *r, const char *mapping, struct err *e)
{
	static const char *const written[] = { "kind", "transform", "mapping", "target", "rename",
		"corrected", "edited", "hash", "dav", NULL };
	const struct jdoc *h = &r->f.in.header;
	const struct jval *v;
	struct jsonw *w = so_begin(&r->f.out, "HEADER");

	for (v = jr_first(h, h->v); v != NULL; v = jr_next(h, v)) {
		if (filter_key_is(v, written))
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
	if (r->f.rename.given)
		jw_kv_str(w, "rename", r->f.rename.sha256);
	if (r->m.corrected.given)
		jw_kv_str(w, "corrected", r->m.corrected.sha256);
	/* What is not there need not be missing in P7. */
	if (r->f.in.edited || jr_bool(h, NULL, "edited", false))
		jw_kv_bool(w, "edited", true);
	jw_key(w, "target");
	jw_str(w, r->m.target.given ? r->m.target.sha256 : NULL);
	return so_put(&r->f.out, "HEADER", e);
}

static int records(struct run *r, const char *mapping, struct err *e)
{
	return write_header(r, mapping, e) < 0 ? -1 : run_all(r, e);
}

/* From an open input to whole outputs. */
static int transform_stream(struct run *r, const struct wish *o, struct err *e)
{
	char mapping[65] = "";
	int rc;

	if (read_mapping(r, o, mapping, e) < 0 || nothing_lost(r, o, e) < 0 ||
	    read_salt(r, o, e) < 0 || run_open(r, e) < 0)
		return -1;
	if (so_open(&r->f.out, o->output, o->gz, e) < 0)
		return -1;
	rc = report_open(&r->f.report, PROG, o->rejects, e);
	r->f.report.to = &r->f.out;
	if (rc == 0)
		rc = records(r, mapping, e);
	return report_end_stream(&r->f.report, rc, e);
}

static int transform(const struct wish *o, struct err *e)
{
	struct run *r = calloc(1, sizeof(*r));
	char last_word[4600];
	int rc;

	if (r == NULL)
		return err_memory(e);
	target_default(&r->m.target);
	rc = o->target != NULL ? target_read(&r->m.target, o->target, e) : 0;
	r->f.rename.accounts = o->accounts;
	if (rc == 0 && o->rename != NULL)
		rc = rename_read(&r->f.rename, o->rename, e);
	if (rc == 0 && o->corrected != NULL)
		rc = corrected_read(&r->m.corrected, o->corrected, e);
	if (rc == 0 && io_in_is_terminal(o->input))
		fputs(PROG ": waiting for P7's records from this terminal; give it a FILE, or a"
		    " pipe from p7-extract\n", stderr);
	if (rc == 0)
		rc = si_open(&r->f.in, o->input, "p7", o->edited, e);
	if (rc == 0) {
		rc = transform_stream(r, o, e);
		si_close(&r->f.in);
	}
	if (rc == 0 && corrected_unmet(&r->m.corrected) > 0)
		fprintf(stderr, PROG ": the stream does not have the records of %zu of %s\n",
		    corrected_unmet(&r->m.corrected), COUNT(r->m.corrected.n, "correction"));
	if (rc == 0 && r->f.report.rejects > 0) {
		report_last_word(&r->f.report, o->rejects, o->output, last_word,
		    sizeof(last_word));
		fputs(last_word, stderr);
		e->status = EXIT_REJECTS;
	}
	run_free(r);
	free(r);
	return rc;
}

/* The list of new names as it was understood: sorted, without comments. */
static int print_rename(const char *path, struct err *e)
{
	struct rename m = { .given = false };
	int rc = rename_read(&m, path, e);
	size_t i;

	for (i = 0; rc == 0 && i < m.n; i++)
		printf("%s\t%s\n", m.v[i].from, m.v[i].to);
	rename_free(&m);
	return rc;
}

/* What the target declares otherwise than the mapping says: the target is obeyed. */
static int print_differences(const struct wish *o, struct err *e)
{
	struct run *r = calloc(1, sizeof(*r));
	char sha256[65];
	int rc;

	if (r == NULL)
		return err_memory(e);
	rc = target_read(&r->m.target, o->target, e);
	if (rc == 0)
		rc = read_mapping(r, o, sha256, e);
	if (rc == 0 && r->m.map.differs.len > 0)
		fputs(r->m.map.differs.data, stdout);
	run_free(r);
	free(r);
	return rc;
}

static int run(const struct wish *o, enum mode mode, struct err *e)
{
	int rc = 0;

	if (mode == MODE_TRANSFORM)
		return transform(o, e);
	if (mode == MODE_DIFFERENCES)
		rc = print_differences(o, e);
	else if (mode == MODE_RENAME)
		rc = print_rename(o->rename, e);
	else
		fwrite(mapping_yaml, 1, sizeof(mapping_yaml), stdout);
	return rc == 0 ? io_std_flush(e) : -1;
}

int main(int argc, char **argv)
{
	struct file_use input = { "the input", NULL, FILE_READ };
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err e = { .msg = "" };
	struct options found;
	struct wish o = { 0 };
	int rc;

	io_std_open();
	rc = options_read(&found, &program, &o, argc, argv, &text, &e);
	if (rc == 1) {
		fputs(text.data, stdout);
		rc = io_std_flush(&e);
	} else if (rc == 0) {
		input.path = found.mode == MODE_TRANSFORM && found.noperands == 0 ? "-" : NULL;
		rc = options_check(&found, &input, 1, &e);
		if (rc == 0)
			rc = run(&o, (enum mode)found.mode, &e);
	}
	buf_free(&text);
	if (rc < 0)
		shown_fprintf(stderr, PROG ": %s\n", e.msg);
	return (int)e.status;
}

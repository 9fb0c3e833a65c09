/* The table of a command line: how options are read, refused, described and suggested again. */
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"

enum { M_RUN, M_LIST };
#define IN(mode) (1u << (mode))

struct to {
	const char *input, *output, *prefix;
	struct option_list users;
	struct db_opts db;
	uint64_t jobs;
	unsigned colour, kinds;
	bool quiet, ids;
};

static const char *const colours[] = { "red", "blue", "green", NULL };
static const struct option_mode modes[] = { { "a run", NULL }, { "--list", "prints a list" } };
static const struct option_row rows[] = {
	{ NULL, OPT_HEADING, .help = "Options:" },
	{ "list", OPTION_MODE(M_LIST), .help = "print a list" },
	{ "ids", OPTION_FLAG(struct to, ids), .needs = "list", .help = "with ids" },
	{ "jobs", OPTION_NUMBER(struct to, jobs, 1, 64), .letter = 'j', .arg = "N",
	    .modes = IN(M_RUN), .help = "so many\nat a time" },
	{ "colour", OPTION_CHOICE(struct to, colour, colours, 1), .arg = "NAME" },
	{ "only", OPTION_SET(struct to, kinds, colours), .arg = "KIND,...", .help = "only these" },
	{ "user", OPTION_LIST(struct to, users), .arg = "EMAIL", .nonempty = "an e-mail" },
	{ "quiet", OPTION_FLAG(struct to, quiet), .letter = 'q', .kept = true, .help = "quiet" },
	{ "output", OPTION_WRITE(struct to, output), .letter = 'o', .arg = "FILE", .once = true },
	{ "prefix", OPTION_TEXT(struct to, prefix), .arg = "PREFIX", .kept = true },
	OPTION_DB(struct to, db, "db-", "db-name", 0, 0),
	{ "input", OPTION_OPERAND(struct to, input), .modes = IN(M_RUN) },
};
static const struct option_program program = {
	"prog", "usage: prog [options]\n", rows, sizeof(rows) / sizeof(*rows), modes, 2
};

#define ARGS 16

/* The words of LINE as a command line: what options_read and options_check give. */
static int parse(struct to *to, const char *line, struct buf *text, struct err *e)
{
	static char copy[400];
	char *v[ARGS + 2] = { (char *)(uintptr_t)"prog" }, *p;
	struct options o;
	int n = 1, rc;

	memset(to, 0, sizeof(*to));
	e->msg[0] = '\0';
	e->status = EXIT_BALANCED;
	snprintf(copy, sizeof(copy), "%s", line);
	for (p = strtok(copy, " "); p != NULL && n <= ARGS; p = strtok(NULL, " "))
		v[n++] = p;
	optind = 0;
	rc = options_read(&o, &program, to, n, v, text, e);
	return rc != 0 ? rc : options_check(&o, NULL, 0, e);
}

static void test_read(void **state)
{
	static const char *const lines[] = {
		"-q -j3 --colour blue --only=green,red --user a@b.test --user=c@d.test in",
		"in -q --jobs=3 --colour=blue --only red,green --user=a@b.test --user c@d.test",
		"-qj 3 --colour blue --only red,green --user a@b.test --user c@d.test -- in",
	};
	struct buf text = BUF_INIT(1 << 16);
	struct err e;
	struct to to;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(parse(&to, lines[i], &text, &e), 0);
		assert_true(to.quiet);
		assert_int_equal(to.jobs, 3);
		assert_int_equal(to.colour, 2);
		assert_int_equal(to.kinds, 1 << 0 | 1 << 2);
		assert_int_equal(to.users.n, 2);
		assert_string_equal(to.users.v[1], "c@d.test");
		assert_string_equal(to.input, "in");
		options_free(&program, &to);
	}
	buf_free(&text);
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *msg;
	} t[] = {
		{ "--colour=pink", "--colour is red, blue or green, not pink" },
		{ "--only red,pink", "no such kind: pink; --only takes red, blue and green, with"
		    " commas between" },
		{ "--jobs 65", "--jobs needs a number from 1 to 64, not 65" },
		{ "--jobs 1x", "--jobs needs a number from 1 to 64, not 1x" },
		{ "--jobs -1", "--jobs needs a number from 1 to 64, not -1" },
		{ "--jobs", "--jobs needs a value" },
		{ "--quiet=yes", "--quiet takes no value" },
		{ "--version=2", "--version takes no value" },
		{ "--foo=secret", "unknown option --foo" },
		{ "-qx", "unknown option -x" },
		{ "--user=", "--user needs an e-mail" },
		{ "-o a --output b", "--output is given twice" },
		{ "--ids", "--ids belongs to --list" },
		{ "--list --jobs 2", "--list prints a list; --jobs has no meaning for it" },
		{ "--list in", "--list prints a list; an input has no meaning for it" },
		{ "a b", "more than one input" },
		{ "-o same same", "--output and the input name the same file, same, whose content"
		    " would be lost; name another one" },
	};
	struct buf text = BUF_INIT(1 << 16);
	struct err e;
	struct to to;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
		assert_int_equal(parse(&to, t[i].line, &text, &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
		n = strlen(t[i].msg);
		assert_memory_equal(e.msg, t[i].msg, n);
		assert_string_equal(e.msg + n, "; see prog --help");
		options_free(&program, &to);
	}
	assert_int_equal(parse(&to, "--db-password=hunter2", &text, &e), -1);
	assert_non_null(strstr(e.msg, "name that with --db-defaults-file"));
	assert_null(strstr(e.msg, "hunter2"));
	buf_free(&text);
}

static void test_text(void **state)
{
	struct buf text = BUF_INIT(1 << 16);
	struct err e;
	struct to to;

	(void)state;
	assert_int_equal(parse(&to, "--help", &text, &e), 1);
	assert_memory_equal(text.data, "usage: prog [options]\n\nOptions:\n", 32);
	assert_non_null(strstr(text.data, "\n  -j, --jobs N          so many\n"
	    "                        at a time\n"));
	assert_null(strstr(text.data, "password="));
	buf_reset(&text);
	assert_int_equal(parse(&to, "-q --prefix it's --db-port 3307 --db-name=d --jobs 2 in",
	    &text, &e), 0);
	options_kept(&program, &to, M_RUN, &text);
	assert_string_equal(text.data, " --quiet --prefix 'it'\\''s' --db-port 3307 --db-name 'd'");
	buf_free(&text);
	options_free(&program, &to);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read),
	    cmocka_unit_test(test_refused), cmocka_unit_test(test_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// rooms: extract
/* Configuration in simple PHP files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "extract/site/phpconf.h"
#include "io.h"
#include "p8/salt.h"

static char path[64];

static void put(const char *text)
{
	struct err e = { .msg = "" };

	assert_int_equal(io_write_file(path, text, strlen(text), 0600, &e), 0);
}

static void parse(struct phpconf *c, const char *text)
{
	struct err e = { .msg = "" };

	put(text);
	assert_int_equal(phpconf_read(c, path, &e), 0);
}

static enum pctype type_of(const struct phpconf *c, const char *key)
{
	const struct pcval *v = phpconf_get(c, key);

	assert_non_null(v);
	return v->type;
}

static void test_shipped_form(void **state)
{
	const struct pcpair *p;
	struct phpconf c;
	size_t i = 0;

	(void)state;
	parse(&c, "<?php\r\n\r\n$aHosts = array('127.0.0.1', 'mail.example'); # two\n\n"
	    "return array(\n\t'sieve' => true,\n\t'sieve.config.host' => '',\n"
	    "\t'sieve.config.port' => 2000, // the old one\n"
	    "\t'charset' => \"utf-8\", /* or\n utf7-imap */\n"
	    "\t'sieve.config.domains' => $aHosts,\n);\n");
	assert_false(c.code);
	assert_int_equal(type_of(&c, "sieve"), PC_BOOL);
	assert_int_equal(phpconf_get(&c, "sieve")->i, 1);
	assert_int_equal(type_of(&c, "sieve.config.host"), PC_STR);
	assert_int_equal(phpconf_get(&c, "sieve.config.host")->n, 0);
	assert_int_equal(phpconf_get(&c, "sieve.config.port")->i, 2000);
	assert_string_equal(phpconf_get(&c, "charset")->s, "utf-8");
	p = phpconf_each(&c, phpconf_get(&c, "sieve.config.domains"), &i);
	assert_string_equal(p->v.s, "127.0.0.1");
	p = phpconf_each(&c, phpconf_get(&c, "sieve.config.domains"), &i);
	assert_string_equal(p->v.s, "mail.example");
	assert_null(phpconf_each(&c, phpconf_get(&c, "sieve.config.domains"), &i));
	assert_null(phpconf_get(&c, "absent"));
	phpconf_free(&c);
}

static void test_literals(void **state)
{
	struct phpconf c;

	(void)state;
	parse(&c, "<?php return ['a' => 'it\\'s \\\\ \\n', \"b\" => \"x\\n\\\"\\$y\", 'c' => -7,"
	    " 'd' => NULL, 'e' => FALSE, 'f' => [], 'g' => ['x' => ['y' => 1]], 'a2' => 'q',"
	    " 'a2' => 'r' ];");
	assert_string_equal(phpconf_get(&c, "a")->s, "it's \\ \\n");
	assert_string_equal(phpconf_get(&c, "b")->s, "x\n\"$y");
	assert_int_equal(phpconf_get(&c, "c")->i, -7);
	assert_int_equal(type_of(&c, "d"), PC_NULL);
	assert_int_equal(type_of(&c, "e"), PC_BOOL);
	assert_int_equal(type_of(&c, "f"), PC_ARRAY);
	assert_int_equal(type_of(&c, "g"), PC_ARRAY);
	assert_string_equal(phpconf_get(&c, "a2")->s, "r");
	phpconf_free(&c);
}

static void test_unknown(void **state)
{
	static const char *const keys[] = { "call", "join", "const", "inside", "hex", "octal",
	    "fraction", "undefined", "math", "nested", "changed" };
	struct phpconf c;
	size_t i;

	(void)state;
	parse(&c, "<?php if (!defined('X')) { die('no ; \\' }'); }\n$changed = 'a';"
	    " $changed .= 'b'; $whole['x'] = 1;"
	    "return array('call' => getenv('HOME', ')'), 'join' => 'a' . 'b', 'const' => PHP_EOL,"
	    "'inside' => \"x{$y}\", 'hex' => 0x10, 'octal' => 010, 'fraction' => 1.5,"
	    "'undefined' => $nothing, 'math' => (1 + 2) * 3, 'nested' => foo(array(1, 2), [3]),"
	    "'changed' => $changed, 'known' => 1);");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_int_equal(type_of(&c, keys[i]), PC_UNKNOWN);
	assert_int_equal(phpconf_get(&c, "known")->i, 1);
	assert_true(c.code);
	phpconf_free(&c);
}

static void test_returned_variable(void **state)
{
	struct phpconf c;

	(void)state;
	parse(&c, "<?php\n$aConf = array('k' => 'v');\nreturn $aConf;\n");
	assert_string_equal(phpconf_get(&c, "k")->s, "v");
	phpconf_free(&c);
	parse(&c, "<?php return array_merge(array('k' => 'v'), $x);");
	assert_int_equal(c.root.type, PC_UNKNOWN);
	assert_null(phpconf_get(&c, "k"));
	phpconf_free(&c);
	parse(&c, "");
	assert_int_equal(c.root.type, PC_UNKNOWN);
	phpconf_free(&c);
}

/* Every prefix of a file is read without going wrong. */
static void test_prefixes(void **state)
{
	static const char whole[] = "<?php /* c */ $a = ['x', \"y\\n\"]; return array('k' => $a,"
	    " 'l' => f('z' . \"q\"), 'm' => -3); # end";
	char part[sizeof(whole)];
	struct phpconf c;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(whole); n++) {
		memcpy(part, whole, n);
		part[n] = '\0';
		parse(&c, part);
		phpconf_free(&c);
	}
}

static void test_depth_is_capped(void **state)
{
	struct err e = { .msg = "" };
	struct phpconf c;
	char text[200] = "<?php return ";

	(void)state;
	memset(text + strlen(text), '[', 100);
	put(text);
	assert_int_equal(phpconf_read(&c, path, &e), -1);
	assert_int_equal(e.status, EXIT_CONFIG);
}

static void test_salt(void **state)
{
	static const char *const bad[] = { "", "<?php", "<?php $sSalt;", "<?php $sSalt = 'a",
	    "<?php $sSalt = \"\";", "<?php $sSalt = \"a\\x41\";", "<?php $sSalt = \"a$b\";" };
	struct buf b = BUF_INIT(4096);
	struct err e = { .msg = "" };
	size_t i;

	(void)state;
	put("<?php \\Aurora\\System\\Api::$sSalt = \"MTYwNTYwMDAwMC4xMjM=\";");
	assert_int_equal(p8salt_read(path, &b, &e), 0);
	assert_string_equal(b.data, "MTYwNTYwMDAwMC4xMjM=");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(bad[i]);
		assert_int_equal(p8salt_read(path, &b, &e), -1);
		assert_int_equal(e.status, EXIT_CONFIG);
	}
	unlink(path);
	assert_int_equal(p8salt_read(path, &b, &e), -1);
	assert_int_equal(e.status, EXIT_NOINPUT);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped_form),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_returned_variable),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_depth_is_capped),
		cmocka_unit_test(test_salt),
	};
	int rc, fd;

	strcpy(path, "/tmp/phpconf.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return rc;
}

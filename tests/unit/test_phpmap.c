// rooms: load
/* What PHP files of P8's modules declare about attributes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "load/target/phpmap.h"

static struct phpmap m;

static void read_php(const char *text)
{
	struct err e = { .msg = "" };

	phpmap_free(&m);
	assert_int_equal(phpmap_read(&m, text, strlen(text), &e), 0);
}

/* The type that CLASS has for ATTR last; "" when there is none, "?" in doubt. */
static const char *type(const char *class, const char *attr, bool extends)
{
	size_t i;

	for (i = m.n; i-- > 0;)
		if (m.v[i].attr != NULL && strcmp(m.v[i].class, class) == 0 &&
		    strcmp(m.v[i].attr, attr) == 0 && m.v[i].extends == extends)
			return m.v[i].type != NULL ? m.v[i].type : "?";
	return "";
}

static void is(const char *attr, const char *want)
{
	assert_string_equal(type("A\\M\\C", attr, false), want);
}

static void in_class(const char *body)
{
	char text[4096] = "<?php\nnamespace A\\M;\nclass C extends \\Base\n{\n";

	strcat(text, body);
	strcat(text, "\n}\n");
	read_php(text);
}

static void forms_of_a_map(void **state)
{
	(void)state;
	in_class("protected $aStaticMap = array(\n\t'One'\t=> array('string', '', true),\n"
	    "\t\"Two\" => [\"mediumblob\", null], // 'No' => array('int', 0),\n"
	    "\t# 'No' => array('int', 0),\n\t/* 'No' => array('int', 0), */\n"
	    "\t'Three' => Array (\n\t\t'bool',\n\t\t(bool)$x->f('a', array(1, 2)), true\n\t),\n"
	    "\t'Four' => [0 => 'int', 1 => \\A\\B::DEFAULT_VALUE],\n\t);");
	is("One", "string");
	is("Two", "mediumblob");
	is("Three", "bool");
	is("Four", "int");
	is("No", "");
	assert_int_equal(m.doubts, 0);
	in_class("function __construct($m) { $this->x = ['Not' => ['int', 1]];\n"
	    "$this->aStaticMap = ['One' => ['datetime', date('Y-m-d', 0)]]; parent::f($m);"
	    "} function f() { return is_array($this->aStaticMap) && $this->aStaticMap == [] ?"
	    " $this->aStaticMap['One'] : ''; }");
	is("One", "datetime");
	is("Not", "");
	assert_int_equal(m.doubts, 0);
	in_class("protected $aStaticMap = [];");
	assert_int_equal(m.n, 1);
	assert_null(m.v[0].attr);
	assert_int_equal(m.doubts, 0);
}

static void maps_in_steps(void **state)
{
	(void)state;
	in_class("function __construct() { $this->aStaticMap = array_merge($this->aStaticMap,"
	    " array('One' => array('text', ''))); $this->aStaticMap['Two'] = ['int', 0];"
	    " $this->aStaticMap += ['Three' => ['bool', true]]; }");
	is("One", "text");
	is("Two", "int");
	is("Three", "bool");
	assert_int_equal(m.doubts, 0);
	in_class("function __construct() { $this->aStaticMap = array_merge(parent::map(),"
	    " ['One' => ['text', '']]); }");
	is("One", "text");
	assert_true(m.doubts > 0);
	in_class("function __construct() { $this->aStaticMap = $a; }");
	assert_int_equal(m.doubts, 1);
	in_class("function __construct() { $this->aStaticMap[$a] = ['int', 0]; }");
	assert_true(m.doubts > 0);
	in_class("function getStaticMap() { return ['One' => ['int', 0]]; }");
	assert_int_equal(m.doubts, 1);
}

static void constants(void **state)
{
	(void)state;
	in_class("const TEXT = 'text', KEY = 'Two';\nprivate const string B = 'bool';\n"
	    "protected $aStaticMap = ['One' => [self::TEXT, ''], C::KEY => [static::B, false],"
	    " 'Three' => [\\Other::TEXT, ''], 'Four' => ['in' . 't', 0], self::NONE => ['int', 0],"
	    " 'Five' => [LATER, 0]];\n} const LATER = 'bigint';\nclass D {");
	is("One", "text");
	is("Two", "bool");
	is("Three", "?");
	is("Four", "?");
	is("Five", "bigint");
	assert_true(m.doubts >= 3);
	in_class("const T = 'text'; protected $aStaticMap = ['One' => [self::T, 0]]; }"
	    " class D { const T = 'int';");
	is("One", "?");
}

static void what_is_in_doubt(void **state)
{
	(void)state;
	in_class("protected $aStaticMap = ['One' => ['varchar', ''], 'Two' => $x,"
	    " 'Three' => ['int', 0], 'Four' => [\"$t\", ''], ...$more, 'Five' => null];");
	is("One", "?");
	is("Two", "?");
	is("Three", "int");
	is("Four", "?");
	is("Five", "?");
	assert_int_equal(m.doubts, 5);
	assert_non_null(strstr(m.doubt, "line 5: the type of One is \"varchar\""));
}

static void extensions(void **state)
{
	static const char user[] = "Aurora\\Modules\\Core\\Classes\\User";

	(void)state;
	read_php("<?php\nnamespace Aurora\\Modules\\Mail;\n"
	    "use \\Aurora\\Modules\\Core\\Classes\\User as Person, A\\B;\n"
	    "use Aurora\\Modules\\{Contacts\\Classes\\Contact, X as Y};\n"
	    "class Module extends \\Base { use SomeTrait; public function init() {\n"
	    "\t$this->extendObject(\n\t\t'Aurora\\Modules\\Core\\Classes\\User', \n\t\tarray(\n"
	    "\t\t\t'One' => array('bool', (bool)$this->getConfig('One', false)),\n\t\t)\n\t);\n"
	    "\tself::ExtendObject(\"Aurora\\\\Modules\\\\Core\\\\Classes\\\\User\","
	    " ['Two' => ['int', 1]]);\n"
	    "\t$this->extendObject(Person::class, ['Three' => ['string', '']]);\n"
	    "\t$this->extendObject(\\Aurora\\Modules\\Core\\Classes\\User::class,"
	    " ['Four' => ['text', '']]);\n"
	    "\t$this->extendObject(Contact::class, ['Five' => ['string', '']]);\n"
	    "\t$this->extendObject(Classes\\Account::class, ['Six' => ['bool', true]]);\n"
	    "\tObjectExtender::getInstance()->extend('Files', Person::class,"
	    " ['Seven' => ['bigint', 0]]);\n"
	    "\t$oTpl->extend($a, 'b'); $x->extend('layout'); f(User::class);\n"
	    "} function extendObject($a, $b) {} }");
	assert_string_equal(type(user, "One", true), "bool");
	assert_string_equal(type(user, "Two", true), "int");
	assert_string_equal(type(user, "Three", true), "string");
	assert_string_equal(type(user, "Four", true), "text");
	assert_string_equal(type("Aurora\\Modules\\Contacts\\Classes\\Contact", "Five", true),
	    "string");
	assert_string_equal(type("Aurora\\Modules\\Mail\\Classes\\Account", "Six", true), "bool");
	assert_string_equal(type(user, "Seven", true), "bigint");
	assert_string_equal(m.v[m.n - 1].module, "Files");
	assert_int_equal(m.doubts, 0);
	read_php("<?php class M { function init() { $this->extendObject($sClass,"
	    " ['A' => ['int', 0]]);"
	    " $this->extendObject('User', $aMap); $this->extendObject(); } }");
	assert_int_equal(m.doubts, 3);
	assert_string_equal(type("User", "A", true), "");
}

/* Text that only looks like PHP, and PHP that is cut off anywhere. */
static void odd_text(void **state)
{
	static const char whole[] = "<?php namespace A\\M; class C { const X = 'int';"
	    " protected $aStaticMap = array('One' => array(self::X, <<<T\n ) ]\nT\n,"
	    " \"a{$b['c']}\"),"
	    " 'Two' => ['text', '?>']); function f() { $this->extendObject('U',"
	    " ['Three' => ['bool', fn() => [1]]]); $o = new class extends \\D {}; } } ?> tail";
	struct err e = { .msg = "" };
	size_t i;

	(void)state;
	read_php("class C { protected $aStaticMap = ['One' => ['int', 0]]; }");
	assert_int_equal(m.n, 0);
	read_php("");
	assert_int_equal(m.n, 0);
	read_php("<?php // class C { ?> <?= 1 ?> class C { $aStaticMap = ['One' => ['int', 0]];");
	assert_int_equal(m.n, 0);
	for (i = 0; i < sizeof(whole); i++) {
		phpmap_free(&m);
		assert_int_equal(phpmap_read(&m, whole, i, &e), 0);
	}
	is("One", "int");
	is("Two", "text");
	assert_string_equal(type("U", "Three", true), "bool");
	assert_int_equal(m.doubts, 0);
	in_class("protected $aStaticMap = ['One' => ['int', 0)], ]]], 'Two' => [[[[}]};");
	read_php("<?php namespace A { class C { $aStaticMap = ['\xff' => ['int', 0]]; } }");
	assert_int_equal(m.doubts, 1);
	assert_string_equal(type("A\\C", "\xff", false), "");
}

static void too_much(void **state)
{
	char *text = malloc(300000), *p = text;
	struct err e = { .msg = "" };
	int i;

	(void)state;
	assert_non_null(text);
	phpmap_free(&m);
	p += sprintf(p, "<?php class C { $aStaticMap = [");
	for (i = 0; i <= PHPMAP_DECLS; i++)
		p += sprintf(p, "'A%d' => ['int', 0],", i);
	assert_int_equal(phpmap_read(&m, text, (size_t)(p - text), &e), -1);
	assert_int_equal(e.status, EXIT_DATA);
	phpmap_free(&m);
	memset(text, '[', 300000);
	memcpy(text, "<?php class C { $aStaticMap = ", 30);
	assert_int_equal(phpmap_read(&m, text, 300000, &e), 0);
	free(text);
}

/* Nothing that a file says makes it call itself without end. */
static void too_deep(void **state)
{
	static const char *const piece[] = { "array_merge(", "[]+", "array_merge([]+" };
	char *text = malloc(PHPMAP_FILE_MAX), *p;
	struct err e = { .msg = "" };
	size_t i;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < sizeof(piece) / sizeof(*piece); i++) {
		p = text + sprintf(text, "<?php class C { $aStaticMap = ");
		while (p + strlen(piece[i]) + 1 < text + PHPMAP_FILE_MAX)
			p += sprintf(p, "%s", piece[i]);
		phpmap_free(&m);
		assert_int_equal(phpmap_read(&m, text, (size_t)(p - text), &e), 0);
		assert_true(m.doubts > 0);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_a_map), cmocka_unit_test(maps_in_steps),
		cmocka_unit_test(constants), cmocka_unit_test(what_is_in_doubt),
		cmocka_unit_test(extensions), cmocka_unit_test(odd_text),
		cmocka_unit_test(too_much), cmocka_unit_test(too_deep),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	phpmap_free(&m);
	return rc;
}

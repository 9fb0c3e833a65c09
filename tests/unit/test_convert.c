// rooms: transform
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "transform/mapping/convert.h"
#include "transform/mapping/column.h"

static struct map_attr attr;
static struct convert ctx = { .sieve = { true, 4190, { "imap.one.test" }, 1 }, .attr = &attr };

static struct val conv(const char *name, unsigned n, const struct val *in)
{
	const struct conversion *c = conversion_find(name);
	struct val out = { V_NONE, false, 0, "", 0 };
	unsigned i;

	assert_non_null(c);
	assert_true(n >= c->min && n <= c->max);
	for (i = 0; i < n; i++)
		ctx.in[i] = &in[i];
	ctx.n = n;
	ctx.reports = 0;
	assert_int_equal(c->make(&ctx, &out), 0);
	return out;
}

static void is(struct val v, const char *want)
{
	assert_int_equal(v.type, V_STR);
	assert_int_equal(v.n, strlen(want));
	assert_memory_equal(v.s, want, v.n);
}

static struct val one(const char *name, const char *s)
{
	struct val in = val_text(s);

	return conv(name, 1, &in);
}

static void truths(void **state)
{
	struct val none = { V_NONE, false, 0, "", 0 };
	struct val in[2] = { val_int(0), val_int(1) };

	(void)state;
	assert_int_equal(conv("any", 2, in).i, 1);
	assert_int_equal(conv("any", 1, in).i, 0);
	assert_int_equal(conv("any", 1, &none).i, 0);
	assert_int_equal(conv("if-off", 1, &in[0]).type, V_BOOL);
	assert_int_equal(conv("if-off", 1, &in[0]).i, 0);
	assert_int_equal(conv("if-off", 1, &in[1]).type, V_NONE);
	assert_int_equal(conv("if-off", 1, &none).type, V_NONE);
}

static void line_breaks(void **state)
{
	(void)state;
	is(one("lines", " a\\n\nb\\nc\nd\r\ne\rf "), "a\nb\nc\nd\ne\nf");
	assert_int_equal(ctx.reports, 0);
	is(one("lines", "a\\\\n"), "a\\");
	is(one("lines", "back\\slash"), "back\\slash");
	assert_int_equal(ctx.reports, 0);
	is(one("lines", "C:\\new"), "C:\new");
	assert_int_equal(ctx.reports, 1);
	assert_string_equal(ctx.report[0].code, "line-break-or-path");
	one("lines", "see \\\\server\\news");
	assert_int_equal(ctx.reports, 1);
	is(one("lines", "\\n"), "");
}

static void folders_order(void **state)
{
	(void)state;
	is(one("folders-order",
	    "[\"INBOX\",\"A/B\",\"\\u041f\xd1\x80\", \"\\\"\\\\\\t\\u0001\x7f\"]"),
	    "[\"INBOX\",\"A\\/B\",\"\\u041f\\u0440\",\"\\\"\\\\\\t\\u0001\x7f\"]");
	is(one("folders-order", "[\"\xf0\x9f\x98\x80\"]"), "[\"\\ud83d\\ude00\"]");
	is(one("folders-order", "[[],{\"a\":1},null,true,-5]"), "[[],{\"a\":1},null,true,-5]");
	is(one("folders-order", "[]"), "");
	is(one("folders-order", ""), "");
	assert_int_equal(ctx.reports, 0);
	is(one("folders-order", "\"x\""), "");
	assert_int_equal(ctx.reports, 1);
	is(one("folders-order", "[1,"), "");
	assert_int_equal(ctx.reports, 1);
}

static void times(void **state)
{
	static const char *const unknown[] = { "", "0000-00-00 00:00:00", "1970-01-01 00:00:00",
		"1969-12-31 23:59:59", "2020-13-01 00:00:00", "2020-01-01", "2020-01-01T00:00:00" };
	size_t i;

	(void)state;
	is(one("time", "2020-01-02 03:04:05"), "2020-01-02 03:04:05");
	is(one("time", "1970-01-01 00:00:01"), "1970-01-01 00:00:01");
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		is(one("time", unknown[i]), "@snapshot");
}

static void time_zones(void **state)
{
	static const char *const good[] = { "Europe/Kiev", "America/Argentina/Buenos_Aires", "UTC",
		"Etc/GMT+5", "GMT", "America/Port-au-Prince" };
	static const char *const bad[] = { "nowhere", "+02:00", "/Europe", "Europe/", "A//B", "12",
		"Europe/Kiev; drop" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		is(one("time-zone", good[i]), good[i]);
		assert_int_equal(ctx.reports, 0);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		is(one("time-zone", bad[i]), "");
		assert_int_equal(ctx.reports, 1);
	}
}

static void passwords(void **state)
{
	struct val in[2] = { val_text("204c454144"), val_text(" ann ") };

	(void)state;
	is(conv("login-password", 2, in), "ann:lead");
	in[0] = val_text("");
	is(conv("login-password", 2, in), "ann:");
	is(one("password", "731610011607"), "secret");
	is(one("password", "204c454144"), " lead");
	assert_int_equal(ctx.reports, 0);
	one("password", "plain");
	assert_int_equal(ctx.reports, 1);
	assert_true(ctx.report[0].secret);
	in[0] = val_int(1);
	in[1] = val_text("6103");
	is(conv("own-password", 2, in), "ab");
	in[0] = val_int(2);
	is(conv("own-password", 2, in), "");
	is(conv("own-login", 2, in), "");
}

static void choices(void **state)
{
	struct val none = { V_NONE, false, 0, "", 0 }, null = { V_NULL, false, 0, "", 0 };
	struct val in[5] = { none, null, val_int(7) };

	(void)state;
	assert_int_equal(conv("first", 3, in).i, 7);
	assert_int_equal(conv("first", 1, in).type, V_NONE);
	in[1] = val_text(" ");
	in[2] = val_text("x");
	is(conv("first-filled", 3, in), "x");
	in[0] = val_int(1);
	in[1] = none;
	assert_int_equal(conv("all", 2, in).i, 1);
	in[1] = val_int(0);
	assert_int_equal(conv("all", 2, in).i, 0);
	in[0] = val_int(2);
	in[1] = val_text("h");
	in[2] = val_text("b");
	in[3] = val_text("o");
	is(conv("view-email", 4, in), "o");
	in[0] = null;
	is(conv("view-email", 4, in), "h");
	in[0] = val_int(9);
	is(conv("view-email", 4, in), "h");
	in[0] = val_int(1);
	in[2] = val_text("");
	is(conv("view-email", 4, in), "");
	in[4] = val_text("user@x.test");
	is(conv("view-email", 5, in), "user@x.test");
	in[0] = null;
	in[1] = val_int(4);
	is(conv("social-type", 2, in), "twitter");
	in[1] = val_int(99);
	is(conv("social-type", 2, in), "");
	assert_int_equal(one("sieve", "IMAP.one.test ").i, 1);
	assert_int_equal(one("sieve", "imap.two.test").i, 0);
}

static struct val stored(enum eav_type t, struct val v)
{
	attr.type = attr.cast = t;
	ctx.reports = 0;
	assert_int_equal(column_cast(&ctx, &v), 0);
	assert_int_equal(column_store(&ctx, &v), 0);
	return v;
}

static void casts(void **state)
{
	(void)state;
	attr.drop_long = false;
	assert_int_equal(stored(T_INT, val_text(" 12abc")).i, 12);
	assert_int_equal(stored(T_INT, val_text("-3")).i, -3);
	assert_int_equal(stored(T_INT, val_text("x")).i, 0);
	assert_int_equal(stored(T_BOOL, val_text("0")).i, 0);
	assert_int_equal(stored(T_BOOL, val_text("00")).i, 1);
	assert_int_equal(stored(T_BOOL, val_int(2)).i, 1);
	is(stored(T_STRING, val_int(-5)), "-5");
	is(stored(T_STRING, val_bool(false)), "");
	assert_int_equal(stored(T_TEXT, (struct val){ V_NULL, false, 0, "", 0 }).type, V_NULL);
	is(stored(T_STRING, (struct val){ V_NULL, false, 0, "", 0 }), "");
	assert_int_equal(ctx.reports, 0);
	assert_int_equal(stored(T_INT, val_int(INT64_C(5000000000))).i, INT32_MAX);
	assert_int_equal(ctx.reports, 1);
	assert_int_equal(stored(T_INT, val_text("-99999999999999999999")).i, INT32_MIN);
	assert_string_equal(ctx.report[0].code, "number-out-of-range");
}

static void characters(void **state)
{
	struct val bytes = val_text("a\xff" "b\xe2\x82");

	(void)state;
	bytes.bytes = true;
	attr.drop_long = false;
	is(stored(T_STRING, val_text("x \xf0\x9f\x98\x80 y")), "x \xef\xbf\xbd y");
	assert_string_equal(ctx.report[0].code, "character-outside-bmp");
	is(stored(T_MEDIUMBLOB, val_text("\xf0\x9f\x98\x80")), "\xf0\x9f\x98\x80");
	assert_int_equal(ctx.reports, 0);
	is(stored(T_STRING, bytes), "a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(ctx.report[0].code, "not-utf8");
	is(stored(T_MEDIUMBLOB, bytes), "a\xff" "b\xe2\x82");
	assert_int_equal(ctx.reports, 0);
}

static void lengths(void **state)
{
	static char text[70000];
	size_t i;

	(void)state;
	attr.drop_long = false;
	for (i = 0; i < 300; i++)
		memcpy(text + 2 * i, "\xd0\x96", 2);
	assert_int_equal(stored(T_STRING, val_str(text, 510)).n, 510);
	assert_int_equal(ctx.reports, 0);
	assert_int_equal(stored(T_STRING, val_str(text, 600)).n, 510);
	assert_string_equal(ctx.report[0].code, "value-shortened");
	assert_false(ctx.report[0].reject);
	attr.drop_long = true;
	assert_int_equal(stored(T_STRING, val_str(text, 600)).n, 0);
	assert_string_equal(ctx.report[0].code, "value-too-long");
	assert_true(ctx.report[0].reject);
	assert_int_equal(stored(T_ENCRYPTED, val_str(text, 184)).n, 251);
	assert_int_equal(ctx.reports, 0);
	assert_int_equal(stored(T_ENCRYPTED, val_str(text, 185)).n, 0);
	assert_true(ctx.report[0].reject && ctx.report[0].secret);
	attr.drop_long = false;
	memset(text, 'x', sizeof(text));
	assert_int_equal(stored(T_TEXT, val_str(text, 65535)).n, 65535);
	assert_int_equal(ctx.reports, 0);
	memcpy(text + 65534, "\xd0\x96", 2);
	assert_int_equal(stored(T_TEXT, val_str(text, 65540)).n, 65534);
	assert_int_equal(ctx.reports, 1);
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&ctx.arena);
	jr_free(&ctx.json);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(truths, teardown),
		cmocka_unit_test_teardown(line_breaks, teardown),
		cmocka_unit_test_teardown(folders_order, teardown),
		cmocka_unit_test_teardown(times, teardown),
		cmocka_unit_test_teardown(time_zones, teardown),
		cmocka_unit_test_teardown(passwords, teardown),
		cmocka_unit_test_teardown(choices, teardown),
		cmocka_unit_test_teardown(casts, teardown),
		cmocka_unit_test_teardown(characters, teardown),
		cmocka_unit_test_teardown(lengths, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

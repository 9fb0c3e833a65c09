// rooms: sabredav-schema
/* Records as the steps see them, and the facts of DAV objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "davobject.h"
#include "sabredav-schema/record.h"

/* The record LINE as the reader has it. */
static void read_line(struct stream_in *in, struct record *r, const char *line)
{
	struct err e = { .msg = "" };

	memset(in, 0, sizeof(*in));
	buf_init(&in->work, BUF_RECORD_MAX);
	in->io.name = "test";
	in->line = line;
	in->len = strlen(line);
	buf_add(&in->work, line, in->len);
	assert_int_equal(jr_parse(&in->doc, in->work.data, in->work.len, &e), 0);
	snprintf(in->kind, sizeof(in->kind), "%s", jr_str(&in->doc, NULL, "kind", ""));
	record_init(r);
	assert_int_equal(record_read(r, in, &e), 0);
}

static void done(struct stream_in *in, struct record *r)
{
	record_free(r);
	jr_free(&in->doc);
	buf_free(&in->work);
}

static void expect(const struct record *r, const char *key, const char *json)
{
	size_t n;
	const char *p = record_json(r, key, &n);

	assert_int_equal(n, strlen(json));
	assert_memory_equal(p, json, n);
}

static void test_texts(void **state)
{
	struct stream_in in;
	struct record r;

	(void)state;
	read_line(&in, &r, " { \"kind\" : \"X\" , \"a\":\"x\\\"},\\\\\" "
	    ",\"b\"  :  [1, {\"c\" : \"]\"}] "
	    ",\"q\\\"uo\\u0074e\": 1.50,\"n\":null , \"s\":\"\" , \"last\" : { } } ");
	expect(&r, "a", "\"x\\\"},\\\\\"");
	expect(&r, "b", "[1, {\"c\" : \"]\"}]");
	expect(&r, "q\"uote", "1.50");
	expect(&r, "n", "null");
	expect(&r, "s", "\"\"");
	expect(&r, "last", "{ }");
	expect(&r, "none", "null");
	assert_true(record_lacks(&r, "n"));
	assert_true(record_lacks(&r, "none"));
	assert_true(record_has(&r, "n"));
	assert_false(record_has(&r, "none"));
	assert_null(record_value(&r, "n"));
	record_set_int(&r, "a", -5);
	record_set_str(&r, "new", "\"\xff", 2);
	expect(&r, "a", "-5");
	expect(&r, "new", "{\"base64\":\"Iv8=\"}");
	record_drop(&r, "b");
	expect(&r, "b", "null");
	expect(&r, "last", "{ }");
	done(&in, &r);
	read_line(&in, &r, "{\"kind\":\"X\"}");
	assert_int_equal(r.n, 0);
	done(&in, &r);
}

static void test_uid(void **state)
{
	static const char head[] = "BEGIN:VEVENT\nUID:", tail[] = "\nEND:VEVENT\n";
	char text[700], uid[DAV_UID_MAX + 1];
	bool altered;
	int n;

	(void)state;
	n = snprintf(text, sizeof(text), "%sone%s", head, tail);
	assert_int_equal(davobject_uid(text, (size_t)n, uid, &altered), 3);
	assert_string_equal(uid, "one");
	assert_false(altered);
	/* 255 bytes fit; of 256 there is what fits, up to a whole character, and a hash. */
	n = snprintf(text, sizeof(text), "%s%0255d%s", head, 0, tail);
	assert_int_equal(davobject_uid(text, (size_t)n, uid, &altered), 255);
	assert_false(altered);
	n = snprintf(text, sizeof(text), "%s%0245d\xC3\xA9%09d%s", head, 0, 0, tail);
	assert_int_equal(davobject_uid(text, (size_t)n, uid, &altered), 254);
	assert_true(altered);
	assert_int_equal(uid[245], '-');
	assert_int_equal(davobject_uid(NULL, 0, uid, &altered), 0);
	assert_int_equal(davobject_uid("", 0, uid, &altered), 0);
	assert_string_equal(uid, "");
}

static void test_nothing(void **state)
{
	struct ical_facts f;
	char etag[33];

	(void)state;
	davobject_etag(NULL, 0, etag);
	assert_string_equal(etag, "d41d8cd98f00b204e9800998ecf8427e");
	davobject_etag("", 0, etag);
	assert_string_equal(etag, "d41d8cd98f00b204e9800998ecf8427e");
	ical_look(NULL, 0, &f);
	assert_string_equal(f.component, "");
	assert_false(f.timed);
	ical_look("x", 1, &f);
	assert_string_equal(f.component, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_uid),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

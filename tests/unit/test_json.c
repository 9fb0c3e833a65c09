/* The JSON reader and writer: what is accepted, what is refused, and that text survives both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "jsonr.h"
#include "jsonw.h"

static const char *const refused[] = {
	"", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "nul",
	"tru", "01", "-", "+1", "1.", "1e", ".5", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
	"\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\t\"", "1 2", "{} x", "{\"a\":1,\"a\":2}",
	"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\xef\xbb\xbf{}",
};

static const char *const same[] = {
	"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808",
	"18446744073709551615", "1.5e+3", "\"\"", "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u0000\"",
	"[]", "[1,[2,[]],{}]", "{\"k\":[null,true],\"\xd0\xbf\":\"\xf0\x9f\x98\x80\"}",
	"{\"base64\":\"/w==\"}",
};

static void test_refused(void **state)
{
	struct jdoc d = { 0 };
	struct err e;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		strcpy(text, refused[i]);
		e.msg[0] = '\0';
		if (jr_parse(&d, text, strlen(text), &e) == 0)
			fail_msg("accepted: %s", refused[i]);
		assert_string_not_equal(e.msg, "");
		assert_int_equal(e.status, EXIT_DATA);
	}
	jr_free(&d);
}

static void test_round_trip(void **state)
{
	struct buf out = BUF_INIT(1 << 16);
	struct jdoc d = { 0 };
	struct jsonw w;
	struct err e = { .msg = "" };
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		strcpy(text, same[i]);
		if (jr_parse(&d, text, strlen(text), &e) != 0)
			fail_msg("%s: %s", same[i], e.msg);
		buf_reset(&out);
		jw_begin(&w, &out);
		jr_write(&d, d.v, &w);
		assert_string_equal(out.data, same[i]);
	}
	jr_free(&d);
	buf_free(&out);
}

/* Every prefix of a record is refused: no cut line is taken for a whole one. */
static void test_prefixes(void **state)
{
	static const char whole[] = "{\"kind\":\"X\",\"n\":[1,-2,{\"s\":\"\\u00e9\"}],\"t\":true}";
	struct jdoc d = { 0 };
	struct err e;
	char text[sizeof(whole)];
	size_t n;

	(void)state;
	for (n = 0; n < strlen(whole); n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		assert_int_equal(jr_parse(&d, text, n, &e), -1);
	}
	jr_free(&d);
}

static void test_depth(void **state)
{
	struct jdoc d = { 0 };
	struct err e;
	char text[4 * JR_DEPTH];

	(void)state;
	memset(text, '[', JR_DEPTH);
	memset(text + JR_DEPTH, ']', JR_DEPTH);
	assert_int_equal(jr_parse(&d, text, 2 * JR_DEPTH, &e), 0);
	memset(text, '[', JR_DEPTH + 1);
	memset(text + JR_DEPTH + 1, ']', JR_DEPTH + 1);
	assert_int_equal(jr_parse(&d, text, 2 * JR_DEPTH + 2, &e), -1);
	jr_free(&d);
}

static void test_access(void **state)
{
	char text[] = "{\"s\":\"v\",\"i\":-7,\"b\":true,\"u\":18446744073709551615,"
		      "\"x\":{\"base64\":\"AP8=\"},\"o\":1.5}";
	struct buf spare = BUF_INIT(100);
	struct jdoc d = { 0 };
	struct err e;
	const char *p;
	size_t n;

	(void)state;
	assert_int_equal(jr_parse(&d, text, strlen(text), &e), 0);
	assert_string_equal(jr_str(&d, NULL, "s", "?"), "v");
	assert_string_equal(jr_str(&d, NULL, "i", "?"), "?");
	assert_int_equal(jr_int(&d, NULL, "i", 0), -7);
	assert_int_equal(jr_int(&d, NULL, "b", 0), 1);
	assert_int_equal(jr_int(&d, NULL, "o", 9), 9);
	assert_true(jr_get(&d, NULL, "u")->unsigned64);
	assert_null(jr_get(&d, NULL, "none"));
	assert_int_equal(jr_bytes(&d, jr_get(&d, NULL, "x"), &spare, &p, &n), 0);
	assert_int_equal(n, 2);
	assert_memory_equal(p, "\0\xff", 2);
	assert_int_equal(jr_bytes(&d, jr_get(&d, NULL, "i"), &spare, &p, &n), -1);
	buf_free(&spare);
	jr_free(&d);
}

/* Bytes of any kind come back as they were. */
static void test_bytes_survive(void **state)
{
	struct buf out = BUF_INIT(1 << 16), spare = BUF_INIT(1 << 16);
	struct jdoc d = { 0 };
	struct jsonw w;
	struct err e;
	char in[300];
	const char *p;
	size_t n, i, len;

	(void)state;
	for (i = 0; i < 2000; i++) {
		len = (size_t)(rand() % (int)sizeof(in));
		for (n = 0; n < len; n++)
			in[n] = (char)(i % 2 ? rand() : rand() % 0x80);
		buf_reset(&out);
		buf_reset(&spare);
		jw_begin(&w, &out);
		jw_str_n(&w, in, len);
		assert_int_equal(jr_parse(&d, out.data, out.len, &e), 0);
		assert_int_equal(jr_bytes(&d, d.v, &spare, &p, &n), 0);
		assert_int_equal(n, len);
		assert_memory_equal(p, in, len);
	}
	jr_free(&d);
	buf_free(&out);
	buf_free(&spare);
}

static void test_writer_cap(void **state)
{
	struct buf out = BUF_INIT(300);
	struct jsonw w;
	int i;

	(void)state;
	jw_begin(&w, &out);
	jw_object(&w);
	for (i = 0; i < 100; i++)
		jw_kv_str(&w, "key", "value");
	assert_true(out.failed);
	assert_true(out.len <= 300);
	buf_reset(&out);
	assert_false(out.failed);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_bytes_survive),
		cmocka_unit_test(test_writer_cap),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}

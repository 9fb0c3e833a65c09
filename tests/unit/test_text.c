/* UTF-8, base64, digests and UUIDs against published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base64.h"
#include "digest.h"
#include "shown.h"
#include "utf8.h"
#include "uuid.h"

static void test_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t good;	/* bytes of the well-formed prefix */
	} t[] = {
		{ "", 0 }, { "abc", 3 }, { "\xd0\xbf", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 }, { "\xf4\x8f\xbf\xbf", 4 }, { "\xed\x9f\xbf", 3 },
		{ "\xc1\xbf", 0 }, { "\xe0\x80\x80", 0 }, { "\xed\xa0\x80", 0 },
		{ "\xf0\x80\x80\x80", 0 }, { "\xf4\x90\x80\x80", 0 }, { "\xff", 0 },
		{ "a\x80", 1 }, { "a\xc3", 1 }, { "12345678\xe2\x82", 8 },
		{ "1234567\xc3\xa9" "89", 11 },
	};
	char out[4];
	const char *p, *end;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(utf8_valid_prefix(t[i].s, strlen(t[i].s)), t[i].good);
		for (p = t[i].s, end = p + t[i].good; p < end;) {
			const char *at = p;
			uint32_t cp = utf8_next(&p, end);

			assert_int_equal(utf8_put(out, cp), p - at);
			assert_memory_equal(out, at, p - at);
		}
	}
	assert_int_equal(utf8_chars("a\xd0\xbf\xf0\x9f\x98\x80", 7), 3);
	assert_int_equal(utf8_cut("a\xd0\xbf", 3, 2), 1);
	assert_int_equal(utf8_cut("a\xd0\xbf", 3, 3), 3);
}

static void test_base64(void **state)
{
	static const char *const t[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	struct buf b = BUF_INIT(100);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf_reset(&b);
		base64_encode(&b, t[i][0], strlen(t[i][0]));
		buf_add(&b, "", 0);
		assert_string_equal(b.data, t[i][1]);
		buf_reset(&b);
		assert_int_equal(base64_decode(&b, t[i][1], strlen(t[i][1])), 0);
		buf_add(&b, "", 0);
		assert_string_equal(b.data, t[i][0]);
	}
	buf_reset(&b);
	base64_encode_url(&b, "\xfb\xff\xfe\xff", 4);
	assert_string_equal(b.data, "-__-_w");
	buf_reset(&b);
	assert_int_equal(base64_decode(&b, "-__-_w", 6), 0);
	assert_memory_equal(b.data, "\xfb\xff\xfe\xff", 4);
	assert_int_equal(base64_decode(&b, "a", 1), -1);
	assert_int_equal(base64_decode(&b, "a*aa", 4), -1);
	buf_free(&b);
}

static void test_digests(void **state)
{
	char md5[33], sha[65];

	(void)state;
	md5_hex("abc", 3, md5);
	assert_string_equal(md5, "900150983cd24fb0d6963f7d28e17f72");
	sha256_hex("abc", 3, sha);
	assert_string_equal(sha,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_uuid(void **state)
{
	/* RFC 4122 appendix C: the name space of DNS names; the value is Python's uuid5 of it. */
	static const uint8_t dns[16] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
	    0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	char out[UUID_LEN + 1], low[UUID_LEN + 1];
	uint8_t raw[16], ns[16];

	(void)state;
	uuid_v5(dns, "python.org", 10, out);
	assert_string_equal(out, "886313e1-3b8a-5372-9b90-0c9aee199e5d");
	uuid_raw(out, raw);
	uuid_text(raw, low);
	assert_string_equal(low, out);
	assert_true(uuid_parse("886313E1-3B8A-5372-9B90-0C9AEE199E5D", UUID_LEN, low));
	assert_string_equal(low, out);
	assert_false(uuid_parse("886313E1-3B8A-5372-9B90-0C9AEE199E5", UUID_LEN - 1, low));
	assert_false(uuid_parse("886313E1-3B8A-5372-9B90-0C9AEE199E5G", UUID_LEN, low));
	assert_false(uuid_parse("886313E113B8A-5372-9B90-0C9AEE199E5D", UUID_LEN, low));
	uuid_namespace("x", 1, ns);
	uuid_text(ns, out);
	assert_int_equal(out[14], '3');
	uuid_random(out);
	assert_true(uuid_parse(out, strlen(out), low));
	assert_int_equal(out[14], '4');
}

static void format(struct buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void format(struct buf *out, const char *fmt, ...)
{
	va_list ap;

	buf_reset(out);
	va_start(ap, fmt);
	shown_format(out, fmt, ap);
	va_end(ap);
}

/* D08: what moves a cursor or forges a line is shown in octal, everything else as it is. */
static void test_shown(void **state)
{
	static const char *const t[][2] = { { "Gr\xc3\xbc\xc3\x9f \\ \xf0\x9f\x98\x80", NULL },
		{ "a\x1b[31m", "a\\033[31m" }, { "a\nb\tc\r\x7f", "a\\012b\\011c\\015\\177" },
		{ "\xc2\x85\xc2\x9b\xc2\xa0", "\\302\\205\\302\\233\xc2\xa0" },
		{ "\xe2\x80\xaex\xe2\x81\xa9\xd8\x9c", "\\342\\200\\256x\\342\\201\\251"
		  "\\330\\234" },
		{ "\xe2\x80\xa8\xef\xbb\xbf", "\\342\\200\\250\\357\\273\\277" },
		{ "\xff\xc3", "\\377\\303" }, { "\xe2\x82", "\\342\\202" } };
	static const char *const none[] = { "", "\\", "\\1", "\\012\n", "\\141nna", "\\134",
		"\\400", "\\303\\244", "a\\x1b", "\\12", "\\000", "a@b.test\\000c", "\\012\\000" };
	struct buf out = BUF_INIT(1000);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf_reset(&out);
		shown_put(&out, t[i][0], strlen(t[i][0]));
		assert_string_equal(out.data, t[i][1] != NULL ? t[i][1] : t[i][0]);
		assert_int_equal(shown_as_is(t[i][0], strlen(t[i][0])), t[i][1] == NULL);
		buf_reset(&out);
		assert_int_equal(shown_read(&out, t[i][1] != NULL ? t[i][1] : t[i][0]),
		    t[i][1] != NULL);
		assert_string_equal(out.len > 0 ? out.data : "", t[i][1] != NULL ? t[i][0] : "");
	}
	/* What nothing is shown as is a name of its own. */
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(shown_read(&out, none[i]));
	format(&out, "%s: %s\n", "a\n", "b\n");
	assert_string_equal(out.data, "a\\012: b\\012\n");
	format(&out, "%s", "b\n");
	assert_string_equal(out.data, "b\\012");
	buf_free(&out);
}

static void test_shell(void **state)
{
	char out[32];

	(void)state;
	shown_shell(out, sizeof(out), "o'brien@a.test");
	assert_string_equal(out, "'o'\\''brien@a.test'");
	shown_shell(out, sizeof(out), "");
	assert_string_equal(out, "''");
	shown_shell(out, sizeof(out), "''");
	assert_true(strlen(out) < sizeof(out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_shell),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

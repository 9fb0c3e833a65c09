/* P7's password codec: what P7's own code makes of these, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "p7/password.h"

#define BYTES(s) { s, sizeof(s) - 1 }

struct pair {
	struct {
		const char *p;
		size_t n;
	} plain, stored;
};

static const struct pair both_ways[] = {
	{ BYTES(""), BYTES("") },
	{ BYTES("a"), BYTES("61") },
	{ BYTES("aa"), BYTES("6100") },
	{ BYTES("ab"), BYTES("6103") },
	{ BYTES("12345"), BYTES("3103020504") },
	{ BYTES("secret"), BYTES("731610011607") },
	{ BYTES("p@ss w0rd"), BYTES("703003035007400214") },
	{ BYTES(" lead"), BYTES("204c454144") },
	{ BYTES("trail "), BYTES("7406151d1854") },
	{ BYTES("it's \"quoted\" \\ back"),
	    BYTES("691d4e1a494b181c061d0c0d4b4935490b080a02") },
	{ BYTES("\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c" "1"),
	    BYTES("d04f00600150006e006b015ce1") },
	{ BYTES("p\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80"),
	    BYTES("70b3d4b3ef92f2dc80efe8f0") },
	{ BYTES("\xd0\xbf\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80"),
	    BYTES("d06f1374134f32527c204f4850") },
	{ BYTES("<&amp;>"), BYTES("3c1a5d514c0702") },
	{ BYTES("\0abc"), BYTES("00616263") },
};

static const struct pair decode_only[] = {
	{ BYTES(""), BYTES("6") },
	{ BYTES(""), BYTES("616") },
	{ BYTES("\0"), BYTES("zz") },
	{ BYTES(""), BYTES("6z7") },
	{ BYTES("\x06\0"), BYTES("6G6g") },
	{ BYTES("\x73\x16"), BYTES("7365") },
	{ BYTES("\x0e\x02\0"), BYTES("SECRET") },
	{ BYTES("\x4a\x01"), BYTES("4A4B") },
	{ BYTES("aa"), BYTES("61 0") },
	{ BYTES("\0"), BYTES("00") },
	{ BYTES("\0\x61"), BYTES("0061") },
};

static void same(const struct buf *b, const char *p, size_t n)
{
	assert_false(b->failed);
	assert_int_equal(b->len, n);
	if (n > 0)
		assert_memory_equal(b->data, p, n);
}

static void decodes(const struct pair *p)
{
	struct buf b = BUF_INIT(1024);

	p7password_decode(&b, p->stored.p, p->stored.n);
	same(&b, p->plain.p, p->plain.n);
	buf_free(&b);
}

static void test_both_ways(void **state)
{
	struct buf b = BUF_INIT(1024);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(both_ways) / sizeof(both_ways[0]); i++) {
		buf_reset(&b);
		p7password_encode(&b, both_ways[i].plain.p, both_ways[i].plain.n);
		same(&b, both_ways[i].stored.p, both_ways[i].stored.n);
		decodes(&both_ways[i]);
		assert_true(p7password_plausible(b.data ? b.data : "", b.len));
	}
	buf_free(&b);
}

static void test_zero_is_empty(void **state)
{
	struct buf b = BUF_INIT(64);

	(void)state;
	p7password_encode(&b, "0", 1);
	assert_int_equal(b.len, 0);
	p7password_encode(&b, "00", 2);
	same(&b, "3000", 4);
	buf_free(&b);
}

static void test_odd_input(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(decode_only) / sizeof(decode_only[0]); i++)
		decodes(&decode_only[i]);
}

static void test_plausible(void **state)
{
	(void)state;
	assert_false(p7password_plausible("secret", 6));
	assert_false(p7password_plausible("616", 3));
	assert_false(p7password_plausible("4A4B", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_zero_is_empty),
		cmocka_unit_test(test_odd_input),
		cmocka_unit_test(test_plausible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

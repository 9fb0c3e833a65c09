/* Spools and the search for duplicates: in memory, in a file, and used again. */
// rooms: extract
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "extract/base/dupes.h"
#include "extract/base/spool.h"

static void fill(struct spool *s, int from, int n, size_t size)
{
	struct err e = { .msg = "" };
	char *p = malloc(size + 1);
	int i;

	assert_non_null(p);
	for (i = from; i < from + n; i++) {
		memset(p, 'a' + i % 26, size);
		assert_int_equal(spool_add(s, i, -i, p, size, &e), 0);
	}
	free(p);
	spool_rewind(s);
}

static void drain(struct spool *s, int from, int n, size_t size)
{
	struct err e = { .msg = "" };
	struct srow row;
	int i;

	for (i = from; i < from + n; i++) {
		assert_int_equal(spool_peek(s, &row, &e), 1);
		assert_int_equal(row.key, i);
		assert_int_equal(row.key2, -i);
		assert_int_equal(row.n, size);
		if (size > 0) {
			assert_int_equal(row.p[0], 'a' + i % 26);
			assert_int_equal(row.p[size - 1], 'a' + i % 26);
		}
		spool_skip(s, &row);
	}
	assert_int_equal(spool_peek(s, &row, &e), 0);
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 65511, 65512, 65513, 300000, 3000000 };
	static const int counts[] = { 0, 1, 2, 7 };
	struct spool s;
	size_t i, k;

	(void)state;
	spool_init(&s);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
			fill(&s, 5, counts[k], sizes[i]);
			drain(&s, 5, counts[k], sizes[i]);
			spool_rewind(&s);
			drain(&s, 5, counts[k], sizes[i]);
			spool_clear(&s);
		}
	spool_free(&s);
}

/* A long lot in the file, then a short one: nothing of the first may show. */
static void test_again(void **state)
{
	struct spool s;

	(void)state;
	spool_init(&s);
	fill(&s, 0, 20000, 50);
	drain(&s, 0, 20000, 50);
	spool_clear(&s);
	fill(&s, 7, 2000, 40);
	drain(&s, 7, 2000, 40);
	spool_clear(&s);
	fill(&s, 1, 3, 10);
	drain(&s, 1, 3, 10);
	spool_free(&s);
}

static void test_seek(void **state)
{
	struct err e = { .msg = "" };
	struct spool s;
	struct srow row;

	(void)state;
	spool_init(&s);
	fill(&s, 10, 10000, 30);
	assert_int_equal(spool_seek(&s, 5000, -100000, &row, &e), 1);
	assert_int_equal(row.key, 5000);
	assert_int_equal(spool_seek(&s, 5000, 0, &row, &e), 1);
	assert_int_equal(row.key, 5001);
	assert_int_equal(spool_seek(&s, 100000, 0, &row, &e), 0);
	spool_free(&s);
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15u;
	return x ^ x >> 29;
}

static int any(uint64_t n, uint64_t again)
{
	struct err e = { .msg = "" };
	struct dupes d;
	uint64_t i;
	int rc;

	dupes_init(&d);
	for (i = 1; i <= n; i++)
		assert_int_equal(dupes_add(&d, mix(i), &e), 0);
	if (again > 0)
		assert_int_equal(dupes_add(&d, mix(again), &e), 0);
	rc = dupes_any(&d, &e);
	dupes_free(&d);
	return rc;
}

static void test_dupes(void **state)
{
	(void)state;
	assert_int_equal(any(0, 0), 0);
	assert_int_equal(any(1, 0), 0);
	assert_int_equal(any(1, 1), 1);
	assert_int_equal(any(1000, 0), 0);
	assert_int_equal(any(1000, 500), 1);
	assert_int_equal(any(400000, 0), 0);
	assert_int_equal(any(400000, 3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_dupes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

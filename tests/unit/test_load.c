// rooms: load
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "davname.h"
#include "load/base/lookup.h"
#include "db.h"
#include "load/base/fit.h"
#include "load/base/names.h"
#include "load/base/runs.h"
#include "load/target/sqlerr.h"
#include "load/disk/tree.h"
#include "load/store/eav.h"
#include "utf8.h"

static struct err e;

static void add_all(struct idruns *r, const int64_t *id, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(runs_add(r, id[i], &e), 0);
}

/* Every id is in exactly one run, and no other is. */
static void check_runs(const struct idruns *r, const int64_t *id, size_t n)
{
	size_t i, k, total = 0;
	int64_t x;

	for (k = 0; k < r->n; k++)
		for (x = r->v[k].first; x <= r->v[k].last; x += r->v[k].step, total++) {
			for (i = 0; i < n && id[i] != x; i++)
				;
			assert_true(i < n);
		}
	assert_int_equal(total, n);
}

static void runs_contiguous(void **state)
{
	int64_t id[1000];
	struct idruns r = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		id[i] = 5000 + (int64_t)i;
	add_all(&r, id, 1000);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.v[0].step, 1);
	check_runs(&r, id, 1000);
	runs_free(&r);
}

static void runs_with_steps_and_gaps(void **state)
{
	static const int64_t id[] = { 3, 10, 11, 12, 13, 20, 23, 26, 29, 1000, 2000, 2001, 2002 };
	struct idruns r = { 0 };

	(void)state;
	add_all(&r, id, 13);
	check_runs(&r, id, 13);
	assert_in_range(r.n, 1, 6);
	runs_free(&r);
	assert_int_equal(r.n, 0);
	add_all(&r, id + 5, 4);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.v[0].step, 3);
	runs_free(&r);
}

static void runs_of_any_ids(void **state)
{
	int64_t id[200], at;
	struct idruns r = { 0 };
	unsigned round, i;

	(void)state;
	srandom(7);
	for (round = 0; round < 200; round++) {
		runs_free(&r);
		for (i = 0, at = 1; i < 200; i++, at += random() % 4 ? 1 : 1 + random() % 9)
			id[i] = at;
		add_all(&r, id, 200);
		check_runs(&r, id, 200);
	}
	runs_free(&r);
}

static void fits_text(void **state)
{
	struct fit f = { 255, true, 1 << 20 };
	char long_text[70000];

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	assert_null(fit_text(&f, AT_STRING, long_text, 255));
	assert_string_equal(fit_text(&f, AT_STRING, long_text, 256), "value-too-long");
	assert_null(fit_text(&f, AT_TEXT, long_text, 65535));
	assert_string_equal(fit_text(&f, AT_TEXT, long_text, 65536), "value-too-long");
	assert_null(fit_text(&f, AT_MEDIUMBLOB, "\xff\x00", 2));
	assert_string_equal(fit_text(&f, AT_STRING, "\xff", 1), "value-no-utf8");
	assert_string_equal(fit_text(&f, AT_STRING, "\xf0\x9f\x98\x80", 4), "value-not-bmp");
	assert_string_equal(fit_text(&f, AT_TEXT, "a\xf0\x9f\x98\x80", 5), "value-not-bmp");
	f.bmp_only = false;
	assert_null(fit_text(&f, AT_STRING, "\xf0\x9f\x98\x80", 4));
	f.packet = 70000;
	assert_string_equal(fit_text(&f, AT_MEDIUMBLOB, long_text, sizeof(long_text)),
	    "value-too-large");
}

/* 255 characters of two bytes fit, though they are 510 bytes. */
static void fits_characters(void **state)
{
	struct fit f = { 255, true, 1 << 20 };
	char text[2 * 256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	assert_null(fit_text(&f, AT_STRING, text, 510));
	assert_string_equal(fit_text(&f, AT_STRING, text, 512), "value-too-long");
}

static void fits_numbers_and_dates(void **state)
{
	(void)state;
	assert_null(fit_num(AT_BOOL, 1));
	assert_non_null(fit_num(AT_BOOL, 2));
	assert_null(fit_num(AT_INT, INT32_MIN));
	assert_non_null(fit_num(AT_INT, (int64_t)INT32_MAX + 1));
	assert_null(fit_num(AT_BIGINT, INT64_MAX));
	assert_true(fit_datetime("2024-05-06 07:08:09", 19));
	assert_false(fit_datetime("2024-05-06T07:08:09", 19));
	assert_false(fit_datetime("2024-05-06", 10));
	assert_true(strlen(fit_reason("value-type")) > 10);
	assert_true(strlen(fit_remedy("no such code")) > 10);
}

static void paths(void **state)
{
	static const char *const good[] = { "a", "a/b", ".sabredav", "a/..b", "...", "Büro/x y" };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a",
	    "a/./b", "a/../b" };
	char name[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(tree_path_ok(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(tree_path_ok(bad[i], strlen(bad[i])));
	assert_false(tree_path_ok("a\0b", 3));
	memset(name, 'n', sizeof(name));
	assert_true(tree_path_ok(name, 255));
	assert_false(tree_path_ok(name, 256));
}

static void arena_keeps_what_it_is_given(void **state)
{
	static char big[2 * ARENA_BLOCK];
	struct arena a = { 0 };
	char *p[3000];
	unsigned i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3000; i++) {
			p[i] = arena_add(&a, &i, sizeof(i));
			assert_non_null(p[i]);
			if (i % 1000 == 0)
				assert_non_null(arena_add(&a, big, sizeof(big)));
		}
		for (i = 0; i < 3000; i++)
			assert_memory_equal(p[i], &i, sizeof(i));
		arena_reset(&a);
		assert_int_equal(a.bytes, 0);
	}
	arena_free(&a);
}

static void interned_once(void **state)
{
	struct intern *t = calloc(1, sizeof(*t));
	const struct interned *a, *b;
	char name[32];
	int i;

	(void)state;
	assert_non_null(t);
	a = intern(t, "Name", 4);
	b = intern(t, "Names", 4);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(intern(t, "Names", 5), a);
	assert_non_null(intern(t, "", 0));
	for (i = 0; intern(t, name, (size_t)snprintf(name, sizeof(name), "n%d", i)) != NULL; i++)
		;
	assert_int_equal(t->used, INTERN_MAX);
	assert_ptr_equal(intern(t, "Name", 4), a);
	intern_free(t);
	free(t);
}

/* Dropping a row moves the last one; references keep pointing at their rows. */
static void attribute_dropped(void **state)
{
	struct unit u = { 0 };
	struct interned name = { (char *)(uintptr_t)"IdUser", 6 };
	int64_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(eav_number(&u, AT_INT, i, &name, 10 + i, &e), 0);
	assert_int_equal(eav_refers(&u, 0, &e), 0);
	eav_drop(&u, AT_INT, 1);
	assert_int_equal(u.r[TABLE_ATTRS + AT_INT].n, 3);
	assert_int_equal(u.r[TABLE_ATTRS + AT_INT].col[ATTR_VALUE].num[1], 13);
	assert_int_equal(u.refs.n, 1);
	assert_int_equal(u.refs.v[0].row, 1);
	eav_drop(&u, AT_INT, 1);
	assert_int_equal(u.refs.n, 0);
	assert_int_equal(u.rows, 2);
	unit_reset(&u);
	assert_int_equal(u.rows, 0);
	unit_free(&u);
}

static void types(void **state)
{
	unsigned t;

	(void)state;
	for (t = 0; t < AT_COUNT; t++)
		assert_int_equal(attr_type_of(attr_type_name[t], strlen(attr_type_name[t])), t);
	assert_int_equal(attr_type_of("ref", 3), AT_COUNT);
	assert_int_equal(attr_type_of("strings", 7), AT_COUNT);
}

static void hashes(void **state)
{
	uint64_t a = rowhash_attr("u", "string", "Name", 4, "", 0);

	(void)state;
	assert_true(a != rowhash_attr("u", "string", "Name", 4, NULL, 0));
	assert_true(a != rowhash_attr("u", "text", "Name", 4, "", 0));
	assert_true(rowhash_attr("u", "string", "ab", 2, "c", 1) !=
	    rowhash_attr("u", "string", "a", 1, "bc", 2));
	assert_true(rowhash_volatile(TYPE_USER, "LastLogin"));
	assert_false(rowhash_volatile(TYPE_CONTACT, "LastLogin"));
	assert_true(rowhash_volatile(TYPE_CTAG, "CTag"));
	assert_false(rowhash_volatile(TYPE_CTAG, "UserId"));
}

static void lookups(void **state)
{
	struct lookup t = { 0 };
	size_t cursor = 0, n = 0, i;

	(void)state;
	assert_int_equal(lookup_get(&t, 1, &cursor), SIZE_MAX);
	assert_int_equal(lookup_reset(&t, 1000, &e), 0);
	for (i = 0; i < 1000; i++)
		lookup_put(&t, i % 10 * 64, i);
	while ((i = lookup_get(&t, 3 * 64, &cursor)) != SIZE_MAX) {
		assert_int_equal(i % 10, 3);
		n++;
	}
	assert_int_equal(n, 100);
	cursor = 0;
	assert_int_equal(lookup_get(&t, 11 * 64, &cursor), SIZE_MAX);
	lookup_free(&t);
}

static void errors(void **state)
{
	(void)state;
	assert_true(sqlerr_is_data(1406) && sqlerr_is_data(1366) && !sqlerr_is_data(1213));
	assert_true(db_transient(1213) && db_transient(1205) &&
	    db_transient(2013) && !db_transient(1406));
	assert_true(db_lost(2006) && !db_lost(1213));
	assert_true(sqlerr_is_duplicate(1062) && !sqlerr_is_duplicate(1048));
}

static void fits(const char *text, size_t chars, bool bytewise, const char *want)
{
	struct buf out = BUF_INIT(1 << 20);

	if (davname_fit(text, strlen(text), chars, bytewise, &out))
		assert_string_equal(out.data, want);
	else
		assert_string_equal(text, want);
	buf_free(&out);
}

/* Texts of calendar tables: to the character, never inside of one. */
static void dav_texts(void **state)
{
	(void)state;
	fits("Жук", 3, false, "Жук");
	fits("Жук", 2, false, "Жу");
	fits("Жук", 6, true, "Жук");
	fits("Жук", 5, true, "Жу");
	fits("a😀", 2, false, "a\xef\xbf\xbd");
	assert_true(utf8_beyond_bmp("a bc def 😀", 13));
	assert_false(utf8_beyond_bmp("a bc def ж", 11));
	assert_false(utf8_beyond_bmp("12345678", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_contiguous),
		cmocka_unit_test(runs_with_steps_and_gaps),
		cmocka_unit_test(runs_of_any_ids),
		cmocka_unit_test(fits_text),
		cmocka_unit_test(fits_characters),
		cmocka_unit_test(fits_numbers_and_dates),
		cmocka_unit_test(paths),
		cmocka_unit_test(arena_keeps_what_it_is_given),
		cmocka_unit_test(interned_once),
		cmocka_unit_test(attribute_dropped),
		cmocka_unit_test(types),
		cmocka_unit_test(hashes),
		cmocka_unit_test(lookups),
		cmocka_unit_test(errors),
		cmocka_unit_test(dav_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

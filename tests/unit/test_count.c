// rooms:
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "count.h"

static void numbers(void **state)
{
	(void)state;
	assert_string_equal(COUNT(0, "user"), "0 users");
	assert_string_equal(COUNT(1, "user"), "1 user");
	assert_string_equal(COUNT(2, "more owner"), "2 more owners");
	assert_string_equal(COUNT(UINT64_MAX, "row"), "18446744073709551615 rows");
}

static void long_text(void **state)
{
	char what[200];

	(void)state;
	memset(what, 'x', sizeof(what) - 1);
	what[sizeof(what) - 1] = '\0';
	assert_int_equal(strlen(COUNT(2, what)), COUNT_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

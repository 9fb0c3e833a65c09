/* DSNs of PHP's PDO, URIs and UIDs that do not fit their columns. */
// rooms: sabredav-schema
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sabredav-schema/dsn.h"
#include "sabredav-schema/uid.h"

static void test_dsn(void **state)
{
	static const struct {
		const char *dsn, *host, *socket, *name;
		unsigned port;
	} t[] = {
		{ "mysql:host=h;dbname=d", "h", "", "d", 0 },
		{ "mysql:host=h;port=3307;dbname=d;charset=utf8", "h", "", "d", 3307 },
		{ "mysql:unix_socket=/s;dbname=d", "", "/s", "d", 0 },
		{ "mysql:host=h:3307;dbname=d", "h", "", "d", 3307 },
		{ "mysql:host=localhost:/run/s;dbname=d", "localhost", "/run/s", "d", 0 },
		{ "mysql:host=:/s;dbname=d", "", "/s", "d", 0 },
		{ "mysql:host=2001:db8::1;dbname=d", "2001:db8::1", "", "d", 0 },
		{ "mysql:;dbname=a=b;", "", "", "a=b", 0 },
		{ "mysql:", "", "", "", 0 },
	};
	static const char *const wrong[] = { "sqlite:/x", "mysql:host", "mysql:password=x",
	    "mysql:port=0", "mysql:port=x", "mysql:port=99999", "mysql:host=h:x" };
	struct err e = { .msg = "" };
	struct dsn d;
	char longest[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
		assert_int_equal(dsn_parse(&d, t[i].dsn, &e), 0);
		assert_string_equal(d.host, t[i].host);
		assert_string_equal(d.socket, t[i].socket);
		assert_string_equal(d.name, t[i].name);
		assert_int_equal(d.port, t[i].port);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(dsn_parse(&d, wrong[i], &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "mysql:host=", 11);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(dsn_parse(&d, longest, &e), -1);
	assert_true(dsn_is("mysql:") && dsn_is("sqlite:/x"));
	assert_false(dsn_is("apply") || dsn_is(":x") || dsn_is("Mysql"));
}

static void test_uri(void **state)
{
	char out[URI_SIZE], big[300];

	(void)state;
	uri_fit("work", 4, 200, 1, out);
	assert_string_equal(out, "work");
	uri_fit("work", 4, 200, 12, out);
	assert_string_equal(out, "work-12");
	memset(big, 'a', sizeof(big));
	uri_fit(big, sizeof(big), 200, 1, out);
	assert_int_equal(strlen(out), 200);
	assert_memory_equal(out, big, 191);
	assert_int_equal(out[191], '-');
	uri_fit(big, sizeof(big), 200, 2, out);
	assert_int_equal(strlen(out), 200);
	assert_string_equal(out + 198, "-2");
	/* A two-byte character is not cut in half. */
	uri_fit("aaaaaaaaaaaaaa\xC3\xA9", 16, 16, 2, out);
	assert_string_equal(out, "aaaaaaaaaaaaaa-2");
	uri_fit("aaaaaaaaaaaaa\xC3\xA9" "a", 16, 16, 2, out);
	assert_string_equal(out, "aaaaaaaaaaaaa-2");
}

static struct icaluid uid_of(const char *s, size_t n)
{
	struct icaluid u = { .len = n };

	memcpy(u.uid, s, n);
	u.uid[n] = '\0';
	return u;
}

static void test_uid(void **state)
{
	static const struct column mb3 = { .charset = "utf8mb3", .chars = 20 };
	static const struct column mb4 = { .charset = "utf8mb4", .chars = 20 };
	static const struct column latin = { .charset = "latin1", .chars = 20 };
	static const struct column bytes = { .charset = "", .chars = 20 };
	struct icaluid u = uid_of("plain", 5);
	char out[UID_SIZE];

	(void)state;
	assert_false(uid_fit(&mb3, &u, out));
	assert_string_equal(out, "plain");
	u = uid_of("\xF0\x9F\x98\x80", 4);
	assert_false(uid_fit(&mb4, &u, out));
	assert_false(uid_fit(&bytes, &u, out));
	assert_string_equal(out, "\xF0\x9F\x98\x80");
	assert_true(uid_fit(&mb3, &u, out));
	assert_memory_equal(out, "?-", 2);
	assert_int_equal(strlen(out), 10);
	u = uid_of("\xC3\xA9\xFF", 3);
	assert_true(uid_fit(&mb4, &u, out));
	assert_memory_equal(out, "\xC3\xA9?-", 4);
	assert_true(uid_fit(&latin, &u, out));
	assert_memory_equal(out, "?" "?-", 3);
	assert_false(uid_fit(&bytes, &u, out));
	/* Twenty characters fit, twenty-one do not; in bytes, twenty do. */
	u = uid_of("\xC3\xA9" "1234567890123456789", 21);
	assert_false(uid_fit(&mb3, &u, out));
	assert_true(uid_fit(&bytes, &u, out));
	assert_int_equal(strlen(out), 20);
	u = uid_of("\xC3\xA9" "12345678901234567890", 22);
	assert_true(uid_fit(&mb3, &u, out));
	assert_memory_equal(out, "\xC3\xA9" "1234567890-", 13);
	assert_int_equal(strlen(out), 21);
	/* What the scan had to cut is never taken for a whole one. */
	u = uid_of("short", 5);
	u.cut = true;
	assert_true(uid_fit(&mb3, &u, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dsn),
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_uid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The record stream: what is written is read; what was cut, altered or misordered is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "stream.h"

static char dir[] = "/tmp/test-stream-XXXXXX";
static char path[64], copy[64];

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/a", dir);
	snprintf(copy, sizeof(copy), "%s/b", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(copy);
	return rmdir(dir);
}

static void write_user(struct stream_out *so, const char *email, int contacts)
{
	struct jsonw *w;
	struct err e;
	int i;

	w = so_block_begin(so, "USER");
	jw_kv_str(w, "email", email);
	assert_int_equal(so_block_put(so, &e), 0);
	for (i = 0; i < contacts; i++) {
		w = so_begin(so, "CONTACT");
		jw_kv_int(w, "id", i);
		assert_int_equal(so_put(so, "CONTACT", &e), 0);
	}
	assert_int_equal(so_block_end(so, "email", email, &e), 0);
}

static void write_stream(bool gz)
{
	struct stream_out so;
	struct jsonw *w;
	struct err e;

	assert_int_equal(so_open(&so, path, gz, &e), 0);
	w = so_begin(&so, "HEADER");
	jw_kv_str(w, "stream", "p7");
	jw_kv_int(w, "version", STREAM_VERSION);
	assert_int_equal(so_put(&so, "HEADER", &e), 0);
	so_begin(&so, "DOMAIN");
	assert_int_equal(so_put(&so, "DOMAIN", &e), 0);
	write_user(&so, "a@host.test", 3);
	write_user(&so, "b@host.test", 0);
	assert_int_equal(so_close(&so, &e), 0);
}

/* Read all of FILE; the last return value of the reader. */
static int read_stream(const char *file, bool edited, struct stream_in *si, struct err *e)
{
	int rc;

	if (si_open(si, file, "p7|dav", edited, e) < 0)
		return -1;
	while ((rc = si_next(si, e)) == 1)
		;
	si_close(si);
	return rc;
}

static void test_round_trip(void **state)
{
	struct stream_in si;
	struct stat st;
	struct err e = { .msg = "" };
	int gz;

	(void)state;
	for (gz = 0; gz < 2; gz++) {
		write_stream(gz);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		if (read_stream(path, false, &si, &e) != 0)
			fail_msg("%s", e.msg);
		assert_int_equal(si.users, 2);
		assert_int_equal(kinds_get(&si.totals, "CONTACT"), 3);
		assert_string_equal(si.last_user, "b@host.test");
	}
}

static size_t load(char *text, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, size - 1, f);
	fclose(f);
	text[n] = '\0';
	return n;
}

static void store(const char *text, size_t n)
{
	FILE *f = fopen(copy, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
	chmod(copy, 0600);
}

/* A stream that is cut at any byte is refused, whether it is gzip or not. */
static void test_every_prefix(void **state)
{
	struct stream_in si;
	char text[4096];
	size_t n, i;
	struct err e;
	int gz;

	(void)state;
	for (gz = 0; gz < 2; gz++) {
		write_stream(gz);
		n = load(text, sizeof(text));
		for (i = 0; i < n; i++) {
			store(text, i);
			if (read_stream(copy, true, &si, &e) != -1)
				fail_msg("accepted %zu of %zu bytes", i, n);
			assert_int_equal(e.status, EXIT_DATA);
		}
	}
}

static void test_altered(void **state)
{
	struct stream_in si;
	char text[4096], *at;
	struct err e = { .msg = "" };
	size_t n;

	(void)state;
	write_stream(false);
	n = load(text, sizeof(text));
	at = strstr(text, "\"id\":1}");
	assert_non_null(at);
	at[5] = '9';
	store(text, n);
	assert_int_equal(read_stream(copy, false, &si, &e), -1);
	assert_non_null(strstr(e.msg, "hash"));
	assert_int_equal(read_stream(copy, true, &si, &e), 0);
	/* a record taken out */
	n = load(text, sizeof(text));
	at = strstr(text, "{\"kind\":\"CONTACT\",\"id\":1}\n");
	memmove(at, at + 26, n - (size_t)(at - text) - 26);
	store(text, n - 26);
	assert_int_equal(read_stream(copy, false, &si, &e), -1);
	assert_non_null(strstr(e.msg, "announced"));
	assert_int_equal(read_stream(copy, true, &si, &e), 0);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"", "\n", "x\n", "{}\n", "{\"kind\":1}\n", "{\"kind\":\"END\"}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p8\",\"version\":1}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p6\",\"version\":1}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7|dav\",\"version\":1}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"\",\"version\":1}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":2}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n"
		"{\"kind\":\"USER_END\"}\n{\"kind\":\"END\"}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n"
		"{\"kind\":\"USER_BEGIN\"}\n{\"kind\":\"END\"}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n"
		"{\"kind\":\"USER_BEGIN\"}\n{\"kind\":\"USER_BEGIN\"}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n"
		"{\"kind\":\"END\"}\n{\"kind\":\"X\"}\n",
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n"
		"{\"kind\":\"HEADER\",\"stream\":\"p7\",\"version\":1}\n",
	};
	struct stream_in si;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		store(texts[i], strlen(texts[i]));
		if (read_stream(copy, true, &si, &e) != -1)
			fail_msg("accepted: %s", texts[i]);
		assert_int_equal(e.status, EXIT_DATA);
	}
}

static void test_world_readable(void **state)
{
	struct stream_in si;
	struct err e;

	(void)state;
	write_stream(false);
	chmod(path, 0644);
	assert_int_equal(read_stream(path, false, &si, &e), -1);
	assert_int_equal(e.status, EXIT_PERMISSION);
	assert_non_null(strstr(e.msg, "chmod"));
}

/* Output that is not finished leaves what was there. */
static void test_abort_keeps_old(void **state)
{
	struct stream_in si;
	struct stream_out so;
	struct err e;

	(void)state;
	write_stream(false);
	assert_int_equal(so_open(&so, path, false, &e), 0);
	so_begin(&so, "HEADER");
	assert_int_equal(so_put(&so, "HEADER", &e), 0);
	so_abort(&so);
	assert_int_equal(read_stream(path, false, &si, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_world_readable),
		cmocka_unit_test(test_abort_keeps_old),
	};
	return cmocka_run_group_tests_name("stream", tests, setup, teardown);
}

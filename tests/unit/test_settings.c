/* settings.xml as P7 reads it. */
// rooms: extract
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "extract/site/settings.h"
#include "extract/site/site.h"
#include "io.h"

static char path[64], bak[72];

static void put(const char *file, const char *text)
{
	struct err e = { .msg = "" };

	assert_int_equal(io_write_file(file, text, strlen(text), 0600, &e), 0);
}

/* A file with these elements in the section Common or WebMail. */
static void load(struct settings *s, const char *section, const char *elements)
{
	struct err e = { .msg = "" };
	char text[4096];

	snprintf(text, sizeof(text), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Settings>"
	    "\r\n<%s>%s</%s></Settings>", section, elements, section);
	put(path, text);
	assert_int_equal(settings_read(s, path, &e), 0);
}

static void is_text(const char *section, const char *elements, const char *key, const char *want)
{
	struct settings s;

	load(&s, section, elements);
	assert_string_equal(settings_text(&s, key), want);
	settings_free(&s);
}

static void is_number(const char *section, const char *elements, const char *key, int want)
{
	struct settings s;

	load(&s, section, elements);
	assert_int_equal(settings_number(&s, key), want);
	settings_free(&s);
}

static void test_absent_and_empty(void **state)
{
	(void)state;
	is_text("Common", "", "Common/DBHost", "127.0.0.1");
	is_text("Common", "<DBHost/>", "Common/DBHost", "");
	is_text("Common", "<DBHost></DBHost>", "Common/DBHost", "");
	is_text("Common", "", "Common/DBLogin", "root");
	is_number("WebMail", "", "WebMail/IncomingMailPort", 143);
	is_number("WebMail", "<IncomingMailPort/>", "WebMail/IncomingMailPort", 0);
	is_number("WebMail", "", "WebMail/AllowIdentities", 1);
	is_number("WebMail", "<AllowIdentities/>", "WebMail/AllowIdentities", 0);
	is_number("WebMail", "<OutgoingMailAuth/>", "WebMail/OutgoingMailAuth", 2);
	is_number("Calendar", "", "Calendar/WorkdayEnds", 17);
}

static void test_letter_case(void **state)
{
	(void)state;
	is_text("COMMON", "<dbhost>a</dbhost>", "Common/DBHost", "a");
	is_text("common", "<DBHOST>a</DBHOST><Nonsense>x</Nonsense>", "Common/DBHost", "a");
}

/* XML's decoding, then three entities and blanks twice more. */
static void test_double_decoding(void **state)
{
	static const char *const cases[][2] = {
		{ "a&amp;b", "a&b" },
		{ "a&amp;amp;b", "a&b" },
		{ "a&amp;amp;amp;b", "a&b" },
		{ "a&amp;amp;amp;amp;b", "a&amp;b" },
		{ "&amp;lt;x", "<x" },
		{ "&amp;amp;lt;x", "<x" },
		{ "&lt;a&gt;", "<a>" },
		{ "&amp;quot;", "&quot;" },
		{ " \t a b\tc \r\n", "a b\tc" },
		{ "it's \"q\"", "it's \"q\"" },
		{ "\xd0\x9f\xd0\xb0\xd1\x80", "\xd0\x9f\xd0\xb0\xd1\x80" },
		{ "<![CDATA[a&b<c]]>", "a&b<c" },
		{ "one<!-- not this -->two", "onetwo" },
		{ "]]&gt;", "]]>" },
		{ "&amp;gt;&amp;gt;", ">>" },
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "<DBPassword>%s</DBPassword>", cases[i][0]);
		is_text("Common", text, "Common/DBPassword", cases[i][1]);
	}
}

static void test_bool(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "On", 1 }, { "on", 1 }, { "ON", 1 }, { "1", 1 }, { " On ", 0 }, { "true", 0 },
		{ "yes", 0 }, { "Off", 0 }, { "0", 0 }, { "10", 0 },
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "<UseLoginWithoutDomain>%s</UseLoginWithoutDomain>",
		    cases[i].text);
		is_number("WebMail", text, "WebMail/UseLoginWithoutDomain", cases[i].want);
	}
}

static void test_int_and_enum(void **state)
{
	(void)state;
	is_number("WebMail", "<IncomingMailPort> 993tls</IncomingMailPort>",
	    "WebMail/IncomingMailPort", 993);
	is_number("WebMail", "<IncomingMailPort>-5</IncomingMailPort>",
	    "WebMail/IncomingMailPort", -5);
	is_number("WebMail", "<IncomingMailPort>x</IncomingMailPort>",
	    "WebMail/IncomingMailPort", 0);
	is_number("WebMail", "<OutgoingMailAuth>AuthSpecified</OutgoingMailAuth>",
	    "WebMail/OutgoingMailAuth", 1);
	is_number("WebMail", "<OutgoingMailAuth>NoAuth</OutgoingMailAuth>",
	    "WebMail/OutgoingMailAuth", 0);
	is_number("WebMail", "<OutgoingMailAuth>noauth</OutgoingMailAuth>",
	    "WebMail/OutgoingMailAuth", 2);
	is_number("WebMail", "<OutgoingMailAuth> NoAuth</OutgoingMailAuth>",
	    "WebMail/OutgoingMailAuth", 2);
	is_number("WebMail", "<OutgoingMailAuth>1</OutgoingMailAuth>",
	    "WebMail/OutgoingMailAuth", 2);
	is_number("Calendar", "<WeekStartsOn>Saturday</WeekStartsOn>", "Calendar/WeekStartsOn",
	    6);
	is_number("Common", "<DefaultTimeFormat>F24</DefaultTimeFormat>",
	    "Common/DefaultTimeFormat", 0);
	is_text("Common", "<DefaultDateFormat>DD Month YYYY</DefaultDateFormat>",
	    "Common/DefaultDateFormat", "DD Month YYYY");
	is_text("Common", "<DefaultDateFormat>YYYY</DefaultDateFormat>",
	    "Common/DefaultDateFormat", "MM/DD/YYYY");
	is_text("Common", "<DBType>PostgreSQL</DBType>", "Common/DBType", "PostgreSQL");
	is_text("Common", "<DBType>postgresql</DBType>", "Common/DBType", "MySQL");
}

static void test_fallback(void **state)
{
	struct err e = { .msg = "" };
	struct settings s;

	(void)state;
	unlink(path);
	put(bak, "<S><Common><DBName>from_bak</DBName></Common></S>");
	assert_int_equal(settings_read(&s, path, &e), 0);
	assert_true(s.fallback);
	assert_string_equal(settings_text(&s, "Common/DBName"), "from_bak");
	settings_free(&s);
	put(path, "<S><Common><DBName>cut");
	assert_int_equal(settings_read(&s, path, &e), 0);
	assert_true(s.fallback);
	settings_free(&s);
	put(bak, "neither");
	memset(&e, 0, sizeof(e));
	assert_int_equal(settings_read(&s, path, &e), -1);
	assert_int_equal(e.status, EXIT_CONFIG);
	assert_non_null(strstr(e.msg, "not XML"));
	unlink(bak);
	unlink(path);
	memset(&e, 0, sizeof(e));
	assert_int_equal(settings_read(&s, path, &e), -1);
	assert_int_equal(e.status, EXIT_NOINPUT);
}

/* A file that others can read is read: it is P7's own (the warning is p7-extract's). */
static void test_readable_by_others(void **state)
{
	struct err e = { .msg = "" };
	struct settings s;

	(void)state;
	put(path, "<S/>");
	put(bak, "<S/>");
	chmod(path, 0644);
	assert_int_equal(settings_read(&s, path, &e), 0);
	assert_false(s.fallback);
	settings_free(&s);
	unlink(bak);
}

/* An entity of the document's own is not expanded, a file not read. */
/* P7 writes none; none is ever looked up. */
static void test_entities(void **state)
{
	struct err e = { .msg = "" };
	struct settings s;

	(void)state;
	put(path, "<!DOCTYPE S [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY y \"zz\">]>"
	    "<S><Common><SiteName>a&x;&y;b</SiteName></Common></S>");
	assert_int_equal(settings_read(&s, path, &e), -1);
	assert_int_equal(e.status, EXIT_CONFIG);
	assert_non_null(strstr(e.msg, "<!ENTITY"));
}

/* What libxml2 thinks of a file is in the message, and nowhere else. */
static void test_silent(void **state)
{
	struct err e = { .msg = "" };
	struct settings s;
	struct stat st;
	int kept = dup(STDERR_FILENO), fd;

	(void)state;
	put(bak, "");
	put(path, "<?xml version=\"1.0\" encoding=\"ucs-4\"?><Settings>\xff\xfe</Settings>");
	fd = open(bak, O_WRONLY | O_TRUNC);
	assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	assert_int_equal(settings_read(&s, path, &e), -1);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_non_null(strstr(e.msg, "not XML"));
	close(fd);
	close(kept);
}

static void test_written(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct settings s;
	struct jsonw w;

	(void)state;
	load(&s, "WebMail", "<OutgoingMailPassword>secret</OutgoingMailPassword></WebMail>"
	    "<Common><DBPassword>hidden</DBPassword><AdminPassword>hidden</AdminPassword>"
	    "<LicenseKey>hidden</LicenseKey></Common><Socials><Google><Id>g</Id></Google>"
	    "</Socials><WebMail>");
	jw_begin(&w, &b);
	jw_object(&w);
	settings_write(&s, &w);
	jw_object_end(&w);
	assert_non_null(strstr(b.data, "\"WebMail/OutgoingMailPassword\":\"731610011607\""));
	assert_non_null(strstr(b.data, "\"WebMail/IncomingMailUseSSL\":false"));
	assert_non_null(strstr(b.data, "\"WebMail/IncomingMailProtocol\":1"));
	assert_non_null(strstr(b.data, "\"Socials/Google/Id\":\"g\""));
	assert_null(strstr(b.data, "hidden"));
	assert_null(strstr(b.data, "secret"));
	settings_free(&s);
	buf_free(&b);
}

static void split(const char *text, const char *host, unsigned port, const char *socket)
{
	const char *got;
	unsigned number;
	char work[200];

	snprintf(work, sizeof(work), "%s", text);
	site_split_host(work, &number, &got);
	assert_string_equal(work, host);
	assert_int_equal(number, port);
	if (socket == NULL)
		assert_null(got);
	else
		assert_string_equal(got, socket);
}

static void test_host(void **state)
{
	(void)state;
	split("db.example", "db.example", 0, NULL);
	split("db.example:3307", "db.example", 3307, NULL);
	split("localhost:/run/mysqld/mysqld.sock", "localhost", 0, "/run/mysqld/mysqld.sock");
	split("localhost:", "localhost", 0, NULL);
	split("", "", 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent_and_empty),
		cmocka_unit_test(test_letter_case),
		cmocka_unit_test(test_double_decoding),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_int_and_enum),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_readable_by_others),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_host),
	};
	int rc, fd;

	strcpy(path, "/tmp/settings.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	snprintf(bak, sizeof(bak), "%s.bak", path);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	unlink(bak);
	return rc;
}

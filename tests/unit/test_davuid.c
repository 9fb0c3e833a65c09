/* The tolerant scan for an object's UID, and how a UID is fitted into a column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "icaluid.h"

#define CAL(s) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" s "END:VCALENDAR\r\n"
#define EV(s) "BEGIN:VEVENT\r\n" s "END:VEVENT\r\n"
#define CASE(name, text, uid) { name, text, sizeof(text) - 1, uid }

static const struct {
	const char *name, *text;
	size_t n;
	const char *uid;	/* "" for none */
} cases[] = {
	CASE("plain", CAL(EV("UID:a1\r\nSUMMARY:x\r\n")), "a1"),
	CASE("LF", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a1\nEND:VEVENT\nEND:VCALENDAR\n", "a1"),
	CASE("lone CR", "BEGIN:VCALENDAR\rBEGIN:VEVENT\rUID:a1\rEND:VEVENT\r", "a1"),
	CASE("CR CR LF", "BEGIN:VCALENDAR\r\r\nBEGIN:VEVENT\r\r\nUID:a\r\r\n 1\r\r\n", "a1"),
	CASE("byte order mark", "\xEF\xBB\xBF" CAL(EV("UID:a1\r\n")), "a1"),
	CASE("lower case", "begin:vcalendar\nbegin:vevent\nuid:a1\nend:vevent\n", "a1"),
	CASE("no line end", "BEGIN:VEVENT\nUID:a1", "a1"),
	CASE("folded", CAL(EV("UID:ab\r\n cd\r\n\tef\r\nX:1\r\n")), "abcdef"),
	CASE("folded name", CAL(EV("UI\r\n D:a1\r\n")), "a1"),
	CASE("folded BEGIN", "BEGIN:VEV\r\n ENT\r\nUID:a1\r\n", "a1"),
	CASE("folded in a character", CAL(EV("UID:\xD0\r\n \x9B\r\n")), "\xD0\x9B"),
	CASE("parameters", CAL(EV("UID;X-A=\"q:;\";B=c:a:1\r\n")), "a:1"),
	CASE("escapes", CAL(EV("UID:a\\,b\\;c\\\\d\\ne\\x\r\n")), "a,b;c\\d\ne\\x"),
	CASE("NUL", CAL(EV("UID:a\0b\r\n")), "ab"),
	CASE("UID of VCALENDAR", CAL("UID:cal\r\n" EV("UID:a1\r\n")), "a1"),
	CASE("only that of VCALENDAR", CAL("UID:cal\r\n" EV("SUMMARY:x\r\n")), ""),
	CASE("VTIMEZONE first",
	    CAL("BEGIN:VTIMEZONE\r\nUID:tz\r\nBEGIN:STANDARD\r\nUID:st\r\nEND:STANDARD\r\n"
	    "END:VTIMEZONE\r\n" EV("UID:a1\r\n")), "a1"),
	CASE("VTIMEZONE without END", CAL("BEGIN:VTIMEZONE\r\nUID:tz\r\n" EV("UID:a1\r\n")), "a1"),
	CASE("VALARM before", CAL(EV("BEGIN:VALARM\r\nUID:al\r\nEND:VALARM\r\nUID:a1\r\n")), "a1"),
	CASE("VALARM only", CAL(EV("BEGIN:VALARM\r\nUID:al\r\nEND:VALARM\r\n")), ""),
	CASE("VALARM without END", CAL(EV("BEGIN:VALARM\r\nUID:al\r\n") EV("UID:b\r\n")), "b"),
	CASE("second component", CAL(EV("SUMMARY:x\r\n") EV("UID:b2\r\n")), "b2"),
	CASE("empty UID first", CAL(EV("UID:\r\n") EV("UID:b2\r\n")), "b2"),
	CASE("VTODO", CAL("BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n"), "t"),
	CASE("unknown component", CAL("BEGIN:X-FOO\r\nUID:t\r\nEND:X-FOO\r\n"), "t"),
	CASE("no VCALENDAR", EV("UID:a1\r\n"), "a1"),
	CASE("text before", "junk\r\n\r\n" CAL(EV("UID:a1\r\n")), "a1"),
	CASE("UID in a folded text", CAL(EV("DESCRIPTION:x\r\n UID:no\r\nUID:a1\r\n")), "a1"),
	CASE("names that only begin alike", CAL(EV("UIDX:no\r\nUI:no\r\nUID:a1\r\n")), "a1"),
	CASE("a name too long", CAL(EV("BEGINNINGS-OF-IT:no\r\nUID:a1\r\n")), "a1"),
	CASE("VCARD", "BEGIN:VCARD\r\nUID:c\r\nFN:x\r\nEND:VCARD\r\n", ""),
	CASE("no UID", CAL(EV("SUMMARY:x\r\n")), ""),
	CASE("no colon", CAL(EV("UID\r\nSUMMARY:x\r\n")), ""),
	CASE("no calendar", "hello", ""),
	CASE("UTF-16LE with mark",
	    "\xFF\xFE" "B\0E\0G\0I\0N\0:\0V\0E\0V\0E\0N\0T\0\n\0"
	    "U\0I\0D\0:\0\x1B\x04\x3D\xD8\x00\xDE",
	    "\xD0\x9B\xF0\x9F\x98\x80"),
	CASE("UTF-16BE without mark",
	    "\0B\0E\0G\0I\0N\0:\0V\0E\0V\0E\0N\0T\0\r\0\n\0U\0I\0D\0:\0a\0\r\0\n\0 \0b\0\r\0\n",
	    "ab"),
	CASE("UTF-16 with half a pair",
	    "\xFF\xFE" "B\0E\0G\0I\0N\0:\0V\0E\0V\0E\0N\0T\0\n\0U\0I\0D\0:\0\x3D\xD8" "a\0\n\0",
	    "\xEF\xBF\xBD" "a"),
};

static void test_cases(void **state)
{
	struct icaluid u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		icaluid_find(cases[i].text, cases[i].n, &u);
		if (strcmp(u.uid, cases[i].uid) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].name, u.uid, cases[i].uid);
		assert_int_equal(u.len, strlen(u.uid));
	}
}

/* Every byte prefix of every case, in memory of exactly that size (for the sanitizers). */
static void test_prefixes(void **state)
{
	struct icaluid u;
	size_t i, n;
	char *copy;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (n = 0; n < cases[i].n; n++) {
			copy = malloc(n ? n : 1);
			assert_non_null(copy);
			memcpy(copy, cases[i].text, n);
			icaluid_find(copy, n, &u);
			if (u.len > 0 && !u.open)
				assert_string_equal(u.uid, cases[i].uid);
			free(copy);
		}
}

static void test_flags(void **state)
{
	static char big[5000];
	struct icaluid u;

	(void)state;
	memset(big, 'x', sizeof(big));
	memcpy(big, "BEGIN:VEVENT\nUID:", 17);
	assert_true(icaluid_find(big, sizeof(big), &u));
	assert_int_equal(u.len, ICALUID_MAX);
	assert_true(u.cut && u.open);
	big[40] = '\n';
	assert_true(icaluid_find(big, sizeof(big), &u));
	assert_false(u.cut || u.open);
	assert_string_equal(u.component, "VEVENT");
	assert_true(icaluid_find(big, 41, &u));
	assert_true(u.open);
	icaluid_find("BEGIN:VCARD\nUID:1\n", 18, &u);
	assert_string_equal(u.component, "VCARD");
	assert_false(icaluid_find(NULL, 0, &u));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

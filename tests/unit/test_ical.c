// rooms: transform
/* Component type and first and last occurrence of calendar objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "transform/text/charset.h"
#include "lib/ical.h"
#include "transform/calendar/icalcut.h"

#define ZONE "BEGIN:VTIMEZONE\r\nTZID:Odd/Zone\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n" \
	"TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
#define T20200102_10 INT64_C(1577959200)
#define DAY 86400
#define HOUR 3600

/* A day of 23 hours: the clocks are put forward. */
#define DST "DTSTART;TZID=Europe/Berlin:20200329T000000\r\n" \
	"DTEND;TZID=Europe/Berlin:20200330T000000\r\n"
#define HOUR_LONG "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
#define LASTS_HOUR(zone) "BEGIN:VEVENT\r\nDTSTART;TZID=" zone ":20200702T100000\r\n" \
	"DURATION:PT1H\r\nEND:VEVENT\r\n"
#define T20200702_10 INT64_C(1593684000)

static const struct {
	const char *what, *body, *component;
	int64_t first, last;	/* -1: not timed */
} objects[] = {
	{ "plain", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + HOUR },
	{ "duration", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDURATION:PT90M\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + 5400 },
	{ "no end", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nEND:VEVENT\r\n", "VEVENT",
	  T20200102_10, T20200102_10 },
	{ "all day", "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200102\r\nEND:VEVENT\r\n", "VEVENT",
	  T20200102_10 - 10 * HOUR, T20200102_10 + 14 * HOUR },
	{ "own zone", ZONE "BEGIN:VEVENT\r\nDTSTART;TZID=Odd/Zone:20200102T130000\r\n"
	  "DTEND;TZID=Odd/Zone:20200102T140000\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + HOUR },
	{ "zone by name only", "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20200102T110000\r\n"
	  "DTEND;TZID=Europe/Berlin:20200102T120000\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + HOUR },
	{ "count", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
	  "RRULE:FREQ=WEEKLY;COUNT=5\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 28 * DAY + HOUR },
	{ "until", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
	  "RRULE:FREQ=DAILY;UNTIL=20200105T100000Z\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 3 * DAY + HOUR },
	{ "until before start", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\n"
	  "DTEND:20200102T110000Z\r\nRRULE:FREQ=DAILY;UNTIL=20191231T100000Z\r\nEND:VEVENT\r\n",
	  "VEVENT", T20200102_10, T20200102_10 + HOUR },
	{ "endless", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nRRULE:FREQ=YEARLY\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, ICAL_FOREVER },
	{ "excluded last", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
	  "RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20200104T100000Z\r\nEND:VEVENT\r\n", "VEVENT",
	  T20200102_10, T20200102_10 + DAY + HOUR },
	{ "rdate", "BEGIN:VEVENT\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\n"
	  "RDATE:20200112T100000Z\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 10 * DAY + HOUR },
	{ "moved instance", "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20200102T100000Z\r\n"
	  "DTEND:20200102T110000Z\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
	  "UID:a\r\nRECURRENCE-ID:20200103T100000Z\r\nDTSTART:20200110T100000Z\r\n"
	  "DTEND:20200110T120000Z\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 8 * DAY + 2 * HOUR },
	{ "before 1970", "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:16040101\r\n"
	  "RRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n", "VEVENT", 0, ICAL_FOREVER },
	{ "far future", "BEGIN:VEVENT\r\nDTSTART:70200102T100000Z\r\nEND:VEVENT\r\n", "VEVENT",
	  UINT32_MAX, UINT32_MAX },
	{ "a rule that DTSTART does not match", HOUR_LONG "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + 18 * DAY + HOUR },
	{ "the last working day", HOUR_LONG "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;"
	  "COUNT=2\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + 57 * DAY + HOUR },
	{ "a rule that never matches", HOUR_LONG "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;"
	  "COUNT=3\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + HOUR },
	{ "the first left out", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20200102T100000Z\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + 2 * DAY + HOUR },
	{ "all left out", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=2\r\n"
	  "EXDATE:20200102T100000Z,20200103T100000Z\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + HOUR },
	{ "a day left out of what has times", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=3\r\n"
	  "EXDATE;VALUE=DATE:20200104\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 2 * DAY + HOUR },
	{ "count and until", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20200110T100000Z\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + 2 * DAY + HOUR },
	{ "a rule with blanks and parts of its own", HOUR_LONG
	  "RRULE: FREQ=DAILY; COUNT = 3;X-EVERY=1;WKST\r\nEND:VEVENT\r\n", "VEVENT",
	  T20200102_10, T20200102_10 + 2 * DAY + HOUR },
	{ "a part twice", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=3;COUNT=5\r\nEND:VEVENT\r\n",
	  "VEVENT", T20200102_10, T20200102_10 + 4 * DAY + HOUR },
	{ "count of none", HOUR_LONG "RRULE:FREQ=DAILY;COUNT=0\r\nEND:VEVENT\r\n", "VEVENT",
	  T20200102_10, ICAL_FOREVER },
	{ "no rule at all", HOUR_LONG "RRULE:FREQ=SOMETIMES;UNTIL=later\r\nEND:VEVENT\r\n",
	  "VEVENT", T20200102_10, ICAL_FOREVER },
	{ "past 2038", HOUR_LONG "RRULE:FREQ=YEARLY;UNTIL=20500103T000000Z\r\nEND:VEVENT\r\n",
	  "VEVENT", T20200102_10, T20200102_10 + (30 * 365 + 8) * (int64_t)DAY + HOUR },
	{ "a short day first", "BEGIN:VEVENT\r\n" DST "RRULE:FREQ=DAILY;COUNT=2\r\n"
	  "END:VEVENT\r\n", "VEVENT", INT64_C(1585436400), INT64_C(1585436400) + 47 * HOUR },
	{ "instances without their series", "BEGIN:VEVENT\r\nRECURRENCE-ID:20200110T100000Z\r\n"
	  "DTSTART:20200110T100000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
	  "RECURRENCE-ID:20200102T100000Z\r\nDTSTART:20200102T100000Z\r\nEND:VEVENT\r\n",
	  "VEVENT", T20200102_10, T20200102_10 + 8 * DAY },
	{ "a period of its own", HOUR_LONG "RDATE;VALUE=PERIOD;TZID=Europe/Berlin:"
	  "20200112T110000/20200112T150000\r\nEND:VEVENT\r\n", "VEVENT", T20200102_10,
	  T20200102_10 + 10 * DAY + 4 * HOUR },
	{ "floating", "BEGIN:VEVENT\r\nDTSTART:20200102T100000\r\nDTEND:20200102T110000\r\n"
	  "END:VEVENT\r\n", "VEVENT", T20200102_10, T20200102_10 + HOUR },
	{ "a zone of Windows", LASTS_HOUR("W. Europe Standard Time"), "VEVENT",
	  T20200702_10 - 2 * HOUR, T20200702_10 - HOUR },
	{ "a zone of Mexico", LASTS_HOUR("\"Central Standard Time (Mexico)\""), "VEVENT",
	  T20200702_10 + 5 * HOUR, T20200702_10 + 6 * HOUR },
	{ "a zone of Mozilla", LASTS_HOUR("/mozilla.org/20050126_1/America/Indiana/Vincennes"),
	  "VEVENT", T20200702_10 + 4 * HOUR, T20200702_10 + 5 * HOUR },
	{ "a zone by its hours", LASTS_HOUR("GMT-0300"), "VEVENT", T20200702_10 + 3 * HOUR,
	  T20200702_10 + 4 * HOUR },
	{ "a zone by its hours in words", LASTS_HOUR("\"(UTC+02:00) Helsinki, Kyiv\""), "VEVENT",
	  T20200702_10 - 2 * HOUR, T20200702_10 - HOUR },
	{ "a zone that nobody knows", LASTS_HOUR("/here/There"), "VEVENT", T20200702_10,
	  T20200702_10 + HOUR },
	{ "own rules since 1601", "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\n"
	  "DTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
	  "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
	  "DTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
	  "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
	  LASTS_HOUR("Ours"), "VEVENT", T20200702_10 - 2 * HOUR, T20200702_10 - HOUR },
	{ "something unknown before it", "BEGIN:X-STUFF\r\nEND:X-STUFF\r\n" HOUR_LONG
	  "END:VEVENT\r\n", "X-STUFF", -1, -1 },
	{ "something unknown behind it", HOUR_LONG "END:VEVENT\r\nBEGIN:X-STUFF\r\n"
	  "END:X-STUFF\r\n", "VEVENT", T20200102_10, T20200102_10 + HOUR },
	{ "todo", "BEGIN:VTODO\r\nDUE:20200102T100000Z\r\nEND:VTODO\r\n", "VTODO", -1, -1 },
	{ "zone first", ZONE "BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n", "VJOURNAL", -1, -1 },
	{ "no start", "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n", "VEVENT", -1, -1 },
};

static void test_objects(void **state)
{
	struct ical_facts f;
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		snprintf(text, sizeof(text), "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%s"
		    "END:VCALENDAR\r\n", objects[i].body);
		if (!ical_look(text, strlen(text), &f))
			fail_msg("%s: nothing found", objects[i].what);
		assert_string_equal(f.component, objects[i].component);
		if (f.timed != (objects[i].first >= 0))
			fail_msg("%s: timed %d", objects[i].what, f.timed);
		if (f.timed && (f.first != objects[i].first || f.last != objects[i].last))
			fail_msg("%s: %lld to %lld, not %lld to %lld", objects[i].what,
			    (long long)f.first, (long long)f.last, (long long)objects[i].first,
			    (long long)objects[i].last);
	}
}

static void test_no_calendar(void **state)
{
	static const char *const texts[] = { "", "x", "BEGIN:VCALENDAR\r\n", "\xff\xfe",
		"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" };
	struct ical_facts f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(ical_look(texts[i], strlen(texts[i]), &f));
	assert_false(ical_look("BEGIN:VCALENDAR\0END", 19, &f));
}

/* B09: what stands behind the END does not count, nor how it is written. */
static void test_cut(void **state)
{
	static const char whole[] = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\0\0",
	    utf16[] = "B\0E\0G\0I\0N\0:\0V\0C\0A\0L\0E\0N\0D\0A\0R\0\n\0";
	static const char *const open[] = { "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\r\nEND:VCALENDA",
	    "\xEF\xBB\xBF\nbegin:vcalendar\nSUMMARY:END:VCALENDAR\n",
	    "BEGIN:VCALENDAR\rX:\r END:VCALENDAR\r", "BEGIN:VCAL\r\n ENDAR\r\n",
	    "BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VEVENT\n" };
	static const char *const closed[] = { "", "x", "BEGIN:VEVENT\n",
	    "BEGIN:VCALENDAR\nEND:VCALENDAR", "BEGIN:VCALENDAR\rEND:VCALENDAR\r",
	    "BEGIN:VCALENDAR\nEND:VCALENDAR \t\n\nx", "BEGIN:VCALENDAR\nEN\n\tD:VCALENDAR\n",
	    "BEGIN:VCALENDAR\nBEGIN:VCALENDAR\nend:vcalendar" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		assert_true(icalcut_is_open(open[i], strlen(open[i])));
	for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		assert_false(icalcut_is_open(closed[i], strlen(closed[i])));
	assert_false(icalcut_is_open(whole, sizeof(whole) - 1));
	assert_true(icalcut_is_open(utf16, sizeof(utf16) - 1));
}

static void test_double_encoding(void **state)
{
	struct buf once = BUF_INIT(1000);
	static const char *const single[] = { "", "plain", "\xc3\xa9", "Gr\xc3\xbc\xc3\x9f",
	    "\xd0\x9f" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		assert_false(charset_is_double(single[i], strlen(single[i]), &once));
	/* "é" and the emoji U+1F600 after one encoding too many */
	assert_true(charset_is_double("\xc3\x83\xc2\xa9", 4, &once));
	assert_string_equal(once.data, "\xc3\xa9");
	assert_true(charset_is_double("\xc3\xb0\xc5\xb8\xcb\x9c\xe2\x82\xac", 9, &once));
	assert_string_equal(once.data, "\xf0\x9f\x98\x80");
	/* the five bytes that Windows-1252 leaves open */
	assert_true(charset_undo("\xc2\x81\xc2\x8d\xc2\x8f\xc2\x90\xc2\x9d", 10, &once));
	assert_memory_equal(once.data, "\x81\x8d\x8f\x90\x9d", 5);
	buf_free(&once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_no_calendar),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_double_encoding),
	};
	return cmocka_run_group_tests_name("ical", tests, NULL, NULL);
}

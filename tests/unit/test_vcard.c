// rooms: transform
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "transform/card/vcard.h"
#include "utf8.h"

#define UUID "5ec2b73a-ddfa-4b46-875f-246e157d7a89"
#define BEFORE "BEGIN:VCARD\r\nVERSION:3.0\r\n" \
	"PRODID:-//Sabre//Sabre VObject 4.2.2//EN\r\nUID:" UUID "\r\n"

static struct buf out = BUF_INIT(1 << 20);
static struct vcard_attrs all;
static struct val v[VC_ATTRS];

static void put(enum vcard_attr i, const char *s)
{
	v[i] = val_text(s);
}

static void no_categories(struct vcard *c, void *arg)
{
	(void)c, (void)arg;
}

static void two_categories(struct vcard *c, void *arg)
{
	(void)arg;
	vcard_name(c, "CATEGORIES:");
	vcard_part(c, "Friends", 7);
	buf_addc(c->out, ',');
	vcard_part(c, "a,b;c", 5);
	vcard_end_line(c);
}

static const char *card(void (*categories)(struct vcard *c, void *arg))
{
	struct vcard c;

	buf_reset(&out);
	vcard_begin(&c, &out, UUID);
	vcard_contact(&c, &all, v, categories, NULL);
	vcard_end(&c);
	assert_false(out.failed);
	return out.data;
}

static int setup(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < VC_ATTRS; i++) {
		all.at[i] = (int)i;
		v[i] = val_str("", 0);
	}
	return 0;
}

/* The cards of the sample run in the reference of P8's storage. */
static void bob_and_carl(void **state)
{
	(void)state;
	put(VC_FULL_NAME, "Bob Builder");
	put(VC_FIRST_NAME, "Bob");
	put(VC_LAST_NAME, "Builder");
	put(VC_NOTES, "line1\r\nline2");
	put(VC_COMPANY, "ACME");
	put(VC_WORK_STREET, "1 Street");
	put(VC_HOME_EMAIL, "bob@home.test");
	put(VC_WORK_EMAIL, "bob@work.test");
	put(VC_MOBILE, "+1 555");
	v[VC_PRIMARY_EMAIL] = val_int(1);
	v[VC_BIRTH_YEAR] = val_int(1970);
	v[VC_BIRTH_MONTH] = val_int(4);
	v[VC_BIRTH_DAY] = val_int(3);
	assert_string_equal(card(two_categories), BEFORE
	    "FN:Bob Builder\r\nN:Builder;Bob;;;;\r\nX-OFFICE:\r\n"
	    "X-USE-FRIENDLY-NAME:1\r\nTITLE:\r\nNICKNAME:\r\n"
	    "NOTE:line1\\nline2\r\nORG:ACME;\r\nCATEGORIES:Friends,a\\,b\\;c\r\n"
	    "ADR;TYPE=WORK:;;1 Street;;;;\r\nEMAIL;TYPE=HOME:bob@home.test\r\n"
	    "EMAIL;TYPE=WORK,PREF:bob@work.test\r\nTEL;TYPE=VOICE,CELL:+1 555\r\n"
	    "BDAY:1970-04-03\r\n"
	    "END:VCARD\r\n");
	v[VC_BIRTH_DAY] = val_int(0);
	v[VC_PRIMARY_EMAIL] = val_int(0);
	put(VC_HOME_EMAIL, "");
	assert_string_equal(card(no_categories), BEFORE
	    "FN:Bob Builder\r\nN:Builder;Bob;;;;\r\nX-OFFICE:\r\n"
	    "X-USE-FRIENDLY-NAME:1\r\nTITLE:\r\nNICKNAME:\r\n"
	    "NOTE:line1\\nline2\r\nORG:ACME;\r\nADR;TYPE=WORK:;;1 Street;;;;\r\n"
	    "EMAIL;TYPE=WORK:bob@work.test\r\nTEL;TYPE=VOICE,CELL:+1 555\r\nEND:VCARD\r\n");
}

static void every_property(void **state)
{
	static const char *const text[VC_ATTRS] = { "Full", "Last", "First", "Nick", "Note", NULL,
		"h@x.test", "w@x.test", "o@x.test", "hs", "hc", "hst", "hz", "hco", "ws", "wc",
		"wst", "wz", "wco", "http://h.test", "http://w.test", "1", "2", "3", "4", "5",
		"Comp", "Dept", "Office", "Job", NULL, NULL, NULL };
	unsigned i;

	(void)state;
	for (i = 0; i < VC_ATTRS; i++)
		v[i] = text[i] != NULL ? val_text(text[i]) : val_int(2);
	assert_string_equal(card(no_categories), BEFORE
	    "FN:Full\r\nN:Last;First;;;;\r\nX-OFFICE:Office\r\n"
	    "X-USE-FRIENDLY-NAME:1\r\nTITLE:Job\r\nNICKNAME:Nick\r\n"
	    "NOTE:Note\r\nORG:Comp;Dept\r\nADR;TYPE=HOME:;;hs;hc;hst;hz;hco\r\n"
	    "ADR;TYPE=WORK:;;ws;wc;wst;wz;wco\r\nEMAIL;TYPE=HOME:h@x.test\r\n"
	    "EMAIL;TYPE=WORK:w@x.test\r\nEMAIL;TYPE=OTHER,PREF:o@x.test\r\n"
	    "URL;TYPE=HOME;VALUE=URI:http://h.test\r\nURL;TYPE=WORK;VALUE=URI:http://w.test\r\n"
	    "TEL;TYPE=VOICE,HOME:1\r\nTEL;TYPE=VOICE,WORK:2\r\nTEL;TYPE=VOICE,CELL:3\r\n"
	    "TEL;TYPE=FAX,HOME:4\r\nTEL;TYPE=FAX,WORK:5\r\nBDAY:0002-02-02\r\nEND:VCARD\r\n");
}

static void escapes(void **state)
{
	(void)state;
	put(VC_FULL_NAME, "a\\b;c,d\ne\rf");
	put(VC_HOME_WEB, "http://x.test/?a;b,c\\d\r\ne");
	card(no_categories);
	assert_non_null(strstr(out.data, "\r\nFN:a\\\\b\\;c\\,d\\nef\r\n"));
	assert_non_null(strstr(out.data, "URL;TYPE=HOME;VALUE=URI:http://x.test/?a;b\\,c\\de\r\n"));
}

static void is_birthday(int y, int m, int d, const char *want)
{
	char line[100];

	v[VC_BIRTH_YEAR] = val_int(y);
	v[VC_BIRTH_MONTH] = val_int(m);
	v[VC_BIRTH_DAY] = val_int(d);
	card(no_categories);
	if (want == NULL) {
		assert_null(strstr(out.data, "BDAY"));
		return;
	}
	snprintf(line, sizeof(line), "\r\nBDAY%s\r\n", want);
	assert_non_null(strstr(out.data, line));
}

/* As P8's own CardDAV server takes it from a client. */
static void birthdays(void **state)
{
	(void)state;
	is_birthday(1828, 9, 9, ":1828-09-09");
	is_birthday(2000, 12, 31, ":2000-12-31");
	is_birthday(0, 2, 3, NULL);
	is_birthday(1980, 0, 3, NULL);
	is_birthday(1980, 2, 0, NULL);
	is_birthday(0, 0, 0, NULL);
	is_birthday(0, 0, 3, NULL);
	is_birthday(1980, 13, 1, NULL);
	is_birthday(1980, 1, 32, NULL);
	is_birthday(-1, 1, 1, NULL);
	is_birthday(10000, 1, 1, NULL);
}

/* The line that begins with NAME, unfolded; every piece is checked for its length. */
static size_t unfold(const char *text, const char *name, char *to)
{
	const char *p = strstr(text, name), *end;
	size_t n = 0, len;

	assert_non_null(p);
	for (p += 2;; p = end + 2) {
		end = strstr(p, "\r\n");
		len = (size_t)(end - p);
		assert_true(len <= 75);
		assert_true(utf8_valid(p, len));
		/* Nothing but a character that did not fit ends a line early. */
		if (end[2] == ' ')
			assert_true(len > 75 - 4);
		if (n > 0)
			p++;
		memcpy(to + n, p, (size_t)(end - p));
		n += (size_t)(end - p);
		if (end[2] != ' ')
			return n;
	}
}

static void folding(void **state)
{
	static const char *const chars[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	char text[2048], line[8192], want[4096];
	size_t i, n, step;

	(void)state;
	for (step = 0; step < 4; step++)
		for (i = 1; i < 260; i++) {
			snprintf(text, sizeof(text), "%.*s", (int)(i % 5), "12345");
			while (utf8_chars(text, strlen(text)) < i)
				strcat(text, chars[step]);
			put(VC_FULL_NAME, text);
			n = unfold(card(no_categories), "\r\nFN:", line);
			line[n] = '\0';
			snprintf(want, sizeof(want), "FN:%s", text);
			assert_string_equal(line, want);
		}
	memset(text, 'y', sizeof(text) - 1);
	text[72] = '\0';
	put(VC_FULL_NAME, text);
	snprintf(want, sizeof(want), "\r\nFN:%.72s\r\nN:", text);
	assert_non_null(strstr(card(no_categories), want));
	text[72] = 'y';
	text[73] = '\0';
	snprintf(want, sizeof(want), "\r\nFN:%.72s\r\n y\r\nN:", text);
	put(VC_FULL_NAME, text);
	assert_non_null(strstr(card(no_categories), want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bob_and_carl, setup),
		cmocka_unit_test_setup(every_property, setup),
		cmocka_unit_test_setup(escapes, setup),
		{ "B12: birthdays have their zeros, and no year that is not there", birthdays,
		    setup, NULL, NULL },
		cmocka_unit_test_setup(folding, setup),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return failed;
}

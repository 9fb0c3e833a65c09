/* What a P7 card adds to the P8 card of its contact, and the row of a card without one. */
// rooms: transform
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "transform/card/cardmerge.h"
#include "transform/card/cardread.h"
#include "transform/card/cardrow.h"
#include "transform/text/charset.h"
#include "utf8.h"

#define HEAD "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:P8\r\nUID:u\r\n"
#define OWN HEAD "FN:Eva Moor\r\nN:Moor;Eva;;;;\r\nX-OFFICE:\r\nX-USE-FRIENDLY-NAME:1\r\n" \
	"TITLE:\r\nNICKNAME:\r\nNOTE:\r\nORG:Moor\\, Lago;Rat\r\nCATEGORIES:Chor\r\n" \
	"ADR;TYPE=HOME:;;Weg 1\\nHof;Ort;;1;\r\nEMAIL;TYPE=HOME,PREF:eva@moor.test\r\n" \
	"URL;TYPE=HOME;VALUE=URI:http://moor.test\r\nTEL;TYPE=VOICE,HOME:+49 40 12\r\n"
#define END "END:VCARD\r\n"

static struct card own, p7;
static struct buf text = BUF_INIT(64 << 20), extra = BUF_INIT(64 << 20);
static struct card_merged merged;

static int setup(void **state)
{
	(void)state;
	card_init(&own);
	card_init(&p7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	card_free(&own);
	card_free(&p7);
	buf_free(&text);
	buf_free(&extra);
	return 0;
}

static bool is_group(void *arg, const char *s, size_t n)
{
	(void)arg;
	return (n == 4 && memcmp(s, "Chor", 4) == 0) || (n == 5 && memcmp(s, "a,b;c", 5) == 0);
}

static const char *merge_text(const char *mine, const char *p7_text, size_t n)
{
	buf_reset(&text);
	buf_adds(&text, mine);
	card_reset(&p7);
	assert_int_equal(card_read(&p7, p7_text, n), 1);
	assert_int_equal(card_merge(&text, &own, &p7, is_group, NULL, &merged), 0);
	return text.data;
}

/* What P7's LINES (of VERSION) put behind the lines of OWN. */
static const char *adds(const char *version, const char *lines)
{
	buf_reset(&extra);
	buf_addf(&extra, "BEGIN:VCARD\r\nVERSION:%s\r\n%sEND:VCARD\r\n", version, lines);
	merge_text(OWN END, extra.data, extra.len);
	if (strncmp(text.data, OWN, strlen(OWN)) != 0)
		fail_msg("P8's own lines are changed: %s", text.data);
	assert_true(strcmp(text.data + text.len - strlen(END), END) == 0);
	text.data[text.len - strlen(END)] = '\0';
	return text.data + strlen(OWN);
}

/* The whole card that comes of it. */
static void becomes(const char *mine, const char *lines, const char *want)
{
	buf_reset(&extra);
	buf_addf(&extra, "BEGIN:VCARD\r\nVERSION:3.0\r\n%sEND:VCARD\r\n", lines);
	assert_string_equal(merge_text(mine, extra.data, extra.len), want);
}

static void test_the_same_is_not_added(void **state)
{
	static const char *const same[] = {
		"TEL;TYPE=CELL:+49(40)1-2\r\n", "tel:tel:+494012\r\n", "EMAIL:EVA@moor.test\r\n",
		"EMAIL;TYPE=WORK:mailto:eva@moor.test\r\n", "URL:HTTP://Moor.test/\r\n",
		"ADR;TYPE=WORK:;;Weg  1\\nHof;Ort;;1;\r\n", "FN:Eva  Moor\r\n",
		"N:Moor;Eva;;;\r\n",
		"ORG:Moor\\, Lago;Rat\r\n",
		"CATEGORIES:Chor,a\\,b\\;c\r\n", "TITLE:\r\n", "X-Y:\r\n",
		"EMAIL:\r\n", "UID:other\r\nPRODID:x\r\n", "X-AFTERLOGIC-USE-FREQUENCY:3\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_string_equal(adds("3.0", same[i]), "");
		assert_false(merged.changed);
		assert_string_equal(merged.differs, "");
	}
}

static void test_more_is_added(void **state)
{
	static const char *const more[][3] = {
		{ "3.0", "TEL;TYPE=CAR,PREF:+49 1\r\n", "TEL;TYPE=CAR,PREF:+49 1\r\n" },
		{ "3.0", "TEL;TYPE=pref:1\r\nTEL:1\r\nTEL;TYPE=HOME:1\r\n",
		    "TEL;TYPE=pref:1\r\nTEL:1\r\nTEL;TYPE=HOME:1\r\n" },
		{ "3.0", "EMAIL;TYPE=pref,X-A:b@moor.test\r\nEMAIL;PREF=3:c@moor.test\r\n",
		    "EMAIL;TYPE=X-A:b@moor.test\r\nEMAIL;PREF=3:c@moor.test\r\n" },
		{ "3.0", "ADR;TYPE=HOME:;;Weg 2;Ort;;1;\r\n", "ADR;TYPE=HOME:;;Weg 2;Ort;;1;\r\n" },
		{ "3.0", "ADR;TYPE=POSTAL:Fach 3;;;;;;\r\n", "ADR;TYPE=POSTAL:Fach 3;;;;;;\r\n" },
		{ "3.0", "item1.EMAIL:b@moor.test\r\nitem1.X-ABLabel:_$!<Other>!$_\r\n",
		    "item1.EMAIL:b@moor.test\r\nitem1.X-ABLABEL:_$!<Other>!$_\r\n" },
		{ "3.0", "CATEGORIES:Chor,Ski,a\\,b\\;c,Rad\r\n", "CATEGORIES:Ski,Rad\r\n" },
		{ "3.0", "BDAY:--0503\r\n",
		    "BDAY;VALUE=date;X-APPLE-OMIT-YEAR=1604:1604-05-03\r\n" },
		{ "3.0", "X-A;X-B=\"c;d:e\":f:g\r\n", "X-A;X-B=\"c;d:e\":f:g\r\n" },
		{ "3.0", "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\n",
		    "PHOTO;TYPE=JPEG;ENCODING=b:AAAABBBB\r\n" },
		{ "2.1", "PHOTO;JPEG;BASE64:\r\nAAAA\r\nBBBB\r\n\r\n",
		    "PHOTO;TYPE=JPEG;ENCODING=b:AAAABBBB\r\n" },
		{ "4.0", "PHOTO;MEDIATYPE=image/png:data:image/png;base64,AAAA\r\n",
		    "PHOTO;TYPE=png;ENCODING=b:AAAA\r\n" },
		{ "3.0", "PHOTO;VALUE=uri:http://moor.test/a.png\r\n",
		    "PHOTO;VALUE=uri:http://moor.test/a.png\r\n" },
		{ "2.1", "X-T;QUOTED-PRINTABLE;CHARSET=windows-1251:=CF=F0=0D=0A=\r\n,;\r\n",
		    "X-T:Пр\\n,;\r\n" },
		{ "2.1", "LABEL;HOME;CHARSET=x-none;ENCODING=QUOTED-PRINTABLE:M=FCll\r\n",
		    "LABEL;TYPE=HOME:Müll\r\n" },
		{ "4.0", "TEL;VALUE=uri;TYPE=\"cell,work\";PREF=1:tel:+1-2\r\n",
		    "TEL;TYPE=cell,work,PREF:+1-2\r\n" },
		{ "3.0", "X-T;X-L=M\xFCll:1\r\n", "X-T;X-L=Müll:1\r\n" },
		{ "3.0", "VERSION;X=1:3.0\r\nx.END:VCARD\r\nX-T:2\r\n", "X-T:2\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		assert_string_equal(adds(more[i][0], more[i][1]), more[i][2]);
		assert_true(merged.changed);
	}
}

/* What P8 has a line for, but the row of P7 no column. */
static void test_lines_are_completed(void **state)
{
	(void)state;
	becomes(HEAD "N:Moor;Eva;;;;\r\n" END, "N:Moor;Eva;Ida;Dr.;MdB\r\n",
	    HEAD "N:Moor;Eva;Ida;Dr.;MdB\r\n" END);
	becomes(HEAD "N:;;;;;\r\n" END, "N:;;Ida;;\r\n", HEAD "N:;;Ida;;\r\n" END);
	becomes(HEAD "ORG:A;B\r\n" END, "ORG:A;B;C\r\n", HEAD "ORG:A;B;C\r\n" END);
	becomes(HEAD "TITLE:\r\n" END, "TITLE:Boss\r\n", HEAD "TITLE:Boss\r\n" END);
	becomes(HEAD "X-OFFICE:\r\n" END, "X-AFTERLOGIC-OFFICE:7\r\n", HEAD "X-OFFICE:7\r\n" END);
	becomes(HEAD "ADR;TYPE=HOME:;;Weg;Ort;;;\r\n" END, "ADR:Fach;Hof;Weg;Ort;;;\r\n",
	    HEAD "ADR;TYPE=HOME:Fach;Hof;Weg;Ort;;;\r\n" END);
	becomes(HEAD "EMAIL;TYPE=HOME:e@x.test\r\n" END,
	    "a.EMAIL:e@x.test\r\na.X-ABLabel:Hof\r\n",
	    HEAD "a.EMAIL;TYPE=HOME:e@x.test\r\na.X-ABLABEL:Hof\r\n" END);
}

/* P7 keeps 255 bytes of a note. */
static void test_note_that_p7_cut(void **state)
{
	char row[254], mine[400], card[400];

	(void)state;
	memset(row, 'x', sizeof(row) - 1);
	row[sizeof(row) - 1] = '\0';
	snprintf(mine, sizeof(mine), HEAD "NOTE:%s\r\n" END, row);
	snprintf(card, sizeof(card), "BEGIN:VCARD\nNOTE:%s and more\nEND:VCARD\n", row);
	merge_text(mine, card, strlen(card));
	card_reset(&p7);
	assert_int_equal(card_read(&p7, text.data, text.len), 1);
	assert_int_equal(p7.n, 3);
	assert_int_equal(p7.line[2].value.n, sizeof(row) - 1 + strlen(" and more"));
}

static void test_the_row_is_the_truth(void **state)
{
	(void)state;
	becomes(HEAD "FN:New\r\nTITLE:Boss\r\nNOTE:short\r\n" END,
	    "FN:Old\r\nTITLE:Boss\r\nTITLE:Second\r\nNOTE:short and more\r\n",
	    HEAD "FN:New\r\nTITLE:Boss\r\nNOTE:short\r\nTITLE:Second\r\n" END);
	assert_string_equal(merged.differs, "FN,NOTE");
}

static void test_long_lines_are_folded(void **state)
{
	struct buf card = BUF_INIT(64 << 20);
	const char *p, *end;
	unsigned i;

	(void)state;
	buf_adds(&card, "BEGIN:VCARD\nVERSION:3.0\nX-LONG:");
	for (i = 0; i < 100000; i++)
		buf_adds(&card, "ÖЖ😀x");
	buf_adds(&card, "\nEND:VCARD\n");
	p = merge_text(OWN END, card.data, card.len);
	for (; *p != '\0'; p = end + 2) {
		end = strstr(p, "\r\n");
		assert_non_null(end);
		assert_true(end - p <= 75);
		assert_true(utf8_valid(p, (size_t)(end - p)));
	}
	buf_free(&card);
}

/* A line that has no colon, however often it is folded, is looked through once. */
static void test_folded_without_colon(void **state)
{
	struct buf in = BUF_INIT(1 << 20);
	clock_t begin = clock();
	unsigned i;

	(void)state;
	buf_adds(&in, "BEGIN:VCARD\nX");
	for (i = 0; i < 100000; i++)
		buf_adds(&in, "\n xxx");
	buf_adds(&in, "\nFN:x\nEND:VCARD\n");
	card_reset(&p7);
	assert_int_equal(card_read(&p7, in.data, in.len), 1);
	assert_int_equal(p7.n, 1);
	assert_true(p7.more);
	assert_true(clock() - begin < 5 * CLOCKS_PER_SEC);
	buf_free(&in);
}

static void test_damage(void **state)
{
	static const char in[] = "BEGIN:VCARD\nVERSION:2.1\nNOTE:kept\nAGENT:\nBEGIN:VCARD\n"
	    "TEL:1\nEND:VCARD\nX-A:1\nno property\n.X:2\nX Y:3\nEND:VCARD\n";
	static const char cut[] = "BEGIN:VCARD\nX-A:1\nPHOTO;ENCODING=b:AAAA\n BB";
	static const char text_cut[] = "BEGIN:VCARD\nX-A:1\nNOTE;ENCODING=BASE64:YTti";
	static const char *const none[] = { "", "VERSION:3.0\nFN:x\n", "BEGIN:VCARD\nEND:VCARD\n",
		"BEGIN:VCALENDAR\nEND:VCALENDAR\n" };
	size_t i;

	(void)state;
	merge_text(HEAD END, in, sizeof(in) - 1);
	assert_string_equal(text.data, HEAD "NOTE:kept\r\nX-A:1\r\n" END);
	assert_true(p7.more);
	merge_text(HEAD END, cut, sizeof(cut) - 1);
	assert_string_equal(text.data, HEAD "X-A:1\r\n" END);
	assert_true(p7.cut);
	merge_text(HEAD END, text_cut, sizeof(text_cut) - 1);
	assert_string_equal(text.data, HEAD "X-A:1\r\n" END);
	assert_true(p7.cut);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		card_reset(&p7);
		assert_int_equal(card_read(&p7, none[i], strlen(none[i])), 0);
	}
}

static void becomes_double(const char *clean, const char *repaired)
{
	struct buf twice = BUF_INIT(1 << 16);
	bool is;

	charset_redo(clean, strlen(clean), &twice);
	is = charset_is_double_folded(twice.data, twice.len, &text);
	if (is != (repaired != NULL) || (is && strcmp(text.data, repaired) != 0))
		fail_msg("%s: %s", clean, is ? text.data : "not repaired");
	if (charset_is_double_folded(clean, strlen(clean), &text))
		fail_msg("%s: it is clean", clean);
	buf_free(&twice);
}

/* Folds and the end of the card may cut a character; nothing else may. */
static void test_double(void **state)
{
	(void)state;
	becomes_double("FN:Нина\r\nEND:VCARD\r\n", "FN:Нина\r\nEND:VCARD\r\n");
	becomes_double("NOTE:Но\xd0\r\n \xb1р\r\nEND:VCARD\r\n",
	    "NOTE:Но\r\n бр\r\nEND:VCARD\r\n");
	becomes_double("NOTE:\xf0\r\n \x9f\x98\n \x80!\n", "NOTE:\r\n \n 😀!\n");
	becomes_double("NOTE:a\xe2\n\t\x82\xac\n é\n", "NOTE:a\n\t€\n é\n");
	becomes_double("NOTE:Нин\xd0", "NOTE:Нин");
	becomes_double("NOTE:a\xe2\x82", NULL);
	becomes_double("NOTE:Но\xd0\r\nX:\xb1р\r\n", NULL);
	becomes_double("NOTE:plain\r\n ascii\r\n", NULL);
	becomes_double("NOTE:M\xfcll\r\n", NULL);
	assert_false(charset_is_double_folded("NOTE:Müll\r\n é", strlen("NOTE:Müll\r\n é"), &text));
	assert_false(charset_is_double_folded("NOTE:Gr\xc3\xbc", strlen("NOTE:Gr\xc3\xbc"), &text));
}

static void test_row(void **state)
{
	static const char in[] = "BEGIN:VCARD\nVERSION:3.0\nN:Moor;Eva;Ida;;\n"
	    "ORG:Moor\\, Lago;Rat\n"
	    "EMAIL;TYPE=HOME,PREF:\nEMAIL:third@moor.test\nEMAIL;TYPE=WORK,PREF:w@moor.test\n"
	    "EMAIL;TYPE=HOME:h@moor.test\n"
	    "TEL;TYPE=WORK,FAX:1\nTEL:2\nTEL;TYPE=CELL:3\n"
	    "TEL;TYPE=PAGER:4\nTEL;TYPE=WORK:5\n"
	    "ADR;TYPE=WORK:;;Weg 1\\nHof;Ort;;1;Land\nURL:http://a.test\n"
	    "BDAY:1980-02-29T00:00:00Z\n"
	    "NOTE:a\\nb\nIMPP:skype:eva\nX-AFTERLOGIC-USE-FREQUENCY:7\nEND:VCARD\n";
	static const int64_t groups[] = { 3, 5 };
	struct cardrow row = { .id = -9, .modified = 1600000000, .group = groups, .ngroup = 2 };
	struct buf out = BUF_INIT(1 << 20), scratch = BUF_INIT(1 << 20);

	(void)state;
	card_reset(&p7);
	assert_int_equal(card_read(&p7, in, sizeof(in) - 1), 1);
	assert_true(cardrow_is_person(&p7));
	cardrow_put(&p7, &row, &scratch, &out);
	assert_string_equal(out.data, "{\"kind\":\"CONTACT\",\"id_addr\":-9,\"auto_create\":0,"
	    "\"fullname\":\"Eva Moor\",\"surname\":\"Moor\",\"firstname\":\"Eva\","
	    "\"nickname\":\"\",\"skype\":\"eva\",\"notes\":\"a\\nb\",\"h_email\":\"h@moor.test\","
	    "\"b_email\":\"w@moor.test\",\"other_email\":\"third@moor.test\",\"h_street\":\"\","
	    "\"h_city\":\"\",\"h_state\":\"\",\"h_zip\":\"\",\"h_country\":\"\","
	    "\"b_street\":\"Weg 1\\nHof\",\"b_city\":\"Ort\",\"b_state\":\"\",\"b_zip\":\"1\","
	    "\"b_country\":\"Land\",\"h_phone\":\"2\",\"b_phone\":\"5\",\"h_mobile\":\"3\","
	    "\"h_fax\":\"\",\"b_fax\":\"1\",\"h_web\":\"http://a.test\",\"b_web\":\"\","
	    "\"b_company\":\"Moor, Lago\",\"b_department\":\"Rat\",\"b_office\":\"\","
	    "\"b_job_title\":\"\",\"primary_email\":1,\"birthday_year\":1980,"
	    "\"birthday_month\":2,\"birthday_day\":29,\"use_frequency\":7,"
	    "\"date_modified\":\"2020-09-13 12:26:40\",\"groups\":[3,5]}");
	buf_free(&out);
	buf_free(&scratch);
}

static void test_no_person(void **state)
{
	static const char *const no[] = { "X-A:1\n", "N:;;;;\n", "FN:Chor\nKIND:group\n",
		"FN:Chor\nX-ADDRESSBOOKSERVER-KIND:GROUP\n" };
	struct buf in = BUF_INIT(4096);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		buf_reset(&in);
		buf_addf(&in, "BEGIN:VCARD\n%sEND:VCARD\n", no[i]);
		card_reset(&p7);
		assert_int_equal(card_read(&p7, in.data, in.len), 1);
		assert_false(cardrow_is_person(&p7));
	}
	buf_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_is_not_added),
		cmocka_unit_test(test_more_is_added),
		cmocka_unit_test(test_lines_are_completed),
		cmocka_unit_test(test_note_that_p7_cut),
		cmocka_unit_test(test_the_row_is_the_truth),
		cmocka_unit_test(test_long_lines_are_folded),
		cmocka_unit_test(test_folded_without_colon),
		cmocka_unit_test(test_damage),
		{ "B08: double-encoded cards are judged unfolded", test_double, NULL, NULL, NULL },
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_no_person),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

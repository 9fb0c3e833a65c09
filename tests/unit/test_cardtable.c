// rooms: transform
/*
 * What becomes of each property and parameter of vCards: tests/objects/properties.txt says it, and
 * how it is written.  And what is written of a card is read again as the same, for these and for
 * all of tests/objects/cards.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "jsonr.h"
#include "tests/unit/cardwrite.h"
#include "transform/card/cardmerge.h"
#include "transform/card/cardread.h"
#include "transform/card/cardrow.h"
#include "transform/card/vcard.h"
#include "utf8.h"

#define HEAD "BEGIN:VCARD\r\nVERSION:3.0\r\n"
#define END "END:VCARD\r\n"

struct test {
	char *title, *version;
	struct buf in, want, attrs, row;	/* lines, each with its end */
	bool bad, named;
};

static struct card own, p7, again;
static struct buf json = BUF_INIT(1 << 24), scratch = BUF_INIT(1 << 24), out = BUF_INIT(1 << 24);
static struct jdoc doc;
static unsigned failed;		/* tests of the table */

/* Attributes of a contact and the members of its row. */
static const char *const members[VC_ATTRS] = {
	"fullname", "surname", "firstname", "nickname", "notes", "primary_email", "h_email",
	"b_email", "other_email", "h_street", "h_city", "h_state", "h_zip", "h_country",
	"b_street", "b_city", "b_state", "b_zip", "b_country", "h_web", "b_web", "h_phone",
	"b_phone", "h_mobile", "h_fax", "b_fax", "b_company", "b_department", "b_office",
	"b_job_title", "birthday_year", "birthday_month", "birthday_day"
};

/* Lines of each card that are in every one, and the name that a test need not give. */
static bool is_usual(const char *s, size_t n)
{
	static const char *const usual[] = { "BEGIN:VCARD", "VERSION:3.0", "END:VCARD", "PRODID:",
		"UID:", "X-USE-FRIENDLY-NAME:1", "X-OFFICE:", "TITLE:", "NICKNAME:", "NOTE:",
		"ORG:;", "FN:Eva Moor", "N:Moor;Eva;;;;" };
	size_t i, k;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		k = strlen(usual[i]);
		if (strncmp(s, usual[i], k) == 0 && (n == k || i == 3 || i == 4))
			return true;
	}
	return false;
}

static void no_categories(struct vcard *c, void *arg)
{
	(void)c, (void)arg;
}

static bool no_group(void *arg, const char *s, size_t n)
{
	(void)arg;
	return n == 4 && memcmp(s, "Chor", 4) == 0;
}

static void read_card(struct card *c, const char *s, size_t n)
{
	card_reset(c);
	assert_int_equal(card_read(c, s, n), 1);
}

/* What is written of C is read as it was written. */
static void reads_again(const char *title, const struct card *c)
{
	static struct buf one = BUF_INIT(1 << 24), two = BUF_INIT(1 << 24);

	buf_reset(&one);
	buf_adds(&one, HEAD);
	card_write(c, &one);
	buf_adds(&one, END);
	assert_true(utf8_valid(one.data, one.len));
	read_card(&again, one.data, one.len);
	buf_reset(&two);
	buf_adds(&two, HEAD);
	card_write(&again, &two);
	buf_adds(&two, END);
	if (again.n != c->n || again.cut || again.more || again.bad ||
	    strcmp(one.data, two.data) != 0)
		fail_msg("%s: %s\nis read again as %s", title, one.data, two.data);
}

/* The row of the test, or the one that the card makes, in DOC. */
static void make_row(struct test *t)
{
	static const struct cardrow what = { .id = 1 };
	struct err e = { 0 };

	buf_reset(&json);
	if (t->row.len > 0)
		buf_addf(&json, "{%s\"fullname\":\"Eva Moor\",\"surname\":\"Moor\","
		    "\"firstname\":\"Eva\"}", t->row.data);
	else
		cardrow_put(&p7, &what, &scratch, &json);
	assert_int_equal(jr_parse(&doc, json.data, json.len, &e), 0);
}

/* The card that P8 would make of it. */
static void make_own(void)
{
	struct vcard_attrs a;
	struct val v[VC_ATTRS];
	const struct jval *m;
	struct vcard c;
	int i;

	for (i = 0; i < VC_ATTRS; i++) {
		a.at[i] = i;
		m = jr_get(&doc, NULL, members[i]);
		v[i] = m == NULL ? val_text("") : m->type == J_INT ? val_int(m->i) :
		    val_str(m->s, m->n);
	}
	buf_reset(&out);
	vcard_begin(&c, &out, "u");
	vcard_contact(&c, &a, v, no_categories, NULL);
	vcard_end(&c);
}

/* With line breaks as "\\n". */
static void put_text(struct buf *b, const char *name, const char *s, size_t n)
{
	buf_addf(b, "%s ", name);
	for (; n > 0; s++, n--)
		if (*s == '\n')
			buf_adds(b, "\\n");
		else
			buf_addc(b, *s);
	buf_addc(b, '\n');
}

/* Members of the row that say something, but for the usual name. */
static void check_attrs(const struct test *t)
{
	static const char *const more[] = { "skype" };
	struct buf got = BUF_INIT(1 << 20);
	const struct jval *m;
	const char *name;
	unsigned i;

	for (i = 0; i < VC_ATTRS + 1; i++) {
		name = i < VC_ATTRS ? members[i] : more[0];
		m = jr_get(&doc, NULL, name);
		assert_non_null(m);
		if (m->type == J_INT && m->i != 0)
			buf_addf(&got, "%s %lld\n", name, (long long)m->i);
		else if (m->type == J_STR && m->n > 0 && (t->named || i > 2))
			put_text(&got, name, m->s, m->n);
	}
	if (strcmp(got.len > 0 ? got.data : "", t->attrs.len > 0 ? t->attrs.data : "") != 0) {
		print_message("# %s: the row has\n%s\n", t->title, got.len > 0 ? got.data : "");
		failed++;
	}
	buf_free(&got);
}

/* Its lines, unfolded, but for the usual ones. */
static void check_card(const struct test *t)
{
	struct buf got = BUF_INIT(1 << 20);
	const char *p, *end;
	size_t n;

	assert_int_equal(card_merge(&out, &own, &p7, no_group, NULL, &(struct card_merged){ 0 }),
	    0);
	buf_reset(&json);
	for (p = out.data; (end = strstr(p, "\r\n")) != NULL; p = end + 2) {
		n = (size_t)(end - p);
		buf_add(&json, p, n);
		for (; end[2] == ' '; end += n + 3) {
			n = (size_t)(strstr(end + 3, "\r\n") - (end + 3));
			buf_add(&json, end + 3, n);
		}
		if (!is_usual(json.data, json.len))
			buf_addf(&got, "%s\n", json.data);
		buf_reset(&json);
	}
	if (strcmp(got.len > 0 ? got.data : "", t->want.len > 0 ? t->want.data : "") != 0) {
		print_message("# %s: the card has\n%s\n", t->title, got.len > 0 ? got.data : "");
		failed++;
	}
	read_card(&p7, out.data, out.len);
	reads_again(t->title, &p7);
	buf_free(&got);
}

static void check(struct test *t)
{
	struct buf text = BUF_INIT(1 << 20);

	buf_addf(&text, "BEGIN:VCARD\r\nVERSION:%s\r\n%s", t->version, t->named ? "" :
	    "FN:Eva Moor\r\nN:Moor;Eva;;;\r\n");
	buf_add(&text, t->in.data, t->in.len);
	buf_adds(&text, END);
	read_card(&p7, text.data, text.len);
	if (p7.bad != t->bad || p7.more || p7.cut)
		fail_msg("%s: bad %d more %d cut %d", t->title, p7.bad, p7.more, p7.cut);
	reads_again(t->title, &p7);
	make_row(t);
	make_own();
	if (t->row.len == 0)
		check_attrs(t);
	check_card(t);
	buf_free(&text);
}

/* <<41>> is a byte, <<fold>> a fold. */
static void add_line(struct buf *b, const char *p, const char *end)
{
	const char *close;

	while (*p != '\0') {
		close = strncmp(p, "<<", 2) == 0 ? strstr(p, ">>") : NULL;
		if (close == NULL) {
			buf_addc(b, *p++);
			continue;
		}
		if (strncmp(p, "<<fold>>", 8) == 0)
			buf_adds(b, "\r\n ");
		else
			buf_addc(b, (char)strtoul(p + 2, NULL, 16));
		p = close + 2;
	}
	buf_adds(b, end);
}

/* "member=value" */
static void add_member(struct buf *b, char *line)
{
	char *eq = strchr(line, '=');
	bool number = strncmp(line, "birthday", 8) == 0 || strncmp(line, "primary", 7) == 0;

	assert_non_null(eq);
	*eq = '\0';
	buf_addf(b, number ? "\"%s\":%s," : "\"%s\":\"%s\",", line, eq + 1);
}

static void begin(struct test *t, const char *line)
{
	char *bar;

	free(t->title);
	t->title = strdup(line);
	assert_non_null(t->title);
	bar = strrchr(t->title, '|');
	assert_non_null(bar);
	*bar = '\0';
	t->version = bar + 2;
	buf_reset(&t->in);
	buf_reset(&t->want);
	buf_reset(&t->attrs);
	buf_reset(&t->row);
	t->bad = t->named = false;
}

static void take(struct test *t, char *line)
{
	if (line[0] == '>')
		add_line(&t->want, line + 2, "\n");
	else if (line[0] == '@')
		add_line(&t->attrs, line + 2, "\n");
	else if (line[0] == '~')
		add_member(&t->row, line + 2);
	else if (line[0] == '!')
		t->bad = true;
	else if (line[0] == '*') {
		add_line(&t->in, line + 2, "\r\n");
		add_line(&t->want, line + 2, "\n");
	}
	else if (line[0] != '#' && line[0] != '\0') {
		t->named = t->named || strncmp(line, "FN", 2) == 0 || strncmp(line, "N;", 2) == 0 ||
		    strncmp(line, "N:", 2) == 0;
		add_line(&t->in, line, "\r\n");
	}
}

static void test_table(void **state)
{
	FILE *f = fopen("tests/objects/properties.txt", "r");
	struct test t = { .in = BUF_INIT(1 << 20), .want = BUF_INIT(1 << 20),
		.attrs = BUF_INIT(1 << 20), .row = BUF_INIT(1 << 20) };
	char *line = NULL;
	size_t size = 0, tests = 0;
	ssize_t n;

	(void)state;
	if (f == NULL)
		fail_msg("run the tests in the source directory");
	while ((n = getline(&line, &size, f)) > 0) {
		line[n - 1] = '\0';
		if (strncmp(line, "= ", 2) == 0) {
			if (tests++ > 0)
				check(&t);
			begin(&t, line + 2);
		} else if (t.title != NULL) {
			take(&t, line);
		}
	}
	check(&t);
	assert_int_equal(failed, 0);
	assert_true(tests > 90);
	free(line);
	free(t.title);
	buf_free(&t.in);
	buf_free(&t.want);
	buf_free(&t.attrs);
	buf_free(&t.row);
	fclose(f);
}

/* The cards of many programs, as far as their lines go. */
static void test_cards_again(void **state)
{
	FILE *f = fopen("tests/objects/cards.txt", "r");
	struct buf text = BUF_INIT(1 << 20);
	char *line = NULL;
	size_t size = 0, cards = 0;
	ssize_t n;

	(void)state;
	assert_non_null(f);
	while ((n = getline(&line, &size, f)) > 0) {
		line[n - 1] = '\0';
		if (strncmp(line, "BEGIN:", 6) == 0)
			buf_reset(&text);
		add_line(&text, line, "\r\n");
		if (strncmp(line, "END:", 4) != 0)
			continue;
		read_card(&p7, text.data, text.len);
		reads_again("cards.txt", &p7);
		cards++;
	}
	assert_true(cards >= 30);
	free(line);
	buf_free(&text);
	fclose(f);
}

/* Lines that were read as another number of lines, or others, when they were written. */
static void test_odd_lines_again(void **state)
{
	static const char *const lines[] = {
		"E;BASE64;QUOTED-PRINTABLED:=\xb4\rE:", "X-A;TYPE=QUOTED-PRINTABLED:a=",
		"X-A;TYPE=QUOTED-PRINTABLE:a=3D=", "X-A;QUOTED-PRINTABLE:a=3D=3D",
		"X-A;ENCODING=QUOTED-PRINTABLE:a=", "X-A;ENCODING=\"QUOTED-PRINTABLE\":=3D=0",
		"X-A;X-B=QUOTED-PRINTABLE:a=", "X-A;X-B=\"a:b\";ENCODING=QUOTED-PRINTABLE:a=3D",
		"NOTE;QUOTED-PRINTABLE:=00a=0A=0D=", "X-A;ENCODING=X-B:a=", "X-A;ENCODING=:a=",
		"X-A;X-B=\"c:d=;e\":f=", "X-A;X-B=\"c;d=e:f", "X-A;\"X-B\"=c;=d;\"=e:f",
		"X-A;TYPE=\"a;b\",\"c,d\",,e\"f:g", "X-A;\"TYPE\"=HOME;\"ENCODING\"=B:AAAA",
		"X-A;TYPE=BASE\"64:AAAA", "TEL:tel:tel:1", "TEL:tel:", "PHOTO:data:;base64,AA",
		"PHOTO:data:x/y;base64,data:x/y;base64,", "X-A;X B=1;E  NCODING=b;\" TYPE\"=c:d",
		"PHOTO;MEDIATYPE=image/home:http://a.test",
		"BDAY;VALUE=date-and-or-time;X-APPLE-OMIT-YEAR=1604:--0203",
		"BDAY;ENCODING=QUOTED-PRINTABLE:--0203", "BDAY;ENCODING=b:--0203",
		"GEO:geo:1,2", "EMAIL;PREF=1;TYPE=pref:a", "EMAIL;PREF=0;PREF=1;PREF=2:a",
	};
	struct buf text = BUF_INIT(4096);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_reset(&text);
		buf_addf(&text, "BEGIN:VCARD\r\n%s\r\nX-LAST:1\r\nEND:VCARD\r\n", lines[i]);
		read_card(&p7, text.data, text.len);
		reads_again(lines[i], &p7);
	}
	buf_free(&text);
}

static int setup(void **state)
{
	(void)state;
	card_init(&own);
	card_init(&p7);
	card_init(&again);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	card_free(&own);
	card_free(&p7);
	card_free(&again);
	buf_free(&json);
	buf_free(&scratch);
	buf_free(&out);
	jr_free(&doc);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "B01 to B07: properties and parameters of all programs", test_table, NULL, NULL,
		    NULL },
		{ "D12: the cards of many programs, written and read again", test_cards_again, NULL,
		    NULL, NULL },
		{ "D12: odd lines, written and read again", test_odd_lines_again, NULL, NULL,
		    NULL },
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

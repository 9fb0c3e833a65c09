// rooms: transform
/*
 * Calendar objects of other makers: tests/objects/events.txt has them, with what is to be found in
 * each, and says how it is written.  tests/objects/cards.txt has vCards.
 *
 * test_objects --dump [events|cards] prints them for other tests: the fields of the head (without
 * the encoding), times in seconds since 1970, and the bytes in hexadecimal, tabs between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "buf.h"
#include "icaluid.h"
#include "transform/card/cardread.h"
#include "transform/text/charset.h"
#include "lib/ical.h"
#include "utf8.h"

#define OBJECTS_MAX 300
#define FIELDS 6

enum { NAME, UID, COMPONENT, FIRST, LAST, ENCODING };
enum { FULL_NAME = COMPONENT, EMAIL, TELEPHONE };	/* of a card */

static struct object {
	char head[600];
	const char *field[FIELDS];
	struct buf data;
} objects[OBJECTS_MAX];
static unsigned n_objects;	/* events, */
static unsigned n_all;		/* then cards */

/* Cut the head at its bars; blanks around them do not count. */
static void split(struct object *o)
{
	char *p = o->head, *bar, *end;
	int i;

	for (i = 0; i < FIELDS; i++, p = bar + 1) {
		bar = strchr(p, '|');
		end = bar != NULL ? bar : p + strlen(p);
		if ((bar == NULL) != (i == FIELDS - 1))
			fail_msg("%s: not %d fields", o->head, FIELDS);
		while (*p == ' ')
			p++;
		while (end > p && end[-1] == ' ')
			end--;
		*end = '\0';
		o->field[i] = p;
	}
}

static const char *line_end(const struct object *o)
{
	return strcmp(o->field[ENCODING], "lf") == 0 ? "\n" :
	    strcmp(o->field[ENCODING], "cr") == 0 ? "\r" :
	    strcmp(o->field[ENCODING], "crcrlf") == 0 ? "\r\r\n" : "\r\n";
}

/* What stands between << and >>. */
static void escape(struct object *o, const char *p)
{
	unsigned long n;
	char *end;

	if (strncmp(p, "fold>>", 6) == 0) {
		buf_adds(&o->data, line_end(o));
		buf_addc(&o->data, ' ');
	} else if (p[1] == ' ') {
		for (n = strtoul(p + 2, NULL, 10); n > 0; n--)
			buf_addc(&o->data, p[0]);
	} else {
		n = strtoul(p, &end, 16);
		assert_true(end == p + 2);
		buf_addc(&o->data, (char)n);
	}
}

static void add_line(struct object *o, const char *line)
{
	const char *p = line, *end;

	while (*p != '\0') {
		end = strncmp(p, "<<", 2) == 0 ? strstr(p, ">>") : NULL;
		if (end == NULL) {
			buf_addc(&o->data, *p++);
		} else {
			escape(o, p + 2);
			p = end + 2;
		}
	}
	buf_adds(&o->data, line_end(o));
}

static void put16(struct buf *b, uint32_t u, bool big)
{
	buf_addc(b, (char)(big ? u >> 8 : u));
	buf_addc(b, (char)(big ? u : u >> 8));
}

/* From UTF-8, with as little as the file's own letters need. */
static void encode(struct object *o)
{
	const char *enc = o->field[ENCODING], *p = o->data.data;
	const char *end = p + o->data.len;
	struct buf to = BUF_INIT(8 << 20);
	bool big = strcmp(enc, "utf16be") == 0, wide = strncmp(enc, "utf16", 5) == 0;
	unsigned char c;
	uint32_t u;
	int n;

	if (!wide && strcmp(enc, "latin1") != 0 && strcmp(enc, "bom") != 0)
		return;
	if (strcmp(enc, "bom") == 0)
		buf_adds(&to, "\xEF\xBB\xBF");
	else if (wide && enc[5] != '\0')
		put16(&to, 0xFEFF, big);
	while (p < end) {
		c = (unsigned char)*p++;
		n = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
		for (u = n == 0 ? c : c & (0x3Fu >> n); n > 0; n--)
			u = u << 6 | (*p++ & 0x3F);
		if (wide && u > 0xFFFF) {
			put16(&to, 0xD800 + ((u - 0x10000) >> 10), big);
			put16(&to, 0xDC00 + ((u - 0x10000) & 0x3FF), big);
		} else if (wide) {
			put16(&to, u, big);
		} else if (strcmp(enc, "bom") == 0 && u > 0x7F) {
			fail_msg("%s: letters of ASCII only", o->field[NAME]);
		} else {
			buf_addc(&to, (char)u);
		}
	}
	buf_free(&o->data);
	o->data = to;
}

static void load(const char *path)
{
	struct object *o = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail_msg("%s cannot be read; run the tests in the source directory", path);
	while ((n = getline(&line, &size, f)) > 0) {
		line[n - 1] = '\0';
		if (strncmp(line, "= ", 2) == 0) {
			assert_true(n_all < OBJECTS_MAX);
			o = &objects[n_all++];
			o->data = (struct buf)BUF_INIT(8 << 20);
			snprintf(o->head, sizeof(o->head), "%s", line + 2);
			split(o);
		} else if (o != NULL) {
			add_line(o, line);
		}
	}
	free(line);
	fclose(f);
}

static int setup(void **state)
{
	unsigned i;

	(void)state;
	load("tests/objects/events.txt");
	n_objects = n_all;
	load("tests/objects/cards.txt");
	for (i = 0; i < n_all; i++)
		encode(&objects[i]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (n_all > 0)
		buf_free(&objects[--n_all].data);
	return 0;
}

/* A time as the file has it; -1: unknown. */
static int64_t when(const char *s)
{
	struct tm tm = { 0 };

	if (strcmp(s, "-") == 0)
		return -1;
	if (strcmp(s, "0") == 0)
		return 0;
	if (strcmp(s, "max") == 0)
		return UINT32_MAX;
	if (strcmp(s, "forever") == 0)
		return ICAL_FOREVER;
	assert_non_null(strptime(s, "%Y%m%dT%H%M%S", &tm));
	return timegm(&tm);
}

static const char *text(const char *s)
{
	return strcmp(s, "-") == 0 ? "" : s;
}

static void test_number(void **state)
{
	(void)state;
	assert_true(n_objects >= 160);
	assert_true(n_all - n_objects >= 30);
}

/* The first property NAME says WANT ("-": there is none). */
static void says(const struct object *o, const struct card *c, const char *name, int field)
{
	const char *want = o->field[field];
	const struct card_line *l;

	for (l = c->line; l < c->line + c->n && !card_is(c, l, name); l++)
		;
	if (l == c->line + c->n) {
		if (strcmp(want, "-") != 0)
			fail_msg("%s: no %s", o->field[NAME], name);
	} else if (l->value.n != strlen(want) ||
	    memcmp(card_text(c, l->value), want, l->value.n) != 0)
		fail_msg("%s: %s is \"%.*s\"", o->field[NAME], name, (int)l->value.n,
		    card_text(c, l->value));
}

/* A card is no calendar object, whatever its UID; its text is read in whatever it is encoded. */
static void test_cards(void **state)
{
	struct ical_facts f;
	struct icaluid u;
	const struct object *o;
	struct card c;

	(void)state;
	card_init(&c);
	for (o = objects + n_objects; o < objects + n_all; o++) {
		if (icaluid_find(o->data.data, o->data.len, &u) ||
		    strcmp(u.component, "VCARD") != 0)
			fail_msg("%s: uid \"%s\" of a %s", o->field[NAME], u.uid, u.component);
		ical_look(o->data.data, o->data.len, &f);
		assert_false(f.timed);
		card_reset(&c);
		assert_int_equal(card_read(&c, o->data.data, o->data.len), 1);
		assert_true(utf8_valid(c.text.data, c.text.len));
		says(o, &c, "UID", UID);
		says(o, &c, "FN", FULL_NAME);
		says(o, &c, "EMAIL", EMAIL);
		says(o, &c, "TEL", TELEPHONE);
	}
	card_free(&c);
}

/* Every beginning of every card is read without fault. */
static void test_cut_cards(void **state)
{
	const struct object *o;
	struct card c;
	size_t n;

	(void)state;
	card_init(&c);
	for (o = objects + n_objects; o < objects + n_all; o++)
		for (n = 0; n < o->data.len && n < 2000; n++) {
			char *copy = malloc(n + 1);

			memcpy(copy, o->data.data, n);
			card_reset(&c);
			assert_true(card_read(&c, copy, n) >= 0);
			free(copy);
		}
	card_free(&c);
}

static void test_uid(void **state)
{
	struct icaluid u;
	unsigned i, bad = 0;

	(void)state;
	for (i = 0; i < n_objects; i++) {
		icaluid_find(objects[i].data.data, objects[i].data.len, &u);
		if (strcmp(u.uid, text(objects[i].field[UID])) != 0) {
			print_message("# %s: uid \"%s\"\n", objects[i].field[NAME], u.uid);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void test_times(void **state)
{
	struct ical_facts f;
	const struct object *o;
	unsigned i, bad = 0;

	(void)state;
	for (i = 0; i < n_objects; i++) {
		o = &objects[i];
		ical_look(o->data.data, o->data.len, &f);
		if (!f.timed)
			f.first = f.last = -1;
		if (strncmp(f.component, text(o->field[COMPONENT]), 8) == 0 &&
		    f.first == when(o->field[FIRST]) && f.last == when(o->field[LAST]))
			continue;
		print_message("# %s: %s, %lld to %lld, not %lld to %lld\n", o->field[NAME],
		    f.component, (long long)f.first, (long long)f.last,
		    (long long)when(o->field[FIRST]), (long long)when(o->field[LAST]));
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* Every prefix of the small ones, in memory of exactly that size (for the sanitizers). */
static void test_prefixes(void **state)
{
	struct ical_facts f;
	struct icaluid u;
	unsigned i;
	size_t n;
	char *copy;

	(void)state;
	for (i = 0; i < n_objects; i++)
		for (n = 0; n < objects[i].data.len && objects[i].data.len < 600; n += 7) {
			copy = malloc(n + 1);
			assert_non_null(copy);
			memcpy(copy, objects[i].data.data, n);
			copy[n] = '\0';
			icaluid_find(copy, n, &u);
			ical_look(copy, n, &f);
			free(copy);
		}
}

static void dump(unsigned from, unsigned to)
{
	const struct object *o;
	size_t i;
	int f;

	for (o = objects + from; o < objects + to; o++) {
		for (f = NAME; f <= LAST; f++)
			if (from == 0 && f >= FIRST)
				printf("%lld\t", (long long)when(o->field[f]));
			else
				printf("%s\t", o->field[f]);
		for (i = 0; i < o->data.len; i++)
			printf("%02x", (unsigned char)o->data.data[i]);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_uid),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_cut_cards),
		cmocka_unit_test(test_prefixes),
	};
	if (argc == 3 && strcmp(argv[1], "--dump") == 0) {
		setup(NULL);
		if (strcmp(argv[2], "cards") == 0)
			dump(n_objects, n_all);
		else
			dump(0, n_objects);
		return teardown(NULL);
	}
	return cmocka_run_group_tests_name("objects", tests, setup, teardown);
}

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "card/cardrow.h"
#include "jsonw.h"

#define PREFS 101	/* 1 to 100; 0 is none */

enum field {
	F_FULLNAME, F_SURNAME, F_FIRSTNAME, F_NICKNAME, F_SKYPE, F_NOTES, F_H_EMAIL, F_B_EMAIL,
	F_O_EMAIL, F_H_STREET, F_H_CITY, F_H_STATE, F_H_ZIP, F_H_COUNTRY, F_B_STREET, F_B_CITY,
	F_B_STATE, F_B_ZIP, F_B_COUNTRY, F_H_PHONE, F_B_PHONE, F_MOBILE, F_H_FAX, F_B_FAX,
	F_H_WEB, F_B_WEB, F_COMPANY, F_DEPARTMENT, F_OFFICE, F_TITLE, FIELDS
};

static const char *const members[FIELDS] = {
	"fullname", "surname", "firstname", "nickname", "skype", "notes", "h_email", "b_email",
	"other_email", "h_street", "h_city", "h_state", "h_zip", "h_country", "b_street", "b_city",
	"b_state", "b_zip", "b_country", "h_phone", "b_phone", "h_mobile", "h_fax", "b_fax",
	"h_web", "b_web", "b_company", "b_department", "b_office", "b_job_title"
};

/* Lines that have places in the row: first those that name one. */
enum turn { T_ONE, T_SEVERAL, T_NONE };

struct row {
	const struct card *c;
	enum turn turn;
	struct card_slice v[FIELDS];	/* n 0: empty */
	int primary;			/* of the e-mails, as P7 counts them; -1: none said */
	int year, month, day;
	long frequency;
};

static bool fill(struct row *r, enum field f, struct card_slice v)
{
	if (r->v[f].n > 0)
		return false;
	r->v[f] = v;
	return true;
}

static void part(struct row *r, enum field f, const struct card_line *l, unsigned i)
{
	fill(r, f, card_part(r->c, l->value, i));
}

/* The first two parts, into F and the field behind it. */
static void two_parts(struct row *r, enum field f, const struct card_line *l)
{
	if (r->v[f].n + r->v[f + 1].n > 0)
		return;
	part(r, f, l, 0);
	part(r, f + 1, l, 1);
}

/* PLACES are the types that name one; 0: there is only one. */
static bool has_turn(const struct row *r, const struct card_line *l, unsigned places)
{
	unsigned said = l->types & places;

	if (places == 0 || (said & CT_CELL))
		return r->turn == T_ONE;
	return r->turn == (said == 0 ? T_NONE : (said & (said - 1)) == 0 ? T_ONE : T_SEVERAL);
}

static bool address_at(struct row *r, enum field street, const struct card_line *l)
{
	unsigned i;

	for (i = 0; i < 5; i++)
		if (r->v[street + i].n > 0)
			return false;
	for (i = 0; i < 5; i++)
		part(r, street + i, l, 2 + i);
	return true;
}

static void address(struct row *r, enum field home, const struct card_line *l)
{
	bool at_work = l->types & CT_WORK, at_home = l->types & CT_HOME;

	if (!(at_work && address_at(r, F_B_STREET, l)) && (at_home || !at_work))
		address_at(r, home, l);
}

/* Into the place at work, at home, or where it says that it is at both, in one. */
static void fill_place(struct row *r, enum field home, enum field work,
    const struct card_line *l, struct card_slice v)
{
	bool at_work = l->types & CT_WORK, at_home = l->types & CT_HOME;

	if (!(at_work && fill(r, work, v)) && (at_home || !at_work))
		fill(r, home, v);
}

/* The value without the scheme of an address in front of it. */
static struct card_slice without(const struct row *r, const struct card_line *l,
    const char *scheme)
{
	size_t n = strlen(scheme);

	return l->value.n > n && strncasecmp(card_text(r->c, l->value), scheme, n) == 0 ?
	    (struct card_slice){ l->value.at + n, l->value.n - n } : l->value;
}

/* "tel:" is there when there is more than a number behind it. */
static void telephone(struct row *r, enum field home, const struct card_line *l)
{
	struct card_slice v = without(r, l, "tel:");

	if (l->types & CT_PAGER)
		return;
	if (l->types & CT_FAX)
		fill_place(r, F_H_FAX, F_B_FAX, l, v);
	else if (l->types & CT_CELL)
		fill(r, F_MOBILE, v);
	else
		fill_place(r, home, F_B_PHONE, l, v);
}

static void web(struct row *r, enum field home, const struct card_line *l)
{
	fill_place(r, home, F_B_WEB, l, l->value);
}

static void birthday(struct row *r, enum field f, const struct card_line *l)
{
	(void)f;
	if (r->year != 0 || r->month != 0 || r->day != 0)
		return;
	r->year = l->day.year;
	r->month = l->day.month;
	r->day = l->day.day;
}

static bool placed(const struct row *r, const struct card_line *l)
{
	unsigned f;

	for (f = F_H_EMAIL; f <= F_O_EMAIL; f++)
		if (r->v[f].n > 0 && r->v[f].at == l->value.at)
			return true;
	return false;
}

static void mails(struct row *r, enum field home, const struct card_line *l)
{
	static const unsigned types[] = { CT_HOME, CT_WORK, CT_OTHER };
	unsigned i;

	for (i = 0; i < 3; i++)
		if ((r->turn == T_NONE || (l->types & types[i])) && !placed(r, l))
			fill(r, home + i, l->value);
}

static void skype(struct row *r, enum field f, const struct card_line *l)
{
	struct card_slice v = without(r, l, "skype:");

	if (v.n < l->value.n)
		fill(r, f, v);
}

static void frequency(struct row *r, enum field f, const struct card_line *l)
{
	char text[12] = "";

	(void)f;
	if (l->value.n < sizeof(text)) {
		memcpy(text, card_text(r->c, l->value), l->value.n);
		r->frequency = strtol(text, NULL, 10);
	}
}

static void whole(struct row *r, enum field f, const struct card_line *l)
{
	fill(r, f, l->value);
}

/* What the row takes of a card: what the function finds in a value, into that field. */
static const struct {
	const char *name;
	void (*fn)(struct row *r, enum field f, const struct card_line *l);
	enum field f;
	unsigned places;
} takes[] = {
	{ "FN", whole, F_FULLNAME, 0 }, { "NICKNAME", whole, F_NICKNAME, 0 },
	{ "NOTE", whole, F_NOTES, 0 }, { "TITLE", whole, F_TITLE, 0 },
	{ "X-OFFICE", whole, F_OFFICE, 0 }, { "X-AFTERLOGIC-OFFICE", whole, F_OFFICE, 0 },
	{ "X-SKYPE", whole, F_SKYPE, 0 }, { "IMPP", skype, F_SKYPE, 0 },
	{ "N", two_parts, F_SURNAME, 0 }, { "ORG", two_parts, F_COMPANY, 0 },
	{ "BDAY", birthday, FIELDS, 0 }, { "X-AFTERLOGIC-USE-FREQUENCY", frequency, FIELDS, 0 },
	{ "ADR", address, F_H_STREET, CT_HOME | CT_WORK },
	{ "TEL", telephone, F_H_PHONE, CT_HOME | CT_WORK | CT_CELL },
	{ "EMAIL", mails, F_H_EMAIL, CT_HOME | CT_WORK | CT_OTHER },
	{ "URL", web, F_H_WEB, CT_HOME | CT_WORK },
};

bool cardrow_reads(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
		if (strlen(takes[i].name) == n && strncasecmp(takes[i].name, s, n) == 0)
			return true;
	return false;
}

static void one_line(struct row *r, const struct card_line *l)
{
	size_t i;

	for (i = 0; l->value.n > 0 && !l->binary && i < sizeof(takes) / sizeof(takes[0]); i++)
		if (card_is(r->c, l, takes[i].name) && (has_turn(r, l, takes[i].places) ||
		    (r->turn == T_NONE && takes[i].fn == mails)))
			takes[i].fn(r, takes[i].f, l);
}

/*
 * The lines of the card: first those that name the one place where they belong, then the others;
 * of each those that the card's owner prefers first (RFC 6350, 5.3), those of which nothing is
 * said last.  E-mails that found no place get what is free.
 */
static void all_lines(struct row *r)
{
	const struct card_line *l, *end = r->c->line + r->c->n;
	bool there[PREFS] = { false };
	unsigned p;

	for (l = r->c->line; l < end; l++)
		there[l->pref] = true;
	for (r->turn = T_ONE; r->turn <= T_NONE; r->turn++)
		for (p = 1; p <= PREFS; p++)
			for (l = r->c->line; l < end && there[p % PREFS]; l++)
				if (l->pref == p % PREFS)
					one_line(r, l);
}

/* P7's form shows one of the e-mails as the first. */
static void primary(struct row *r)
{
	const struct card_line *l, *best = NULL, *end = r->c->line + r->c->n;
	unsigned f;

	for (l = r->c->line; l < end; l++)
		if (card_is(r->c, l, "EMAIL") && l->pref > 0 && placed(r, l) &&
		    (best == NULL || l->pref < best->pref))
			best = l;
	for (f = F_H_EMAIL; f <= F_O_EMAIL && r->primary < 0; f++)
		if (r->v[f].n > 0 && (best == NULL || r->v[f].at == best->value.at))
			r->primary = (int)(f - F_H_EMAIL);
}

bool cardrow_is_person(const struct card *c)
{
	static const char *const names[] = { "FN", "N", "NICKNAME", "EMAIL", "TEL", "ORG", NULL };
	static const char *const kinds[] = { "KIND", "X-ADDRESSBOOKSERVER-KIND", NULL };
	const struct card_line *l;
	bool any = false;

	for (l = c->line; l < c->line + c->n; l++) {
		if (card_is_among(c, l, kinds) &&
		    l->value.n == 5 && strncasecmp(card_text(c, l->value), "group", 5) == 0)
			return false;
		any = any || (card_is_among(c, l, names) &&
		    l->value.n > strspn(card_text(c, l->value), ";"));
	}
	return any;
}

static void text(struct row *r, struct jsonw *w, enum field f, struct buf *scratch)
{
	buf_reset(scratch);
	if (r->v[f].n > 0)
		card_plain(r->c, r->v[f], scratch);
	jw_key(w, members[f]);
	jw_str_n(w, scratch->len > 0 ? scratch->data : "", scratch->len);
}

/* P7 shows something of every contact. */
static void full_name(struct row *r, struct jsonw *w, struct buf *scratch)
{
	static const enum field other[] = { F_COMPANY, F_NICKNAME, F_H_EMAIL, F_B_EMAIL,
		F_O_EMAIL };
	bool any = r->v[F_FIRSTNAME].n + r->v[F_SURNAME].n > 0;
	size_t i;

	for (i = 0; !any && i < sizeof(other) / sizeof(other[0]); i++)
		fill(r, F_FULLNAME, r->v[other[i]]);
	if (r->v[F_FULLNAME].n > 0 || !any) {
		text(r, w, F_FULLNAME, scratch);
		return;
	}
	buf_reset(scratch);
	card_plain(r->c, r->v[F_FIRSTNAME], scratch);
	if (scratch->len > 0 && r->v[F_SURNAME].n > 0)
		buf_addc(scratch, ' ');
	card_plain(r->c, r->v[F_SURNAME], scratch);
	jw_key(w, members[F_FULLNAME]);
	jw_str_n(w, scratch->data, scratch->len);
}

static void date(struct jsonw *w, int64_t seconds)
{
	time_t t = (time_t)seconds;
	char out[32];
	struct tm tm;

	if (seconds <= 0 || seconds > UINT32_MAX || gmtime_r(&t, &tm) == NULL)
		return;
	strftime(out, sizeof(out), "%Y-%m-%d %H:%M:%S", &tm);
	jw_kv_str(w, "date_modified", out);
}

void cardrow_put(const struct card *c, const struct cardrow *row, struct buf *scratch,
    struct buf *out)
{
	struct row r = { .c = c, .primary = -1 };
	struct jsonw w;
	unsigned f;
	size_t i;

	all_lines(&r);
	primary(&r);
	jw_begin(&w, out);
	jw_object(&w);
	jw_kv_str(&w, "kind", "CONTACT");
	jw_kv_int(&w, "id_addr", row->id);
	jw_kv_int(&w, "auto_create", row->collected);
	full_name(&r, &w, scratch);
	for (f = F_FULLNAME + 1; f < FIELDS; f++)
		text(&r, &w, f, scratch);
	jw_kv_int(&w, "primary_email", r.primary < 0 ? 0 : r.primary);
	jw_kv_int(&w, "birthday_year", r.year);
	jw_kv_int(&w, "birthday_month", r.month);
	jw_kv_int(&w, "birthday_day", r.day);
	jw_kv_int(&w, "use_frequency", r.frequency);
	date(&w, row->modified);
	jw_key(&w, "groups");
	jw_array(&w);
	for (i = 0; i < row->ngroup; i++)
		jw_int(&w, row->group[i]);
	jw_array_end(&w);
	jw_object_end(&w);
}

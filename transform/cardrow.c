#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cardrow.h"
#include "jsonw.h"

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

struct row {
	const struct card *c;
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

static void name(struct row *r, const struct card_line *l)
{
	part(r, F_SURNAME, l, 0);
	part(r, F_FIRSTNAME, l, 1);
}

static void company(struct row *r, const struct card_line *l)
{
	part(r, F_COMPANY, l, 0);
	part(r, F_DEPARTMENT, l, 1);
}

static void address(struct row *r, const struct card_line *l)
{
	enum field f = l->types & CT_WORK ? F_B_STREET : F_H_STREET;
	unsigned i;

	for (i = 0; i < 5; i++)
		if (r->v[f + i].n > 0)
			return;
	for (i = 0; i < 5; i++)
		part(r, f + i, l, 2 + i);
}

static void telephone(struct row *r, const struct card_line *l)
{
	bool work = l->types & CT_WORK;

	if (l->types & CT_PAGER)
		return;
	fill(r, l->types & CT_FAX ? work ? F_B_FAX : F_H_FAX : l->types & CT_CELL ? F_MOBILE :
	    work ? F_B_PHONE : F_H_PHONE, l->value);
}

static void birthday(struct row *r, const struct card_line *l)
{
	char text[11] = "";

	if (r->year != 0 || l->value.n < 8)
		return;
	memcpy(text, card_text(r->c, l->value), l->value.n < 10 ? l->value.n : 10);
	if (text[0] == '-' || (sscanf(text, "%4d-%2d-%2d", &r->year, &r->month, &r->day) != 3 &&
	    sscanf(text, "%4d%2d%2d", &r->year, &r->month, &r->day) != 3) ||
	    r->month < 1 || r->month > 12 || r->day < 1 || r->day > 31)
		r->year = r->month = r->day = 0;
}

static void mail(struct row *r, enum field f, const struct card_line *l)
{
	if (l->value.n > 0 && fill(r, f, l->value) && (l->types & CT_PREF) && r->primary < 0)
		r->primary = (int)(f - F_H_EMAIL);
}

static bool placed(const struct row *r, const struct card_line *l)
{
	unsigned f;

	for (f = F_H_EMAIL; f <= F_O_EMAIL; f++)
		if (r->v[f].n > 0 && r->v[f].at == l->value.at)
			return true;
	return false;
}

/* First those whose type says where they belong, then the others in what is free. */
static void mails(struct row *r)
{
	const struct card_line *l, *end = r->c->line + r->c->n;
	unsigned f;

	for (l = r->c->line; l < end; l++)
		if (card_is(r->c, l, "EMAIL") && (l->types & (CT_HOME | CT_WORK | CT_OTHER)))
			mail(r, l->types & CT_HOME ? F_H_EMAIL : l->types & CT_WORK ?
			    F_B_EMAIL : F_O_EMAIL, l);
	for (l = r->c->line; l < end; l++)
		for (f = F_H_EMAIL; card_is(r->c, l, "EMAIL") && f <= F_O_EMAIL &&
		    !placed(r, l); f++)
			mail(r, f, l);
	for (f = F_H_EMAIL; f <= F_O_EMAIL && r->primary < 0; f++)
		if (r->v[f].n > 0)
			r->primary = (int)(f - F_H_EMAIL);
}

static void skype(struct row *r, const struct card_line *l)
{
	const char *s = card_text(r->c, l->value);

	if (l->value.n > 6 && strncasecmp(s, "skype:", 6) == 0)
		fill(r, F_SKYPE, (struct card_slice){ l->value.at + 6, l->value.n - 6 });
}

static void frequency(struct row *r, const struct card_line *l)
{
	char text[12] = "";

	if (l->value.n < sizeof(text)) {
		memcpy(text, card_text(r->c, l->value), l->value.n);
		r->frequency = strtol(text, NULL, 10);
	}
}

static void one_line(struct row *r, const struct card_line *l)
{
	static const struct {
		const char *name;
		enum field f;
	} plain[] = { { "FN", F_FULLNAME }, { "NICKNAME", F_NICKNAME }, { "NOTE", F_NOTES },
		{ "TITLE", F_TITLE }, { "X-OFFICE", F_OFFICE },
		{ "X-AFTERLOGIC-OFFICE", F_OFFICE }, { "X-SKYPE", F_SKYPE } };
	static const struct {
		const char *name;
		void (*fn)(struct row *r, const struct card_line *l);
	} other[] = { { "N", name }, { "ORG", company }, { "ADR", address },
		{ "TEL", telephone }, { "BDAY", birthday }, { "IMPP", skype },
		{ "X-AFTERLOGIC-USE-FREQUENCY", frequency } };
	size_t i;

	if (l->value.n == 0 || l->binary)
		return;
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (card_is(r->c, l, plain[i].name))
			fill(r, plain[i].f, l->value);
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (card_is(r->c, l, other[i].name))
			other[i].fn(r, l);
	if (card_is(r->c, l, "URL"))
		fill(r, l->types & CT_WORK ? F_B_WEB : F_H_WEB, l->value);
}

bool cardrow_is_person(const struct card *c)
{
	static const char *const names[] = { "FN", "N", "NICKNAME", "EMAIL", "TEL", "ORG" };
	const struct card_line *l;
	bool any = false;
	size_t i;

	for (l = c->line; l < c->line + c->n; l++) {
		if ((card_is(c, l, "KIND") || card_is(c, l, "X-ADDRESSBOOKSERVER-KIND")) &&
		    l->value.n == 5 && strncasecmp(card_text(c, l->value), "group", 5) == 0)
			return false;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (card_is(c, l, names[i]) && l->value.n > strspn(
			    card_text(c, l->value), ";"))
				any = true;
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
	const struct card_line *l;
	struct row r = { .c = c, .primary = -1 };
	struct jsonw w;
	unsigned f;
	size_t i;

	for (l = c->line; l < c->line + c->n; l++)
		one_line(&r, l);
	mails(&r);
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

#include <inttypes.h>
#include <string.h>

#include "card/vcard.h"

#define FOLD 75		/* bytes of a line, the blank of a continued one included */

static const char *const attr_names[VC_ATTRS] = {
	"FullName", "LastName", "FirstName", "NickName", "Notes", "PrimaryEmail",
	"PersonalEmail", "BusinessEmail", "OtherEmail",
	"PersonalAddress", "PersonalCity", "PersonalState", "PersonalZip", "PersonalCountry",
	"BusinessAddress", "BusinessCity", "BusinessState", "BusinessZip", "BusinessCountry",
	"PersonalWeb", "BusinessWeb", "PersonalPhone", "BusinessPhone", "PersonalMobile",
	"PersonalFax", "BusinessFax",
	"BusinessCompany", "BusinessDepartment", "BusinessOffice", "BusinessJobTitle",
	"BirthYear", "BirthMonth", "BirthDay"
};

void vcard_attrs(struct vcard_attrs *a, const struct map_entity *en)
{
	unsigned i;

	for (i = 0; i < VC_ATTRS; i++)
		a->at[i] = mapping_attr(en, attr_names[i]);
}

void vcard_name(struct vcard *c, const char *name)
{
	c->line = c->out->len;
	buf_adds(c->out, name);
}

void vcard_part(struct vcard *c, const char *s, size_t n)
{
	const char *run = s, *end = s + n;

	for (; s < end; s++) {
		if (*s != '\\' && *s != ';' && *s != ',' && *s != '\n' && *s != '\r')
			continue;
		buf_add(c->out, run, (size_t)(s - run));
		run = s + 1;
		if (*s == '\r')
			continue;
		buf_addc(c->out, '\\');
		buf_addc(c->out, *s == '\n' ? 'n' : *s);
	}
	buf_add(c->out, run, (size_t)(s - run));
}

/* An address of the web: only commas are escaped; line breaks cannot stand in it. */
static void url_part(struct vcard *c, const char *s, size_t n)
{
	for (; n > 0; s++, n--) {
		if (*s == '\r' || *s == '\n')
			continue;
		if (*s == ',')
			buf_addc(c->out, '\\');
		buf_addc(c->out, *s);
	}
}

/* Where the line that begins at FROM is broken: at most MAX bytes on, not inside a character. */
static size_t fold_at(const char *s, size_t from, size_t end, size_t max)
{
	size_t at = from + max;

	if (at >= end)
		return end;
	while (at > from + 1 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

void vcard_end_line(struct vcard *c)
{
	struct buf *b = c->out;
	size_t n = b->len - c->line, from, at, end;
	char *copy;

	if (b->failed)
		return;
	if (n > FOLD && buf_room(b, n + 3 * (n / (FOLD - 4) + 1))) {
		/* Move the line up behind room for the breaks, then down again piece by piece. */
		end = c->line + n + 3 * (n / (FOLD - 4) + 1);
		copy = b->data;
		from = end - n;
		memmove(copy + from, copy + c->line, n);
		b->len = c->line;
		for (at = fold_at(copy, from, end, FOLD); at < end;
		     from = at, at = fold_at(copy, from, end, FOLD - 1)) {
			memmove(copy + b->len, copy + from, at - from);
			b->len += at - from;
			memcpy(copy + b->len, "\r\n ", 3);
			b->len += 3;
		}
		memmove(copy + b->len, copy + from, end - from);
		b->len += end - from;
		copy[b->len] = '\0';
	}
	buf_add(b, "\r\n", 2);
}

void vcard_begin(struct vcard *c, struct buf *out, const char *uuid)
{
	c->out = out;
	buf_adds(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n"
	    "PRODID:-//Sabre//Sabre VObject 4.2.2//EN\r\nUID:");
	buf_adds(out, uuid);
	buf_adds(out, "\r\n");
}

void vcard_end(struct vcard *c)
{
	buf_adds(c->out, "END:VCARD\r\n");
}

/* A contact's attributes, by name. */
struct contact {
	struct vcard *c;
	const struct vcard_attrs *a;
	const struct val *v;
};

static const struct val *get(const struct contact *k, enum vcard_attr i)
{
	static const struct val empty = { V_STR, false, 0, "", 0 };
	const struct val *v = k->a->at[i] >= 0 ? &k->v[k->a->at[i]] : &empty;

	return v->type == V_STR || v->type == V_INT ? v : &empty;
}

/*
 * P8 leaves out the zeros, and then does not take the card from a client; nor would it take what is
 * in no calendar.  A day without a year it leaves to the attributes, as ours does.
 */
static void birthday(const struct contact *k)
{
	int64_t y = val_as_int(get(k, VC_BIRTH_YEAR)), m = val_as_int(get(k, VC_BIRTH_MONTH)),
	    d = val_as_int(get(k, VC_BIRTH_DAY));

	if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31)
		return;
	buf_addf(k->c->out, "BDAY:%04" PRId64 "-%02" PRId64 "-%02" PRId64 "\r\n", y, m, d);
}

/* The lines of a card, most of them made of attributes that stand next to each other. */
static const struct line {
	const char *name;
	enum { ALWAYS, FILLED, EMAIL, WEB, CATEGORIES, BIRTHDAY } how;	/* FILLED: when one is */
	enum vcard_attr first;
	unsigned n;
	const char *end;		/* behind them */
} lines[] = {
	{ "FN:", ALWAYS, VC_FULL_NAME, 1, "" },
	{ "N:", ALWAYS, VC_LAST_NAME, 2, ";;;;" },
	{ "X-OFFICE:", ALWAYS, VC_OFFICE, 1, "" },
	{ "X-USE-FRIENDLY-NAME:1", ALWAYS, 0, 0, "" },
	{ "TITLE:", ALWAYS, VC_JOB_TITLE, 1, "" },
	{ "NICKNAME:", ALWAYS, VC_NICK_NAME, 1, "" },
	{ "NOTE:", ALWAYS, VC_NOTES, 1, "" },
	{ "ORG:", ALWAYS, VC_COMPANY, 2, "" },
	{ "CATEGORIES:", CATEGORIES, 0, 0, "" },
	{ "ADR;TYPE=HOME:;;", FILLED, VC_HOME_STREET, 5, "" },
	{ "ADR;TYPE=WORK:;;", FILLED, VC_WORK_STREET, 5, "" },
	{ "EMAIL;TYPE=HOME", EMAIL, VC_HOME_EMAIL, 1, "" },
	{ "EMAIL;TYPE=WORK", EMAIL, VC_WORK_EMAIL, 1, "" },
	{ "EMAIL;TYPE=OTHER", EMAIL, VC_OTHER_EMAIL, 1, "" },
	{ "URL;TYPE=HOME;VALUE=URI:", WEB, VC_HOME_WEB, 1, "" },
	{ "URL;TYPE=WORK;VALUE=URI:", WEB, VC_WORK_WEB, 1, "" },
	{ "TEL;TYPE=VOICE,HOME:", FILLED, VC_HOME_PHONE, 1, "" },
	{ "TEL;TYPE=VOICE,WORK:", FILLED, VC_WORK_PHONE, 1, "" },
	{ "TEL;TYPE=VOICE,CELL:", FILLED, VC_MOBILE, 1, "" },
	{ "TEL;TYPE=FAX,HOME:", FILLED, VC_HOME_FAX, 1, "" },
	{ "TEL;TYPE=FAX,WORK:", FILLED, VC_WORK_FAX, 1, "" },
	{ "BDAY:", BIRTHDAY, 0, 0, "" },
};

/* Is the e-mail I the one that the contact prefers? */
static bool is_primary(const struct contact *k, enum vcard_attr i)
{
	int64_t primary = val_as_int(get(k, VC_PRIMARY_EMAIL));

	return (int64_t)i - VC_HOME_EMAIL == (primary == 1 || primary == 2 ? primary : 0);
}

static void put_line(const struct contact *k, const struct line *l)
{
	const struct val *v;
	bool any = l->how == ALWAYS;
	unsigned i;

	for (i = 0; i < l->n; i++)
		any = any || get(k, l->first + i)->n > 0;
	if (!any)
		return;
	vcard_name(k->c, l->name);
	if (l->how == EMAIL)
		buf_adds(k->c->out, is_primary(k, l->first) ? ",PREF:" : ":");
	for (i = 0; i < l->n; i++) {
		v = get(k, l->first + i);
		if (i > 0)
			buf_addc(k->c->out, ';');
		if (l->how == WEB)
			url_part(k->c, v->s, v->n);
		else
			vcard_part(k->c, v->s, v->n);
	}
	buf_adds(k->c->out, l->end);
	vcard_end_line(k->c);
}

void vcard_contact(struct vcard *c, const struct vcard_attrs *a, const struct val *v,
    void (*categories)(struct vcard *c, void *arg), void *arg)
{
	const struct contact k = { c, a, v };
	const struct line *l;

	for (l = lines; l < lines + sizeof(lines) / sizeof(lines[0]); l++)
		if (l->how == CATEGORIES)
			categories(c, arg);
		else if (l->how == BIRTHDAY)
			birthday(&k);
		else
			put_line(&k, l);
}

#include <inttypes.h>
#include <string.h>

#include "card/vcard.h"

#define FOLD 75		/* bytes of a line, the blank of a continued one included */

static const char *const attr_names[VC_ATTRS] = {
	"FullName", "FirstName", "LastName", "NickName", "Notes", "PrimaryEmail",
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

void vcard_delimiter(struct vcard *c, char delimiter)
{
	buf_addc(c->out, delimiter);
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

static void part(const struct contact *k, enum vcard_attr i)
{
	const struct val *v = get(k, i);

	vcard_part(k->c, v->s, v->n);
}

/* A property of one or two parts, also when they are empty. */
static void property(const struct contact *k, const char *name, enum vcard_attr i)
{
	vcard_name(k->c, name);
	part(k, i);
	vcard_end_line(k->c);
}

static void if_filled(const struct contact *k, const char *name, enum vcard_attr i)
{
	if (get(k, i)->n > 0)
		property(k, name, i);
}

static void url(const struct contact *k, const char *name, enum vcard_attr i)
{
	const struct val *v = get(k, i);

	if (v->n == 0)
		return;
	vcard_name(k->c, name);
	url_part(k->c, v->s, v->n);
	vcard_end_line(k->c);
}

/* Street, city, state, zip and country from attribute I on. */
static void address(const struct contact *k, const char *name, enum vcard_attr i)
{
	unsigned j;
	bool any = false;

	for (j = 0; j < 5; j++)
		any = any || get(k, i + j)->n > 0;
	if (!any)
		return;
	vcard_name(k->c, name);
	for (j = 0; j < 5; j++) {
		buf_adds(k->c->out, j == 0 ? ";;" : ";");
		part(k, i + j);
	}
	vcard_end_line(k->c);
}

static void emails(const struct contact *k)
{
	static const char *const names[3][2] = {
		{ "EMAIL;TYPE=HOME:", "EMAIL;TYPE=HOME,PREF:" },
		{ "EMAIL;TYPE=WORK:", "EMAIL;TYPE=WORK,PREF:" },
		{ "EMAIL;TYPE=OTHER:", "EMAIL;TYPE=OTHER,PREF:" },
	};
	int64_t primary = val_as_int(get(k, VC_PRIMARY_EMAIL));
	unsigned i;

	if (primary != 1 && primary != 2)
		primary = 0;
	for (i = 0; i < 3; i++)
		if_filled(k, names[i][primary == i], VC_HOME_EMAIL + i);
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
	vcard_name(k->c, "BDAY:");
	buf_addf(k->c->out, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, y, m, d);
	vcard_end_line(k->c);
}

static void names(const struct contact *k)
{
	property(k, "FN:", VC_FULL_NAME);
	vcard_name(k->c, "N:");
	part(k, VC_LAST_NAME);
	vcard_delimiter(k->c, ';');
	part(k, VC_FIRST_NAME);
	buf_adds(k->c->out, ";;;;");
	vcard_end_line(k->c);
	property(k, "X-OFFICE:", VC_OFFICE);
	buf_adds(k->c->out, "X-USE-FRIENDLY-NAME:1\r\n");
	property(k, "TITLE:", VC_JOB_TITLE);
	property(k, "NICKNAME:", VC_NICK_NAME);
	property(k, "NOTE:", VC_NOTES);
	vcard_name(k->c, "ORG:");
	part(k, VC_COMPANY);
	vcard_delimiter(k->c, ';');
	part(k, VC_DEPARTMENT);
	vcard_end_line(k->c);
}

void vcard_contact(struct vcard *c, const struct vcard_attrs *a, const struct val *v,
    void (*categories)(struct vcard *c, void *arg), void *arg)
{
	const struct contact k = { c, a, v };

	names(&k);
	categories(c, arg);
	address(&k, "ADR;TYPE=HOME:", VC_HOME_STREET);
	address(&k, "ADR;TYPE=WORK:", VC_WORK_STREET);
	emails(&k);
	url(&k, "URL;TYPE=HOME;VALUE=URI:", VC_HOME_WEB);
	url(&k, "URL;TYPE=WORK;VALUE=URI:", VC_WORK_WEB);
	if_filled(&k, "TEL;TYPE=VOICE,HOME:", VC_HOME_PHONE);
	if_filled(&k, "TEL;TYPE=VOICE,WORK:", VC_WORK_PHONE);
	if_filled(&k, "TEL;TYPE=VOICE,CELL:", VC_MOBILE);
	if_filled(&k, "TEL;TYPE=FAX,HOME:", VC_HOME_FAX);
	if_filled(&k, "TEL;TYPE=FAX,WORK:", VC_WORK_FAX);
	birthday(&k);
}

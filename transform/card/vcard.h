/*
 * vCards as P8's contact module writes them (vCard 3.0 by sabre/vobject 4.2.2): CRLF, lines folded
 * at 75 bytes but never inside a character, properties in one order.
 * The text goes to the end of a caller's buffer.  Texts have to be UTF-8.
 */
#ifndef VCARD_H
#define VCARD_H

#include "buf.h"
#include "mapping/mapping.h"
#include "text/val.h"

/* Attributes of a contact that its card is made of. */
enum vcard_attr {
	VC_FULL_NAME, VC_LAST_NAME, VC_FIRST_NAME, VC_NICK_NAME, VC_NOTES, VC_PRIMARY_EMAIL,
	VC_HOME_EMAIL, VC_WORK_EMAIL, VC_OTHER_EMAIL,
	VC_HOME_STREET, VC_HOME_CITY, VC_HOME_STATE, VC_HOME_ZIP, VC_HOME_COUNTRY,
	VC_WORK_STREET, VC_WORK_CITY, VC_WORK_STATE, VC_WORK_ZIP, VC_WORK_COUNTRY,
	VC_HOME_WEB, VC_WORK_WEB, VC_HOME_PHONE, VC_WORK_PHONE, VC_MOBILE, VC_HOME_FAX, VC_WORK_FAX,
	VC_COMPANY, VC_DEPARTMENT, VC_OFFICE, VC_JOB_TITLE,
	VC_BIRTH_YEAR, VC_BIRTH_MONTH, VC_BIRTH_DAY,
	VC_ATTRS
};

/* Where they are among the attributes of an entity; -1: not there, as if empty. */
struct vcard_attrs {
	int at[VC_ATTRS];
};

void vcard_attrs(struct vcard_attrs *a, const struct map_entity *en);

struct vcard {
	struct buf *out;
	size_t line;		/* start of the line being written */
};

void vcard_begin(struct vcard *c, struct buf *out, const char *uuid);
/* All properties of a contact but CATEGORIES, which the caller's function writes in its place. */
void vcard_contact(struct vcard *c, const struct vcard_attrs *a, const struct val *v,
    void (*categories)(struct vcard *c, void *arg), void *arg);
/* One property: NAME with its parameters and colon, then parts (and what is between), the end. */
void vcard_name(struct vcard *c, const char *name);
void vcard_part(struct vcard *c, const char *s, size_t n);
void vcard_end_line(struct vcard *c);
void vcard_end(struct vcard *c);

#endif

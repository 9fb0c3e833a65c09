#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fit.h"
#include "kinds/global.h"
#include "run/itemize.h"
#include "run/load.h"
#include "base/names.h"
#include "run/note.h"
#include "kinds/record.h"

#define TYPE_MAX 255		/* characters of eav_entities.entity_type, module_name, and names */

static int reject_value(struct load *l, const char *name, const char *code, struct err *e)
{
	return note_record(l, (struct report_item){ .reject = true, .code = code, .field = name,
	    .reason = fit_reason(code), .action = fit_remedy(code) }, e);
}

static int add_num(struct load *l, enum attr_type t, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *code = NULL;
	int64_t n = 0;

	if (v->type == J_BOOL)
		n = v->b;
	else if (v->type == J_INT && !v->unsigned64)
		n = v->i;
	else if (v->type != J_NULL)
		code = v->type == J_INT ? "value-out-of-range" : "value-type";
	if (code == NULL)
		code = fit_num(t, n);
	if (code != NULL && reject_value(l, name->s, code, e) < 0)
		return -1;
	return unit_attr_num(&l->unit, t, ent, name, code != NULL ? 0 : n, e);
}

static int add_datetime(struct load *l, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *p = NULL;

	if (v->type == J_STR && strcmp(v->s, "@snapshot") == 0)
		p = l->snapshot;
	else if (v->type == J_STR && fit_datetime(v->s, v->n))
		p = v->s;
	else if (v->type != J_NULL && reject_value(l, name->s, "value-no-date", e) < 0)
		return -1;
	return unit_attr_val(&l->unit, AT_DATETIME, ent, name, p, p ? strlen(p) : 0, e);
}

/* A string that cannot be stored leaves an empty one: P8 does not find a thing without the row. */
static int add_text(struct load *l, enum attr_type t, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	struct fit f = { l->t->string_max, strcmp(l->t->charset, "utf8mb4") != 0, l->packet };
	const char *p = NULL, *code = NULL;
	size_t n = 0;

	buf_reset(&l->spare);
	if (t == AT_DOUBLE && (v->type == J_INT || v->type == J_OTHER)) {
		p = v->s;
		n = v->n;
	} else if (v->type != J_NULL && jr_bytes(&l->si.doc, v, &l->spare, &p, &n) < 0)
		code = "value-type";
	else if (p != NULL)
		code = fit_text(&f, t, p, n);
	if (code != NULL) {
		p = NULL;
		n = 0;
		if (reject_value(l, name->s, code, e) < 0)
			return -1;
	}
	if (p == NULL && t == AT_DOUBLE) {
		p = "0";
		n = 1;
	} else if (p == NULL && (t == AT_STRING || code != NULL))
		p = "";
	return unit_attr_val(&l->unit, t, ent, name, p, n, e);
}

/* The PublicId is what makes the user visible: it is kept for the last transaction. */
static bool keep_public_id(struct load *l, enum attr_type t, const char *key,
    const struct jval *v)
{
	struct user *u = &l->user;

	if (!u->open || t != AT_STRING || strcmp(key, ATTR_PUBLIC_ID) != 0 ||
	    strcmp(l->si.kind, KIND_USER) != 0)
		return false;
	if (v->type == J_STR && v->n < sizeof(u->public_id))
		strcpy(u->public_id, v->s);
	return true;
}

static const struct interned *name_of(struct load *l, const struct jval *v)
{
	return v->keylen <= TYPE_MAX ? intern(l->names, v->key, v->keylen) : NULL;
}

static int add_values(struct load *l, enum attr_type t, int64_t ent, const struct jval *o,
    struct err *e)
{
	const struct interned *name;
	const struct jval *v;
	int rc;

	for (v = jr_first(&l->si.doc, o); v != NULL; v = jr_next(&l->si.doc, v)) {
		name = name_of(l, v);
		if (name == NULL)
			return err_set(e, EXIT_DATA,
			    "line %llu: an attribute's name is too long, "
			    "or there are more than %d",
			    (unsigned long long)l->si.lineno, INTERN_MAX);
		if (keep_public_id(l, t, name->s, v))
			continue;
		if (attr_is_num(t))
			rc = add_num(l, t, ent, name, v, e);
		else if (t == AT_DATETIME)
			rc = add_datetime(l, ent, name, v, e);
		else
			rc = add_text(l, t, ent, name, v, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* The entity UUID of the current user, or NULL. */
static const struct user_ref *user_ref_find(const struct user *u, const char *uuid)
{
	size_t i;

	for (i = u->nrefs; i > 0; i--)
		if (strcmp(u->refs[i - 1].uuid, uuid) == 0)
			return &u->refs[i - 1];
	return NULL;
}

/* In a stream as p7-transform made it everything comes before what refers to it. */
static int unknown_ref(struct load *l, const char *name, const char *to, struct err *e)
{
	if (!l->reading || l->o->edited)
		return reject_value(l, name, "ref-unknown", e);
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": %s refers to %s, which the stream does "
	    "not have; it was damaged or altered: make it anew", l->si.io.name, l->si.lineno, name,
	    to);
}

static int add_ref(struct load *l, int64_t ent, const struct interned *name, const char *to,
    struct err *e)
{
	const struct user_ref *r = user_ref_find(&l->user, to);
	int64_t id = 0;
	int rc;

	if (strcmp(to, "@tenant") == 0)
		id = l->t->tenant;
	else if (strcmp(to, "@channel") == 0)
		id = l->t->channel;
	else if (r != NULL)
		id = r->id;
	else {
		rc = global_id(l, to, &id, e);
		if (rc < 0 || (rc == 0 && unknown_ref(l, name->s, to, e) < 0))
			return -1;
	}
	if (unit_attr_num(&l->unit, AT_INT, ent, name, id, e) < 0)
		return -1;
	return r != NULL && r->id == 0 ? unit_ref(&l->unit, r->ent, e) : 0;
}

static int add_refs(struct load *l, int64_t ent, const struct jval *o, struct err *e)
{
	const struct interned *name;
	const struct jval *v;

	for (v = jr_first(&l->si.doc, o); v != NULL; v = jr_next(&l->si.doc, v)) {
		name = name_of(l, v);
		if (name == NULL || v->type != J_STR)
			return err_set(e, EXIT_DATA,
			    "line %llu: \"ref\" is to hold names and UUIDs",
			    (unsigned long long)l->si.lineno);
		if (add_ref(l, ent, name, v->s, e) < 0)
			return -1;
	}
	return 0;
}

/* Others may refer to users, accounts and servers. */
static int remember_ref(struct load *l, const char *uuid, size_t ent, struct err *e)
{
	const char *kind = l->si.kind;

	if (!l->user.open || (strcmp(kind, KIND_USER) != 0 && strcmp(kind, "ACCOUNT") != 0 &&
	    strcmp(kind, "SERVER") != 0))
		return 0;
	return record_ref(&l->user, uuid, ent, 0, e);
}

int record_ref(struct user *u, const char *uuid, size_t ent, int64_t id, struct err *e)
{
	struct user_ref *p;

	if (u->nrefs == u->refs_size) {
		p = realloc(u->refs, (u->refs_size + 16) * 2 * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		u->refs = p;
		u->refs_size = (u->refs_size + 16) * 2;
	}
	p = &u->refs[u->nrefs++];
	strcpy(p->uuid, uuid);
	p->unit = u->units;
	p->ent = ent;
	p->id = id;
	return 0;
}

static int add_members(struct load *l, int64_t ent, struct err *e)
{
	const struct jval *v;
	enum attr_type t;

	for (v = jr_first(&l->si.doc, &l->si.doc.v[0]); v != NULL; v = jr_next(&l->si.doc, v)) {
		if (v->type != J_OBJECT)
			continue;
		t = attr_type_of(v->key, v->keylen);
		if (t != AT_COUNT && add_values(l, t, ent, v, e) < 0)
			return -1;
		if (v->keylen == 3 && memcmp(v->key, "ref", 3) == 0 && add_refs(l, ent, v, e) < 0)
			return -1;
	}
	return 0;
}

bool record_is_entity(const struct load *l)
{
	return jr_get(&l->si.doc, NULL, "entity") != NULL &&
	    jr_get(&l->si.doc, NULL, "uuid") != NULL;
}

int record_entity(struct load *l, struct err *e)
{
	const struct jdoc *d = &l->si.doc;
	const char *type = jr_str(d, NULL, "entity", ""), *module = jr_str(d, NULL, "module", "");
	const char *uuid = jr_str(d, NULL, "uuid", ""), *parent = jr_str(d, NULL, "parent", "");
	const struct interned *itype, *imodule;
	char text[UUID_LEN + 1];
	int kind = load_kind(l, l->si.kind, e);
	size_t ent = l->unit.ents.n;

	if (kind < 0)
		return -1;
	if (!uuid_parse(uuid, strlen(uuid), text))
		return note_reject(l, "bad-uuid", "\"uuid\" is not a UUID", CORRECT_IT, e);
	if (strcmp(parent, "@tenant") == 0)
		parent = l->t->tenant_uuid;
	if (type[0] == '\0' || strlen(type) > TYPE_MAX || strlen(module) > TYPE_MAX ||
	    strlen(parent) > UUID_LEN)
		return note_reject(l, "bad-entity", "\"entity\", \"module\" or \"parent\" is "
		    "missing or too long", CORRECT_IT, e);
	itype = intern(l->names, type, strlen(type));
	imodule = intern(l->names, module, strlen(module));
	if (itype == NULL || imodule == NULL)
		return err_set(e, EXIT_DATA, "more than %d different entity types", INTERN_MAX);
	if (unit_ent(&l->unit, (unsigned)kind, text, parent, itype, imodule, e) < 0 ||
	    remember_ref(l, text, ent, e) < 0)
		return -1;
	itemize_entity(l, text);
	return add_members(l, (int64_t)ent, e);
}

static struct user_book *book_find(struct user *u, const char *uri)
{
	size_t i;

	for (i = 0; i < u->nbooks; i++)
		if (strcmp(u->books[i].uri, uri) == 0)
			return &u->books[i];
	return NULL;
}

int record_addressbook(struct load *l, struct err *e)
{
	const char *uri = jr_str(&l->si.doc, NULL, "uri", "");
	const char *name = jr_str(&l->si.doc, NULL, "displayname", uri);
	const char *text = jr_str(&l->si.doc, NULL, "description", NULL);
	struct fit f = { 255, strcmp(l->t->charset, "utf8mb4") != 0, l->packet };
	struct user *u = &l->user;

	if (uri[0] == '\0' || strlen(uri) > 255 || book_find(u, uri) != NULL ||
	    strlen(PRINCIPAL_PREFIX) + strlen(u->public_id) > 255 ||
	    fit_text(&f, AT_STRING, name, strlen(name)) != NULL ||
	    (text != NULL && fit_text(&f, AT_TEXT, text, strlen(text)) != NULL))
		return note_reject(l, "bad-addressbook", "an address book needs a \"uri\" of its "
		    "own, at most 255 bytes, and texts that fit", CORRECT_IT, e);
	if (u->nbooks == USER_BOOKS)
		return note_reject(l, "too-many-addressbooks", "more than 256 of one user",
		    CORRECT_IT, e);
	if (record_book(u, uri, name, text, e) == NULL)
		return -1;
	l->unit.rows++;
	itemize_dav(l, uri, NULL);
	return 0;
}

struct user_book *record_book(struct user *u, const char *uri, const char *name,
    const char *description, struct err *e)
{
	struct user_book *p;

	p = realloc(u->books, (u->nbooks + 1) * sizeof(*p));
	if (p == NULL) {
		err_set(e, EXIT_TEMPORARY, "out of memory");
		return NULL;
	}
	u->books = p;
	p += u->nbooks;
	memset(p, 0, sizeof(*p));
	p->uri = strdup(uri);
	p->name = strdup(name);
	p->name_len = strlen(name);
	p->description = description != NULL ? strdup(description) : NULL;
	p->unit = u->units;
	u->nbooks++;
	if (p->uri != NULL && p->name != NULL && (description == NULL || p->description != NULL))
		return p;
	err_set(e, EXIT_TEMPORARY, "out of memory");
	return NULL;
}

int record_card(struct load *l, struct err *e)
{
	struct fit f = { 255, false, l->packet };
	const struct jdoc *d = &l->si.doc;
	const char *uri = jr_str(d, NULL, "uri", "");
	struct user_book *b = book_find(&l->user, jr_str(d, NULL, "book", ""));
	const struct jval *data = jr_get(d, NULL, "data");
	struct unit_card c = { .uri = uri, .modified = jr_int(d, NULL, "lastmodified", 0),
	    .etag = jr_str(d, NULL, "etag", ""), .size = jr_int(d, NULL, "size", -1) };
	const char *code;

	buf_reset(&l->spare);
	if (b == NULL)
		return note_reject(l, "card-without-book", "its address book did not come before",
		    CORRECT_IT, e);
	c.etag_len = strlen(c.etag);
	if (uri[0] == '\0' || strlen(uri) > 255 || c.modified < 0 || c.modified > UINT32_MAX ||
	    c.etag_len > 32 || c.size < 0 || c.size > UINT32_MAX || data == NULL ||
	    jr_bytes(d, data, &l->spare, &c.data, &c.n) < 0)
		return note_reject(l, "bad-card", "a card needs \"uri\" (at most 255 bytes), "
		    "\"lastmodified\", \"etag\", \"size\" and \"data\"", CORRECT_IT, e);
	code = fit_text(&f, AT_MEDIUMBLOB, c.data, c.n);
	if (code != NULL)
		return reject_value(l, "data", code, e);
	itemize_dav(l, b->uri, uri);
	c.book = (size_t)(b - l->user.books);
	return unit_card(&l->unit, &c, e);
}

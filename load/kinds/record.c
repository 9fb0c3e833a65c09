#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fit.h"
#include "kinds/itemize.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"
#include "kinds/record.h"

#define TYPE_MAX 255		/* characters of eav_entities.entity_type, module_name, and names */

static int reject_value(struct context *x, const char *name, const char *code, struct err *e)
{
	return note_record(x, (struct report_item){ .reject = true, .code = code, .field = name,
	    .reason = fit_reason(code), .action = fit_remedy(code) }, e);
}

static int add_num(struct context *x, enum attr_type t, int64_t ent, const struct interned *name,
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
	if (code != NULL && reject_value(x, name->s, code, e) < 0)
		return -1;
	return unit_attr_num(x->unit, t, ent, name, code != NULL ? 0 : n, e);
}

static int add_datetime(struct context *x, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *p = NULL;

	if (v->type == J_STR && strcmp(v->s, "@snapshot") == 0)
		p = x->in->snapshot;
	else if (v->type == J_STR && fit_datetime(v->s, v->n))
		p = v->s;
	else if (v->type != J_NULL && reject_value(x, name->s, "value-no-date", e) < 0)
		return -1;
	return unit_attr_val(x->unit, AT_DATETIME, ent, name, p, p ? strlen(p) : 0, e);
}

/* A string that cannot be stored leaves an empty one: P8 does not find a thing without the row. */
static int add_text(struct context *x, enum attr_type t, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *p = NULL, *code = NULL;
	size_t n = 0;

	buf_reset(&x->in->spare);
	if (t == AT_DOUBLE && (v->type == J_INT || v->type == J_OTHER)) {
		p = v->raw;
		n = v->type == J_OTHER ? v->n : strspn(v->raw, "-0123456789");
	} else if (v->type != J_NULL && jr_bytes(&x->in->si.doc, v, &x->in->spare, &p, &n) < 0)
		code = "value-type";
	else if (p != NULL)
		code = fit_text(&x->s->fit, t, p, n);
	if (code != NULL) {
		p = NULL;
		n = 0;
		if (reject_value(x, name->s, code, e) < 0)
			return -1;
	}
	if (p == NULL && t == AT_DOUBLE) {
		p = "0";
		n = 1;
	} else if (p == NULL && (t == AT_STRING || code != NULL))
		p = "";
	return unit_attr_val(x->unit, t, ent, name, p, n, e);
}

/* The PublicId is what makes the user visible: it is kept for the last transaction. */
static bool keep_public_id(struct context *x, enum attr_type t, const char *key,
    const struct jval *v)
{
	struct user *u = x->user;

	if (!u->open || t != AT_STRING || strcmp(key, ATTR_PUBLIC_ID) != 0 ||
	    strcmp(x->in->si.kind, KIND_USER) != 0)
		return false;
	if (v->type == J_STR && v->n < sizeof(u->public_id))
		strcpy(u->public_id, v->s);
	return true;
}

static const struct interned *name_of(struct context *x, const struct jval *v)
{
	return v->keylen <= TYPE_MAX ? intern(x->names, v->key, v->keylen) : NULL;
}

static int add_values(struct context *x, enum attr_type t, int64_t ent, const struct jval *o,
    struct err *e)
{
	const struct interned *name;
	const struct jval *v;
	int rc;

	for (v = jr_first(&x->in->si.doc, o); v != NULL; v = jr_next(&x->in->si.doc, v)) {
		name = name_of(x, v);
		if (name == NULL)
			return err_set(e, EXIT_DATA,
			    "line %llu: an attribute's name is too long, "
			    "or there are more than %d",
			    (unsigned long long)x->in->si.lineno, INTERN_MAX);
		if (keep_public_id(x, t, name->s, v))
			continue;
		if (attr_is_num(t))
			rc = add_num(x, t, ent, name, v, e);
		else if (t == AT_DATETIME)
			rc = add_datetime(x, ent, name, v, e);
		else
			rc = add_text(x, t, ent, name, v, e);
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
static int unknown_ref(struct context *x, const char *name, const char *to, struct err *e)
{
	if (!x->in->reading || x->in->si.edited)
		return reject_value(x, name, "ref-unknown", e);
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": %s refers to %s, which the stream does "
	    "not have; it was damaged or altered: make it anew", x->in->si.io.name,
	    x->in->si.lineno, name, to);
}

static int add_ref(struct context *x, int64_t ent, const struct interned *name, const char *to,
    struct err *e)
{
	const struct user_ref *r = user_ref_find(x->user, to);
	int64_t id = 0;
	int rc;

	if (strcmp(to, "@tenant") == 0)
		id = x->s->t->tenant;
	else if (strcmp(to, "@channel") == 0)
		id = x->s->t->channel;
	else if (r != NULL)
		id = r->id;
	else {
		rc = global_id(x->globals, x->s, to, &id, e);
		if (rc < 0 || (rc == 0 && unknown_ref(x, name->s, to, e) < 0))
			return -1;
	}
	if (unit_attr_num(x->unit, AT_INT, ent, name, id, e) < 0)
		return -1;
	return r != NULL && r->id == 0 ? unit_ref(x->unit, r->ent, e) : 0;
}

static int add_refs(struct context *x, int64_t ent, const struct jval *o, struct err *e)
{
	const struct interned *name;
	const struct jval *v;

	for (v = jr_first(&x->in->si.doc, o); v != NULL; v = jr_next(&x->in->si.doc, v)) {
		name = name_of(x, v);
		if (name == NULL || v->type != J_STR)
			return err_set(e, EXIT_DATA,
			    "line %llu: \"ref\" is to hold names and UUIDs",
			    (unsigned long long)x->in->si.lineno);
		if (add_ref(x, ent, name, v->s, e) < 0)
			return -1;
	}
	return 0;
}

/* Others may refer to users, accounts and servers. */
static int remember_ref(struct context *x, const char *uuid, size_t ent, struct err *e)
{
	const char *kind = x->in->si.kind;

	if (!x->user->open || (strcmp(kind, KIND_USER) != 0 && strcmp(kind, "ACCOUNT") != 0 &&
	    strcmp(kind, "SERVER") != 0))
		return 0;
	return record_ref(x->user, uuid, ent, 0, e);
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

static int add_members(struct context *x, int64_t ent, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const struct jval *v;
	enum attr_type t;

	for (v = jr_first(d, &d->v[0]); v != NULL; v = jr_next(d, v)) {
		if (v->type != J_OBJECT)
			continue;
		t = attr_type_of(v->key, v->keylen);
		if (t != AT_COUNT && add_values(x, t, ent, v, e) < 0)
			return -1;
		if (v->keylen == 3 && memcmp(v->key, "ref", 3) == 0 && add_refs(x, ent, v, e) < 0)
			return -1;
	}
	return 0;
}

bool record_is_entity(const struct context *x)
{
	return jr_get(&x->in->si.doc, NULL, "entity") != NULL &&
	    jr_get(&x->in->si.doc, NULL, "uuid") != NULL;
}

int record_entity(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *type = jr_str(d, NULL, "entity", ""), *module = jr_str(d, NULL, "module", "");
	const char *uuid = jr_str(d, NULL, "uuid", ""), *parent = jr_str(d, NULL, "parent", "");
	const struct interned *itype, *imodule;
	char text[UUID_LEN + 1];
	int kind = kind_index(x->kinds, x->in->si.kind, e);
	size_t ent = x->unit->ents.n;

	if (kind < 0)
		return -1;
	if (!uuid_parse(uuid, strlen(uuid), text))
		return note_reject(x, "bad-uuid", "\"uuid\" is not a UUID", CORRECT_IT, e);
	if (strcmp(parent, "@tenant") == 0)
		parent = x->s->t->tenant_uuid;
	if (type[0] == '\0' || strlen(type) > TYPE_MAX || strlen(module) > TYPE_MAX ||
	    strlen(parent) > UUID_LEN)
		return note_reject(x, "bad-entity", "\"entity\", \"module\" or \"parent\" is "
		    "missing or too long", CORRECT_IT, e);
	itype = intern(x->names, type, strlen(type));
	imodule = intern(x->names, module, strlen(module));
	if (itype == NULL || imodule == NULL)
		return err_set(e, EXIT_DATA, "more than %d different entity types", INTERN_MAX);
	if (unit_ent(x->unit, (unsigned)kind, text, parent, itype, imodule, e) < 0 ||
	    remember_ref(x, text, ent, e) < 0)
		return -1;
	itemize_entity(x, text);
	return add_members(x, (int64_t)ent, e);
}

static struct user_book *book_find(struct user *u, const char *uri)
{
	size_t i;

	for (i = 0; i < u->nbooks; i++)
		if (strcmp(u->books[i].uri, uri) == 0)
			return &u->books[i];
	return NULL;
}

int record_addressbook(struct context *x, struct err *e)
{
	const char *uri = jr_str(&x->in->si.doc, NULL, "uri", "");
	const char *name = jr_str(&x->in->si.doc, NULL, "displayname", uri);
	const char *text = jr_str(&x->in->si.doc, NULL, "description", NULL);
	struct fit f = { 255, x->s->fit.bmp_only, x->s->fit.packet };
	struct user *u = x->user;

	if (uri[0] == '\0' || strlen(uri) > 255 || book_find(u, uri) != NULL ||
	    strlen(PRINCIPAL_PREFIX) + strlen(u->public_id) > 255 ||
	    fit_text(&f, AT_STRING, name, strlen(name)) != NULL ||
	    (text != NULL && fit_text(&f, AT_TEXT, text, strlen(text)) != NULL))
		return note_reject(x, "bad-addressbook", "an address book needs a \"uri\" of its "
		    "own, at most 255 bytes, and texts that fit", CORRECT_IT, e);
	if (u->nbooks == USER_BOOKS)
		return note_reject(x, "too-many-addressbooks", "more than 256 of one user",
		    CORRECT_IT, e);
	if (record_book(u, uri, name, text, e) == NULL)
		return -1;
	x->unit->rows++;
	itemize_dav(x, uri, NULL);
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

int record_card(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *uri = jr_str(d, NULL, "uri", "");
	struct user_book *b = book_find(x->user, jr_str(d, NULL, "book", ""));
	const struct jval *data = jr_get(d, NULL, "data");
	struct unit_card c = { .uri = uri, .modified = jr_int(d, NULL, "lastmodified", 0),
	    .etag = jr_str(d, NULL, "etag", ""), .size = jr_int(d, NULL, "size", -1) };
	const char *code;

	buf_reset(&x->in->spare);
	if (b == NULL)
		return note_reject(x, "card-without-book", "its address book did not come before",
		    CORRECT_IT, e);
	c.etag_len = strlen(c.etag);
	if (uri[0] == '\0' || strlen(uri) > 255 || c.modified < 0 || c.modified > UINT32_MAX ||
	    c.etag_len > 32 || c.size < 0 || c.size > UINT32_MAX || data == NULL ||
	    jr_bytes(d, data, &x->in->spare, &c.data, &c.n) < 0)
		return note_reject(x, "bad-card", "a card needs \"uri\" (at most 255 bytes), "
		    "\"lastmodified\", \"etag\", \"size\" and \"data\"", CORRECT_IT, e);
	code = fit_text(&x->s->fit, AT_MEDIUMBLOB, c.data, c.n);
	if (code != NULL)
		return reject_value(x, "data", code, e);
	itemize_dav(x, b->uri, uri);
	c.book = (size_t)(b - x->user->books);
	return unit_card(x->unit, &c, e);
}

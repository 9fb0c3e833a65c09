#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "mapping.h"

#define MAP_VERSION 1

const char *const source_names[S_KINDS] = {
	"SETTINGS", "DOMAIN", "USER", "CALENDAR_SETTINGS", "USER_CONTACT", "ACCOUNT",
	"FOLDERS_ORDER", "SYSTEM_FOLDER", "IDENTITY", "SOCIAL", "GROUP", "CONTACT", "MADE"
};

static const char *const made_names[M_MADE] = {
	"uuid", "email", "sieve_port", "default_account", "default_identity", "folder_type",
	"folder_name", "storage", "group", "contact", "count"
};

static const char *const entity_names[E_KINDS] = {
	"SERVER", "ACCOUNT_SERVER", "USER", "TEAM_CONTACT", "ACCOUNT", "SYSTEM_FOLDER", "IDENTITY",
	"SOCIAL", "GROUP", "CONTACT", "COLLECTED", "MEMBERSHIP", "CTAG"
};

/* The record that an entity is made of; S_MADE: of several or none. */
static const enum source_kind entity_from[E_KINDS] = {
	S_DOMAIN, S_MADE, S_USER, S_USER_CONTACT, S_ACCOUNT, S_SYSTEM_FOLDER, S_IDENTITY, S_SOCIAL,
	S_GROUP, S_CONTACT, S_CONTACT, S_MADE, S_MADE
};

static const char *const type_names[] = {
	"string", "int", "bool", "text", "datetime", "mediumblob", "bigint", "double", "encrypted"
};

static const char *const ref_names[REFS] = { "tenant", "user", "account", "server" };

/* While reading. */
struct reader {
	struct mapping *m;
	const struct target *target;
	const char *file;
	const char *entity, *attr;	/* where we are, NULL: not in one */
	struct err *e;
};

static int fail(struct reader *r, const yaml_node_t *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct reader *r, const yaml_node_t *at, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(r->e, EXIT_CONFIG, "%s, line %zu: %s%s%s%s%s", r->file,
	    at != NULL ? at->start_mark.line + 1 : 1, r->entity != NULL ? r->entity : "",
	    r->attr != NULL ? "." : "", r->attr != NULL ? r->attr : "",
	    r->entity != NULL ? ": " : "", what);
}

static yaml_node_t *node(struct reader *r, int index)
{
	return yaml_document_get_node(&r->m->doc, index);
}

static const char *text(const yaml_node_t *n)
{
	return n != NULL && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

static int find(const char *const *names, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* Call EACH for every pair of a mapping; keys are scalars and stand once. */
static int each(struct reader *r, const yaml_node_t *n,
    int (*fn)(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg), void *arg)
{
	yaml_node_pair_t *p, *q;

	if (n->type != YAML_MAPPING_NODE)
		return fail(r, n, "a list of \"name: value\" is wanted here");
	for (p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = node(r, p->key), *v = node(r, p->value);

		if (text(key) == NULL || v == NULL)
			return fail(r, key, "a name is wanted here");
		for (q = n->data.mapping.pairs.start; q < p; q++)
			if (strcmp(text(node(r, q->key)), text(key)) == 0)
				return fail(r, key, "\"%s\" stands twice", text(key));
		if (fn(r, key, v, arg) < 0)
			return -1;
	}
	return 0;
}

static size_t name_hash(const char *s, size_t n)
{
	size_t h = n * 31;

	if (n > 0)
		h += (unsigned char)s[0] * 7u + (unsigned char)s[n - 1] * 131u +
		    (unsigned char)s[n / 2] * 17u;
	return h & (MAP_NAMES - 1);
}

static struct map_name *name_place(struct map_record *rec, const char *name, size_t n)
{
	size_t i = name_hash(name, n), tries;

	for (tries = 0; tries < MAP_NAMES; tries++, i = (i + 1) & (MAP_NAMES - 1)) {
		struct map_name *p = &rec->names[i];

		if (p->name == NULL || (p->len == n && memcmp(p->name, name, n) == 0))
			return p;
	}
	return NULL;
}

const struct map_name *mapping_name(const struct map_record *r, const char *name, size_t n)
{
	size_t i = name_hash(name, n), tries;

	for (tries = 0; tries < MAP_NAMES; tries++, i = (i + 1) & (MAP_NAMES - 1)) {
		const struct map_name *p = &r->names[i];

		if (p->name == NULL)
			return NULL;
		if (p->len == n && memcmp(p->name, name, n) == 0)
			return p;
	}
	return NULL;
}

int mapping_need(struct mapping *m, enum source_kind kind, const char *name)
{
	struct map_record *rec = &m->rec[kind];
	struct map_name *p = name_place(rec, name, strlen(name));

	if (p == NULL || (rec->slots == MAP_SLOTS && (p->name == NULL || p->slot < 0)))
		return -1;
	if (p->name == NULL) {
		p->name = name;
		p->len = strlen(name);
		p->slot = -1;
	}
	if (p->slot < 0)
		p->slot = (int)rec->slots++;
	return p->slot;
}

/* Intern a member of a record, with a slot when it is used. */
static int member(struct reader *r, const yaml_node_t *at, enum source_kind kind,
    const char *name, bool used, unsigned *slot)
{
	struct map_record *rec = &r->m->rec[kind];
	struct map_name *p = name_place(rec, name, strlen(name));

	if (p == NULL || rec->slots == MAP_SLOTS)
		return fail(r, at, "too many members of %s", source_names[kind]);
	if (p->name == NULL) {
		p->name = name;
		p->len = strlen(name);
		p->slot = -1;
	}
	if (used && p->slot < 0)
		p->slot = (int)rec->slots++;
	if (slot != NULL)
		*slot = (unsigned)p->slot;
	return 0;
}

static int record_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	enum source_kind kind = *(enum source_kind *)arg;
	struct map_record *rec = &r->m->rec[kind];
	yaml_node_item_t *i;
	unsigned slot;

	if (strcmp(text(key), "table") == 0 && text(v) != NULL) {
		rec->table = text(v);
		return 0;
	}
	if (strcmp(text(key), "key") == 0 && text(v) != NULL) {
		if (member(r, v, kind, text(v), true, &slot) < 0)
			return -1;
		rec->key_slot = (int)slot;
		return 0;
	}
	if (strcmp(text(key), "unused") != 0 || v->type != YAML_SEQUENCE_NODE)
		return fail(r, key, "\"%s\" is nothing that is known of a record", text(key));
	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++)
		if (text(node(r, *i)) == NULL)
			return fail(r, v, "a list of column names is wanted here");
		else if (member(r, v, kind, text(node(r, *i)), false, NULL) < 0)
			return -1;
	return 0;
}

static int record(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	int kind = find(source_names, S_MADE, text(key));
	enum source_kind k = (enum source_kind)kind;

	(void)arg;
	if (kind < 0)
		return fail(r, key, "there is no record \"%s\"", text(key));
	r->m->rec[kind].name = source_names[kind];
	return each(r, v, record_key, &k);
}

/* "RECORD.member" */
static int from_one(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	const char *s = text(v), *dot = s != NULL ? strchr(s, '.') : NULL;
	struct map_from *f = &a->from[a->nfrom];
	char name[32];
	int kind = -1, made;

	if (dot != NULL && (size_t)(dot - s) < sizeof(name)) {
		memcpy(name, s, (size_t)(dot - s));
		name[dot - s] = '\0';
		kind = find(source_names, S_KINDS, name);
	}
	if (kind < 0)
		return fail(r, v, "\"%s\" is no source; RECORD.member is wanted, RECORD one of "
		    "SETTINGS, DOMAIN, USER, ... or MADE", s != NULL ? s : "");
	if (a->nfrom == MAP_FROM)
		return fail(r, v, "more than %d sources", MAP_FROM);
	a->nfrom++;
	f->kind = (enum source_kind)kind;
	f->member = dot + 1;
	if (kind != S_MADE)
		return member(r, v, f->kind, f->member, true, &f->slot);
	made = find(made_names, M_MADE, f->member);
	if (made < 0)
		return fail(r, v, "MADE has no \"%s\"", f->member);
	f->slot = (unsigned)made;
	return 0;
}

static int from(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	yaml_node_item_t *i;

	if (v->type != YAML_SEQUENCE_NODE)
		return from_one(r, v, a);
	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++)
		if (from_one(r, node(r, *i), a) < 0)
			return -1;
	return 0;
}

/* An attribute as it stands in the file. */
struct raw {
	const yaml_node_t *at, *type, *from, *as, *value, *ref, *module, *otherwise, *since, *empty,
	    *longer;
};

static int raw_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct raw *raw = arg;
	const struct {
		const char *name;
		const yaml_node_t **to;
	} known[] = {
		{ "type", &raw->type }, { "from", &raw->from }, { "as", &raw->as },
		{ "value", &raw->value }, { "ref", &raw->ref }, { "module", &raw->module },
		{ "otherwise", &raw->otherwise }, { "since", &raw->since },
		{ "empty", &raw->empty }, { "long", &raw->longer },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, text(key)) == 0) {
			*known[i].to = v;
			return known[i].to == &raw->from || text(v) != NULL ? 0 :
			    fail(r, v, "\"%s\" wants one word", text(key));
		}
	return fail(r, key, "\"%s\" is nothing that is known of an attribute", text(key));
}

static int type(struct reader *r, const yaml_node_t *n, enum eav_type *t)
{
	int i = find(type_names, T_REF, text(n));

	if (i < 0)
		return fail(r, n, "there is no type \"%s\"", text(n));
	*t = (enum eav_type)i;
	return 0;
}

static int literal(struct reader *r, const yaml_node_t *n, struct map_attr *a)
{
	const char *s = text(n);
	char *end;
	long long i;

	switch (a->cast) {
	case T_INT:
	case T_BIGINT:
		i = strtoll(s, &end, 10);
		if (end == s || *end != '\0')
			return fail(r, n, "\"%s\" is no number", s);
		a->value = val_int(i);
		return 0;
	case T_BOOL:
		if (strcmp(s, "true") != 0 && strcmp(s, "false") != 0)
			return fail(r, n, "\"%s\" is neither true nor false", s);
		a->value = val_bool(s[0] == 't');
		return 0;
	default:
		a->value = val_text(s);
		return 0;
	}
}

/* How the value is made: by reference, literally, or from sources by a conversion. */
static int origin(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	int i;

	if (raw->ref != NULL) {
		i = find(ref_names, REFS, text(raw->ref));
		if (i < 0)
			return fail(r, raw->ref, "there is no reference to a \"%s\"",
			    text(raw->ref));
		a->type = a->cast = T_REF;
		a->ref = (enum ref)i;
		return raw->from == NULL && raw->type == NULL && raw->as == NULL ? 0 :
		    fail(r, raw->at, "\"ref\" goes without type, from and as");
	}
	if (raw->type == NULL)
		return fail(r, raw->at, "its type is missing");
	if (type(r, raw->type, &a->type) < 0)
		return -1;
	a->cast = a->type;
	if (raw->from != NULL && from(r, raw->from, a) < 0)
		return -1;
	if (raw->value != NULL && literal(r, raw->value, a) < 0)
		return -1;
	if (raw->as != NULL) {
		a->conv = conversion_find(text(raw->as));
		if (a->conv == NULL)
			return fail(r, raw->as, "there is no conversion \"%s\"", text(raw->as));
		if (a->nfrom < a->conv->min || a->nfrom > a->conv->max)
			return fail(r, raw->as, "%s takes %u to %u sources, not %u",
			    a->conv->name, a->conv->min, a->conv->max, a->nfrom);
	} else if (a->nfrom > 1)
		return fail(r, raw->from, "several sources need a conversion");
	if (a->conv == NULL && a->nfrom == 0 && raw->value == NULL)
		return fail(r, raw->at, "neither \"from\" nor \"value\" nor \"ref\"");
	return 0;
}

/* Does the target have it?  1, 0, or -1. */
static int exists(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	unsigned since = raw->since != NULL ? target_release(text(raw->since)) : 1;

	if (since == 0)
		return fail(r, raw->since, "\"%s\" is no release of P8", text(raw->since));
	if (raw->otherwise != NULL && raw->module == NULL)
		return fail(r, raw->otherwise, "\"otherwise\" goes with \"module\" only");
	if (raw->empty != NULL && strcmp(text(raw->empty), "skip") != 0)
		return fail(r, raw->empty, "\"empty\" can be \"skip\" only");
	if (raw->longer != NULL && strcmp(text(raw->longer), "cut") != 0 &&
	    strcmp(text(raw->longer), "drop") != 0)
		return fail(r, raw->longer, "\"long\" can be \"cut\" or \"drop\"");
	a->skip_empty = raw->empty != NULL;
	a->drop_long = a->type == T_ENCRYPTED ||
	    (raw->longer != NULL && text(raw->longer)[0] == 'd');
	if (raw->otherwise != NULL && !target_has(r->target, text(raw->module)))
		return type(r, raw->otherwise, &a->type) < 0 ? -1 : 1;
	return r->target->release >= since &&
	    (raw->module == NULL || target_has(r->target, text(raw->module)));
}

/* NAME as a JSON key, colon included. */
static char *json_key(const char *name, size_t *len)
{
	struct buf b = BUF_INIT(4096);
	struct jsonw w;

	jw_begin(&w, &b);
	jw_key_n(&w, name, strlen(name));
	*len = b.len;
	return b.failed ? NULL : b.data;
}

static int attribute(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct map_entity *en = arg;
	struct map_attr a;
	struct raw raw;
	int there;

	memset(&a, 0, sizeof(a));
	memset(&raw, 0, sizeof(raw));
	r->attr = a.name = text(key);
	a.line = key->start_mark.line + 1;
	raw.at = key;
	if (each(r, v, raw_key, &raw) < 0 || origin(r, &raw, &a) < 0)
		return -1;
	there = exists(r, &raw, &a);
	if (there < 0)
		return -1;
	if (en->n == MAP_ATTRS)
		return fail(r, key, "more than %d attributes", MAP_ATTRS);
	if (there == 1) {
		a.key = json_key(a.name, &a.keylen);
		if (a.key == NULL)
			return err_set(r->e, EXIT_TEMPORARY, "out of memory");
		en->attr[en->n++] = a;
	}
	r->attr = NULL;
	return 0;
}

/* Attributes of one type next to each other, types in the order of their first attribute. */
static void group_types(struct map_entity *en)
{
	struct map_attr *sorted = malloc(sizeof(en->attr));
	unsigned n = 0, i, j;
	bool seen[T_TYPES] = { false };

	if (sorted == NULL)
		return;
	for (i = 0; i < en->n; i++) {
		enum eav_type t = eav_table(en->attr[i].type);

		if (seen[t])
			continue;
		seen[t] = true;
		for (j = i; j < en->n; j++)
			if (eav_table(en->attr[j].type) == t)
				sorted[n++] = en->attr[j];
	}
	memcpy(en->attr, sorted, n * sizeof(*sorted));
	free(sorted);
}

struct raw_entity {
	const yaml_node_t *kind, *class, *module, *parent, *attributes;
};

static int entity_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct raw_entity *raw = arg;
	const char *k = text(key);

	if (strcmp(k, "kind") == 0 && text(v) != NULL)
		raw->kind = v;
	else if (strcmp(k, "class") == 0 && text(v) != NULL)
		raw->class = v;
	else if (strcmp(k, "module") == 0 && text(v) != NULL)
		raw->module = v;
	else if (strcmp(k, "parent") == 0 && text(v) != NULL && strcmp(text(v), "tenant") == 0)
		raw->parent = v;
	else if (strcmp(k, "attributes") == 0)
		raw->attributes = v;
	else
		return fail(r, key, "\"%s\" is nothing that is known of an entity", k);
	return 0;
}

static int entity_head(struct reader *r, struct map_entity *en, const struct raw_entity *raw)
{
	struct buf b = BUF_INIT(4096);
	struct jsonw w;

	jw_begin(&w, &b);
	jw_key(&w, "entity");
	jw_str(&w, text(raw->class));
	jw_key(&w, "module");
	jw_str(&w, text(raw->module));
	en->head = b.data;
	en->headlen = b.len;
	return b.failed ? err_set(r->e, EXIT_TEMPORARY, "out of memory") : 0;
}

static int entity(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	int i = find(entity_names, E_KINDS, text(key));
	struct raw_entity raw = { NULL, NULL, NULL, NULL, NULL };
	struct map_entity *en;

	(void)arg;
	if (i < 0)
		return fail(r, key, "there is no entity \"%s\"", text(key));
	en = &r->m->ent[i];
	r->entity = en->name = entity_names[i];
	if (each(r, v, entity_key, &raw) < 0)
		return -1;
	if (raw.class == NULL || raw.module == NULL || raw.attributes == NULL)
		return fail(r, key, "its class, module or attributes are missing");
	en->kind = raw.kind != NULL ? text(raw.kind) : en->name;
	en->tenant_parent = raw.parent != NULL;
	en->from = entity_from[i];
	if (strlen(en->kind) >= STREAM_KIND_LEN)
		return fail(r, raw.kind, "\"%s\" is too long for the kind of a record", en->kind);
	if (entity_head(r, en, &raw) < 0 || each(r, raw.attributes, attribute, en) < 0)
		return -1;
	group_types(en);
	r->entity = NULL;
	return 0;
}

static int section(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	(void)arg;
	if (strcmp(text(key), "version") == 0) {
		if (text(v) == NULL || atoi(text(v)) != MAP_VERSION)
			return fail(r, v, "a mapping of version %d is wanted", MAP_VERSION);
		return 0;
	}
	if (strcmp(text(key), "records") == 0)
		return each(r, v, record, NULL);
	if (strcmp(text(key), "entities") == 0)
		return each(r, v, entity, NULL);
	return fail(r, key, "\"%s\" is no part of a mapping", text(key));
}

static int complete(struct reader *r)
{
	int i;

	for (i = 0; i < E_KINDS; i++)
		if (r->m->ent[i].name == NULL)
			return fail(r, NULL, "the entity %s is missing", entity_names[i]);
	for (i = 0; i < S_MADE; i++)
		if (r->m->rec[i].name == NULL)
			return fail(r, NULL, "the record %s is missing", source_names[i]);
	return 0;
}

static int load(struct reader *r, const char *yaml, size_t n)
{
	yaml_parser_t p;
	yaml_node_t *root;

	if (!yaml_parser_initialize(&p))
		return err_set(r->e, EXIT_TEMPORARY, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)yaml, n);
	if (!yaml_parser_load(&p, &r->m->doc)) {
		err_set(r->e, EXIT_CONFIG, "%s, line %zu: no YAML: %s", r->file,
		    p.problem_mark.line + 1, p.problem != NULL ? p.problem : "?");
		yaml_parser_delete(&p);
		return -1;
	}
	yaml_parser_delete(&p);
	r->m->has_doc = true;
	root = yaml_document_get_root_node(&r->m->doc);
	if (root == NULL)
		return fail(r, NULL, "the file is empty");
	return each(r, root, section, NULL) < 0 ? -1 : complete(r);
}

int mapping_read(struct mapping *m, const char *yaml, size_t n, const char *name,
    const struct target *target, struct err *e)
{
	struct reader r = { m, target, name, NULL, NULL, e };
	int i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < S_KINDS; i++)
		m->rec[i].key_slot = -1;
	if (load(&r, yaml, n) == 0)
		return 0;
	mapping_free(m);
	return -1;
}

int mapping_attr(const struct map_entity *en, const char *name)
{
	unsigned i;

	for (i = 0; i < en->n; i++)
		if (strcmp(en->attr[i].name, name) == 0)
			return (int)i;
	return -1;
}

void mapping_free(struct mapping *m)
{
	unsigned i, j;

	for (i = 0; i < E_KINDS; i++) {
		for (j = 0; j < m->ent[i].n; j++)
			free(m->ent[i].attr[j].key);
		free(m->ent[i].head);
	}
	if (m->has_doc)
		yaml_document_delete(&m->doc);
	memset(m, 0, sizeof(*m));
}

#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "mapping_read.h"
#include "p8/release.h"

static const char *const made_names[M_MADE] = {
	"uuid", "email", "sieve_port", "default_account", "default_identity", "folder_type",
	"folder_name", "storage", "group", "contact", "count"
};

const char *const type_names[T_REF] = {
	"string", "int", "bool", "text", "datetime", "mediumblob", "bigint", "double", "encrypted"
};

static const char *const ref_names[REFS] = { "tenant", "user", "account", "server",
	"channel" };

/* A member that no record has would be an empty value without a word. */
static int known_member(struct reader *r, const yaml_node_t *at, const struct map_from *f)
{
	size_t n = strlen(f->member);
	const struct map_name *p = mapping_name(&r->m->rec[f->kind], f->member, n);

	if (f->kind == S_SETTINGS)
		return strchr(f->member, '/') != NULL ? 0 :
		    map_fail(r, at, "SETTINGS has members such as WebMail/MailsPerPage, not \"%s\"",
		    f->member);
	if (r->known == NULL || (p != NULL && p->added) ||
	    mapping_name(&r->known->rec[f->kind], f->member, n) != NULL)
		return 0;
	return map_fail(r, at, "%s has no member \"%s\" (one that you put into the stream has to "
	    "stand in \"added\" of its record)", source_names[f->kind], f->member);
}

/* "RECORD.member" */
static int from_one(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	const char *s = map_text(v), *dot = s != NULL ? strchr(s, '.') : NULL;
	struct map_from *f = &a->from[a->nfrom];
	char name[32];
	int kind = -1, made;

	if (dot != NULL && (size_t)(dot - s) < sizeof(name)) {
		memcpy(name, s, (size_t)(dot - s));
		name[dot - s] = '\0';
		kind = map_find(source_names, S_KINDS, name);
	}
	if (kind < 0)
		return map_fail(r, v, "\"%s\" is not a source; RECORD.member is needed, RECORD one "
		    "of SETTINGS, DOMAIN, USER, ... or MADE", s != NULL ? s : "");
	if (a->nfrom == MAP_FROM)
		return map_fail(r, v, "more than %d sources", MAP_FROM);
	a->nfrom++;
	f->kind = (enum source_kind)kind;
	f->member = dot + 1;
	if (kind != S_MADE)
		return known_member(r, v, f) < 0 ? -1 :
		    map_member(r, v, f->kind, f->member, true, &f->slot);
	made = map_find(made_names, M_MADE, f->member);
	if (made < 0)
		return map_fail(r, v, "MADE has no \"%s\"", f->member);
	f->slot = (unsigned)made;
	return 0;
}

static int from(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	yaml_node_item_t *i;

	if (v->type != YAML_SEQUENCE_NODE)
		return from_one(r, v, a);
	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++)
		if (from_one(r, map_node(r, *i), a) < 0)
			return -1;
	return 0;
}

/* An attribute as it stands in the file. */
struct raw {
	const yaml_node_t *at, *type, *from, *as, *value, *ref, *module, *otherwise, *since,
	    *before, *by, *empty, *longer;
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
		{ "before", &raw->before }, { "by", &raw->by }, { "empty", &raw->empty },
		{ "long", &raw->longer },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, map_text(key)) == 0) {
			*known[i].to = v;
			return known[i].to == &raw->from || map_text(v) != NULL ? 0 :
			    map_fail(r, v, "\"%s\" needs one word", map_text(key));
		}
	return map_fail(r, key, "\"%s\" is not known of an attribute", map_text(key));
}

static int type(struct reader *r, const yaml_node_t *n, enum eav_type *t)
{
	int i = map_find(type_names, T_REF, map_text(n));

	if (i < 0)
		return map_fail(r, n, "there is no type \"%s\"", map_text(n));
	*t = (enum eav_type)i;
	return 0;
}

static int literal(struct reader *r, const yaml_node_t *n, struct map_attr *a)
{
	const char *s = map_text(n);
	char *end;
	long long i;

	switch (a->cast) {
	case T_INT:
	case T_BIGINT:
		i = strtoll(s, &end, 10);
		if (end == s || *end != '\0')
			return map_fail(r, n, "\"%s\" is not a number", s);
		a->value = val_int(i);
		return 0;
	case T_BOOL:
		if (strcmp(s, "true") != 0 && strcmp(s, "false") != 0)
			return map_fail(r, n, "\"%s\" is neither true nor false", s);
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
		i = map_find(ref_names, REFS, map_text(raw->ref));
		if (i < 0)
			return map_fail(r, raw->ref, "there is no reference to a \"%s\"",
			    map_text(raw->ref));
		a->type = a->cast = T_REF;
		a->ref = (enum ref)i;
		return raw->from == NULL && raw->type == NULL && raw->as == NULL ? 0 :
		    map_fail(r, raw->at, "\"ref\" goes without type, from and as");
	}
	if (raw->type == NULL)
		return map_fail(r, raw->at, "its type is missing");
	if (type(r, raw->type, &a->type) < 0)
		return -1;
	a->cast = a->type;
	if (raw->from != NULL && from(r, raw->from, a) < 0)
		return -1;
	if (raw->value != NULL && literal(r, raw->value, a) < 0)
		return -1;
	if (raw->as != NULL) {
		a->conv = conversion_find(map_text(raw->as));
		if (a->conv == NULL)
			return map_fail(r, raw->as, "there is no conversion \"%s\"",
			    map_text(raw->as));
		if (a->nfrom < a->conv->min || a->nfrom > a->conv->max)
			return map_fail(r, raw->as, "%s takes %u to %u sources, not %u",
			    a->conv->name, a->conv->min, a->conv->max, a->nfrom);
	} else if (a->nfrom > 1)
		return map_fail(r, raw->from, "several sources need a conversion");
	if (a->conv == NULL && a->nfrom == 0 && raw->value == NULL)
		return map_fail(r, raw->at, "neither \"from\" nor \"value\" nor \"ref\"");
	return 0;
}

/* Values of "empty" and "long", and what goes with what. */
static int manner(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	if (raw->otherwise != NULL && raw->module == NULL)
		return map_fail(r, raw->otherwise, "\"otherwise\" goes with \"module\" only");
	if (raw->before != NULL && raw->since == NULL)
		return map_fail(r, raw->before, "\"before\" goes with \"since\" only");
	if (raw->by != NULL && raw->before == NULL)
		return map_fail(r, raw->by, "\"by\" goes with \"before\" only");
	if (raw->empty != NULL && strcmp(map_text(raw->empty), "skip") != 0)
		return map_fail(r, raw->empty, "\"empty\" can be \"skip\" only");
	if (raw->longer != NULL && strcmp(map_text(raw->longer), "cut") != 0 &&
	    strcmp(map_text(raw->longer), "drop") != 0)
		return map_fail(r, raw->longer, "\"long\" can be \"cut\" or \"drop\"");
	a->skip_empty = raw->empty != NULL;
	a->drop_long = a->type == T_ENCRYPTED ||
	    (raw->longer != NULL && map_text(raw->longer)[0] == 'd');
	return 0;
}

/* Does the target have it, by what the mapping says of modules and releases?  1, 0, or -1. */
static int expected(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	unsigned since = raw->since != NULL ? p8release_parse(map_text(raw->since)) : 1;
	enum eav_type otherwise = a->type, before = a->type;
	const char *ignored;
	bool new;

	if (since == 0)
		return map_fail(r, raw->since, "\"%s\" is not a release of P8",
		    map_text(raw->since));
	if ((raw->otherwise != NULL && type(r, raw->otherwise, &otherwise) < 0) ||
	    (raw->before != NULL && type(r, raw->before, &before) < 0))
		return -1;
	if (raw->module != NULL && !target_has(r->target, map_text(raw->module))) {
		a->type = otherwise;
		return raw->otherwise != NULL;
	}
	new = r->target->release >= since;
	if (raw->by != NULL)
		switch (target_attr(r->target, r->class, map_text(raw->by), &ignored)) {
		case TARGET_DECLARED: new = true; break;
		case TARGET_UNDECLARED: new = false; break;
		case TARGET_UNKNOWN: break;
		}
	if (!new && raw->before != NULL) {
		/* What is kept from reports stays so. */
		if (a->cast != T_ENCRYPTED)
			a->cast = before;
		a->type = before;
		return 1;
	}
	return new;
}

static void differs(struct reader *r, const struct map_attr *a, bool there, const char *type)
{
	buf_addf(&r->m->differs, "%s.%s: ", r->entity, a->name);
	if (type == NULL)
		buf_addf(&r->m->differs, "P8 does not declare it, the mapping has it as %s\n",
		    a->type == T_REF ? "int" : type_names[a->type]);
	else if (there)
		buf_addf(&r->m->differs, "P8 declares it as %s, the mapping has it as %s\n", type,
		    a->type == T_REF ? "int" : type_names[a->type]);
	else
		buf_addf(&r->m->differs, "P8 declares it as %s, the mapping leaves it out\n", type);
}

/* The type that the target declares holds; a number of an entity is one in whatever type. */
static int declared(struct reader *r, struct map_attr *a, bool there, const char *name,
    const yaml_node_t *at)
{
	int i = map_find(type_names, T_REF, name);
	enum eav_type t = (enum eav_type)i, mine = a->type == T_REF ? T_INT : a->type;

	if (i < 0)
		return map_fail(r, at, "the target declares the type \"%s\", which is none of "
		    "P8's; describe it anew with p8-load --describe", name);
	a->declared = true;
	/* Some modules encrypt by themselves what they declare as a string. */
	if (t == mine || (mine == T_ENCRYPTED && t == T_STRING)) {
		if (!there)
			differs(r, a, there, name);
		return 1;
	}
	differs(r, a, there, name);
	if (a->type == T_REF && t != T_INT)
		return map_fail(r, at, "P8 declares it as %s, and it is the number of an entity: "
		    "this program does not know such a P8", name);
	if (a->cast != T_ENCRYPTED)
		a->cast = t;
	a->type = t;
	a->drop_long |= t == T_ENCRYPTED;
	return 1;
}

/*
 * P8 does not declare A.  Where the built-in mapping has it too, releases differ; one that somebody
 * added is a slip.
 */
static void absent(struct reader *r, struct map_entity *en, const struct map_attr *a)
{
	const struct map_entity *known;
	unsigned i;

	differs(r, a, true, NULL);
	if (en->nabsent < MAP_ATTRS)
		en->absent[en->nabsent++] = a->name;
	if (r->known == NULL)
		return;
	known = &r->known->ent[en - r->m->ent];
	for (i = 0; i < known->nabsent; i++)
		if (strcmp(known->absent[i], a->name) == 0)
			return;
	buf_addf(&r->m->lost, "%s%s.%s (line %zu)", r->m->lost.len > 0 ? ", " : "", r->entity,
	    a->name, a->line);
}

/* Does the target have it, and of which type?  1, 0, or -1. */
static int exists(struct reader *r, const struct raw *raw, struct map_entity *en,
    struct map_attr *a)
{
	const char *name;
	int there;

	if (manner(r, raw, a) < 0 || (there = expected(r, raw, a)) < 0)
		return -1;
	switch (target_attr(r->target, r->class, a->name, &name)) {
	case TARGET_DECLARED:
		return declared(r, a, there, name, raw->at);
	case TARGET_UNDECLARED:
		if (there && raw->otherwise != NULL) {
			/* P8 takes what it does not know for this */
			return type(r, raw->otherwise, &a->type) < 0 ? -1 : 1;
		}
		if (there)
			absent(r, en, a);
		return 0;
	default:
		return there;
	}
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

int map_attribute(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct map_entity *en = arg;
	struct map_attr a;
	struct raw raw;
	int there;

	memset(&a, 0, sizeof(a));
	memset(&raw, 0, sizeof(raw));
	r->attr = a.name = map_text(key);
	a.line = key->start_mark.line + 1;
	raw.at = key;
	if (map_each(r, v, raw_key, &raw) < 0 || origin(r, &raw, &a) < 0)
		return -1;
	there = exists(r, &raw, en, &a);
	if (there < 0)
		return -1;
	if (en->n == MAP_ATTRS)
		return map_fail(r, key, "more than %d attributes", MAP_ATTRS);
	if (there == 1) {
		a.key = json_key(a.name, &a.keylen);
		if (a.key == NULL)
			return err_set(r->e, EXIT_TEMPORARY, "out of memory");
		en->attr[en->n++] = a;
	}
	r->attr = NULL;
	return 0;
}

#include <stdlib.h>
#include <string.h>

#include "mapping/convert.h"
#include "mapping/mapping_read.h"
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

/* A member that no record has would silently be an empty value. */
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
static int read_source(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	const char *s = map_text(v), *dot = s != NULL ? strchr(s, '.') : NULL;
	struct map_from *f = &a->from[a->nfrom];
	char name[32];
	int kind = -1, made;
	struct map_name *member;

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
	if (kind != S_MADE) {
		member = known_member(r, v, f) == 0 ? map_member(r, v, f->kind, f->member, true) :
		    NULL;
		f->slot = member != NULL ? (unsigned)member->slot : 0;
		return member != NULL ? 0 : -1;
	}
	made = map_find(made_names, M_MADE, f->member);
	if (made < 0)
		return map_fail(r, v, "MADE has no \"%s\"", f->member);
	f->slot = (unsigned)made;
	return 0;
}

static int read_sources(struct reader *r, const yaml_node_t *v, struct map_attr *a)
{
	yaml_node_item_t *i;

	if (v->type != YAML_SEQUENCE_NODE)
		return read_source(r, v, a);
	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++)
		if (read_source(r, map_node(r, *i), a) < 0)
			return -1;
	return 0;
}

/* An attribute as it stands in the file. */
enum { TYPE, FROM, AS, VALUE, REF, MODULE, OTHERWISE, SINCE, BEFORE, BY, EMPTY, LONG, KEYS };
static const char *const keys[] = { "type", "from", "as", "value", "ref", "module", "otherwise",
	"since", "before", "by", "empty", "long", NULL };

struct raw {
	const yaml_node_t *at, *v[KEYS];
};

/* The word of a key that is there. */
static const char *word(const struct raw *raw, int key)
{
	return map_text(raw->v[key]);
}

static int read_type(struct reader *r, const yaml_node_t *n, enum eav_type *t)
{
	int i = map_find(type_names, T_REF, map_text(n));

	if (i < 0)
		return map_fail(r, n, "there is no type \"%s\"", map_text(n));
	*t = (enum eav_type)i;
	return 0;
}

static int read_literal(struct reader *r, const yaml_node_t *n, struct map_attr *a)
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
static int read_origin(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	int i;

	if (raw->v[REF] != NULL) {
		i = map_find(ref_names, REFS, word(raw, REF));
		if (i < 0)
			return map_fail(r, raw->v[REF], "there is no reference to a \"%s\"",
			    word(raw, REF));
		a->type = a->cast = T_REF;
		a->ref = (enum ref)i;
		return raw->v[FROM] == NULL && raw->v[TYPE] == NULL && raw->v[AS] == NULL ? 0 :
		    map_fail(r, raw->at, "\"ref\" goes without type, from and as");
	}
	if (raw->v[TYPE] == NULL)
		return map_fail(r, raw->at, "its type is missing");
	if (read_type(r, raw->v[TYPE], &a->type) < 0)
		return -1;
	a->cast = a->type;
	if (raw->v[FROM] != NULL && read_sources(r, raw->v[FROM], a) < 0)
		return -1;
	if (raw->v[VALUE] != NULL && read_literal(r, raw->v[VALUE], a) < 0)
		return -1;
	if (raw->v[AS] != NULL) {
		a->conv = conversion_find(word(raw, AS));
		if (a->conv == NULL)
			return map_fail(r, raw->v[AS], "there is no conversion \"%s\"",
			    word(raw, AS));
		if (a->nfrom < a->conv->min || a->nfrom > a->conv->max)
			return map_fail(r, raw->v[AS], "%s takes %u to %u sources, not %u",
			    a->conv->name, a->conv->min, a->conv->max, a->nfrom);
	} else if (a->nfrom > 1)
		return map_fail(r, raw->v[FROM], "several sources need a conversion");
	if (a->conv == NULL && a->nfrom == 0 && raw->v[VALUE] == NULL)
		return map_fail(r, raw->at, "neither \"from\" nor \"value\" nor \"ref\"");
	return 0;
}

/* Values of "empty" and "long", and what goes with what. */
static int check_keys(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	static const int pairs[][2] = { { OTHERWISE, MODULE }, { BEFORE, SINCE }, { BY, BEFORE } };
	const char *empty = raw->v[EMPTY] != NULL ? word(raw, EMPTY) : "skip";
	const char *too_long = raw->v[LONG] != NULL ? word(raw, LONG) : "cut";
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (raw->v[pairs[i][0]] != NULL && raw->v[pairs[i][1]] == NULL)
			return map_fail(r, raw->v[pairs[i][0]], "\"%s\" goes with \"%s\" only",
			    keys[pairs[i][0]], keys[pairs[i][1]]);
	if (strcmp(empty, "skip") != 0)
		return map_fail(r, raw->v[EMPTY], "\"empty\" can be \"skip\" only");
	if (strcmp(too_long, "cut") != 0 && strcmp(too_long, "drop") != 0)
		return map_fail(r, raw->v[LONG], "\"long\" can be \"cut\" or \"drop\"");
	a->skip_empty = raw->v[EMPTY] != NULL;
	a->drop_long = a->type == T_ENCRYPTED || too_long[0] == 'd';
	return 0;
}

/* Does the target have it, by what the mapping says of modules and releases?  1, 0, or -1. */
static int is_expected(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	unsigned since = raw->v[SINCE] != NULL ? p8release_parse(word(raw, SINCE)) : 1;
	enum eav_type otherwise = a->type, before = a->type;
	const char *ignored;
	bool new;

	if (since == 0)
		return map_fail(r, raw->v[SINCE], "\"%s\" is not a release of P8",
		    word(raw, SINCE));
	if ((raw->v[OTHERWISE] != NULL && read_type(r, raw->v[OTHERWISE], &otherwise) < 0) ||
	    (raw->v[BEFORE] != NULL && read_type(r, raw->v[BEFORE], &before) < 0))
		return -1;
	if (raw->v[MODULE] != NULL && !target_has(r->target, word(raw, MODULE))) {
		a->type = otherwise;
		return raw->v[OTHERWISE] != NULL;
	}
	new = r->target->release >= since;
	if (raw->v[BY] != NULL)
		switch (target_attr(r->target, r->class, word(raw, BY), &ignored)) {
		case TARGET_DECLARED: new = true; break;
		case TARGET_UNDECLARED: new = false; break;
		case TARGET_UNKNOWN: break;
		}
	if (!new && raw->v[BEFORE] != NULL) {
		/* What is kept from reports stays so. */
		if (a->cast != T_ENCRYPTED)
			a->cast = before;
		a->type = before;
		return 1;
	}
	return new;
}

static void add_difference(struct reader *r, const struct map_attr *a, bool there, const char *type)
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
static int is_declared(struct reader *r, struct map_attr *a, bool there, const char *name,
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
			add_difference(r, a, there, name);
		return 1;
	}
	add_difference(r, a, there, name);
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
static void is_absent(struct reader *r, struct map_entity *en, const struct map_attr *a)
{
	const struct map_entity *known;
	unsigned i;

	add_difference(r, a, true, NULL);
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
static int target_has_it(struct reader *r, const struct raw *raw, struct map_entity *en,
    struct map_attr *a)
{
	const char *name;
	int there;

	if (check_keys(r, raw, a) < 0 || (there = is_expected(r, raw, a)) < 0)
		return -1;
	switch (target_attr(r->target, r->class, a->name, &name)) {
	case TARGET_DECLARED:
		return is_declared(r, a, there, name, raw->at);
	case TARGET_UNDECLARED:
		if (there && raw->v[OTHERWISE] != NULL) {
			/* P8 takes what it does not know for this */
			return read_type(r, raw->v[OTHERWISE], &a->type) < 0 ? -1 : 1;
		}
		if (there)
			is_absent(r, en, a);
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
	struct map_attr a = { .name = map_text(key), .line = key->start_mark.line + 1 };
	struct raw raw = { .at = key };
	int there;

	r->attr = a.name;
	if (map_fields(r, v, "an attribute", keys, 1 << FROM, raw.v) < 0 ||
	    read_origin(r, &raw, &a) < 0 || (there = target_has_it(r, &raw, en, &a)) < 0)
		return -1;
	if (en->n == MAP_ATTRS)
		return map_fail(r, key, "more than %d attributes", MAP_ATTRS);
	r->attr = NULL;
	if (there == 0)
		return 0;
	a.key = json_key(a.name, &a.keylen);
	if (a.key == NULL)
		return err_memory(r->e);
	en->attr[en->n++] = a;
	return 0;
}

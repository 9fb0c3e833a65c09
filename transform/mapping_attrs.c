#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "mapping_read.h"

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
		return map_fail(r, v, "\"%s\" is no source; RECORD.member is wanted, RECORD one of "
		    "SETTINGS, DOMAIN, USER, ... or MADE", s != NULL ? s : "");
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
	    *before, *empty, *longer;
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
		{ "before", &raw->before }, { "empty", &raw->empty },
		{ "long", &raw->longer },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, map_text(key)) == 0) {
			*known[i].to = v;
			return known[i].to == &raw->from || map_text(v) != NULL ? 0 :
			    map_fail(r, v, "\"%s\" wants one word", map_text(key));
		}
	return map_fail(r, key, "\"%s\" is nothing that is known of an attribute", map_text(key));
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
			return map_fail(r, n, "\"%s\" is no number", s);
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

/* Does the target have it?  1, 0, or -1. */
static int exists(struct reader *r, const struct raw *raw, struct map_attr *a)
{
	unsigned since = raw->since != NULL ? target_release(map_text(raw->since)) : 1;
	enum eav_type otherwise = a->type;

	if (since == 0)
		return map_fail(r, raw->since, "\"%s\" is no release of P8", map_text(raw->since));
	if (raw->otherwise != NULL && raw->module == NULL)
		return map_fail(r, raw->otherwise, "\"otherwise\" goes with \"module\" only");
	if (raw->before != NULL && raw->since == NULL)
		return map_fail(r, raw->before, "\"before\" goes with \"since\" only");
	if (raw->otherwise != NULL && type(r, raw->otherwise, &otherwise) < 0)
		return -1;
	if (raw->empty != NULL && strcmp(map_text(raw->empty), "skip") != 0)
		return map_fail(r, raw->empty, "\"empty\" can be \"skip\" only");
	if (raw->longer != NULL && strcmp(map_text(raw->longer), "cut") != 0 &&
	    strcmp(map_text(raw->longer), "drop") != 0)
		return map_fail(r, raw->longer, "\"long\" can be \"cut\" or \"drop\"");
	a->skip_empty = raw->empty != NULL;
	a->drop_long = a->type == T_ENCRYPTED ||
	    (raw->longer != NULL && map_text(raw->longer)[0] == 'd');
	if (raw->otherwise != NULL && !target_has(r->target, map_text(raw->module))) {
		a->type = otherwise;
		return 1;
	}
	if (raw->module != NULL && !target_has(r->target, map_text(raw->module)))
		return 0;
	if (r->target->release < since && raw->before != NULL)
		return type(r, raw->before, &a->type) < 0 ? -1 : 1;
	return r->target->release >= since;
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
	there = exists(r, &raw, &a);
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

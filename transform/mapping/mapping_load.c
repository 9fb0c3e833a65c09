#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/mapping_read.h"

#define MAP_VERSION 1

const char *const source_names[S_KINDS] = {
	"SETTINGS", "DOMAIN", "USER", "CALENDAR_SETTINGS", "USER_CONTACT", "ACCOUNT",
	"FOLDERS_ORDER", "SYSTEM_FOLDER", "IDENTITY", "SOCIAL", "GROUP", "CONTACT", "TWO_FACTOR",
	"SENDER", "TENANT", "MADE"
};

static const char *const entity_names[E_KINDS] = {
	"SERVER", "ACCOUNT_SERVER", "USER", "TEAM_CONTACT", "ACCOUNT", "SYSTEM_FOLDER", "IDENTITY",
	"SOCIAL", "GROUP", "CONTACT", "COLLECTED", "MEMBERSHIP", "CTAG", "SENDER",
	"TENANT", "SETTING"
};

/* The record that an entity is made of; S_MADE: of several or none. */
static const enum source_kind entity_from[E_KINDS] = {
	S_DOMAIN, S_MADE, S_USER, S_USER_CONTACT, S_ACCOUNT, S_SYSTEM_FOLDER, S_IDENTITY, S_SOCIAL,
	S_GROUP, S_CONTACT, S_CONTACT, S_MADE, S_MADE, S_SENDER,
	S_TENANT, S_SETTINGS
};

int map_fail(struct reader *r, const yaml_node_t *at, const char *fmt, ...)
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

yaml_node_t *map_node(struct reader *r, int index)
{
	return yaml_document_get_node(&r->m->doc, index);
}

const char *map_text(const yaml_node_t *n)
{
	return n != NULL && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

int map_find(const char *const *names, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int map_each(struct reader *r, const yaml_node_t *n,
    int (*fn)(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg), void *arg)
{
	yaml_node_pair_t *p, *q;

	if (n->type != YAML_MAPPING_NODE)
		return map_fail(r, n, "a list of \"name: value\" is needed here");
	for (p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = map_node(r, p->key), *v = map_node(r, p->value);

		if (map_text(key) == NULL || v == NULL)
			return map_fail(r, key, "a name is needed here");
		for (q = n->data.mapping.pairs.start; q < p; q++)
			if (strcmp(map_text(map_node(r, q->key)), map_text(key)) == 0)
				return map_fail(r, key, "\"%s\" stands twice", map_text(key));
		if (fn(r, key, v, arg) < 0)
			return -1;
	}
	return 0;
}

int map_member(struct reader *r, const yaml_node_t *at, enum source_kind kind,
    const char *name, bool used, unsigned *slot)
{
	struct map_record *rec = &r->m->rec[kind];
	struct map_name *p = mapping_place(rec, name, strlen(name));

	if (p == NULL || rec->slots == MAP_SLOTS)
		return map_fail(r, at, "too many members of %s", source_names[kind]);
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

/* "unused" and "added": names of members. */
static int members(struct reader *r, const yaml_node_t *v, enum source_kind kind, bool added)
{
	yaml_node_item_t *i;
	const char *name;

	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++) {
		name = map_text(map_node(r, *i));
		if (name == NULL)
			return map_fail(r, v, "a list of column names is needed here");
		if (map_member(r, v, kind, name, false, NULL) < 0)
			return -1;
		if (added)
			mapping_place(&r->m->rec[kind], name, strlen(name))->added = true;
	}
	return 0;
}

static int record_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	enum source_kind kind = *(enum source_kind *)arg;
	struct map_record *rec = &r->m->rec[kind];
	unsigned slot;

	if (strcmp(map_text(key), "table") == 0 && map_text(v) != NULL) {
		rec->table = map_text(v);
		return 0;
	}
	if (strcmp(map_text(key), "key") == 0 && map_text(v) != NULL) {
		if (map_member(r, v, kind, map_text(v), true, &slot) < 0)
			return -1;
		rec->key_slot = (int)slot;
		return 0;
	}
	if ((strcmp(map_text(key), "unused") != 0 && strcmp(map_text(key), "added") != 0) ||
	    v->type != YAML_SEQUENCE_NODE)
		return map_fail(r, key, "\"%s\" is not known of a record",
		    map_text(key));
	return members(r, v, kind, map_text(key)[0] == 'a');
}

static int record(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	int kind = map_find(source_names, S_MADE, map_text(key));
	enum source_kind k = (enum source_kind)kind;

	(void)arg;
	if (kind < 0)
		return map_fail(r, key, "there is no record \"%s\"", map_text(key));
	r->m->rec[kind].name = source_names[kind];
	return map_each(r, v, record_key, &k);
}

/* Attributes of one type next to each other, types in the order of their first attribute. */
static bool group_types(struct map_entity *en)
{
	struct map_attr *sorted = malloc(sizeof(en->attr));
	unsigned n = 0, i, j;
	bool seen[T_TYPES] = { false };

	if (sorted == NULL)
		return false;
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
	return true;
}

struct raw_entity {
	const yaml_node_t *kind, *class, *module, *parent, *attributes;
};

static int entity_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct raw_entity *raw = arg;
	const char *k = map_text(key);

	if (strcmp(k, "kind") == 0 && map_text(v) != NULL)
		raw->kind = v;
	else if (strcmp(k, "class") == 0 && map_text(v) != NULL)
		raw->class = v;
	else if (strcmp(k, "module") == 0 && map_text(v) != NULL)
		raw->module = v;
	else if (strcmp(k, "parent") == 0 && map_text(v) != NULL &&
	    strcmp(map_text(v), "tenant") == 0)
		raw->parent = v;
	else if (strcmp(k, "attributes") == 0)
		raw->attributes = v;
	else
		return map_fail(r, key, "\"%s\" is not known of an entity", k);
	return 0;
}

static int entity_head(struct reader *r, struct map_entity *en, const struct raw_entity *raw)
{
	struct buf b = BUF_INIT(4096);
	struct jsonw w;

	jw_begin(&w, &b);
	jw_key(&w, "entity");
	jw_str(&w, map_text(raw->class));
	jw_key(&w, "module");
	jw_str(&w, map_text(raw->module));
	en->head = b.data;
	en->headlen = b.len;
	return b.failed ? err_set(r->e, EXIT_TEMPORARY, "out of memory") : 0;
}

static int entity(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	int i = map_find(entity_names, E_SETTING, map_text(key));
	struct raw_entity raw = { NULL, NULL, NULL, NULL, NULL };
	struct map_entity *en;

	(void)arg;
	if (i < 0)
		return map_fail(r, key, "there is no entity \"%s\"", map_text(key));
	en = &r->m->ent[i];
	r->entity = en->name = entity_names[i];
	if (map_each(r, v, entity_key, &raw) < 0)
		return -1;
	if (raw.class == NULL || raw.module == NULL || raw.attributes == NULL)
		return map_fail(r, key, "its class, module or attributes are missing");
	r->class = map_text(raw.class);
	en->kind = raw.kind != NULL ? map_text(raw.kind) : en->name;
	en->tenant_parent = raw.parent != NULL;
	en->from = entity_from[i];
	if (strlen(en->kind) >= STREAM_KIND_LEN)
		return map_fail(r, raw.kind, "\"%s\" is too long for the kind of a record",
		    en->kind);
	if (entity_head(r, en, &raw) < 0 || map_each(r, raw.attributes, map_attribute, en) < 0 ||
	    map_check(r, key, (enum entity_kind)i) < 0)
		return -1;
	r->entity = NULL;
	return group_types(en) ? 0 : err_set(r->e, EXIT_TEMPORARY, "out of memory");
}

/* "Module/Key", of P8's config.json "/Key". */
static int setting(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	struct map_entity *en = &r->m->ent[E_SETTING];
	const char *slash = strchr(map_text(key), '/');
	int rc;

	(void)arg;
	r->entity = en->name = "settings";
	r->class = "";
	if (slash == NULL || strchr(slash + 1, '/') != NULL || slash[1] == '\0')
		return map_fail(r, key, "\"%s\" is not a setting of P8; Module/Key is needed",
		    map_text(key));
	rc = map_attribute(r, key, v, en);
	r->entity = NULL;
	return rc;
}

static int section(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	(void)arg;
	if (strcmp(map_text(key), "version") == 0) {
		if (map_text(v) == NULL || atoi(map_text(v)) != MAP_VERSION)
			return map_fail(r, v, "a mapping of version %d is needed", MAP_VERSION);
		return 0;
	}
	if (strcmp(map_text(key), "records") == 0)
		return map_each(r, v, record, NULL);
	if (strcmp(map_text(key), "entities") == 0)
		return map_each(r, v, entity, NULL);
	if (strcmp(map_text(key), "settings") == 0)
		return map_each(r, v, setting, NULL);
	return map_fail(r, key, "\"%s\" is not part of a mapping", map_text(key));
}

static int complete(struct reader *r)
{
	int i;

	for (i = 0; i < E_SETTING; i++)
		if (r->m->ent[i].name == NULL)
			return map_fail(r, NULL, "the entity %s is missing", entity_names[i]);
	for (i = 0; i < S_MADE; i++)
		if (r->m->rec[i].name == NULL)
			return map_fail(r, NULL, "the record %s is missing", source_names[i]);
	return 0;
}

#define MAP_DEPTH 32	/* a mapping needs 6 */

/* The parser's time grows with the square of the depth: look at that before it builds anything. */
static int check_depth(struct reader *r, const char *yaml, size_t n)
{
	unsigned depth = 0;
	bool end = false;
	yaml_parser_t p;
	yaml_event_t ev;
	size_t line;

	if (!yaml_parser_initialize(&p))
		return err_set(r->e, EXIT_TEMPORARY, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)yaml, n);
	/* What is no YAML is said by who builds the document. */
	while (!end && depth <= MAP_DEPTH && yaml_parser_parse(&p, &ev)) {
		depth += ev.type == YAML_SEQUENCE_START_EVENT ||
		    ev.type == YAML_MAPPING_START_EVENT;
		depth -= ev.type == YAML_SEQUENCE_END_EVENT || ev.type == YAML_MAPPING_END_EVENT;
		end = ev.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	line = p.mark.line + 1;
	yaml_parser_delete(&p);
	return depth <= MAP_DEPTH ? 0 : err_set(r->e, EXIT_CONFIG, "%s, line %zu: nested more than"
	    " %d deep; see p7-transform --print-mapping", r->file, line, MAP_DEPTH);
}

static int load(struct reader *r, const char *yaml, size_t n)
{
	yaml_parser_t p;
	yaml_node_t *root;

	if (check_depth(r, yaml, n) < 0)
		return -1;
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
		return map_fail(r, NULL, "the file is empty");
	return map_each(r, root, section, NULL) < 0 ? -1 : complete(r);
}

int mapping_read(struct mapping *m, const char *yaml, size_t n, const char *name,
    const struct target *target, const struct mapping *known, struct err *e)
{
	struct reader r = { m, target, known, name, NULL, NULL, NULL, e };
	int i;

	memset(m, 0, sizeof(*m));
	buf_init(&m->differs, 1 << 20);
	buf_init(&m->lost, 1 << 20);
	for (i = 0; i < S_KINDS; i++)
		m->rec[i].key_slot = -1;
	if (load(&r, yaml, n) == 0)
		return 0;
	mapping_free(m);
	return -1;
}


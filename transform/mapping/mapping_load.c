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

/* Call FN for every pair of a YAML mapping; keys are scalars and stand once. */
static int map_each(struct reader *r, const yaml_node_t *n,
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

struct fields {
	const char *what, *const *keys;
	unsigned lists;
	const yaml_node_t **values;
};

static int field(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	const struct fields *f = arg;
	const char *name = map_text(key);
	unsigned i = 0;

	while (f->keys[i] != NULL && strcmp(f->keys[i], name) != 0)
		i++;
	if (f->keys[i] == NULL)
		return map_fail(r, key, "\"%s\" is not known of %s", name, f->what);
	f->values[i] = v;
	return map_text(v) != NULL || (f->lists >> i & 1) ? 0 :
	    map_fail(r, v, "\"%s\" needs one word", name);
}

int map_fields(struct reader *r, const yaml_node_t *n, const char *what, const char *const *keys,
    unsigned lists, const yaml_node_t **values)
{
	struct fields f = { what, keys, lists, values };
	unsigned i;

	for (i = 0; keys[i] != NULL; i++)
		values[i] = NULL;
	return map_each(r, n, field, &f);
}

struct map_name *map_member(struct reader *r, const yaml_node_t *at, enum source_kind kind,
    const char *name, bool used)
{
	struct map_name *p = mapping_member(r->m, kind, name, used);

	if (p == NULL)
		map_fail(r, at, "too many members of %s", source_names[kind]);
	return p;
}

/* "unused" and "added": names of members. */
static int read_members(struct reader *r, const yaml_node_t *v, enum source_kind kind, bool added)
{
	yaml_node_item_t *i;
	struct map_name *p;
	const char *name;

	if (v->type != YAML_SEQUENCE_NODE)
		return map_fail(r, v, "a list of column names is needed here");
	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++) {
		name = map_text(map_node(r, *i));
		if (name == NULL)
			return map_fail(r, v, "a list of column names is needed here");
		p = map_member(r, v, kind, name, false);
		if (p == NULL)
			return -1;
		p->added = p->added || added;
	}
	return 0;
}

static int read_record(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	enum { TABLE, KEY, UNUSED, ADDED, KEYS };
	static const char *const keys[] = { "table", "key", "unused", "added", NULL };
	int kind = map_find(source_names, S_MADE, map_text(key));
	const yaml_node_t *raw[KEYS];
	const struct map_name *p;
	struct map_record *rec;

	(void)arg;
	if (kind < 0)
		return map_fail(r, key, "there is no record \"%s\"", map_text(key));
	rec = &r->m->rec[kind];
	rec->name = source_names[kind];
	if (map_fields(r, v, "a record", keys, 1 << UNUSED | 1 << ADDED, raw) < 0)
		return -1;
	rec->table = raw[TABLE] != NULL ? map_text(raw[TABLE]) : NULL;
	if (raw[KEY] != NULL) {
		p = map_member(r, v, (enum source_kind)kind, map_text(raw[KEY]), true);
		if (p == NULL)
			return -1;
		rec->key_slot = p->slot;
	}
	if (raw[UNUSED] != NULL && read_members(r, raw[UNUSED], (enum source_kind)kind, false) < 0)
		return -1;
	return raw[ADDED] == NULL ? 0 : read_members(r, raw[ADDED], (enum source_kind)kind, true);
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

static int entity_head(struct reader *r, struct map_entity *en, const char *class,
    const char *module)
{
	struct buf b = BUF_INIT(4096);
	struct jsonw w;

	jw_begin(&w, &b);
	jw_kv_str(&w, "entity", class);
	jw_kv_str(&w, "module", module);
	en->head = b.data;
	en->headlen = b.len;
	return buf_check(&b, r->e);
}

static int read_entity(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
{
	enum { KIND, CLASS, MODULE, PARENT, ATTRIBUTES, KEYS };
	static const char *const keys[] = { "kind", "class", "module", "parent", "attributes",
		NULL };
	int i = map_find(entity_names, E_SETTING, map_text(key));
	const yaml_node_t *raw[KEYS];
	struct map_entity *en;

	(void)arg;
	if (i < 0)
		return map_fail(r, key, "there is no entity \"%s\"", map_text(key));
	en = &r->m->ent[i];
	r->entity = en->name = entity_names[i];
	if (map_fields(r, v, "an entity", keys, 1 << ATTRIBUTES, raw) < 0)
		return -1;
	if (raw[CLASS] == NULL || raw[MODULE] == NULL || raw[ATTRIBUTES] == NULL)
		return map_fail(r, key, "its class, module or attributes are missing");
	if (raw[PARENT] != NULL && strcmp(map_text(raw[PARENT]), "tenant") != 0)
		return map_fail(r, raw[PARENT], "\"parent\" can be \"tenant\" only");
	r->class = map_text(raw[CLASS]);
	en->kind = raw[KIND] != NULL ? map_text(raw[KIND]) : en->name;
	en->tenant_parent = raw[PARENT] != NULL;
	en->from = entity_from[i];
	if (strlen(en->kind) >= STREAM_KIND_LEN)
		return map_fail(r, raw[KIND], "\"%s\" is too long for the kind of a record",
		    en->kind);
	if (entity_head(r, en, r->class, map_text(raw[MODULE])) < 0 ||
	    map_each(r, raw[ATTRIBUTES], map_attribute, en) < 0 ||
	    map_check(r, key, (enum entity_kind)i) < 0)
		return -1;
	r->entity = NULL;
	return group_types(en) ? 0 : err_memory(r->e);
}

/* "Module/Key", of P8's config.json "/Key". */
static int read_setting(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg)
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

static int check_complete(struct reader *r)
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

static int read_sections(struct reader *r, const yaml_node_t *root)
{
	enum { VERSION_KEY, RECORDS, ENTITIES, SETTINGS, KEYS };
	static const char *const keys[] = { "version", "records", "entities", "settings", NULL };
	const yaml_node_t *raw[KEYS];

	if (map_fields(r, root, "a mapping", keys, ~0u, raw) < 0)
		return -1;
	if (raw[VERSION_KEY] != NULL && (map_text(raw[VERSION_KEY]) == NULL ||
	    atoi(map_text(raw[VERSION_KEY])) != MAP_VERSION))
		return map_fail(r, raw[VERSION_KEY], "a mapping of version %d is needed",
		    MAP_VERSION);
	if ((raw[RECORDS] != NULL && map_each(r, raw[RECORDS], read_record, NULL) < 0) ||
	    (raw[ENTITIES] != NULL && map_each(r, raw[ENTITIES], read_entity, NULL) < 0) ||
	    (raw[SETTINGS] != NULL && map_each(r, raw[SETTINGS], read_setting, NULL) < 0))
		return -1;
	return check_complete(r);
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
		return err_memory(r->e);
	yaml_parser_set_input_string(&p, (const unsigned char *)yaml, n);
	/* Text that is not YAML is reported when the document is built. */
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

static int read_document(struct reader *r, const char *yaml, size_t n)
{
	yaml_parser_t p;
	yaml_node_t *root;

	if (check_depth(r, yaml, n) < 0)
		return -1;
	if (!yaml_parser_initialize(&p))
		return err_memory(r->e);
	yaml_parser_set_input_string(&p, (const unsigned char *)yaml, n);
	if (!yaml_parser_load(&p, &r->m->doc)) {
		err_set(r->e, EXIT_CONFIG, "%s, line %zu: not YAML: %s", r->file,
		    p.problem_mark.line + 1, p.problem != NULL ? p.problem : "?");
		yaml_parser_delete(&p);
		return -1;
	}
	yaml_parser_delete(&p);
	r->m->has_doc = true;
	root = yaml_document_get_root_node(&r->m->doc);
	return root == NULL ? map_fail(r, NULL, "the file is empty") : read_sections(r, root);
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
	if (read_document(&r, yaml, n) == 0)
		return 0;
	mapping_free(m);
	return -1;
}


#include <stdlib.h>
#include <string.h>

#include "mapping/mapping.h"

static size_t name_hash(const char *s, size_t n)
{
	size_t h = n * 31;

	if (n > 0)
		h += (unsigned char)s[0] * 7u + (unsigned char)s[n - 1] * 131u +
		    (unsigned char)s[n / 2] * 17u;
	return h & (MAP_NAMES - 1);
}

struct map_name *mapping_place(struct map_record *rec, const char *name, size_t n)
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
	struct map_name *p = mapping_place(rec, name, strlen(name));

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
	buf_free(&m->differs);
	buf_free(&m->lost);
	memset(m, 0, sizeof(*m));
}

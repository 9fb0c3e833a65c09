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

/* Where a name is in the table of REC, or has its place; -1: the table is full. */
static int place(const struct map_record *rec, const char *name, size_t n)
{
	size_t i = name_hash(name, n), tries;

	for (tries = 0; tries < MAP_NAMES; tries++, i = (i + 1) & (MAP_NAMES - 1))
		if (rec->names[i].name == NULL || (rec->names[i].len == n &&
		    memcmp(rec->names[i].name, name, n) == 0))
			return (int)i;
	return -1;
}

const struct map_name *mapping_name(const struct map_record *rec, const char *name, size_t n)
{
	int i = place(rec, name, n);

	return i >= 0 && rec->names[i].name != NULL ? &rec->names[i] : NULL;
}

struct map_name *mapping_member(struct mapping *m, enum source_kind kind, const char *name,
    bool used)
{
	struct map_record *rec = &m->rec[kind];
	int i = place(rec, name, strlen(name));
	struct map_name *p = i >= 0 ? &rec->names[i] : NULL;

	if (p == NULL || (used && rec->slots == MAP_SLOTS && (p->name == NULL || p->slot < 0)))
		return NULL;
	if (p->name == NULL)
		*p = (struct map_name){ name, strlen(name), -1, false };
	if (used && p->slot < 0)
		p->slot = (int)rec->slots++;
	return p;
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

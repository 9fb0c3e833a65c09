/*
 * Inside the reader of mappings: where we are, messages, and walking the YAML document.
 * mapping_load.c reads records and entities, mapping_attrs.c the attributes, mapping_check.c looks
 * whether P8 would find what is made.
 */
#ifndef MAPPING_READ_H
#define MAPPING_READ_H

#include "mapping/mapping.h"

struct reader {
	struct mapping *m;
	const struct target *target;
	const struct mapping *known;	/* NULL: this is the built-in mapping */
	const char *file;
	const char *entity, *attr;	/* where we are, NULL: not in one */
	const char *class;		/* P8's, of the entity; "": of none */
	struct err *e;
};

/* Fail with file, line of AT and where we are; returns -1. */
int map_fail(struct reader *r, const yaml_node_t *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
yaml_node_t *map_node(struct reader *r, int index);
/* The text of a scalar, NULL for anything else. */
const char *map_text(const yaml_node_t *n);
/* The place of NAME among N names, or -1. */
int map_find(const char *const *names, int n, const char *name);
/*
 * The values of a YAML mapping whose keys are among KEYS (ended by NULL), by their place there;
 * NULL where there is none.  All but those in LISTS (1 << place) are scalars.  WHAT they are of,
 * for messages.
 */
int map_fields(struct reader *r, const yaml_node_t *n, const char *what, const char *const *keys,
    unsigned lists, const yaml_node_t **values);
/* mapping_member, or a message. */
struct map_name *map_member(struct reader *r, const yaml_node_t *at, enum source_kind kind,
    const char *name, bool used);
/* Read one attribute into the struct map_entity ARG. */
int map_attribute(struct reader *r, const yaml_node_t *key, const yaml_node_t *v, void *arg);

/* Has the entity KIND, which stands at AT, the rows that P8 looks for? */
int map_check(struct reader *r, const yaml_node_t *at, enum entity_kind kind);

extern const char *const type_names[T_REF];

#endif

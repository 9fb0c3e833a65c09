/*
 * How P8 8.x keeps an entity: a row of eav_entities, and one for each of its attributes in the
 * table of the attribute's type.
 */
#ifndef LOAD_EAV_H
#define LOAD_EAV_H

#include "base/intern.h"
#include "base/rowhash.h"
#include "store/unit.h"

#define EAV_USER (-1)	/* in place of an entity's number: the user, of this unit or before */

/* An entity whose kind has the number KIND; functions that add fail without memory only. */
int eav_entity(struct unit *u, unsigned kind, const char *uuid, const char *parent,
    const struct interned *type, const struct interned *module, struct err *e);
/* An attribute of entity ENT. */
int eav_number(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    int64_t v, struct err *e);
/* VAL NULL: SQL NULL. */
int eav_text(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    const char *val, size_t n, struct err *e);
/* The integer that was added last refers to entity ENT. */
int eav_refers(struct unit *u, size_t ent, struct err *e);
/* Attribute ROW of type T goes; the last one takes its place. */
void eav_drop(struct unit *u, enum attr_type t, size_t row);

/*
 * Put the entities in the order of their kinds, otherwise as they came, so that those of a kind get
 * ids that follow each other.  MAP (one for each entity) says where each has gone, for numbers that
 * are kept outside; those of the unit itself follow.
 */
int eav_sort(struct unit *u, size_t *map, struct err *e);

/* For the rows of a unit, inside the caller's transaction. */
struct eav_writer {
	struct session *s;
	struct unit *u;
	bool careful;	/* as in rows.h; a value is emptied, or, if that does not help, left out */
	bool unseen;	/* nobody can remove the rows' entities meanwhile */
	/* Report a value that only the server found wrong. */
	int (*report)(void *arg, enum attr_type t, size_t row, const struct err *why,
	    struct err *e);
	void *arg;
};
/* The entities, which have their ids then. */
int eav_write_entities(struct eav_writer *w, struct err *e);
/* Put the ids of the entities into their attributes, and into what refers to them; USER: his. */
void eav_resolve(struct unit *u, int64_t user);
int eav_write_attributes(struct eav_writer *w, struct err *e);

/* The value of attribute I of the rows A as text, its length in *N; NULL: it is NULL. */
const char *eav_value(const struct rows *a, enum attr_type t, size_t i, char number[24],
    size_t *n);
/* Counts and hashes of them by the numbers of their kinds. */
void eav_sum(const struct unit *u, const char *user_uuid, unsigned user_kind, struct sums *sums);

#endif

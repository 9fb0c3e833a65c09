/*
 * What one transaction writes, held in memory until it is committed, so that it can be written
 * again after a deadlock or a lost connection.
 * A user is one unit, or several when he passes the row or byte limit.  Rows stand column by
 * column, as bulk.h wants them.  Entities are named by their index in the unit until they have ids.
 * Invariant: every pointer points into the unit's arena or into interned text; unit_reset keeps
 * the arrays and gives the texts back.
 */
#ifndef LOAD_UNIT_H
#define LOAD_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attrtype.h"
#include "err.h"
#include "base/intern.h"
#include "store/unitdav.h"
#include "stream.h"

#define UNIT_USER (-1)	/* in place of an entity's index: the user, of this unit or before */

struct attrs {
	size_t n, size;
	int64_t *ent;		/* index of the entity, or UNIT_USER */
	int64_t *id;		/* its id, known while the unit is written */
	char **name;
	unsigned long *name_len;
	int64_t *num;		/* attr_is_num */
	char **val;		/* other types */
	unsigned long *val_len;
	char *null;
};

struct ents {
	size_t n, size;
	char **uuid, **parent, **type, **module;
	unsigned long *uuid_len, *parent_len, *type_len, *module_len;
	uint8_t *kind;		/* index of the kind's name */
	int64_t *id;
};

/* The int row ROW holds the id of entity ENT of this unit. */
struct ref {
	size_t row;
	size_t ent;
};

struct filerows {
	size_t n, size;
	int64_t *user;		/* ledger id */
	char **root, **path, **sha;
	unsigned long *root_len, *path_len, *sha_len;
	char *sha_null;
	int64_t *directory, *bytes, *mtime;
};

/* Public links to files. */
struct linkrows {
	size_t n, size;
	char **hash_id, **hash, **data;
	unsigned long *hash_id_len, *hash_len, *data_len;
};

/* A REJECT or WARN that belongs to this unit. */
struct note {
	bool reject;
	bool own;		/* made by this program, not read from the stream */
	char *line;		/* the whole record */
	size_t n;
	uint64_t count;		/* of things that it is about */
};

struct notes {
	size_t n, size;
	struct note *v;
};

struct unit {
	struct arena a;		/* of all but the reminders */
	struct ents ents;
	struct attrs attrs[AT_COUNT];
	struct {
		size_t n, size;
		struct ref *v;
	} refs;
	struct cards cards;
	struct calendars calendars;
	struct objects objects;
	struct reminders reminders;
	struct shares shares;
	struct filerows files;
	struct linkrows links;
	struct notes notes;
	size_t rows;		/* of all tables but the ledger's small ones */
};

/* Functions that add return -1 only when memory is out. */
int unit_ent(struct unit *u, unsigned kind, const char *uuid, const char *parent,
    const struct interned *type, const struct interned *module, struct err *e);
int unit_attr_num(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    int64_t v, struct err *e);
/* VAL NULL: SQL NULL. */
int unit_attr_val(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    const char *val, size_t n, struct err *e);
/* The last int row that was added is a reference to entity ENT. */
int unit_ref(struct unit *u, size_t ent, struct err *e);
struct unit_file {
	const char *root, *path, *sha;	/* sha NULL: not known */
	size_t path_len;
	bool directory;
	int64_t bytes, mtime;
};
int unit_file(struct unit *u, const struct unit_file *f, struct err *e);
int unit_link(struct unit *u, const char *hash_id, const char *hash, const char *data, size_t n,
    struct err *e);
int unit_note(struct unit *u, bool reject, bool own, const char *line, size_t n, struct err *e);
/* Take row ROW of an attribute table out again (the last row takes its place). */
void unit_attr_drop(struct unit *u, enum attr_type t, size_t row);

/*
 * Put the entities in the order of their kinds, otherwise as they came, so that those of a kind get
 * ids that follow each other.  MAP (of ents.n elements) says where each has gone, for indexes that
 * are kept outside; those of the unit itself follow.
 */
int unit_sort(struct unit *u, size_t *map, struct err *e);

void unit_reset(struct unit *u);
/* The user's next unit begins: all but the reminders is forgotten. */
void unit_next(struct unit *u);
void unit_free(struct unit *u);

#endif

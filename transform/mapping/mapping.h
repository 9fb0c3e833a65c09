/*
 * The mapping: which P8 attribute (name, EAV type) comes from which P7 member by which conversion.
 * It is read once from YAML (mapping.yaml explains the format) into arrays, so that a record costs
 * a loop over attributes and no search; attributes that the target does not have are left out then.
 * A struct mapping owns the YAML text that all names point into; mapping_free frees it.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "buf.h"
#include "err.h"
#include "stream.h"
#include "mapping/target.h"
#include "text/val.h"

#define MAP_FILE_MAX ((size_t)1 << 20)
#define MAP_ATTRS 96		/* of one entity */
#define MAP_FROM 5		/* sources of one attribute */
#define MAP_SLOTS 128		/* members of one kind of record that are used */
#define MAP_NAMES 512		/* size of a name table, a power of two */

/* P7's records, and what the program itself makes. */
enum source_kind {
	S_SETTINGS, S_DOMAIN, S_USER, S_CALENDAR_SETTINGS, S_USER_CONTACT, S_ACCOUNT,
	S_FOLDERS_ORDER, S_SYSTEM_FOLDER, S_IDENTITY, S_SOCIAL, S_GROUP, S_CONTACT, S_TWO_FACTOR,
	S_SENDER, S_TENANT, S_MADE, S_KINDS
};

/* Members of S_MADE are slots of their own. */
enum made {
	M_UUID, M_EMAIL, M_SIEVE_PORT, M_DEFAULT_ACCOUNT, M_DEFAULT_IDENTITY, M_FOLDER_TYPE,
	M_FOLDER_NAME, M_STORAGE, M_GROUP, M_CONTACT, M_COUNT, M_MADE
};

/* E_SETTING is not an entity: its attributes are the settings of P8, "Module/Key". */
enum entity_kind {
	E_SERVER, E_ACCOUNT_SERVER, E_USER, E_TEAM_CONTACT, E_ACCOUNT, E_SYSTEM_FOLDER, E_IDENTITY,
	E_SOCIAL, E_GROUP, E_CONTACT, E_COLLECTED, E_MEMBERSHIP, E_CTAG, E_SENDER, E_TENANT,
	E_SETTING, E_KINDS
};

enum eav_type {
	T_STRING, T_INT, T_BOOL, T_TEXT, T_DATETIME, T_MEDIUMBLOB, T_BIGINT, T_DOUBLE,
	T_ENCRYPTED, T_REF, T_TYPES
};

/* The table of a type: encrypted values are strings there. */
static inline enum eav_type eav_table(enum eav_type t)
{
	return t == T_ENCRYPTED ? T_STRING : t;
}

enum ref { REF_TENANT, REF_USER, REF_ACCOUNT, REF_SERVER, REF_CHANNEL, REFS };

struct conversion;

/* One member of a P7 record: the slot its value is put into. */
struct map_from {
	enum source_kind kind;
	unsigned slot;
	const char *member;
};

struct map_attr {
	const char *name;
	size_t line;			/* of the YAML file */
	enum eav_type cast;		/* PHP casts to this before it is stored */
	enum eav_type type;		/* and stores it as this */
	const struct conversion *conv;	/* NULL: the value as it is */
	struct map_from from[MAP_FROM];
	unsigned nfrom;
	struct val value;		/* literal; V_NONE: none */
	enum ref ref;			/* T_REF only */
	bool declared;			/* by the target, so its type is not ours to judge */
	bool skip_empty;
	bool drop_long;
	char *key;			/* "NAME": as JSON, colon included */
	size_t keylen;
};

struct map_entity {
	const char *name, *kind;
	char *head;			/* "entity":...,"module":... as JSON */
	size_t headlen;
	bool tenant_parent;
	enum source_kind from;		/* the record whose unknown members come along */
	struct map_attr attr[MAP_ATTRS];
	unsigned n;
	const char *absent[MAP_ATTRS];	/* names that the target does not declare, against us */
	unsigned nabsent;
};

struct map_name {
	const char *name;		/* NULL: free */
	size_t len;
	int slot;			/* -1: known, but not used */
	bool added;			/* not P7's: it is put into the stream by hand */
};

/* What is read of one kind of P7 record. */
struct map_record {
	const char *name, *table;
	int key_slot;			/* of the primary key; -1: none */
	struct map_name names[MAP_NAMES];
	unsigned slots;
};

struct mapping {
	yaml_document_t doc;
	bool has_doc;
	struct buf differs;		/* attributes that the target declares otherwise: lines */
	struct buf lost;		/* "ENTITY.Name (line N), ..." that KNOWN does not have */
	struct map_record rec[S_KINDS];
	struct map_entity ent[E_KINDS];
};

/*
 * Read N bytes of YAML; NAME is for messages.  Attributes that TARGET does not have are left out.
 * KNOWN is the built-in mapping, which knows all members of P7's records, so that a misspelt one
 * is not taken for an empty value; NULL for the built-in mapping itself.  EXIT_CONFIG with file,
 * line and attribute.  Attributes of the file's own that the target does not declare are in
 * M->lost: a program that writes records has to refuse them, for their values would be lost in
 * silence.
 */
int mapping_read(struct mapping *m, const char *yaml, size_t n, const char *name,
    const struct target *target, const struct mapping *known, struct err *e);
void mapping_free(struct mapping *m);

/* What is known of a member, or NULL. */
const struct map_name *mapping_name(const struct map_record *rec, const char *name, size_t n);
/*
 * The same, known from now on, and with a slot when it is USED (by the mapping or by the program
 * itself); NULL: there are too many.
 */
struct map_name *mapping_member(struct mapping *m, enum source_kind kind, const char *name,
    bool used);
/* The attribute NAME of an entity as an index, or -1. */
int mapping_attr(const struct map_entity *en, const char *name);

extern const char *const source_names[S_KINDS];

#endif

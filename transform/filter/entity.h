/*
 * P8's entities, made of P7's records by the mapping.
 * The records in hand are sources; what the program itself knows is in "made" and "ref".  An entity
 * is made (its values are in "value" then, before they are fitted to their columns), and written
 * with the reports about it behind it.
 */
#ifndef ENTITY_H
#define ENTITY_H

#include "filter/corrected.h"
#include "filter/filter.h"
#include "filter/source.h"
#include "mapping/convert.h"
#include "mapping/column.h"

struct maker {
	struct filter *f;
	struct mapping map;
	struct target target;
	struct corrected corrected;
	struct convert conv;
	struct source src[S_MADE];
	const struct val *vals[S_KINDS];	/* of the records in hand; NULL: not there */
	struct val made[M_MADE];
	const char *ref[REFS];
	struct val value[MAP_ATTRS];		/* of the entity being made */
	/* P7's table and id of the folder that M_FOLDER_NAME is of */
	char folder_table[64];			/* "": awm_system_folders */
	int64_t folder_id;
};

void maker_open(struct maker *m, struct filter *f);
void maker_free(struct maker *m);
/* Take the record in hand over as a source. */
int maker_take(struct maker *m, enum source_kind kind, struct err *e);
void maker_drop(struct maker *m, enum source_kind kind);
/* Table and key of the source KIND. */
void maker_row(const struct maker *m, enum source_kind kind, struct report_item *i);
/* A report about the source KIND (its table and key), with the record when REJECT. */
int maker_report(struct maker *m, enum source_kind kind, bool reject, const char *code,
    const char *reason, const char *action, struct err *e);

/* Make the values of an entity; write it, UUID is its own; or both. */
int entity_make(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e);
int entity_write(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e);
int entity_put(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e);
/* A value as JSON. */
void entity_put_value(struct jsonw *w, const struct val *v);
/* Take the record in hand, and put the entity that is made of it; its UUID is of NAME and ID. */
int entity_of_record(struct maker *m, enum source_kind source, enum entity_kind kind,
    const char *name, const char *id, struct err *e);

#endif

/*
 * Attribute rows of a range of entities, read fast.
 * An index that leads to each row costs twice as much as reading neighbours, and what was loaded
 * together lies together: where that is so, rows are read in the order of their own ids.
 * A struct attrread owns its statements; attrread_close frees them.
 */
#ifndef LOAD_ATTRREAD_H
#define LOAD_ATTRREAD_H

#include "target/target.h"
#include "store/unit.h"

struct attrread {
	struct dbq range[AT_COUNT];	/* by the index on id_entity */
	struct dbq dense[AT_COUNT];	/* by id */
	struct dbq spread;		/* of all types: how many, and between which ids */
	struct {
		int64_t n, first, last;
	} of[AT_COUNT];			/* what that was, of the window at hand */
};

int attrread_open(struct attrread *r, struct target *t, struct err *e);
void attrread_close(struct attrread *r);
/*
 * Ask for the rows of type T of the entities W[0] to W[1]: id_entity, name and value in *OUT, to be
 * read to the end with dbq_next; NULL: there are none.  Types are asked for in their order, from
 * the first on.  0, -1.
 */
int attrread_run(struct attrread *r, enum attr_type t, const int64_t w[2], struct dbq **out,
    struct err *e);

#endif

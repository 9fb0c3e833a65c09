/*
 * --repair FILE: rejects of p8-load whose record was corrected come into P8 after all.
 * FILE has REJECT records, a line each, as p8-load wrote them (--rejects, --list rejects), with
 * "record" corrected; WARN records are passed over.  Of a thing that is in P8 only the value that
 * "field" names is set; a thing that is not gets there whole.  The ledger's counts, hashes and
 * rejects follow in the same transaction.  A value that still does not fit stays as it is, and its
 * REJECT too.  Feeding a file twice changes nothing.
 */
#ifndef LOAD_REPAIR_H
#define LOAD_REPAIR_H

#include "store/attrread.h"
#include "run/load.h"

/* A corrected record. */
struct fix {
	char key[33];		/* of the REJECT in the ledger */
	const char *field;	/* set one value: its name; NULL: the whole thing */
	enum attr_type type;	/* of the field */
	int64_t id;		/* of the entity that has it */
};

struct repair {
	struct load *l;
	struct jdoc reject;	/* the line at hand */
	struct buf text, record, work;	/* behind it; the corrected record as text, and parsed */
	struct attrread attrs;
	uint64_t repaired, left;
};

/* *STATUS: EXIT_REJECTS when something was left. */
int repair_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e);

/* The N bytes of JSON in r->record become the current record of the load. */
int repair_take_record(struct repair *r, struct err *e);
/*
 * repairstore.c: the unit, with what F says, in one transaction.  1: it is in P8; 0: it still does
 * not fit, nothing was changed; -1.
 */
int repair_store(struct repair *r, const struct fix *f, struct err *e);

#endif

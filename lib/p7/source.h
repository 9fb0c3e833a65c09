/*
 * Which P7 is it?  Users, ledgers and UUIDs belong to a source: the member "source" of HEADER holds
 * what is known about it.
 *
 *   id        the name space of the UUIDs: made of base, database and the first of oldest
 *   base      made of P7's salt and prefix; earlier releases had it as id
 *   database  its name
 *   oldest    facts about the users with the lowest numbers, as text: the number and when the user
 *             was made
 *
 * The id stays while P7 lives on: users, names and contents come and go, and only when its oldest
 * user leaves is it made differently.  A source that is known from a ledger is the same one when
 * base and database are the same and one of the oldest users is.  Another database may be a copy
 * that lives on by itself, so it is another source, unless --source-id is given.
 */
#ifndef P7_SOURCE_H
#define P7_SOURCE_H

#include "jsonr.h"
#include "jsonw.h"
#include "uuid.h"

#define SOURCE_OLDEST 8		/* users */
#define SOURCE_FACT 96		/* bytes of a fact */

struct source_id {
	char id[UUID_LEN + 1];
	char base[UUID_LEN + 1];	/* "" when not known */
	char database[260];
	char oldest[SOURCE_OLDEST][SOURCE_FACT];
	unsigned n;
};

enum source_match {
	SOURCE_OTHER,	/* nothing in common */
	SOURCE_ALIKE,	/* salt and prefix are the same, more is not: moved, or a copy */
	SOURCE_SAME
};

/* Make s->id of the rest. */
void source_make(struct source_id *s);
/* Read an object like "source" of HEADER; false: it has no id. */
bool source_read(const struct jdoc *d, const struct jval *source, struct source_id *s);
/* The members base and oldest; id and database are the caller's. */
void source_put(struct jsonw *w, const struct source_id *s);
/* Is OURS the source that a ledger knows as KNOWN? */
enum source_match source_compare(const struct source_id *ours, const struct source_id *known);

#endif

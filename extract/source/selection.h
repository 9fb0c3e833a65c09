/*
 * Which users are wanted: all, those that a list names, a shard of either; less those of --except.
 * Of a list only numbers are kept (8 bytes a user) and, for the report, the names that P7 does not
 * know (in a spool); so a long list needs little memory.
 * A line of --except is the source's id, a TAB and id_user; what follows another TAB is for people
 * ("p8-load --list loaded" writes such lines).  Lines about another source mean nothing here, so
 * one target can take several P7.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "database/catalog.h"
#include "base/ids.h"
#include "base/opts.h"
#include "base/spool.h"

struct selection {
	bool all;		/* but for those in EXCEPT */
	struct ids except;	/* they need not be read: an earlier run has brought them */
	struct ids list;	/* unless ALL: those that are wanted */
	struct spool unknown;	/* names in the list that P7 does not have */
	size_t unknowns;
	uint64_t *seen;		/* hashes of the latest of them: a repeated name is one report */
	unsigned shard, shards;
};

/* Read the lists and look the names up; EXIT_NOINPUT, EXIT_IO, EXIT_DATA (not such a line). */
int selection_open(struct selection *s, const struct opts *o, const char *source,
    struct db *db, const struct catalog *c, struct err *e);
void selection_close(struct selection *s);
/* Is this user to be read?  To be asked with ascending id_user. */
bool selection_wants(struct selection *s, int64_t id_user);
/* Ask from the lowest id_user on again. */
void selection_rewind(struct selection *s);
/* Is this e-mail in our shard? */
bool selection_in_shard(const struct selection *s, const char *email);

#endif

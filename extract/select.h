/*
 * Which users are wanted: all, those that a list names, a shard of either; less those of --except.
 * Of a list only numbers are kept (8 bytes a user) and, for the report, the names that P7 does not
 * know (in a spool); so a long list needs little memory.
 */
#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "catalog.h"
#include "except.h"
#include "opts.h"
#include "spool.h"

#define SELECT_SEEN 4096

struct selection {
	bool all;		/* but for those in EXCEPT */
	struct except except;
	int64_t *id;		/* wanted id_user, ascending, no duplicates */
	size_t n, size;
	size_t at;		/* of selection_wants */
	struct spool unknown;	/* names in the list that P7 does not have */
	size_t unknowns;
	uint64_t *seen;		/* hashes of the latest of them: a repeated name is one report */
	unsigned shard, shards;
};

/* Read the lists and look the names up; EXIT_NOINPUT, EXIT_DATA (a line is too long). */
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

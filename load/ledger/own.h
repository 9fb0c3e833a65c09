/*
 * The ledger's many small rows of one transaction, collected and sent in one message each: which
 * ids are the user's (p7m_own), and the count and hash of each kind (p7m_kinds).
 */
#ifndef LOAD_OWN_H
#define LOAD_OWN_H

#include "base/kindnames.h"
#include "base/rowhash.h"
#include "base/runs.h"
#include "target/rows.h"

struct own {
	struct session *s;
	int64_t user;		/* id in p7m_users: whose they are */
	struct rows ids, sums;
	struct arena a;
};

/* A transaction begins, of USER; what was collected of one that was rolled back is forgotten. */
void own_begin(struct own *o, struct session *s, int64_t user);
/*
 * The N rows with the ids V, in ascending order, are the user's.  WHAT is a letter of p7m_own
 * (ledger.h); KIND has to stay valid until own_send.
 */
int own_ids(struct own *o, char what, const char *kind, const int64_t *v, size_t n,
    struct err *e);
/* What was collected goes into p7m_own, inside the caller's transaction. */
int own_send(struct own *o, struct err *e);

/* What the ledger keeps of one kind. */
struct own_sum {
	const char *kind;
	const struct kind_sum *sum;	/* of what is in P8 */
	uint64_t source;		/* of what the stream said; not known unless WHOLE */
	bool whole;
};
/* A row of p7m_kinds for each of the N sums of the user. */
int own_sums(struct own *o, const struct own_sum *v, unsigned n, struct err *e);
void own_free(struct own *o);

#endif

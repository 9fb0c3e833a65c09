/*
 * The ledger's many small rows of one transaction, collected and sent in one message each: which
 * ids are the user's (p7m_own), and the count and hash of each kind (p7m_kinds).
 * KIND has to stay valid until own_send.
 */
#ifndef LOAD_OWN_H
#define LOAD_OWN_H

#include "base/kindnames.h"
#include "base/rowhash.h"
#include "base/runs.h"
#include "target/session.h"

#define OWN_HASH_LEN 24
#define OWN_ROWS 256		/* as many are sent at once */

struct own {
	struct session *s;
	int64_t row;		/* of p7m_users: whose they are */
	size_t n;
	int64_t user[OWN_ROWS], first[OWN_ROWS], last[OWN_ROWS], step[OWN_ROWS];
	char *what[OWN_ROWS], *kind[OWN_ROWS];
	unsigned long what_len[OWN_ROWS], kind_len[OWN_ROWS];
};

/* A transaction begins, of the user ROW; what was collected of one rolled back is forgotten. */
void own_begin(struct own *o, struct session *s, int64_t row);
/* Each run of ids belongs to the user; WHAT is a letter of p7m_own (ledger.h). */
int own_add(struct own *o, char what, const char *kind, const struct idruns *r, struct err *e);
/* The same of rows with the N ids V, in ascending order. */
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
/* A row of p7m_kinds for each of the N (at most STREAM_KINDS) sums of the user ROW. */
int own_sums(struct session *s, int64_t row, const struct own_sum *v, unsigned n,
    struct err *e);

#endif

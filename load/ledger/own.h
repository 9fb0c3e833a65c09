/*
 * The ledger's many small rows of one transaction, collected and sent in one message each: which
 * ids are the user's (p7m_own), and the count and hash of each kind (p7m_kinds).
 * KIND has to stay valid until own_send.
 */
#ifndef LOAD_OWN_H
#define LOAD_OWN_H

#include "base/rowhash.h"
#include "base/runs.h"

struct load;

#define OWN_HASH_LEN 24
#define OWN_ROWS 256		/* as many are sent at once */

struct own {
	size_t n;
	int64_t user[OWN_ROWS], first[OWN_ROWS], last[OWN_ROWS], step[OWN_ROWS];
	char *what[OWN_ROWS], *kind[OWN_ROWS];
	unsigned long what_len[OWN_ROWS], kind_len[OWN_ROWS];
};

/* Forget what was collected: the transaction is rolled back. */
void own_reset(struct own *o);
/* Each run of ids belongs to the current user; WHAT is a letter of p7m_own (ledger.h). */
int own_add(struct load *l, char what, const char *kind, const struct idruns *r, struct err *e);
/* What was collected goes into p7m_own, inside the caller's transaction. */
int own_send(struct load *l, struct err *e);
/*
 * A row of p7m_kinds for each kind that there is, of the parts whose bits (1 << enum part) are in
 * PARTS: what is in P8 (SUMS), and what the stream says.
 */
int own_sums(struct load *l, const struct sums *sums, unsigned parts, struct err *e);

#endif

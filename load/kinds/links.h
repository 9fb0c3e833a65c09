/*
 * Public links to files: rows of P8's table min_hashes, which are named by the hash that stands in
 * the link's address.  A hash that P8 has already stays P8's.  The ledger's p7m_links says whose
 * each row is; the table has no key of its own.
 */
#ifndef LOAD_LINKS_H
#define LOAD_LINKS_H

#include "kinds/kind.h"

struct differs;

/* Learn which columns the table has. */
int links_open(struct context *x, struct err *e);
/* Delete a user's links (id of p7m_users), and the knowledge. */
int links_remove_own(struct sql *s, int64_t user, struct err *e);
/* --verify FILE: is the link of the RECORD in P8, and the same? */
int link_differs(struct differs *d, struct sql *s, const struct jdoc *record, struct err *e);

#endif

/* Shares of a dry run: what share.h has in the ledger otherwise. */
#ifndef LOAD_SHAREMAKE_H
#define LOAD_SHAREMAKE_H

#include <stdint.h>

#include "err.h"

struct load;

/* Remember a share of the open user, in a dry run. */
int shares_dry_add(struct load *l, int64_t share, const char *sharee, struct err *e);

#endif

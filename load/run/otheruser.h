/*
 * Users whom the ledger knows in another way than the stream does: nothing of them is touched.
 *
 * The number is the same and the name is another: the user was renamed in P7, or of another
 * installation with the same salt.  The number is another and the name is the same: another P7 has
 * a user of that name, who is in P8.
 */
#ifndef LOAD_OTHERUSER_H
#define LOAD_OTHERUSER_H

#include "run/driver.h"

/* The ledger has the number of the user at hand by another name. */
bool otheruser(const struct load *l);
/* A REJECT; the ledger stays as it is, for its user is the one of that other name. */
int otheruser_reject(struct load *l, struct err *e);
/* P8's user of that name came from SOURCE: a REJECT. */
int otheruser_source(struct load *l, const char *source, struct err *e);

#endif

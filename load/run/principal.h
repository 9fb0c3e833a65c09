/* DAV principals that are not users of P7: PRINCIPAL blocks (kinds/heir.h). */
#ifndef LOAD_PRINCIPAL_H
#define LOAD_PRINCIPAL_H

#include "err.h"

struct load;

/* PRINCIPAL_BEGIN; what follows is as of a user (user.h), up to user_end at PRINCIPAL_END. */
int principal_begin(struct load *l, struct err *e);
/* Before its first calendar: P8's own user is not given any, and what nobody has is said. */
int principal_check(struct load *l, struct err *e);

#endif

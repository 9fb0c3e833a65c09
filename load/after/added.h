/*
 * What P8's people added to a user whom we brought: things that name the user by a number, or one
 * of the user's things.  Without the user nobody would ever see them again, so they go with the
 * user.  Things that name the user by e-mail stay (address books and calendars that P8 made, when
 * they are not empty), and so do files: whoever comes by that name, or that number of P7, finds
 * them.
 */
#ifndef LOAD_ADDED_H
#define LOAD_ADDED_H

#include "buf.h"
#include "ledger/ledger.h"
#include "kinds/readback.h"

/*
 * SQL: the entity of attribute A is nobody's whom we brought.  Groups of two P7 may have one UUID,
 * when one was copied from the other, so a member of it may be another user's.
 */
#define ADDED_NOBODYS "NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.what='e' AND " \
	LEDGER_OWNS("a.id_entity") ")"

/* Append a line for each kind of them that changes.c does not see. */
int added_find(struct target *t, const struct readback_user *u, int64_t entity, struct buf *out,
    struct err *e);
/* Delete them, inside the caller's transaction and before the user's own rows. */
int added_remove(struct target *t, int64_t row, int64_t entity, struct err *e);

#endif

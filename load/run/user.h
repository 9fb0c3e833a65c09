/*
 * One user of the stream: from USER_BEGIN to USER_END; or a DAV principal that is none (heir.h).
 *
 * USER_BEGIN   looks into the ledger, takes the user's lock, removes what an interrupted load left
 * USER         refused when P8 has that PublicId
 * records      collected in the unit; a full unit is committed (state "loading")
 * FILE         written beside its place
 * USER_END     last transaction: PublicId, used space, team CTag, ledger; then files are renamed
 */
#ifndef LOAD_RUN_USER_H
#define LOAD_RUN_USER_H

#include "run/driver.h"

int user_begin(struct load *l, struct err *e);
/* The block's begin was read: is its user to be loaded? */
int user_open(struct load *l, struct err *e);
int user_record(struct load *l, struct err *e);
int user_end(struct load *l, struct err *e);
/* The stream broke off inside the user: nothing of what was loaded stays. */
void user_abandon(struct load *l);
/* Not migrated: a REJECT, and the ledger says why.  The rest of the block is passed over. */
int user_reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e);
/* The same of somebody whose rows of the ledger, and P8, stay as they are. */
int user_pass_over(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e);

#endif

/* The users of the ledger, and the principals that are none, one by one. */
#ifndef LOAD_USERS_H
#define LOAD_USERS_H

#include "target/target.h"

/* A row of p7m_users; known_user_free frees its texts. */
struct known_user {
	int64_t id, entity;
	char *email, *public_id, *uuid;
	char state[16];
	bool principal;		/* not a user; email: "principals/NAME", public_id: NAME */
};

/*
 * The user that WHERE, SQL with one parameter, names by V; of the P7 SOURCE (NULL: any).  1, 0, -1;
 * *U is to be freed in any case.  "id>?" is the next one; otherwise rejected users come last.
 */
int known_user_find(struct target *t, const char *where, struct dbval v, const char *source,
    struct known_user *u, struct err *e);
void known_user_free(struct known_user *u);

#endif

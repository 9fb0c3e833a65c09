/*
 * The contacts of a batch of users, streamed: however many a user has, one row is in memory.
 * contacts_open reads once what no index leads to: memberships in groups, and which str_id are not
 * unique.  contacts_begin starts the rows of a batch, in the order of users and ids;
 * contacts_write sends those of one user; contacts_end must come before any other statement.
 *
 * The index on id_user leads to the rows in this order, but costs a search per row.  Where the
 * batch's rows lie together in the primary key, in the order of the users, they are read by that,
 * which takes half the time.
 */
#ifndef CONTACTS_H
#define CONTACTS_H

#include "kinds/cards.h"
#include "source/run.h"
#include "kinds/members.h"

struct contacts {
	bool present;
	struct form form;
	struct buf by_index, by_key;	/* the two statements for a batch */
	struct buf ranges;		/* where a batch's rows are; empty: by_index always */
	struct dbq set;			/* the variables of by_key */
	struct spool whole;		/* without an index: all rows of all users */
	bool spooled;
	struct srow spooled_row;	/* the one in hand */
	struct members members;
	struct cards cards;
	struct rows rows;		/* of the batch */
	const int64_t *id;		/* its users, ascending (the caller's array) */
	unsigned n;
	bool at_row;			/* rows has a row that is not written yet */
};

int contacts_open(struct contacts *c, struct run *r, struct err *e);
int contacts_begin(struct contacts *c, struct run *r, const int64_t *id, unsigned n,
    struct err *e);
int contacts_write(struct contacts *c, struct run *r, int64_t id_user, const char *email,
    struct err *e);
/* RC: below 0 after a failure. */
void contacts_end(struct contacts *c, int rc);
void contacts_close(struct contacts *c);

#endif

/*
 * What is known of contacts and groups beyond their rows: memberships in groups, and which str_id
 * occur more than once (such a one cannot become a UUID).  No index leads to either, so each is
 * read once, in the order of users and ids, into a spool.
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include "extract.h"
#include "spool.h"

struct members {
	struct spool groups;		/* id_user, id_addr: struct membership */
	struct spool contact_shared;	/* id_user, id_addr of rows whose str_id is not unique */
	struct spool group_shared;	/* id_user, id_group likewise */
	uint64_t orphans;		/* memberships of contacts that are not there */
	struct buf ids;			/* int64_t: groups of the contact in hand */
};

int members_open(struct members *m, struct run *r, struct err *e);
void members_close(struct members *m);
/*
 * The groups of a contact into m->ids (without duplicates); what is no group of the user becomes a
 * WARN.  All of these are to be asked in ascending order of user and id.
 */
int members_groups(struct members *m, struct run *r, int64_t id_user, int64_t id_addr,
    const char *email, struct err *e);
/* 1: the str_id of this row is another's, too; 0: it is not; -1: error. */
int members_contact_shared(struct members *m, int64_t id_user, int64_t id_addr, struct err *e);
int members_group_shared(struct members *m, int64_t id_user, int64_t id_group, struct err *e);
/* The report of memberships that lead nowhere, after all users. */
int members_report(struct members *m, struct run *r, struct err *e);

#endif

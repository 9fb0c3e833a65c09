/*
 * What is known of contacts and groups beyond their rows: memberships in groups, which str_id
 * occur more than once (such a one cannot become a UUID), and where a user's contacts are in the
 * primary key.  No index leads to any of it, so members_open reads awm_addr_groups_contacts once
 * and three columns of awm_addr_book once, in the order of the primary key (bookscan.c).
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include "base/dupes.h"
#include "source/run.h"
#include "base/spool.h"

struct membership {
	int64_t group;
	enum { GROUP_OWN, GROUP_MISSING, GROUP_OTHER } state;
};

/* Where the contacts of a user are in the primary key. */
struct range {
	int64_t lo, hi;
	int64_t count;
};

struct members {
	struct spool groups;		/* id_user, id_addr: struct membership */
	struct spool contact_shared;	/* id_user, id_addr of rows whose str_id is not unique */
	struct spool group_shared;	/* id_user, id_group likewise */
	struct spool ranges;		/* id_user: struct range; of use when ordered is set */
	bool ordered;			/* the primary key orders contacts as users are */
	uint64_t orphans;		/* memberships of contacts that are not there */
	struct buf ids;			/* int64_t: groups of the contact in hand */
};

int members_open(struct members *m, struct run *r, struct err *e);
void members_close(struct members *m);
/*
 * The groups of a contact into m->ids (without duplicates); one that is not a group of the user
 * becomes a WARN.  All of these are to be asked in ascending order of user and id.
 */
int members_groups(struct members *m, struct run *r, int64_t id_user, int64_t id_addr,
    const char *email, struct err *e);
/* 1: the str_id of this row is another's, too; 0: it is not; -1: error. */
int members_contact_shared(struct members *m, int64_t id_user, int64_t id_addr, struct err *e);
int members_group_shared(struct members *m, int64_t id_user, int64_t id_group, struct err *e);
/* The report of memberships that lead nowhere, after all users. */
int members_report(struct members *m, struct run *r, struct err *e);

/* bookscan.c: fill m->groups and m->ranges.  1: a str_id may occur twice; 0: none does; -1. */
int bookscan(struct members *m, struct run *r, struct err *e);
/* The hash of a str_id without ".vcf" and ASCII letter case. */
uint64_t bookscan_hash(const char *str_id, size_t n);

#endif

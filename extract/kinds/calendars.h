/*
 * Calendars with their shares and objects, and reminders, for the blocks of users and of
 * principals that are not users.
 * calendars_open reads all but the objects' rows once, in the order of blocks (calsql.h tells
 * the owners), into spools; calendars_begin makes a batch of blocks ready, which needs the
 * connection for itself.  A share with the public principal makes its calendar public and is not a
 * record.
 */
#ifndef CALENDARS_H
#define CALENDARS_H

#include "kinds/calobjects.h"
#include "source/run.h"
#include "base/spool.h"

struct calendars {
	bool present;
	const char *only;		/* SQL: a further condition on the calendars c (calsql.h) */
	struct calobjects objects;
	struct spool calendars;		/* unit, id: members as JSON */
	struct spool shares;		/* unit, calendarid: likewise */
	struct spool reminders;		/* unit, id: likewise */
	struct spool principals;	/* unit: the name of one that is not a user */
	int64_t last;			/* unit in principals */
	uint64_t orphans;		/* reminders of users that P7 does not have */
};

/* IDS sets {ids}. */
int calendars_open(struct calendars *c, struct run *r, struct dbq *ids, struct err *e);
/* Make the objects of N units, ascending, ready. */
int calendars_begin(struct calendars *c, struct run *r, const int64_t *unit, unsigned n,
    struct err *e);
int calendars_write(struct calendars *c, struct run *r, int64_t unit, struct err *e);
/* Of a user who is not brought: how many there are, as a REJECT unless there are none. */
int calendars_reject(struct calendars *c, struct run *r, int64_t unit, const char *email,
    struct err *e);
/* The blocks of principals that are not users, behind those of all users. */
int calendars_principals(struct calendars *c, struct run *r, struct err *e);
/* How many reminders belong to no user, as a WARN. */
int calendars_report(struct calendars *c, struct run *r, struct err *e);
void calendars_close(struct calendars *c);

#endif

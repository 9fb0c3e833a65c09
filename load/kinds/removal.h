/* How things leave P8, for the kinds' verbs remove and remove_run (kind.h). */
#ifndef LOAD_REMOVAL_H
#define LOAD_REMOVAL_H

#include "kinds/user.h"
#include "target/sql.h"

/* A user, or a principal that is none (entity 0), on the way out of P8. */
struct leaving {
	struct sql *sql;
	int64_t row, entity;		/* in p7m_users, in P8 */
	const char *public_id;		/* "": not known */
	char principal[USER_PRINCIPAL_LEN];
	int64_t calendars_kept;		/* found on the way: somebody else's in P8 now */
};

/* A run of ids of p7m_own, and what P8 knows the user by; not NAMED: nothing, the load failed. */
struct own_run {
	int64_t user;			/* in p7m_users */
	char what[2];
	int64_t first, last, step;
	char name[USER_EMAIL_MAX];
	bool named;
};

/* STATEMENT for a run of ids, with its first and last id and the step. */
int remove_ids(struct sql *s, enum sql_id statement, const struct own_run *run, struct err *e);
/* The same, but rows that OTHERS (a run of a user) finds stay: their ids are another user's now. */
int remove_ours(struct sql *s, enum sql_id others, enum sql_id statement, const struct own_run *run,
    struct err *e);
/* The same for rows of which those that are known to be another user's stay. */
int remove_named(struct sql *s, enum sql_id statement, const struct own_run *run, struct err *e);
/*
 * The STATEMENTS (of one parameter, NULL-terminated) for each id that FIND finds for A, B and
 * behind the one of its third parameter: it sorts by them and finds at most 200 in one go.
 */
int remove_each(struct target *t, const char *find, struct dbval a, struct dbval b,
    const char *const *statements, struct err *e);

#endif

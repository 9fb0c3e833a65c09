/*
 * The end of a migration's calendars, when the users are in P8: what is still staged, then shares.
 *   - Calendars of users that were loaded before the calendars were staged move now.
 *   - Calendars of principals that no user of P7 has come along as they are, each with a WARN, when
 *     all users are migrated; those of a user that is not in P8 are a REJECT.
 *   - Every share row becomes a calendar instance of its sharee, or the owner's flag "public".
 *     Shares with users that are not in P8 (yet) stay in p7m_dav_share and are tried again by the
 *     next run.
 * Each owner and each share is one transaction, so the whole may be stopped and repeated.
 */
#ifndef LOAD_DAV_FINISH_H
#define LOAD_DAV_FINISH_H

#include "kinds/dav_move.h"
#include "uuid.h"

struct dav_finish {
	struct dav_move mv;
	/* Called between START TRANSACTION and COMMIT when something of a loaded user was moved. */
	int (*moved)(void *arg, const char *public_id, const struct dav_moved *m, struct err *e);
	/* Called after a commit (true) or a rollback (false). */
	int (*ended)(void *arg, bool committed, struct err *e);
	struct dav_finished {
		uint64_t owners, shares, published, pending;
	} n;			/* counted here, what was rolled back is not */
};

/* A user of P8 by e-mail, compared as P8 compares. */
struct dav_user {
	int64_t entity;			/* 0: none */
	char public_id[320];
	bool ours;			/* we loaded him */
};
int dav_find_user(struct target *t, const char *email, struct dav_user *u, struct err *e);

/* Owners that are left in the stage. */
int dav_finish_owners(struct dav_finish *f, struct err *e);
/* A WARN for the reminders that are left in the stage then: no calendar is theirs. */
int dav_finish_reminders(struct dav_finish *f, struct err *e);
/* Shares that are not in P8 yet; needs no stage. */
int dav_finish_shares(struct dav_finish *f, struct err *e);
/* The URI of the instance of P7's calendar CALENDAR that the principal URI gets by a share. */
void dav_share_uri(const char *source, int64_t calendar, const char *uri,
    char out[UUID_LEN + 1]);
/* Run FN in a transaction, again after a deadlock or a lock wait that was too long. */
int dav_transaction(struct dav_finish *f, int (*fn)(struct dav_finish *f, void *arg,
    struct err *e), void *arg, struct err *e);

#endif

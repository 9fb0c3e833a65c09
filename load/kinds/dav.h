/*
 * Calendars in a load: the hooks of p8-load on dav_stage.h, dav_move.h and dav_finish.h.
 * A user's calendars move in his last transaction, when there is a stage of the same P7 that is at
 * sabre/dav 3.2; without a stage users are loaded without calendars, which can follow later.
 */
#ifndef LOAD_DAV_H
#define LOAD_DAV_H

#include "kinds/dav_finish.h"
#include "base/rowhash.h"

struct load;
struct load_opts;

struct dav_load {
	struct dav_stage st;
	size_t noted;		/* notes of the transaction's calendars, behind the unit's others */
};

/* Look for a stage before the first user.  EXIT_CONFIG: it cannot be used as it is. */
int dav_open(struct load *l, struct err *e);
/* In the user's last transaction: his calendars, objects and reminders; added to SUMS. */
int dav_user(struct load *l, struct sums *sums, struct err *e);
/* The transaction was rolled back or is tried again: its notes are void. */
void dav_forget(struct load *l);

/* 1 or 0: the ledger's tables for calendars are (not) there. */
int dav_has_ledger(struct target *t, struct err *e);
/*
 * Undo: everything that was moved for the owner "principals/PUBLIC_ID" leaves P8, with the shares
 * of his calendars, his own access to others' and his reminders; the calendars count as not moved.
 * Inside the caller's transaction.
 */
int dav_remove_owner(struct target *t, const char *public_id, struct err *e);

/* p8-load --stage-dav, --finish-dav: whole runs. */
int dav_stage_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e);
int dav_finish_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e);

#endif

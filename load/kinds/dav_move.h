/*
 * Staged calendars become P8's.
 * The tables of P8 stay as P8 made them; rows are put into them and leave the stage in the same
 * transaction, which is the caller's: begin, commit and retry are not done here, and a call that is
 * repeated after a rollback does the same again.  A calendar gets P8's next number; its objects are
 * moved by INSERT ... SELECT inside the server, after names that P8 has no room for were changed in
 * the stage.  The owner is written as P8 spells him.
 *
 * Texts of calendar instances and reminders go through dav_text (target.h); object data, URIs and
 * etags are bytes.
 */
#ifndef LOAD_DAV_MOVE_H
#define LOAD_DAV_MOVE_H

#include "kinds/dav_stage.h"
#include "report.h"

#define DAV_PRINCIPAL_MAX 100	/* bytes that P8's column takes */

/* Called for a WARN or REJECT; the item's strings are valid during the call only. */
typedef int (*dav_note_fn)(void *arg, const struct report_item *i, struct err *e);

/* What was moved, with order-independent hashes of the rows (sums of XXH3). */
struct dav_moved {
	uint64_t calendars, objects, reminders;
	uint64_t calendar_hash, object_hash, reminder_hash;
};

struct dav_owner {
	const char *principal;	/* as P7 may spell it: principals/<e-mail>, compared without case */
	const char *uri;	/* as it is to be written in P8 */
	const char *email;	/* for messages, and as the user of reminders */
};

struct dav_move {
	struct target *t;
	const struct dav_stage *st;
	dav_note_fn note;
	void *arg;
};

/* Inside the caller's transaction: everything of one owner that is still staged. */
int dav_move_owner(struct dav_move *mv, const struct dav_owner *o, struct dav_moved *out,
    struct err *e);
/* The same counts and hashes of what P8 holds for the owner URI (user for reminders EMAIL) now. */
int dav_count_owner(struct target *t, const char *uri, const char *email, struct dav_moved *out,
    struct err *e);

#endif

/*
 * Reads calendar objects in the order of their ids, batch by batch, and finds their UIDs.
 * Of each only the beginning is read at first, which nearly always has the UID in it, so memory
 * stays small however large objects are.
 */
#ifndef UIDREAD_H
#define UIDREAD_H

#include "uid.h"

/* sabre's columns hold 16 MiB; of an object that is larger so many characters are looked at. */
#define UID_WHOLE (16 << 20)
#define UID_HUGE (4 << 20)

#define UID_BATCH 5000		/* objects (as many as BYID_ROWS) */

struct uid_object {
	int64_t id;
	bool null;		/* it has no data */
	bool huge;		/* only the beginning of it was looked at */
	bool untrue;		/* it has, but etag or size is plainly not that of them */
	const char *stored;	/* column uid; NULL: SQL NULL */
	const struct icaluid *found;
};

struct uid_reader {
	struct column col;	/* uid */
	struct dbq read, whole;
	unsigned seen;		/* objects of the last batch */
	int64_t last;		/* id of its last one */
};

/* MISSING: only objects without a uid. */
int uid_reader_open(struct uid_reader *r, struct db *db, const struct table *t, bool missing,
    struct err *e);
/* Objects behind id FROM; TAKE gets each and returns false when the batch shall end with it. */
int uid_reader_batch(struct uid_reader *r, int64_t from,
    bool (*take)(void *arg, const struct uid_object *o), void *arg, struct err *e);
void uid_reader_close(struct uid_reader *r);

#endif

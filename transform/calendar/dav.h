/*
 * Calendars, their shares and objects, and reminders (dav.c, calendar.c, share.c, object.c,
 * reminder.c): what is known of the block in hand, a user's or that of a DAV principal who is no
 * user.
 *
 * Text that P7 stored double-encoded (charset.h) is repaired value by value, names are those that
 * people have in P8 (rename.h), URIs are unique (davname.h), and what sabre/dav derives from a
 * calendar object is left out where it is missing or wrong: dav-schema-upgrade computes it.  Each
 * change is a WARN behind the record.
 *
 * Of a calendar the shares are kept until its last one has come, and a hash of each object's URI.
 * Of a block the URIs that were changed are kept, for the reminders.  All of that is capped.
 */
#ifndef TRANSFORM_DAV_H
#define TRANSFORM_DAV_H

#include "filter/uri.h"

#define SHARES_MAX 20000		/* of one calendar */
#define SHARE_TEXT ((size_t)4 << 20)	/* of them all */
#define OBJECTS_KNOWN 786000u		/* URIs of a calendar; names.h takes 8 MiB for them */
#define MOVED_MAX 20000			/* changed URIs of a block that reminders may follow */
#define MOVED_TEXT ((size_t)6 << 20)

struct share {
	int64_t id;
	unsigned order;		/* as it came */
	size_t principal;	/* offsets in share_text; of the sharee in P8 */
	size_t color;		/* 0: none */
	bool readonly;
};

/* What reminders call a calendar or an object that has another URI in P8. */
struct moved {
	uint64_t key;
	uint32_t order;
	size_t name;		/* offset of the new one in moved_text */
};

struct dav {
	struct filter *f;
	struct buf name;	/* of the user or principal, as P8 knows them */
	struct buf principal;	/* "principals/" and the same */
	char fields[200];	/* members of the record in hand that were repaired */
	struct buf text, undone, value, uri;	/* room for values of the record in hand */
	struct names uris, p7_uris;	/* of the block's calendars, in P8 and in P7 */
	struct moved *moved;
	size_t moved_n, moved_size;
	struct buf moved_text;
	bool moved_sorted, moved_lost;
	/* the calendar in hand */
	bool calendar;
	int64_t id;
	char uuid[UUID_LEN + 1];
	uint64_t key;		/* of what reminders call it */
	/* of its objects: URIs in P8, those of them that were made, and those of several in P7 */
	struct names taken, made, shared;
	struct share *share;
	size_t shares, share_size;
	struct buf share_text;
};

void dav_open(struct dav *d, struct filter *f);
void dav_free(struct dav *d);
/* A block begins: of NAME, who is PRINCIPAL; NULL: "principals/" and NAME. */
int dav_begin(struct dav *d, const char *name, const char *principal, struct err *e);

/* dav.c: members of the record in hand. */
/*
 * The bytes of member KEY, repaired, in OUT; NULL when it has none.  Its name is kept for
 * dav_repaired when they were.
 */
const char *dav_member(struct dav *d, const char *key, struct buf *out);
void dav_mark_repaired(struct dav *d, const char *key);	/* ... that it was repaired */
/* Write member KEY, repaired; null when it is not there. */
void dav_put(struct dav *d, struct jsonw *w, const char *key);
/* Write the members that are not among KNOWN (ended by NULL): a later release may have more. */
void dav_put_rest(struct dav *d, struct jsonw *w, const char *const *known);
/*
 * The URI for thing ID whose own one is OLD, into dav.uri, and taken from now on: 1: OLD itself;
 * 0: a new one; -1.
 */
int dav_choose_uri(struct dav *d, struct names *taken, const char *old, size_t n, int64_t id,
    struct err *e);

/* Behind the record: that text was repaired, if it was. */
int dav_repaired(struct dav *d, const char *table, struct err *e);
/* ... that it has another URI: dav.uri. */
int dav_uri_changed(struct dav *d, const char *table, const char *reason, struct err *e);

/* dav.c: URIs that were changed, for the reminders; the first of equal ones counts. */
int dav_moved(struct dav *d, uint64_t key, const char *name, size_t n, struct err *e);
const char *dav_moved_to(struct dav *d, uint64_t key);
uint64_t dav_key(uint64_t calendar, const char *name, size_t n);
/* A reminder names its event by the object's URI, without ".ics": the length of that. */
size_t dav_event(const char *uri, size_t n);

int principal_begin(struct dav *d, struct err *e);
int principal_end(struct dav *d, struct err *e);
int calendar_record(struct dav *d, struct err *e);
int share_record(struct dav *d, struct err *e);
/* What has to be out before a record of another kind: the shares of the calendar in hand. */
int shares_flush(struct dav *d, struct err *e);
int object_record(struct dav *d, struct err *e);
int reminder_record(struct dav *d, struct err *e);

#endif

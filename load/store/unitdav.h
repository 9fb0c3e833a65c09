/* The rows of CalDAV and CardDAV in a unit (unit.h, whose rules hold for them, too). */
#ifndef LOAD_UNITDAV_H
#define LOAD_UNITDAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "err.h"

struct unit;

struct cards {
	size_t n, size;
	int64_t *book;		/* index in the user's books */
	int64_t *book_id;
	char **uri, **data, **etag;
	unsigned long *uri_len, *data_len, *etag_len;
	int64_t *modified, *bytes, *id;
};

/*
 * Calendars, each with its owner's instance; the principal is the user's.  What a later unit needs
 * of them stands in the user (struct user_calendar), which "cal" is an index of.
 */
struct calendars {
	size_t n, size;
	int64_t *cal, *id, *synctoken, *order, *transparent, *public;
	char **uuid, **components, **name, **uri, **description, **color, **timezone;
	unsigned long *uuid_len, *components_len, *name_len, *uri_len, *description_len,
	    *color_len, *timezone_len;
	char *components_null, *name_null, *description_null, *color_null, *timezone_null;
	/* Filled in while they are written: the user's principal and ledger id, again and again. */
	int64_t *user;
	char **principal;
	unsigned long *principal_len;
	char *principal_null;
};

struct objects {
	size_t n, size;
	int64_t *cal;		/* index in the user's calendars */
	int64_t *calendarid, *modified, *bytes, *first, *last;
	char **uri, **data, **etag, **type, **uid;
	unsigned long *uri_len, *data_len, *etag_len, *type_len, *uid_len;
	char *data_null, *first_null, *last_null, *uid_null;
};

/*
 * They wait for the user's last transaction: P8 would remind of them before their user is there.
 * So they have an arena of their own, and are not counted among the unit's rows.
 */
struct reminders {
	struct arena a;
	bool wait;		/* the transaction at hand is not the last one */
	size_t n, size;
	int64_t *id, *time, *start, *allday;
	char **user, **calendar, **event;
	unsigned long *user_len, *calendar_len, *event_len;
	char *calendar_null, *event_null, *time_null, *start_null;
};

/* Shares as they go into the ledger; who makes them in P8: sharemake.h. */
struct shares {
	size_t n, size;
	int64_t *cal;		/* index in the user's calendars */
	int64_t *user, *calendarid, *share, *access;
	char **uuid, **sharee, **uri, **color;
	unsigned long *uuid_len, *sharee_len, *uri_len, *color_len;
	char *color_null;
};

/* Functions that add return -1 only when memory is out. */
struct unit_card {
	size_t book;
	const char *uri, *data, *etag;
	size_t n, etag_len;	/* bytes of data */
	int64_t modified, size;
};
int unit_card(struct unit *u, const struct unit_card *c, struct err *e);
/* P NULL: SQL NULL. */
struct unit_text {
	const char *p;
	size_t n;
};
struct unit_calendar {
	size_t cal;
	int64_t synctoken, order, transparent, public;
	struct unit_text uuid, components, name, uri, description, color, timezone;
};
int unit_calendar(struct unit *u, const struct unit_calendar *c, struct err *e);
struct unit_object {
	size_t cal;
	int64_t modified, bytes, first, last;
	bool has_first, has_last;
	struct unit_text uri, data, etag, type, uid;
};
int unit_object(struct unit *u, const struct unit_object *o, struct err *e);
struct unit_reminder {
	struct unit_text user, calendar, event;
	int64_t time, start, allday;
	bool has_time, has_start;
};
int unit_reminder(struct unit *u, const struct unit_reminder *r, struct err *e);
struct unit_share {
	size_t cal;
	int64_t share, access;
	struct unit_text uuid, sharee, uri, color;
};
int unit_share(struct unit *u, const struct unit_share *s, struct err *e);
/* Take row ROW out again (the last row takes its place). */
void unit_card_drop(struct unit *u, size_t row);
void unit_object_drop(struct unit *u, size_t row);

void unitdav_free(struct unit *u);

#endif

/*
 * The facts that a plan needs besides the layout of tables.  Never whether something is done: that
 * comes from information_schema and the journal.  sabre's scripts give an empty table a newer
 * layout than one with rows, so emptiness decides between two ways to the same schema version.
 */
#ifndef FACTS_H
#define FACTS_H

#include "schema.h"

struct facts {
	bool empty_calendars, empty_addressbooks, empty_cards;
	bool md5;		/* the server has MD5() */
	/* Where calendars have their old layout: PREFIXcalendars, calendars_3_1_<time>, "". */
	char source[NAME_SIZE];
	bool moved;		/* the latter: a stock script renamed them away */
	char other[NAME_SIZE];	/* another such table with rows, which is not looked at; or "" */
	bool owners_lost;	/* no calendar has an owner instance */
	bool calendars_lost;	/* no calendar is in PREFIXcalendars */
	int64_t uid_length;	/* bytes of most UIDs, if they are still to be put into a column */
	/* The longest values there, bytes (displayname: characters). */
	int64_t principaluri, uri, displayname, calendarcolor, components, description, timezone;
	int64_t orders;		/* calendars whose calendarorder sabre's column cannot hold */
};

/* The facts of S; refuses (EXIT_CONFIG) a database in which nothing could be upgraded safely. */
int facts_load(struct facts *f, struct db *db, const struct schema *s, struct err *e);

#endif

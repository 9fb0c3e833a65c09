#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "ledger/ledger.h"
#include "run/load.h"
#include "kinds/nodav.h"
#include "kinds/note.h"

#define CODE "no-module"
#define CARDS "leave them out with --without cards (contacts come all the same), or export them" \
    " from P7"
#define CALENDARS "leave them out with --without calendars, or export them from P7"
#define REASON "P8 has no module Dav and none of its tables (WebMail Lite)"

int nodav_stand_in(struct target *t, struct err *e)
{
	static const char *const tables[] = {
		"adav_addressbooks} (id INT UNSIGNED, principaluri VARBINARY(255), displayname"
		" VARCHAR(255), uri VARBINARY(200), description TEXT, synctoken INT UNSIGNED)",
		"adav_cards} (id INT UNSIGNED, addressbookid INT UNSIGNED, carddata MEDIUMBLOB,"
		" uri VARBINARY(200), lastmodified INT UNSIGNED, etag VARBINARY(32), size INT)",
		"adav_addressbookchanges} (id INT UNSIGNED, uri VARBINARY(200), synctoken INT,"
		" addressbookid INT UNSIGNED, operation TINYINT)",
		"adav_calendars} (id INT UNSIGNED, synctoken INT, components VARBINARY(21))",
		"adav_calendarinstances} (id INT UNSIGNED, calendarid INT UNSIGNED, principaluri"
		" VARBINARY(" PRINCIPAL_MAX_TEXT "), access TINYINT, displayname VARCHAR(100),"
		" uri VARBINARY(200), description TEXT, calendarorder INT, calendarcolor"
		" VARBINARY(10), timezone TEXT, transparent TINYINT, share_href"
		" VARBINARY(" PRINCIPAL_MAX_TEXT "),"
		" share_displayname VARCHAR(100),"
		" share_invitestatus TINYINT, public TINYINT)",
		"adav_calendarobjects} (id INT UNSIGNED, calendardata MEDIUMBLOB, uri"
		" VARBINARY(200), calendarid INT UNSIGNED, lastmodified INT UNSIGNED, etag"
		" VARBINARY(32), size INT, componenttype VARBINARY(8), firstoccurence INT UNSIGNED,"
		" lastoccurence INT UNSIGNED, uid VARBINARY(200))",
		"adav_calendarchanges} (id INT UNSIGNED, uri VARBINARY(200), synctoken INT,"
		" calendarid INT UNSIGNED, operation TINYINT)",
		"adav_reminders} (id INT UNSIGNED, user VARCHAR(" PRINCIPAL_MAX_TEXT "),"
		" calendaruri VARCHAR(255), eventid VARCHAR(255), time INT, starttime INT,"
		" allday TINYINT)",
	};
	char text[800];
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		snprintf(text, sizeof(text), "CREATE TEMPORARY TABLE IF NOT EXISTS {%s"
		    " DEFAULT CHARACTER SET utf8mb4", tables[i]);
		if (sql_do(t, text, NULL, 0, e) < 0)
			return err_prefix(e, "P8 has no tables for calendars and cards, and the "
			    "empty temporary ones that stand in for them cannot be made; "
			    "GRANT ALL ON `%s`.* TO that user", t->db.name);
	}
	return 0;
}

/* What is rejected, a kind each: by kind of record, P7's table, and what people call it. */
static const struct {
	const char *table, *reason, *option;
} what[NODAV_KINDS] = {
	{ "adav_addressbooks", REASON ", so no address books of CardDAV", CARDS },
	{ "adav_cards", REASON ", so no cards", CARDS },
	{ "adav_calendars", REASON ", so no calendars", CALENDARS },
	{ "adav_calendarobjects", REASON ", so no events and tasks", CALENDARS },
	{ "adav_calendarshares", REASON ", so no shares of calendars", CALENDARS },
	{ "adav_reminders", REASON ", so no reminders", CALENDARS },
};

bool nodav_takes(struct load *l)
{
	static const char *const kinds[NODAV_KINDS] = { "ADDRESSBOOK", "CARD", DAV_CALENDAR,
	    DAV_OBJECT, DAV_INSTANCE, DAV_REMINDER };
	size_t i;

	for (i = 0; l->t->no_dav && i < NODAV_KINDS; i++) {
		if (strcmp(l->si.kind, kinds[i]) != 0)
			continue;
		/* The owner's instance is no thing of its own. */
		l->user.nodav[i] += strcmp(kinds[i], DAV_INSTANCE) != 0 ||
		    jr_int(&l->si.doc, NULL, "access", 1) > 1;
		return true;
	}
	return false;
}

int nodav_reject(struct load *l, struct err *e)
{
	struct report_item item = { .reject = true, .code = CODE, .id = -1 };
	struct user *u = &l->user;
	int i, rc = 0;

	for (i = 0; i < NODAV_KINDS && rc == 0; i++) {
		item.table = what[i].table;
		item.reason = what[i].reason;
		item.action = what[i].option;
		item.count = u->nodav[i];
		if (item.count > 0 && !(i < 2 && l->o->without_cards))
			rc = note_item(l, item, e);
		u->nodav[i] = 0;
	}
	return rc;
}

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ledger/ledger.h"
#include "run/load.h"
#include "kinds/nodav.h"
#include "run/note.h"
#include "base/progress.h"
#include "ledger/sources.h"

#define CODE "no-module"
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
		" VARBINARY(100), access TINYINT, displayname VARCHAR(100), uri VARBINARY(200),"
		" description TEXT, calendarorder INT, calendarcolor VARBINARY(10), timezone TEXT,"
		" transparent TINYINT, share_href VARBINARY(100), share_displayname VARCHAR(100),"
		" share_invitestatus TINYINT, public TINYINT)",
		"adav_calendarobjects} (id INT UNSIGNED, calendardata MEDIUMBLOB, uri"
		" VARBINARY(200), calendarid INT UNSIGNED, lastmodified INT UNSIGNED, etag"
		" VARBINARY(32), size INT, componenttype VARBINARY(8), firstoccurence INT UNSIGNED,"
		" lastoccurence INT UNSIGNED, uid VARBINARY(200))",
		"adav_calendarchanges} (id INT UNSIGNED, uri VARBINARY(200), synctoken INT,"
		" calendarid INT UNSIGNED, operation TINYINT)",
		"adav_reminders} (id INT UNSIGNED, user VARCHAR(100), calendaruri VARCHAR(255),"
		" eventid VARCHAR(255), time INT, starttime INT, allday TINYINT)",
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

bool nodav_takes(struct load *l)
{
	bool card = strcmp(l->si.kind, "CARD") == 0;

	if (!l->t->no_dav || (!card && strcmp(l->si.kind, "ADDRESSBOOK") != 0))
		return false;
	l->user.nodav[card]++;
	return true;
}

int nodav_reject_cards(struct load *l, struct err *e)
{
	static const char *const tables[] = { "adav_addressbooks", "adav_cards" };
	struct report_item item = { .reject = true, .code = CODE, .id = -1, .action = "leave them "
	    "out with --without cards (contacts come all the same), or export them from P7" };
	struct user *u = &l->user;
	int i, rc = 0;

	for (i = 0; i < 2 && rc == 0; i++) {
		item.table = tables[i];
		item.reason = i == 0 ? REASON ", so no address books of CardDAV" :
		    REASON ", so no cards";
		item.count = u->nodav[i];
		if (item.count > 0 && !l->o->without_cards)
			rc = note_item(l, item, e);
		u->nodav[i] = 0;
	}
	return rc;
}

/* One kind: into the file of rejects, and into the ledger. */
static int reject_kind(struct load *l, const char *table, const char *reason, uint64_t n,
    struct err *e)
{
	struct report_item item = { .reject = true, .code = CODE, .id = -1, .table = table,
	    .reason = reason, .count = n, .action = "leave them out with --without calendars, or "
	    "export them from P7" };
	struct ledger_note note = { .reject = true };

	if (note_item(l, item, e) < 0)
		return -1;
	note.line = l->maker.line.data;
	note.n = l->maker.line.len;
	return l->o->dry_run ? 0 : ledger_note(&l->sql, &note, e);
}

int nodav_reject_calendars(struct load *l, struct err *e)
{
	static const struct { const char *kind, *table, *reason; } k[] = {
		{ "DAV_CALENDAR", "adav_calendars", REASON ", so no calendars" },
		{ "DAV_OBJECT", "adav_calendarobjects", REASON ", so no events and tasks" },
		{ "DAV_SHARE", "adav_calendarshares", REASON ", so no shares of calendars" },
		{ "DAV_REMINDER", "adav_reminders", REASON ", so no reminders" },
	};
	uint64_t n[sizeof(k) / sizeof(*k)] = { 0 };
	struct stream_in si;
	size_t i;
	int rc;

	if (si_open(&si, l->o->input, "dav", l->o->edited, e) < 0)
		return -1;
	rc = sources_check(l->t, &si.header, e);
	if (rc == 0 && !l->o->dry_run)
		rc = sql_do(l->t, "DELETE FROM {p7m_rejects} WHERE stage='p8-load' AND email IS"
		    " NULL AND code='" CODE "'", NULL, 0, e);
	while (rc == 0 && (rc = si_next(&si, e)) == 1) {
		rc = 0;
		if (strcmp(si.kind, "REJECT") == 0 || strcmp(si.kind, "WARN") == 0) {
			l->counts.stream_rejects += strcmp(si.kind, "REJECT") == 0;
			rc = report_copy(&l->rejects, si.line, si.len, e);
		}
		for (i = 0; i < sizeof(k) / sizeof(*k); i++)
			n[i] += strcmp(si.kind, k[i].kind) == 0;
		progress_rows(l->o->progress, 1);
	}
	si_close(&si);
	for (i = 0; rc == 0 && i < sizeof(k) / sizeof(*k); i++)
		if (n[i] > 0)
			rc = reject_kind(l, k[i].table, k[i].reason, n[i], e);
	return rc < 0 ? -1 : note_publish(l, e);
}

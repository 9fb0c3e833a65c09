#include <stdio.h>

#include "base/names.h"
#include "target/nodav.h"
#include "target/sql.h"

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

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "kinds/dav_tables.h"

/* What columns hold, as limits of struct dav_column. */
#define UINT 0, UINT32_MAX
#define INT INT32_MIN, INT32_MAX
#define TINY INT8_MIN, INT8_MAX
#define CHARS(n) 0, (n)
#define BYTES(n) (n), 0

const struct dav_table dav_tables[] = {
	{ "principals", "DAV_PRINCIPAL",
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uri varchar(255) NOT NULL,"
	  " email varchar(80), vcardurl varchar(80), displayname varchar(80)",
	  { { "id", BULK_INT, "0", UINT }, { "uri", BULK_TEXT, "", CHARS(255) },
	    { "email", BULK_TEXT, NULL, CHARS(80) }, { "vcardurl", BULK_TEXT, NULL, CHARS(80) },
	    { "displayname", BULK_TEXT, NULL, CHARS(80) } }, 5 },
	{ "calendars", "DAV_CALENDAR",
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, principaluri varchar(255),"
	  " displayname varchar(100), uri varchar(255), ctag int unsigned NOT NULL DEFAULT 0,"
	  " description text, calendarorder int unsigned NOT NULL DEFAULT 0,"
	  " calendarcolor varchar(10), timezone text, components varchar(20),"
	  " transparent tinyint NOT NULL DEFAULT 0",
	  { { "id", BULK_INT, "0", UINT }, { "principaluri", BULK_TEXT, NULL, CHARS(255) },
	    { "displayname", BULK_TEXT, NULL, CHARS(100) },
	    { "uri", BULK_TEXT, NULL, CHARS(255) }, { "ctag", BULK_INT, "0", UINT },
	    { "description", BULK_TEXT, NULL, BYTES(65535) },
	    { "calendarorder", BULK_INT, "0", UINT },
	    { "calendarcolor", BULK_TEXT, NULL, CHARS(10) },
	    { "timezone", BULK_TEXT, NULL, BYTES(65535) },
	    { "components", BULK_TEXT, NULL, CHARS(20) },
	    { "transparent", BULK_INT, "0", TINY } }, 11 },
	{ "calendarobjects", "DAV_OBJECT",
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, calendardata mediumblob,"
	  " uri varchar(255), calendarid int unsigned NOT NULL, lastmodified int,"
	  " etag varchar(32) NOT NULL DEFAULT '', size int unsigned NOT NULL DEFAULT 0,"
	  " componenttype varchar(8) NOT NULL DEFAULT '', firstoccurence int unsigned,"
	  " lastoccurence int unsigned, KEY calendarid (calendarid)",
	  { { "id", BULK_INT, "0", UINT }, { "calendardata", BULK_BLOB, NULL, BYTES(0) },
	    { "uri", BULK_TEXT, NULL, CHARS(255) }, { "calendarid", BULK_INT, "0", UINT },
	    { "lastmodified", BULK_INT, NULL, INT }, { "etag", BULK_TEXT, "", CHARS(32) },
	    { "size", BULK_INT, "0", UINT }, { "componenttype", BULK_TEXT, "", CHARS(8) },
	    { "firstoccurence", BULK_INT, NULL, UINT },
	    { "lastoccurence", BULK_INT, NULL, UINT } }, 10 },
	{ "calendarshares", "DAV_SHARE",
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, calendarid int unsigned,"
	  " member int unsigned, member_uri varchar(255), status tinyint,"
	  " readonly tinyint NOT NULL DEFAULT 0, summary varchar(150),"
	  " displayname varchar(100), color varchar(10)",
	  { { "id", BULK_INT, "0", UINT }, { "calendarid", BULK_INT, NULL, UINT },
	    { "member", BULK_INT, NULL, UINT }, { "member_uri", BULK_TEXT, NULL, CHARS(255) },
	    { "status", BULK_INT, NULL, TINY }, { "readonly", BULK_INT, "0", TINY },
	    { "summary", BULK_TEXT, NULL, CHARS(150) },
	    { "displayname", BULK_TEXT, NULL, CHARS(100) },
	    { "color", BULK_TEXT, NULL, CHARS(10) } }, 9 },
	{ "reminders", "DAV_REMINDER",
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user varchar(100) NOT NULL,"
	  " calendaruri varchar(255), eventid varchar(255), time int, starttime int,"
	  " allday tinyint NOT NULL DEFAULT 0, KEY user (user)",
	  { { "id", BULK_INT, "0", UINT }, { "user", BULK_TEXT, "", CHARS(100) },
	    { "calendaruri", BULK_TEXT, NULL, CHARS(255) },
	    { "eventid", BULK_TEXT, NULL, CHARS(255) }, { "time", BULK_INT, NULL, INT },
	    { "starttime", BULK_INT, NULL, INT }, { "allday", BULK_INT, "0", TINY } }, 7 },
	/* Contacts come from P7's own tables; an upgrade wants these to be there all the same. */
	{ "addressbooks", NULL,
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, principaluri varchar(255),"
	  " displayname varchar(255), uri varchar(200), description text,"
	  " ctag int unsigned NOT NULL DEFAULT 1", { { 0 } }, 0 },
	{ "cards", NULL,
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, addressbookid int unsigned NOT"
	  " NULL, carddata mediumblob, uri varchar(255), lastmodified int unsigned,"
	  " KEY addressbookid (addressbookid)", { { 0 } }, 0 },
	{ "groupmembers", NULL,
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, principal_id int unsigned NOT"
	  " NULL, member_id int unsigned NOT NULL, UNIQUE KEY principal_id (principal_id,"
	  " member_id)", { { 0 } }, 0 },
	{ "locks", NULL,
	  "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, owner varchar(100),"
	  " timeout int unsigned, created int, token varchar(100), scope tinyint,"
	  " depth tinyint, uri text", { { 0 } }, 0 },
};

const unsigned dav_tables_n = sizeof(dav_tables) / sizeof(dav_tables[0]);

static bool digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return *s == '\0';
}

/* The rest of a backup's name: of the stock scripts, or of dav-schema-upgrade. */
static bool backup_suffix(const char *s)
{
	if (strncmp(s, "_old", 4) == 0)
		return digits(s + 4);
	if (strncmp(s, "_3_1_", 5) == 0)
		return digits(s + 5);
	if (strncmp(s, "_dsu", 4) != 0)
		return false;
	s += 4 + strspn(s + 4, "0123456789");
	return *s == '\0' || strcmp(s, "new") == 0;
}

bool dav_table_of_site(const char *name)
{
	static const char *const site[] = { "addressbookchanges", "addressbooks",
	    "calendarchanges", "calendarinstances", "calendarobjects", "calendars",
	    "calendarshares", "calendarsubscriptions", "cards", "groupmembers", "locks",
	    "principals", "propertystorage", "reminders", "schedulingobjects", "dsu_journal" };
	size_t i, n;

	for (i = 0; i < sizeof(site) / sizeof(site[0]); i++) {
		n = strlen(site[i]);
		if (strncmp(name, site[i], n) == 0 &&
		    (name[n] == '\0' || backup_suffix(name + n)))
			return true;
	}
	return false;
}

/*
 * The tables that rows are inserted into by the hundred: which of their columns are written, in
 * which order, and the statements for it on the target's current connection.
 * A new column needs its name in the enum and its entry in tables.c.
 */
#ifndef LOAD_TABLES_H
#define LOAD_TABLES_H

#include "base/attrtype.h"
#include "target/bulk.h"
#include "target/target.h"

enum table {
	TABLE_ATTRS,			/* the first of them, in the order of enum attr_type */
	TABLE_ENTITIES = TABLE_ATTRS + AT_COUNT,
	TABLE_CARDS,
	TABLE_CALENDARS, TABLE_INSTANCES,
	TABLE_KNOWN,			/* p7m_calendars */
	TABLE_OBJECTS, TABLE_REMINDERS, TABLE_SHARES, TABLE_FILES, TABLE_LINKS,
	UNIT_TABLES,			/* those before have rows in a unit (store/unit.h) */
	TABLE_OWN = UNIT_TABLES, TABLE_KINDS,
	TABLES
};

enum { ATTR_ENTITY, ATTR_NAME, ATTR_VALUE, ATTR_COLUMNS };
enum { ENTITY_UUID, ENTITY_PARENT, ENTITY_TYPE, ENTITY_MODULE, ENTITY_COLUMNS };
enum {
	CARD_BOOK, CARD_URI, CARD_DATA, CARD_MODIFIED, CARD_ETAG, CARD_SIZE, CARD_COLUMNS
};
enum { CALENDAR_SYNCTOKEN, CALENDAR_COMPONENTS, CALENDAR_COLUMNS };
enum {
	INSTANCE_CALENDAR, INSTANCE_PRINCIPAL, INSTANCE_NAME, INSTANCE_URI, INSTANCE_DESCRIPTION,
	INSTANCE_ORDER, INSTANCE_COLOR, INSTANCE_TIMEZONE, INSTANCE_TRANSPARENT, INSTANCE_PUBLIC,
	INSTANCE_COLUMNS
};
enum { KNOWN_UUID, KNOWN_USER, KNOWN_CALENDAR, KNOWN_PRINCIPAL, KNOWN_COLUMNS };
enum {
	OBJECT_CALENDAR, OBJECT_URI, OBJECT_DATA, OBJECT_MODIFIED, OBJECT_ETAG, OBJECT_SIZE,
	OBJECT_TYPE, OBJECT_FIRST, OBJECT_LAST, OBJECT_UID, OBJECT_COLUMNS
};
enum {
	REMINDER_USER, REMINDER_CALENDAR, REMINDER_EVENT, REMINDER_TIME, REMINDER_START,
	REMINDER_ALLDAY, REMINDER_COLUMNS
};
enum {
	SHARE_USER, SHARE_UUID, SHARE_CALENDAR, SHARE_P7, SHARE_SHAREE, SHARE_URI, SHARE_ACCESS,
	SHARE_COLOR, SHARE_COLUMNS
};
enum {
	FILE_USER, FILE_ROOT, FILE_PATH, FILE_DIRECTORY, FILE_SIZE, FILE_MTIME, FILE_SHA256,
	FILE_PATH_SHA, FILE_COLUMNS
};
enum { LINK_HASH_ID, LINK_HASH, LINK_DATA, LINK_COLUMNS };
enum { OWN_USER, OWN_WHAT, OWN_FIRST, OWN_LAST, OWN_STEP, OWN_KIND, OWN_COLUMNS };
enum {
	KIND_USER_ID, KIND_NAME, KIND_THINGS, KIND_ROWS, KIND_HASH, KIND_SOURCE, KIND_COLUMNS
};

struct table_info {
	const char *name;
	unsigned cols;
	unsigned keys;			/* the first columns that find a row again (bulk.h) */
	bool small;			/* its rows do not count towards a transaction's size */
	struct bulk_col col[BULK_COLS];
	const char *tail;		/* of the INSERT, or NULL */
};
extern const struct table_info table_info[TABLES];

/* The statements; the caller's until writer_close. */
struct writer {
	struct bulk b[TABLES];
	char davtext[128];		/* the expression around a text of DAV */
};

/* PACKET: the server's max_allowed_packet. */
int writer_open(struct writer *w, struct target *t, size_t packet, struct err *e);
void writer_close(struct writer *w);

#endif

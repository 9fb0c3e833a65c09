#include <stdio.h>
#include <string.h>

#include "target/sql.h"
#include "target/tables.h"

/* A column whose text goes through dav_text (target.h). */
static const char dav[] = "{:davtext}";

#define NUM(name) { name, BULK_INT, NULL, false }
#define TXT(name) { name, BULK_TEXT, NULL, false }
#define BLOB(name) { name, BULK_BLOB, NULL, false }
/* They can be NULL. */
#define NUM_N(name) { name, BULK_INT, NULL, true }
#define TXT_N(name) { name, BULK_TEXT, NULL, true }
#define BLOB_N(name) { name, BULK_BLOB, NULL, true }
#define DAV_N(name) { name, BULK_TEXT, dav, true }

#define ATTRS(type, value) [TABLE_ATTRS + (type)] = { .cols = ATTR_COLUMNS, \
	.col = { NUM("id_entity"), TXT("name"), value } }
#define TABLE(table, columns) .name = (table), .cols = (columns)

const struct table_info table_info[TABLES] = {
ATTRS(AT_STRING, TXT_N("value")), ATTRS(AT_INT, NUM("value")), ATTRS(AT_BOOL, NUM("value")),
ATTRS(AT_TEXT, TXT_N("value")), ATTRS(AT_DATETIME, TXT_N("value")),
ATTRS(AT_MEDIUMBLOB, BLOB_N("value")), ATTRS(AT_BIGINT, NUM("value")),
ATTRS(AT_DOUBLE, TXT_N("value")),
[TABLE_ENTITIES] = { TABLE("eav_entities", ENTITY_COLUMNS), .keys = 1, .col = {
    TXT("uuid"), TXT("parent_uuid"), TXT("entity_type"), TXT("module_name") } },
[TABLE_CARDS] = { TABLE("adav_cards", CARD_COLUMNS), .keys = 2, .col = {
    NUM("addressbookid"), BLOB("uri"), BLOB("carddata"), NUM("lastmodified"), BLOB("etag"),
    NUM("size") } },
[TABLE_CALENDARS] = { TABLE("adav_calendars", CALENDAR_COLUMNS), .col = {
    NUM("synctoken"), BLOB("components") } },
[TABLE_INSTANCES] = { TABLE("adav_calendarinstances", INSTANCE_COLUMNS), .col = {
    NUM("calendarid"), BLOB_N("principaluri"), DAV_N("displayname"), BLOB("uri"),
    DAV_N("description"), NUM("calendarorder"), BLOB_N("calendarcolor"), DAV_N("timezone"),
    NUM("transparent"), NUM("public") } },
[TABLE_KNOWN] = { TABLE("p7m_calendars", KNOWN_COLUMNS), .small = true, .col = {
    TXT("uuid"), NUM("user_id"), NUM("calendarid"), BLOB("principaluri") } },
[TABLE_OBJECTS] = { TABLE("adav_calendarobjects", OBJECT_COLUMNS), .col = {
    NUM("calendarid"), BLOB("uri"), BLOB_N("calendardata"), NUM("lastmodified"), BLOB("etag"),
    NUM("size"), BLOB("componenttype"), NUM_N("firstoccurence"), NUM_N("lastoccurence"),
    BLOB_N("uid") } },
[TABLE_REMINDERS] = { TABLE("adav_reminders", REMINDER_COLUMNS), .small = true, .col = {
    { "user", BULK_TEXT, dav, false }, DAV_N("calendaruri"), DAV_N("eventid"), NUM_N("time"),
    NUM_N("starttime"), NUM("allday") } },
/* A share that was revoked in P8 is known still, and stays so. */
[TABLE_SHARES] = { TABLE("p7m_shares", SHARE_COLUMNS), .col = {
    NUM("user_id"), TXT("calendar"), NUM("calendarid"), NUM("share"), TXT("sharee"), BLOB("uri"),
    NUM("access"), BLOB_N("color") },
    .tail = " ON DUPLICATE KEY UPDATE user_id=VALUES(user_id),"
    " calendarid=VALUES(calendarid), access=GREATEST(access, VALUES(access))" },
/* The rows may be there: a COMMIT that broke off was done all the same. */
[TABLE_FILES] = { TABLE("p7m_files", FILE_COLUMNS), .col = {
    NUM("user_id"), TXT("root"), BLOB("path"), NUM("directory"), NUM("size"), NUM("mtime"),
    TXT_N("sha256"), { "path_sha", BULK_BLOB, "SHA2(?, 256)", false } },
    .tail = " ON DUPLICATE KEY UPDATE root=root" },
[TABLE_LINKS] = { TABLE("min_hashes", LINK_COLUMNS), .col = {
    TXT("hash_id"), TXT("hash"), TXT("data") } },
[TABLE_OWN] = { TABLE("p7m_own", OWN_COLUMNS), .col = {
    NUM("user_id"), TXT("what"), NUM("first"), NUM("last"), NUM("step"), TXT("kind") } },
[TABLE_KINDS] = { TABLE("p7m_kinds", KIND_COLUMNS), .col = {
    NUM("user_id"), TXT("kind"), NUM("things"), NUM("value_rows"), TXT("hash"),
    TXT_N("source") } },
};

static int dav_expression(struct writer *w, struct target *t, struct err *e)
{
	struct buf text = BUF_INIT(sizeof(w->davtext));
	int rc = sql_expand(t, dav, &text, e);

	if (rc == 0)
		snprintf(w->davtext, sizeof(w->davtext), "%s", text.data);
	buf_free(&text);
	return rc;
}

static int open_one(struct writer *w, enum table table, struct target *t, size_t packet,
    struct err *e)
{
	const struct table_info *info = &table_info[table];
	struct bulk *b = &w->b[table];
	struct buf quoted = BUF_INIT(1024);
	char name[64];
	unsigned i;

	snprintf(name, sizeof(name), "%s", info->name != NULL ? info->name : "eav_attributes_");
	if (info->name == NULL)
		strcat(name, attr_type_name[table - TABLE_ATTRS]);
	target_table(t, &quoted, name);
	if (quoted.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	bulk_init(b, &t->db, quoted.data, info->col, info->cols, info->keys);
	buf_free(&quoted);
	b->tail = info->tail;
	if (b->bytes > packet / 2)
		b->bytes = packet / 2;
	for (i = 0; i < b->cols; i++)
		if (b->col[i].expr == dav)
			b->col[i].expr = w->davtext;
	return 0;
}

int writer_open(struct writer *w, struct target *t, size_t packet, struct err *e)
{
	unsigned i;

	if (dav_expression(w, t, e) < 0)
		return -1;
	for (i = 0; i < TABLES; i++)
		if (open_one(w, (enum table)i, t, packet, e) < 0)
			return -1;
	return 0;
}

void writer_close(struct writer *w)
{
	unsigned i;

	for (i = 0; i < TABLES; i++)
		bulk_close(&w->b[i]);
}

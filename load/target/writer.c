#include <stdio.h>
#include <string.h>

#include "target/sql.h"
#include "target/writer.h"

static int open_one(struct target *t, size_t packet, struct bulk *b, const char *table,
    const struct bulk_col *c, unsigned cols, unsigned keys, struct err *e)
{
	struct buf name = BUF_INIT(1024);

	target_table(t, &name, table);
	if (name.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	bulk_init(b, &t->db, name.data, c, cols, keys);
	if (b->bytes > packet / 2)
		b->bytes = packet / 2;
	buf_free(&name);
	return 0;
}

static enum bulk_type value_type(enum attr_type t)
{
	return attr_is_num(t) ? BULK_INT : t == AT_MEDIUMBLOB ? BULK_BLOB : BULK_TEXT;
}

static int open_attrs(struct writer *w, struct target *t, size_t packet, struct err *e)
{
	char table[64];
	unsigned i;

	for (i = 0; i < AT_COUNT; i++) {
		struct bulk_col c[] = { { "id_entity", BULK_INT, NULL },
		    { "name", BULK_TEXT, NULL }, { "value", value_type(i), NULL } };

		snprintf(table, sizeof(table), "eav_attributes_%s", attr_type_name[i]);
		if (open_one(t, packet, &w->attrs[i], table, c, 3, 0, e) < 0)
			return -1;
	}
	return 0;
}

/* A column whose text goes through dav_text (target.h). */
static const char dav[] = "{:davtext}";

#define NUM(name) { name, BULK_INT, NULL }
#define TXT(name) { name, BULK_TEXT, NULL }
#define BLOB(name) { name, BULK_BLOB, NULL }
#define DAV(name) { name, BULK_TEXT, dav }

/* KEYS: the first columns find a row again (bulk.h); 0: rows' ids are asked for one by one. */
static const struct {
	const char *name;
	unsigned cols, keys;
	struct bulk_col col[BULK_COLS];
} tables[WRITER_BULKS] = {
[WB_ENTS] = { "eav_entities", 4, 1,
    { TXT("uuid"), TXT("parent_uuid"), TXT("entity_type"), TXT("module_name") } },
[WB_CARDS] = { "adav_cards", 6, 2,
    { NUM("addressbookid"), BLOB("uri"), BLOB("carddata"), NUM("lastmodified"), BLOB("etag"),
    NUM("size") } },
[WB_CALENDARS] = { "adav_calendars", 2, 0, { NUM("synctoken"), BLOB("components") } },
[WB_INSTANCES] = { "adav_calendarinstances", 10, 0,
    { NUM("calendarid"), BLOB("principaluri"), DAV("displayname"), BLOB("uri"), DAV("description"),
    NUM("calendarorder"), BLOB("calendarcolor"), DAV("timezone"), NUM("transparent"),
    NUM("public") } },
[WB_OBJECTS] = { "adav_calendarobjects", 10, 0,
    { NUM("calendarid"), BLOB("uri"), BLOB("calendardata"), NUM("lastmodified"), BLOB("etag"),
    NUM("size"), BLOB("componenttype"), NUM("firstoccurence"), NUM("lastoccurence"),
    BLOB("uid") } },
[WB_REMINDERS] = { "adav_reminders", 6, 0,
    { DAV("user"), DAV("calendaruri"), DAV("eventid"), NUM("time"), NUM("starttime"),
    NUM("allday") } },
[WB_FILES] = { "p7m_files", 8, 0,
    { NUM("user_id"), TXT("root"), BLOB("path"), NUM("directory"), NUM("size"), NUM("mtime"),
    TXT("sha256"), { "path_sha", BULK_BLOB, "SHA2(?, 256)" } } },
[WB_OWN] = { "p7m_own", 6, 0,
    { NUM("user_id"), TXT("what"), NUM("first"), NUM("last"), NUM("step"), TXT("kind") } },
[WB_KINDS] = { "p7m_kinds", 6, 0,
    { NUM("user_id"), TXT("kind"), NUM("things"), NUM("value_rows"), TXT("hash"), TXT("source") } },
[WB_SHARES] = { "p7m_shares", 8, 0,
    { NUM("user_id"), TXT("calendar"), NUM("calendarid"), NUM("share"), TXT("sharee"), BLOB("uri"),
    NUM("access"), BLOB("color") } },
[WB_KNOWN] = { "p7m_calendars", 4, 0,
    { TXT("uuid"), NUM("user_id"), NUM("calendarid"), BLOB("principaluri") } },
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

int writer_open(struct writer *w, struct target *t, size_t packet, struct err *e)
{
	struct bulk *b;
	unsigned i, c;

	if (dav_expression(w, t, e) < 0)
		return -1;
	for (i = 0; i < WRITER_BULKS; i++) {
		b = &w->b[i];
		if (open_one(t, packet, b, tables[i].name, tables[i].col, tables[i].cols,
		    tables[i].keys, e) < 0)
			return -1;
		for (c = 0; c < b->cols; c++)
			if (b->col[c].expr == dav)
				b->col[c].expr = w->davtext;
	}
	/* The rows may be there: a COMMIT that broke off was done all the same. */
	w->b[WB_FILES].tail = " ON DUPLICATE KEY UPDATE root=root";
	/* A share that was revoked in P8 is known still, and stays so. */
	w->b[WB_SHARES].tail = " ON DUPLICATE KEY UPDATE user_id=VALUES(user_id),"
	    " calendarid=VALUES(calendarid), access=GREATEST(access, VALUES(access))";
	return open_attrs(w, t, packet, e);
}

void writer_close(struct writer *w)
{
	unsigned i;

	for (i = 0; i < WRITER_BULKS; i++)
		bulk_close(&w->b[i]);
	for (i = 0; i < AT_COUNT; i++)
		bulk_close(&w->attrs[i]);
}

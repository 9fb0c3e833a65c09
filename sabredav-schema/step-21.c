/* 2.1: the UID of each calendar object in a column, and a table for scheduling. */
#include <string.h>

#include "davkind.h"
#include "davobject.h"
#include "records.h"
#include "step.h"
#include "uidlen.h"

static const char *const objects_col[][2] = {
	{ "id", "INT UNSIGNED NOT NULL AUTO_INCREMENT" },
	{ "calendardata", "MEDIUMBLOB" },
	{ "uri", "VARCHAR(200)" },
	{ "calendarid", "INT UNSIGNED NOT NULL" },
	{ "lastmodified", "INT UNSIGNED" },
	{ "etag", "VARCHAR(32)" },
	{ "size", "INT UNSIGNED NOT NULL" },
	{ "componenttype", "VARCHAR(8)" },
	{ "firstoccurence", "INT UNSIGNED" },
	{ "lastoccurence", "INT UNSIGNED" },
	{ "uid", "VARCHAR(200)" },
	{ NULL, NULL }
};
static const struct layout objects = { "calendarobjects", false, objects_col,
    ", UNIQUE KEY `calendarid` (`calendarid`, `uri`)" };

static const char *const scheduling_col[][2] = {
	{ "id", "INT UNSIGNED NOT NULL AUTO_INCREMENT" },
	{ "principaluri", "VARCHAR(255)" },
	{ "calendardata", "MEDIUMBLOB" },
	{ "uri", "VARCHAR(200)" },
	{ "lastmodified", "INT UNSIGNED" },
	{ "etag", "VARCHAR(32)" },
	{ "size", "INT UNSIGNED NOT NULL" },
	{ NULL, NULL }
};
static const struct layout scheduling = { "schedulingobjects", false, scheduling_col, "" };

/* A UID has the characters of the data that it stands in. */
static void add_uid(struct plan *p, struct table *t)
{
	const struct column *data = table_column(t, "calendardata");
	bool utf8 = strncmp(data->charset, "utf8", 4) == 0;
	int blanks = p->f->uid_length > 0 ? (int)p->f->uid_length : UID_USUAL;
	char text[160], room[UIDLEN_MAX + 1];

	/* Fewer than two are no room (schema.c). */
	snprintf(room, sizeof(room), "%*s", blanks < 2 ? 2 : blanks, "");
	if (utf8)
		snprintf(text, sizeof(text), "%s COLLATE %s", data->charset, data->collation);
	else
		snprintf(text, sizeof(text), "utf8mb4 COLLATE %s", p->s->utf8[1]);
	plan_add(p, STMT_DDL, NULL, "calendarobjects.alter",
	    "ALTER TABLE %I ADD COLUMN `uid` VARCHAR(200) CHARACTER SET %S DEFAULT '%S', FORCE",
	    t->name, text, room);
	if (!table_add(t, "uid", "VARCHAR(200)", utf8 ? data->charset : "utf8mb4"))
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
	else
		table_column(t, "uid")->reserved = true;
}

#define LF_UID "X'0A5549443A'"	/* a line that begins with "UID:" */

/*
 * By hand, the UID of objects whose first line "UID:" is in the component that it should be in, as
 * it is in what ordinary clients write.
 */
static void fill_uid(struct plan *p, bool fresh)
{
	struct buf b = BUF_INIT(4096), keep = BUF_INIT(4096);
	const char *data = bytes_of(p, &b, "calendarobjects", "calendardata");

	plan_data(p, STMT_UID, fresh, schema_table(p->s, "calendarobjects")->name,
	    "calendarobjects.uid", "UPDATE %T{calendarobjects} t SET t.`uid`=IF(LOCATE(" LF_UID
	    ", %S) > 0, LEFT(CONVERT(SUBSTRING_INDEX(REPLACE(SUBSTR(%S, LOCATE(" LF_UID
	    ", %S) + 5), X'0D', ''), X'0A', 1) USING utf8mb4), 200), %S)%S"
	    " WHERE (t.`uid` IS NULL OR RTRIM(t.`uid`)='')", data, data, data,
	    table_column(schema_table(p->s, "calendarobjects"), "uid")->nullable ? "NULL" : "''",
	    untouched_of(p, &keep, "calendarobjects"));
	buf_free(&b);
	buf_free(&keep);
}

static void fix_etags(struct plan *p)
{
	struct buf b = BUF_INIT(4096), have = BUF_INIT(4096), keep = BUF_INIT(4096);
	const char *data = text_of(p, &b, "calendarobjects", "calendardata");
	const char *etag = bytes_of(p, &have, "calendarobjects", "etag");

	plan_untied(p, schema_table(p->s, "calendarobjects"), true);
	plan_add(p, p->f->md5 ? STMT_RANGE : STMT_ETAG, schema_table(p->s, "calendarobjects")->name,
	    "calendarobjects.etag-size", "UPDATE %T{calendarobjects} t SET t.`etag`=MD5(%S),"
	    " t.`size`=OCTET_LENGTH(%S)%S WHERE t.`calendardata` IS NOT NULL AND"
	    " NOT (%S<=>CAST(MD5(%S) AS BINARY) AND t.`size`<=>OCTET_LENGTH(%S))",
	    data, data, untouched_of(p, &keep, "calendarobjects"), etag, data, data);
	buf_free(&b);
	buf_free(&have);
	buf_free(&keep);
}

void step_21(struct plan *p)
{
	struct table *t = schema_table(p->s, "calendarobjects");
	char name[NAME_BUF];
	bool fresh = false;

	if (t == NULL) {
		snprintf(name, sizeof(name), "%scalendarobjects", p->s->prefix);
		plan_note(p, "table %s is missing and is made, empty", name);
		plan_create(p, &objects, name, "calendarobjects.create", 0, NULL, 0);
	} else if (!table_has(t, "uid")) {
		plan_untied(p, t, true);
		plan_add(p, STMT_COUNT, NULL, "calendarobjects.count", "SELECT COUNT(*), 0 FROM %I",
		    t->name);
		add_uid(p, t);
		fresh = true;
	}
	fill_uid(p, fresh);
	plan_unreserve(p, "calendarobjects", "uid");
	if (p->fix_etags)
		fix_etags(p);
	if (schema_table(p->s, "schedulingobjects") == NULL) {
		snprintf(name, sizeof(name), "%sschedulingobjects", p->s->prefix);
		plan_create(p, &scheduling, name, "schedulingobjects.create", 0, NULL, 0);
	}
}

void step_21_undo(struct plan *p)
{
	undo_create(p, "schedulingobjects");
	undo_column(p, "calendarobjects", "uid", "calendarobjects.alter");
	undo_create(p, "calendarobjects");
}

int step_21_record(struct records *s, struct err *e)
{
	char uid[DAV_UID_MAX + 1];
	bool altered;
	const char *p;
	size_t n;
	int rc;

	if (!records_is(s, DAV_OBJECT) || !record_lacks(&s->r, "uid"))
		return 0;
	rc = records_bytes(s, "calendardata", &p, &n, e);
	if (rc < 1)
		return rc;
	n = davobject_uid(p, n, uid, &altered);
	if (n > 0)
		record_set_str(&s->r, "uid", uid, n);
	else if (!record_has(&s->r, "uid"))
		record_set(&s->r, "uid", "null", 4);
	return altered ? records_warn(s, "uid-shortened", "uid", "its UID does not fit the column"
	    " uid", "there it is shortened, with a hash at its end", e) : 0;
}

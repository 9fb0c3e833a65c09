/* 2.1: the UID of each calendar object in a column, and a table for scheduling. */
#include <string.h>

#include "davkind.h"
#include "davobject.h"
#include "records.h"
#include "step.h"

static const struct layout objects = { "calendarobjects", false, {
	LAYOUT_ID,
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
}, ", UNIQUE KEY `calendarid` (`calendarid`, `uri`)" };

static const struct layout scheduling = { "schedulingobjects", false, {
	LAYOUT_ID,
	{ "principaluri", "VARCHAR(255)" },
	{ "calendardata", "MEDIUMBLOB" },
	{ "uri", "VARCHAR(200)" },
	{ "lastmodified", "INT UNSIGNED" },
	{ "etag", "VARCHAR(32)" },
	{ "size", "INT UNSIGNED NOT NULL" },
}, "" };

/* A UID has the characters of the data that it stands in. */
static void add_uid(struct plan *p, struct table *t)
{
	const struct column *data = table_column(t, "calendardata");
	bool utf8 = strncmp(data->charset, "utf8", 4) == 0;
	const char *charset = utf8 ? data->charset : "utf8mb4";
	/* A default of one blank would not count as reserved (schema.c). */
	int blanks = p->f->uid_length < 2 ? UID_USUAL : (int)p->f->uid_length;
	struct column *uid;

	plan_ddl(p, "calendarobjects.alter", "ALTER TABLE %I ADD COLUMN `uid` VARCHAR(200)"
	    " CHARACTER SET %S COLLATE %S DEFAULT '%*', FORCE", t->name, charset,
	    utf8 ? data->collation : p->s->utf8[1], blanks);
	uid = plan_column(p, t, "uid", "VARCHAR(200)", charset);
	if (uid != NULL)
		uid->reserved = true;
}

#define LF_UID "X'0A5549443A'"	/* a line that begins with "UID:" */

/*
 * By hand, the UID of objects whose first line "UID:" is in the component that it should be in, as
 * it is in what ordinary clients write.
 */
static void fill_uid(struct plan *p, const struct table *t, bool fresh)
{
	plan_data(p, STMT_UID, fresh, t->name,
	    "calendarobjects.uid", "UPDATE %I t SET t.`uid`=IF(LOCATE(" LF_UID
	    ", %B) > 0, LEFT(CONVERT(SUBSTRING_INDEX(REPLACE(SUBSTR(%B, LOCATE(" LF_UID
	    ", %B) + 5), X'0D', ''), X'0A', 1) USING utf8mb4), 200), %S)%U"
	    " WHERE (t.`uid` IS NULL OR RTRIM(t.`uid`)='')", t->name, t, "calendardata", t,
	    "calendardata", t, "calendardata", table_column(t, "uid")->nullable ? "NULL" : "''", t);
}

static void fix_etags(struct plan *p, const struct table *t)
{
	plan_untied(p, t, true);
	plan_data(p, p->f->md5 ? STMT_RANGE : STMT_ETAG, true, t->name,
	    "calendarobjects.etag-size", "UPDATE %I t SET t.`etag`=MD5(%X),"
	    " t.`size`=OCTET_LENGTH(%X)%U WHERE t.`calendardata` IS NOT NULL AND"
	    " NOT (%B<=>CAST(MD5(%X) AS BINARY) AND t.`size`<=>OCTET_LENGTH(%X))", t->name,
	    t, "calendardata", t, "calendardata", t, t, "etag", t, "calendardata", t,
	    "calendardata");
}

void step_21(struct plan *p)
{
	struct table *t = schema_table(p->s, "calendarobjects");
	bool fresh = t != NULL && !table_has(t, "uid");

	plan_missing(p, &objects, true);
	if (fresh) {
		plan_untied(p, t, true);
		plan_counted(p, "calendarobjects", t);
		add_uid(p, t);
	}
	t = schema_table(p->s, "calendarobjects");
	fill_uid(p, t, fresh);
	plan_unreserve(p, "calendarobjects", "uid");
	if (p->fix_etags)
		fix_etags(p, t);
	plan_missing(p, &scheduling, false);
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

/*
 * calendarinstances: the table, and the owner instance of each calendar.
 */
#include <stdlib.h>
#include <string.h>

#include "instances.h"

/* The last column but one is for calendarinstances.public. */
static const struct layout instances = { "calendarinstances", true, {
	LAYOUT_ID,
	{ "calendarid", "INT UNSIGNED NOT NULL" },
	{ "principaluri", "VARBINARY(100)" },
	{ "access", "TINYINT(1) NOT NULL DEFAULT 1" },
	{ "displayname", "VARCHAR(100)" },
	{ "uri", "VARBINARY(200)" },
	{ "description", "TEXT" },
	{ "calendarorder", "INT UNSIGNED NOT NULL DEFAULT 0" },
	{ "calendarcolor", "VARBINARY(10)" },
	{ "timezone", "TEXT" },
	{ "transparent", "TINYINT(1) NOT NULL DEFAULT 0" },
	{ "share_href", "VARBINARY(100)" },
	{ "share_displayname", "VARCHAR(100)" },
	{ "share_invitestatus", "TINYINT(1) NOT NULL DEFAULT 2" },
}, ", UNIQUE KEY `principaluri` (`principaluri`, `uri`), UNIQUE KEY `calendarid`"
    " (`calendarid`, `principaluri`), UNIQUE KEY `calendarid_2` (`calendarid`, `share_href`)" };
#define INSTANCES 14	/* columns */
#define PUBLIC "TINYINT(1) NOT NULL DEFAULT 0"
#define WIDTHS 5	/* columns that may have to be wider */

/* LONG: the type for more than a row has room for, 65,535 bytes of all such columns. */
static void widen(struct width **w, const char *col, const char *type, int64_t length,
    const char *longer)
{
	(*w)->col = col;
	if (length > 1000 && longer != NULL)
		snprintf((*w)->type, sizeof((*w)->type), "%s", longer);
	else
		snprintf((*w)->type, sizeof((*w)->type), "%s(%lld)", type, (long long)length);
	(*w)++;
}

/* Columns that are as wide as sabre makes them or, when a value needs it, wider. */
static void widths(const struct facts *f, struct width w[WIDTHS + 1])
{
	if (f->principaluri > 100)
		widen(&w, "principaluri", "VARBINARY", f->principaluri, NULL);
	if (f->calendarcolor > 10)
		widen(&w, "calendarcolor", "VARBINARY", f->calendarcolor, "MEDIUMBLOB");
	if (f->displayname > 100)
		widen(&w, "displayname", "VARCHAR", f->displayname, "MEDIUMTEXT");
	if (f->description > 65535)
		widen(&w, "description", "", f->description, "MEDIUMTEXT");
	if (f->timezone > 65535)
		widen(&w, "timezone", "", f->timezone, "MEDIUMTEXT");
	w->col = NULL;
}

void instances_note(struct plan *p)
{
	if (p->f->principaluri > 100)
		plan_note(p, "a principal's URI has %lld bytes: calendarinstances.principaluri is"
		    " made wider than sabre's 100, or its calendars would lose their owner",
		    (long long)p->f->principaluri);
	if (p->f->uri > 200)
		plan_note(p, "a calendar's URI has %lld bytes: URIs over 200 are shortened and get"
		    " a hash", (long long)p->f->uri);
	if (p->f->orders > 0)
		plan_note(p, "calendars with a negative or too large calendarorder: %lld; it"
		    " becomes 0 or 4294967295, the limits of sabre's column",
		    (long long)p->f->orders);
}

static void create(struct plan *p)
{
	struct layout l = instances;
	struct width w[WIDTHS + 1];

	if (p->with_public) {
		l.col[INSTANCES][0] = "public";
		l.col[INSTANCES][1] = PUBLIC;
	}
	widths(p->f, w);
	plan_create(p, &l, "", 0, w);
}

/* A calendarinstances that is there, perhaps empty: widen what is too narrow for the calendars. */
static void alter(struct plan *p, const struct table *t)
{
	struct width all[WIDTHS + 1], *w = all;
	const struct column *c;
	const char *open;

	for (widths(p->f, all); w->col != NULL; w++) {
		c = table_column(t, w->col);
		open = strchr(w->type, '(');
		if (c != NULL && strncmp(c->type, "medium", 6) != 0 &&
		    strncmp(c->type, "long", 4) != 0 &&
		    (open == NULL || c->chars < strtoull(open + 1, NULL, 10)))
			plan_ddl(p, plan_action(p, "calendarinstances.widen-%s", w->col),
			    "ALTER TABLE %I MODIFY COLUMN %I %S", t->name, w->col, w->type);
	}
	if (p->with_public && !table_has(t, "public"))
		plan_ddl(p, "calendarinstances.public", "ALTER TABLE %I ADD COLUMN `public` "
		    PUBLIC, t->name);
}

bool instances_table(struct plan *p)
{
	const struct table *t = schema_table(p->s, "calendarinstances");

	if (t != NULL)
		alter(p, t);
	else
		create(p);
	return t == NULL;
}

/* A column of the source's, or what stands for it where the source does not have it. */
const char *source_column(struct plan *p, struct buf *b, const struct table *t, const char *col,
    const char *none)
{
	static const char *const bytes[] = { "principaluri", "uri", "calendarcolor", "components" };
	unsigned i;

	buf_reset(b);
	for (i = 0; i < sizeof(bytes) / sizeof(*bytes) && strcmp(col, bytes[i]) != 0; i++)
		;
	if (!table_has(t, col))
		buf_adds(b, none);
	else if (i < sizeof(bytes) / sizeof(*bytes))
		schema_bytes(b, t, "t", col);
	else
		buf_addf(b, "t.`%s`", col);
	return buf_check(b, &p->err) < 0 ? "" : b->data;
}

/* Unsigned in calendarinstances; and anything but 0 means transparent. */
#define ORDER "LEAST(GREATEST(COALESCE(%S, 0), 0), 4294967295)"
#define TRANSPARENT "COALESCE(%S, 0)<>0"

/* The first calendar, by id, with a principal and URI keeps them. */
static void fill_first(struct plan *p, const struct table *src, bool fresh, const char *used,
    const char *const v[SOURCE_COLUMNS], const struct table *t, int uri_limit)
{
	plan_data(p, STMT_DATA, fresh, NULL, "calendarinstances.fill", "INSERT INTO %I"
	    " (`calendarid`, `access`, `principaluri`, `uri`, `displayname`, `description`,"
	    " `calendarorder`, `calendarcolor`, `timezone`, `transparent`) SELECT t.`id`, 1, %S,"
	    " %S, %S, %S, " ORDER ", %S, %S, " TRANSPARENT " FROM %I t JOIN (SELECT"
	    " MIN(t.`id`) AS id FROM %I t GROUP BY %S, %S) k ON k.id=t.`id` LEFT JOIN %I owned ON"
	    " owned.`calendarid`=t.`id` AND owned.`access`=1 LEFT JOIN %I taken ON"
	    " taken.`principaluri`=%S AND taken.`uri`=%S LEFT JOIN %I own ON own.`calendarid`="
	    "t.`id` AND own.`principaluri`=%S WHERE owned.`id` IS NULL AND taken.`id` IS NULL AND"
	    " own.`id` IS NULL AND (%S IS NULL OR OCTET_LENGTH(%S)<=%d)%S ORDER BY t.`id`",
	    t->name, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], src->name, src->name, v[0],
	    v[1], t->name, t->name, v[0], v[1], t->name, v[0], v[1], v[1], uri_limit, used);
}

/* Calendars that then still lack an instance of their owner's: their URI is too long or taken. */
static void fill(struct plan *p, const struct table *src, bool fresh, const char *used,
    const char *const v[SOURCE_COLUMNS])
{
	const struct table *t = schema_table(p->s, "calendarinstances");
	const struct column *uri = table_column(t, "uri"), *who = table_column(t, "principaluri");

	/* Columns of text find more values equal than those of bytes: there one by one. */
	if (uri != NULL && uri->charset[0] == '\0' && who != NULL && who->charset[0] == '\0')
		fill_first(p, src, fresh, used, v, t, (int)(uri->chars < INT32_MAX ?
		    uri->chars : INT32_MAX));
	plan_data(p, STMT_OWNERS, fresh, src->name, "calendarinstances.uris", "SELECT t.`id`, %S,"
	    " %S FROM %I t LEFT JOIN %I owned ON owned.`calendarid`=t.`id` AND owned.`access`=1"
	    " WHERE owned.`id` IS NULL%S", v[0], v[1], src->name, t->name, used);
	plan_each(p, "INSERT INTO %I (`calendarid`, `access`, `principaluri`, `uri`, `displayname`,"
	    " `description`, `calendarorder`, `calendarcolor`, `timezone`, `transparent`) SELECT"
	    " t.`id`, 1, %S, ?, %S, %S, " ORDER ", %S, %S, " TRANSPARENT " FROM %I t"
	    " WHERE t.`id`=?", t->name, v[0], v[2], v[3], v[4], v[5], v[6], v[7], src->name);
}

void instances_fill(struct plan *p, const struct table *src, bool fresh, const char *used)
{
	static const char *const cols[SOURCE_COLUMNS][2] = { { "principaluri", "NULL" },
	    { "uri", "NULL" }, { "displayname", "NULL" }, { "description", "NULL" },
	    { "calendarorder", "0" }, { "calendarcolor", "NULL" }, { "timezone", "NULL" },
	    { "transparent", "0" } };
	const char *v[SOURCE_COLUMNS];
	struct buf b[SOURCE_COLUMNS];
	unsigned i;

	for (i = 0; i < SOURCE_COLUMNS; i++) {
		buf_init(&b[i], 4096);
		v[i] = source_column(p, &b[i], src, cols[i][0], cols[i][1]);
	}
	fill(p, src, fresh, used, v);
	for (i = 0; i < SOURCE_COLUMNS; i++)
		buf_free(&b[i]);
}

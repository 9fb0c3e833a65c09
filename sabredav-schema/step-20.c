/*
 * 2.0: sync tokens instead of ctags, change logs, subscriptions, stored properties, and the etag
 * and size of cards.
 */
#include <string.h>

#include "davkind.h"
#include "davobject.h"
#include "records.h"
#include "step.h"

const struct layout calendars_20 = { "calendars", false, {
	LAYOUT_ID,
	{ "principaluri", "VARCHAR(100)" },
	{ "displayname", "VARCHAR(100)" },
	{ "uri", "VARCHAR(200)" },
	{ "synctoken", "INT UNSIGNED NOT NULL DEFAULT 1" },
	{ "description", "TEXT" },
	{ "calendarorder", "INT UNSIGNED NOT NULL DEFAULT 0" },
	{ "calendarcolor", "VARCHAR(10)" },
	{ "timezone", "TEXT" },
	{ "components", "VARCHAR(20)" },
	{ "transparent", "TINYINT(1) NOT NULL DEFAULT 0" },
}, ", UNIQUE KEY `principaluri` (`principaluri`, `uri`)" };

static const struct layout addressbooks = { "addressbooks", false, {
	LAYOUT_ID,
	{ "principaluri", "VARCHAR(255)" },
	{ "displayname", "VARCHAR(255)" },
	{ "uri", "VARCHAR(200)" },
	{ "description", "TEXT" },
	{ "synctoken", "INT UNSIGNED NOT NULL DEFAULT 1" },
}, ", UNIQUE KEY `principaluri` (`principaluri`, `uri`)" };

static const struct layout cards = { "cards", false, {
	LAYOUT_ID,
	{ "addressbookid", "INT UNSIGNED NOT NULL" },
	{ "carddata", "MEDIUMBLOB" },
	{ "uri", "VARCHAR(200)" },
	{ "lastmodified", "INT UNSIGNED" },
	{ "etag", "VARBINARY(32)" },
	{ "size", "INT UNSIGNED NOT NULL" },
}, "" };

/* Tables that are made empty, in this order. */
static const struct layout fresh_tables[] = {
	{ "calendarchanges", false, {
		LAYOUT_ID,
		{ "uri", "VARCHAR(200) NOT NULL" },
		{ "synctoken", "INT UNSIGNED NOT NULL" },
		{ "calendarid", "INT UNSIGNED NOT NULL" },
		{ "operation", "TINYINT(1) NOT NULL" },
	}, ", KEY `calendarid_synctoken` (`calendarid`, `synctoken`)" },
	{ "addressbookchanges", false, {
		LAYOUT_ID,
		{ "uri", "VARCHAR(200) NOT NULL" },
		{ "synctoken", "INT UNSIGNED NOT NULL" },
		{ "addressbookid", "INT UNSIGNED NOT NULL" },
		{ "operation", "TINYINT(1) NOT NULL" },
	}, ", KEY `addressbookid_synctoken` (`addressbookid`, `synctoken`)" },
	{ "calendarsubscriptions", true, {
		LAYOUT_ID,
		{ "uri", "VARCHAR(200) NOT NULL" },
		{ "principaluri", "VARCHAR(100) NOT NULL" },
		{ "source", "TEXT" },
		{ "displayname", "VARCHAR(100)" },
		{ "refreshrate", "VARCHAR(10)" },
		{ "calendarorder", "INT UNSIGNED NOT NULL DEFAULT 0" },
		{ "calendarcolor", "VARCHAR(10)" },
		{ "striptodos", "TINYINT(1)" },
		{ "stripalarms", "TINYINT(1)" },
		{ "stripattachments", "TINYINT(1)" },
		{ "lastmodified", "INT UNSIGNED" },
	}, ", UNIQUE KEY `principaluri` (`principaluri`, `uri`)" },
	{ "propertystorage", true, {
		LAYOUT_ID,
		{ "path", "VARBINARY(1024) NOT NULL" },
		{ "name", "VARBINARY(100) NOT NULL" },
		{ "value", "MEDIUMBLOB" },
	}, ", UNIQUE KEY `path_property` (`path`(600), `name`)" },
};
#define FRESH_TABLES (sizeof(fresh_tables) / sizeof(*fresh_tables))

/* Sync tokens start at 1, as with sabre's script; clients then read a collection anew, once. */
static void alter_collection(struct plan *p, struct table *t, const char *base)
{
	const struct column *token = table_column(t, "synctoken");
	bool ctag = table_has(t, "ctag");

	plan_backup(p, base, SUFFIX_20);
	if (token != NULL && token->nullable)
		plan_data(p, STMT_DATA, true, NULL, plan_action(p, "%s.synctoken-null", base),
		    "UPDATE %I t SET t.`synctoken`=1%U WHERE t.`synctoken` IS NULL", t->name, t);
	plan_ddl(p, plan_action(p, "%s.alter", base), "ALTER TABLE %I%S%S", t->name, token == NULL ?
	    " ADD COLUMN `synctoken` INT UNSIGNED NOT NULL DEFAULT 1" : token->nullable ?
	    " MODIFY COLUMN `synctoken` INT UNSIGNED NOT NULL DEFAULT 1" : "",
	    !ctag ? "" : token == NULL || token->nullable ? ", DROP COLUMN `ctag`" :
	    " DROP COLUMN `ctag`");
	table_drop(t, "synctoken");
	table_drop(t, "ctag");
	plan_column(p, t, "synctoken", "INT UNSIGNED NOT NULL", "");
}

/* Columns that the site added would not be in a new table. */
static bool only_sabres(const struct layout *l, const struct table *t)
{
	struct buf others = BUF_INIT(1 << 16);
	bool none;

	layout_others(&others, l, t);
	none = others.len == 0 && !others.failed;
	buf_free(&others);
	return none;
}

static void upgrade_collection(struct plan *p, const struct layout *l, bool empty)
{
	struct table *t = schema_table(p->s, l->base);
	const struct column *token = table_column(t, "synctoken");

	if (plan_missing(p, l, true) ||
	    (token != NULL && !token->nullable && !table_has(t, "ctag")))
		return;
	plan_counted(p, l->base, t);
	if (token == NULL && empty && only_sabres(l, t))
		plan_swap(p, l, SUFFIX_20);
	else
		alter_collection(p, t, l->base);
}

static void alter_cards(struct plan *p, struct table *t)
{
	bool etag = table_has(t, "etag"), size = table_has(t, "size");
	struct column *c;

	plan_ddl(p, etag ? "cards.alter-size" : size ? "cards.alter-etag" : "cards.alter",
	    "ALTER TABLE %I%S%S%S, FORCE", t->name, etag ? "" :
	    " ADD COLUMN `etag` VARBINARY(32) DEFAULT " RESERVED, etag || size ? "" : ",",
	    size ? "" : " ADD COLUMN `size` INT UNSIGNED NOT NULL");
	c = etag ? NULL : plan_column(p, t, "etag", "VARBINARY(32)", "");
	if (c != NULL)
		c->reserved = true;
	if (!size)
		plan_column(p, t, "size", "INT UNSIGNED NOT NULL", "");
}

static void upgrade_cards(struct plan *p)
{
	struct table *t = schema_table(p->s, "cards");
	bool fresh = t != NULL && !(table_has(t, "etag") && table_has(t, "size"));

	plan_missing(p, &cards, true);
	if (fresh) {
		plan_untied(p, t, true);
		plan_counted(p, "cards", t);
		if (!table_has(t, "etag") && !table_has(t, "size") && p->f->empty_cards &&
		    only_sabres(&cards, t))
			plan_swap(p, &cards, SUFFIX_20);
		else
			alter_cards(p, t);
	}
	t = schema_table(p->s, "cards");
	plan_data(p, p->f->md5 ? STMT_RANGE : STMT_ETAG, fresh, t->name, "cards.etag-size",
	    "UPDATE %I t SET t.`etag`=COALESCE(MD5(%X), MD5('')),"
	    " t.`size`=COALESCE(OCTET_LENGTH(%X), 0)%U WHERE (t.`etag` IS NULL OR"
	    " RTRIM(t.`etag`)='' OR t.`size`=0)", t->name, t, "carddata", t, "carddata", t);
	plan_unreserve(p, "cards", "etag");
}

void step_20(struct plan *p)
{
	const struct table *t = schema_table(p->s, "calendars");
	size_t i;

	if ((t != NULL || !p->f->moved) && (t == NULL || table_has(t, "principaluri")))
		upgrade_collection(p, &calendars_20, p->f->empty_calendars);
	upgrade_collection(p, &addressbooks, p->f->empty_addressbooks);
	for (i = 0; i < FRESH_TABLES; i++)
		plan_missing(p, &fresh_tables[i], false);
	upgrade_cards(p);
}

void step_20_undo(struct plan *p)
{
	size_t i;

	for (i = FRESH_TABLES; i-- > 0;)
		undo_create(p, fresh_tables[i].base);
	undo_backup(p, "cards", SUFFIX_20);
	undo_column(p, "cards", "size", "cards.alter");
	undo_column(p, "cards", "size", "cards.alter-size");
	undo_column(p, "cards", "etag", "cards.alter");
	undo_column(p, "cards", "etag", "cards.alter-etag");
	undo_backup(p, "addressbooks", SUFFIX_20);
	undo_backup(p, "calendars", SUFFIX_20);
	undo_create(p, "cards");
	undo_create(p, "addressbooks");
	undo_create(p, "calendars");
}

/* A calendar's or an address book's sync token, in the place of its ctag. */
static void lift_collection(struct record *r)
{
	const struct jval *v;

	if (record_lacks(r, "synctoken"))
		record_set_int(r, "synctoken", 1);
	record_drop(r, "ctag");
	if (strcmp(r->kind, DAV_CALENDAR) != 0)
		return;
	v = record_value(r, "components");
	if (v == NULL || (v->type == J_STR && v->n == 0))
		record_set_str(r, "components", DAV_COMPONENTS, strlen(DAV_COMPONENTS));
}

/* Etag and size of the bytes in member KEY, where they are missing.  The bytes are in *P. */
static int lift_bytes(struct records *s, const char *key, const char **p, size_t *n,
    struct err *e)
{
	struct record *r = &s->r;
	char etag[33];
	int rc = records_bytes(s, key, p, n, e);

	if (rc < 1)
		return rc;
	if (record_lacks(r, "etag")) {
		davobject_etag(*p, *n, etag);
		record_set_str(r, "etag", etag, 32);
	}
	if (record_lacks(r, "size"))
		record_set_int(r, "size", (int64_t)*n);
	return 1;
}

/* That an object has no times says no more than that it was reckoned, or was not. */
static void lift_times(struct record *r, const char *key, bool timed, int64_t at)
{
	if (!record_lacks(r, key))
		return;
	if (timed)
		record_set_int(r, key, at);
	else if (!record_has(r, key))
		record_set(r, key, "null", 4);
}

static int lift_object(struct records *s, struct err *e)
{
	struct record *r = &s->r;
	struct ical_facts f;
	const char *p;
	size_t n;
	int rc;

	if (!record_lacks(r, "etag") && !record_lacks(r, "size") &&
	    !record_lacks(r, "componenttype") && !record_lacks(r, "firstoccurence") &&
	    !record_lacks(r, "lastoccurence"))
		return 0;
	rc = lift_bytes(s, "calendardata", &p, &n, e);
	if (rc < 1)
		return rc;
	ical_look(p, n, &f);
	if (record_lacks(r, "componenttype"))
		record_set_str(r, "componenttype", f.component, strlen(f.component));
	lift_times(r, "firstoccurence", f.timed, f.first);
	lift_times(r, "lastoccurence", f.timed, f.last);
	return 0;
}

int step_20_record(struct records *s, struct err *e)
{
	struct record *r = &s->r;
	const char *p;
	size_t n;

	if (records_is(s, DAV_OBJECT))
		return lift_object(s, e);
	if (records_is(s, DAV_CARD)) {
		if (!record_lacks(r, "etag") && !record_lacks(r, "size"))
			return 0;
		return lift_bytes(s, "data", &p, &n, e) < 0 ? -1 : 0;
	}
	if (records_is(s, DAV_CALENDAR) || records_is(s, DAV_ADDRESSBOOK))
		lift_collection(r);
	return 0;
}

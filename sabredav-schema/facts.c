#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "sql.h"

#define LENGTHS 8	/* facts of values */

/* 1 when NAME has a row that WHERE ("" or " WHERE ...") selects, 0, or -1. */
static int has_row(struct db *db, const char *name, const char *where, struct err *e)
{
	int64_t found = 0;

	return sql_numbers(db, "", &found, 1, e, "SELECT EXISTS(SELECT 1 FROM %I%S)", name,
	    where) < 0 ? -1 : found != 0;
}

static int is_empty(struct db *db, const struct schema *s, const char *base, bool *empty,
    struct err *e)
{
	const struct table *t = schema_table(s, base);
	int rc = t != NULL ? has_row(db, t->name, "", e) : 0;

	*empty = rc == 0;
	return rc < 0 ? -1 : 0;
}

/* NAME is a calendars_3_1_<unix time>: the time. */
static unsigned long long moved_at(const char *name)
{
	return strtoull(strstr(name, "calendars_3_1_") + strlen("calendars_3_1_"), NULL, 10);
}

/*
 * The newest calendars_3_1_<unix time> in the old layout; one with rows, if there is any: a stock
 * script that was run again moved a table that was made empty in between.  IN_USE: no calendar of
 * ours is missing.
 */
static int find_moved(struct facts *f, struct db *db, const struct schema *s, bool in_use,
    const struct table **best, struct err *e)
{
	const struct table *t;
	char own[NAME_BUF];
	bool best_rows = false;
	unsigned i;
	int rows;

	snprintf(own, sizeof(own), "%scalendars_3_1_", s->prefix);
	for (*best = NULL, i = 0; i < s->n; i++) {
		t = s->t[i];
		if (strstr(t->name, "calendars_3_1_") == NULL || !table_has(t, "principaluri"))
			continue;
		/* Without the prefix it may be another installation's. */
		if (strncmp(t->name, own, strlen(own)) != 0 && in_use)
			continue;
		rows = has_row(db, t->name, "", e);
		if (rows < 0)
			return -1;
		if (rows && best_rows)
			snprintf(f->other, sizeof(f->other), "%s",
			    moved_at(t->name) > moved_at((*best)->name) ? (*best)->name : t->name);
		if (*best == NULL || rows > best_rows ||
		    (rows == best_rows && moved_at(t->name) > moved_at((*best)->name))) {
			*best = t;
			best_rows = rows;
		}
	}
	return 0;
}

static int load_lengths(struct facts *f, struct db *db, const struct table *t, struct err *e)
{
	static const char *const cols[LENGTHS] = { "principaluri", "uri", "displayname",
	    "calendarcolor", "components", "description", "timezone", "calendarorder" };
	int64_t *out[] = { &f->principaluri, &f->uri, &f->displayname, &f->calendarcolor,
	    &f->components, &f->description, &f->timezone, &f->orders };
	int64_t v[LENGTHS] = { 0 };
	struct buf sql = BUF_INIT(SQL_MAX);
	unsigned i;
	int rc;

	for (i = 0; i < LENGTHS; i++) {
		buf_adds(&sql, i > 0 ? ", " : "");
		if (!table_has(t, cols[i]))
			buf_addc(&sql, '0');
		else if (strcmp(cols[i], "displayname") == 0)
			buf_adds(&sql, "COALESCE(MAX(CHAR_LENGTH(t.`displayname`)), 0)");
		else if (strcmp(cols[i], "calendarorder") == 0)
			buf_adds(&sql, "COALESCE(SUM(t.`calendarorder`<0 OR"
			    " t.`calendarorder`>4294967295), 0)");
		else
			sql_add(&sql, "", "COALESCE(MAX(OCTET_LENGTH(%B)), 0)", t, cols[i]);
	}
	rc = buf_check(&sql, e) < 0 ? -1 : sql_numbers(db, "", v, LENGTHS, e,
	    "SELECT %S FROM %I t", sql.data, t->name);
	buf_free(&sql);
	for (i = 0; rc == 1 && i < LENGTHS; i++)
		*out[i] = v[i];
	return rc < 0 ? -1 : 0;
}

/*
 * Without any table of sabre's the prefix is wrong: name one that would fit.
 */
static int no_tables(struct db *db, const struct schema *s, struct err *e)
{
	char hint[NAME_SIZE] = "";
	bool found = false;
	struct dbq q;

	if (dbq_prepare(&q, db, "SELECT LEFT(TABLE_NAME, CHAR_LENGTH(TABLE_NAME)-15) FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND"
	    " RIGHT(TABLE_NAME, 15)='calendarobjects' ORDER BY 1", e) < 0)
		return -1;
	if (dbq_run(&q, NULL, 0, e) == 0 && dbq_next(&q, e) == 1) {
		found = true;
		snprintf(hint, sizeof(hint), "%s", dbq_str(&q, 0));
	}
	dbq_close(&q);
	if (found)
		return err_set(e, EXIT_CONFIG, "database %s has no table %scalendars,"
		    " %scalendarobjects, %saddressbooks or %scards; did you mean %s%s?", db->name,
		    s->prefix, s->prefix, s->prefix, s->prefix, hint[0] != '\0' ? "--prefix " :
		    "no --prefix", hint);
	return err_set(e, EXIT_CONFIG, "database %s has no sabre/dav table; name the database and,"
	    " when its tables have one, the prefix (--prefix)", db->name);
}

/*
 * A stock script puts an empty table aside as TABLE_old..., and may die before it makes the new
 * one.  One with rows was put there for another reason: it must not be replaced by an empty table.
 */
static int check_aside(struct db *db, const struct schema *s, const char *base, struct err *e)
{
	char old[NAME_BUF];
	unsigned i;
	int rc;

	snprintf(old, sizeof(old), "%s%s_old", s->prefix, base);
	for (i = 0; i < s->n && schema_table(s, base) == NULL; i++) {
		if (strncmp(s->t[i]->name, old, strlen(old)) != 0)
			continue;
		rc = has_row(db, s->t[i]->name, "", e);
		if (rc != 0)
			return rc < 0 ? -1 : err_set(e, EXIT_CONFIG, "table %s%s is missing, and"
			    " %s has rows; give it its name back (RENAME TABLE) and run this again",
			    s->prefix, base, s->t[i]->name);
	}
	return 0;
}

static int check_columns(const struct schema *s, const char *base, const char *const *cols,
    struct err *e)
{
	const struct table *t = schema_table(s, base);

	if (t == NULL)
		return 0;
	/* Principals are only read: they may well be a view of the site's users. */
	if (t->view && strcmp(base, "principals") != 0)
		return err_set(e, EXIT_CONFIG, "%s is a view; upgrade the tables it shows",
		    t->name);
	for (; *cols != NULL; cols++)
		if (!table_has(t, *cols))
			return err_set(e, EXIT_CONFIG, "table %s has no column %s: it is not a"
			    " table of sabre/dav, or one older than 1.8 (run sabre's"
			    " migrateto17 and migrateto18 first)", t->name, *cols);
	return 0;
}

/* sabre's ids are unique, from 1 on; MAX is the highest that can be kept. */
static int check_ids(struct db *db, const struct table *t, const char *max, struct err *e)
{
	int64_t id = 0;
	int rc = sql_numbers(db, "", &id, 1, e, "SELECT id FROM %I WHERE id<1 OR id>%S LIMIT 1",
	    t->name, max);

	if (rc > 0)
		return err_set(e, EXIT_CONFIG, "table %s has a row with id %lld, and sabre's ids"
		    " are 1 to 4294967295: give it another id, there and where it is referred"
		    " to, and run this again", t->name, (long long)id);
	if (rc == 0 && !t->key)
		rc = sql_numbers(db, "", &id, 1, e,
		    "SELECT id FROM %I GROUP BY id HAVING COUNT(*)>1 LIMIT 1", t->name);
	if (rc > 0)
		return err_set(e, EXIT_CONFIG, "table %s has no primary key, and two rows with id"
		    " %lld: give each row an id of its own, make id the PRIMARY KEY (and"
		    " AUTO_INCREMENT), as sabre does, and run this again", t->name, (long long)id);
	return rc;
}

static int check(struct db *db, const struct schema *s, struct err *e)
{
	static const char *const objects[] = { "id", "calendardata", "uri", "calendarid", "etag",
	    "size", NULL };
	static const char *const cards[] = { "id", "carddata", "uri", "addressbookid", NULL };
	static const char *const books[] = { "id", "principaluri", "uri", NULL };
	static const char *const calendars[] = { "id", "uri", NULL };
	static const char *const calendars_32[] = { "id", "synctoken", "components", NULL };
	static const char *const principals[] = { "id", "uri", NULL };
	static const char *const aside[] = { "calendars", "addressbooks", "cards",
	    "propertystorage" };
	static const char *const ids[] = { "calendars", "calendarobjects", "addressbooks",
	    "cards" };
	size_t i;

	if (!schema_table(s, "calendars") && !schema_table(s, "calendarobjects") &&
	    !schema_table(s, "addressbooks") && !schema_table(s, "cards"))
		return no_tables(db, s, e);
	for (i = 0; i < sizeof(aside) / sizeof(*aside); i++)
		if (check_aside(db, s, aside[i], e) < 0)
			return -1;
	if (check_columns(s, "calendarobjects", objects, e) < 0 ||
	    check_columns(s, "cards", cards, e) < 0 ||
	    check_columns(s, "calendars", table_has(schema_table(s, "calendars"),
	    "principaluri") ? calendars : calendars_32, e) < 0 ||
	    check_columns(s, "addressbooks", books, e) < 0 ||
	    check_columns(s, "principals", principals, e) < 0)
		return -1;
	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (schema_table(s, ids[i]) != NULL &&
		    check_ids(db, schema_table(s, ids[i]), "9223372036854775807", e) < 0)
			return -1;
	return 0;
}

/* Where the calendars' names, colours, ... are, and whether the tables made of them have any. */
static int find_source(struct facts *f, struct db *db, const struct schema *s, struct err *e)
{
	const struct table *t = schema_table(s, "calendars");
	const struct table *instances = schema_table(s, "calendarinstances");
	int owned;

	owned = instances == NULL ? 0 : has_row(db, instances->name, " WHERE access=1", e);
	if (owned < 0)
		return -1;
	if (t == NULL || !table_has(t, "principaluri")) {
		if (find_moved(f, db, s, t != NULL && !f->empty_calendars && owned, &t, e) < 0)
			return -1;
		f->moved = t != NULL;
	}
	f->owners_lost = !owned;
	f->calendars_lost = f->empty_calendars;
	if (t == NULL)
		return 0;
	snprintf(f->source, sizeof(f->source), "%s", t->name);
	return check_ids(db, t, "4294967295", e) < 0 ? -1 : load_lengths(f, db, t, e);
}

/* MySQL 9.6 keeps MD5() in a component. */
static int has_md5(struct facts *f, struct db *db, struct err *e)
{
	struct err none = { .msg = "" };

	f->md5 = db_exec(db, "SELECT MD5('')", &none) == 0;
	/* Without the right to run the database's own functions none is said to be missing. */
	if (!f->md5 && none.db != ER_SP_DOES_NOT_EXIST &&
	    none.db != ER_PROCACCESS_DENIED_ERROR) {
		*e = none;
		return -1;
	}
	return 0;
}

/* The usual length among the first and the last objects, where they have a line "UID:". */
static int find_uid_length(struct facts *f, struct db *db, const struct schema *s, struct err *e)
{
	const struct table *t = schema_table(s, "calendarobjects");

	return t == NULL || table_has(t, "uid") ? 0 : sql_numbers(db, "", &f->uid_length, 1, e,
	    "SELECT n FROM (SELECT OCTET_LENGTH(SUBSTRING_INDEX(REPLACE(SUBSTR(d, LOCATE("
	    "X'0A5549443A', d) + 5), X'0D', ''), X'0A', 1)) AS n FROM ((SELECT LEFT(%B, 8192) AS d"
	    " FROM %I t ORDER BY t.`id` LIMIT 200) UNION ALL (SELECT LEFT(%B, 8192) FROM %I t ORDER"
	    " BY t.`id` DESC LIMIT 200)) some WHERE LOCATE(X'0A5549443A', d)>0) lengths"
	    " WHERE n BETWEEN 1 AND 200 GROUP BY n ORDER BY COUNT(*) DESC, n LIMIT 1",
	    t, "calendardata", t->name, t, "calendardata", t->name) < 0 ? -1 : 0;
}

int facts_load(struct facts *f, struct db *db, const struct schema *s, struct err *e)
{
	memset(f, 0, sizeof(*f));
	if (check(db, s, e) < 0 || has_md5(f, db, e) < 0 ||
	    is_empty(db, s, "calendars", &f->empty_calendars, e) < 0 ||
	    is_empty(db, s, "addressbooks", &f->empty_addressbooks, e) < 0 ||
	    is_empty(db, s, "cards", &f->empty_cards, e) < 0 ||
	    find_uid_length(f, db, s, e) < 0)
		return -1;
	return find_source(f, db, s, e);
}

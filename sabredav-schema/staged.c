#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "digest.h"
#include "sql.h"
#include "staged.h"

/*
 * sabre/dav 1.8, with room for whatever a record may hold; URIs are bytes.  Contacts do not pass
 * through here, but steps expect their tables.
 */
static const struct {
	const char *name, *columns;
} tables[] = {
	{ "principals", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uri varchar(255) NOT"
	  " NULL, email varchar(80), vcardurl varchar(80), displayname varchar(80)" },
	{ "calendars", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, principaluri"
	  " varchar(400), displayname varchar(255), uri varbinary(255), ctag bigint unsigned NOT"
	  " NULL DEFAULT 0, description mediumtext, calendarorder bigint NOT NULL DEFAULT 0,"
	  " calendarcolor varchar(255), timezone mediumtext, components varchar(255), transparent"
	  " tinyint NOT NULL DEFAULT 0" },
	{ "calendarobjects", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, calendardata"
	  " mediumblob, uri varbinary(255), calendarid int unsigned NOT NULL, lastmodified bigint,"
	  " etag varchar(32) NOT NULL DEFAULT '', size int unsigned NOT NULL DEFAULT 0,"
	  " componenttype varchar(8) NOT NULL DEFAULT '', firstoccurence bigint, lastoccurence"
	  " bigint, KEY calendarid (calendarid)" },
	{ "calendarshares", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, calendarid int"
	  " unsigned NOT NULL, principaluri varchar(400), readonly tinyint, color varchar(255),"
	  " KEY calendarid (calendarid)" },
	{ "addressbooks", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, principaluri"
	  " varchar(255), displayname varchar(255), uri varchar(200), description text,"
	  " ctag int unsigned NOT NULL DEFAULT 1" },
	{ "cards", "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, addressbookid int unsigned"
	  " NOT NULL, carddata mediumblob, uri varchar(255), lastmodified int unsigned,"
	  " KEY addressbookid (addressbookid)" },
	{ "dsu_users", "block int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name char(64) NOT"
	  " NULL, KEY name (name)" },
};
#define TABLES (sizeof(tables) / sizeof(*tables))

#define NOTE "one tinyint NOT NULL PRIMARY KEY, source char(36) NOT NULL," \
	" snapshot varchar(63) NOT NULL, whole tinyint NOT NULL DEFAULT 0"
#define OPTIONS ") ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"

bool staged_calendar(const struct jdoc *d, int64_t *id, char uuid[UUID_LEN + 1])
{
	const char *s = jr_str(d, NULL, "uuid", "");

	*id = jr_int(d, NULL, "id", 0);
	if (*id > 0 && *id <= UINT32_MAX && uuid_parse(s, strlen(s), uuid))
		return true;
	uuid[0] = '\0';
	return false;
}

const char *staged_block_name(const struct jdoc *d)
{
	return jr_str(d, NULL, "email", jr_str(d, NULL, "principal", ""));
}

void staged_key(const char *name, char key[STAGED_KEY])
{
	sha256_hex(name, strlen(name), key);
}

int staged_prepare_count(struct dbq *q, struct db *db, const char *prefix, struct err *e)
{
	return sql_prepare(q, db, prefix, e, "SELECT COUNT(*) FROM %T{dsu_users} WHERE name=?");
}

int staged_count(struct dbq *q, const char *key, int64_t *n, struct err *e)
{
	int rc = dbq_run(q, &DB_STR(key), 1, e);

	*n = 0;
	while (rc == 0 && (rc = dbq_next(q, e)) == 1) {
		*n = dbq_int(q, 0);
		rc = 0;
	}
	return rc;
}

int staged_wait(struct db *db, struct err *e)
{
	return db_exec(db, "SET SESSION net_write_timeout=86400,wait_timeout=604800", e);
}

int staged_of_header(struct staged *st, const struct jdoc *h, const char *name, struct err *e)
{
	const struct jval *source = jr_get(h, NULL, "source");
	const char *id = source != NULL ? jr_str(h, source, "id", "") : "";

	memset(st, 0, sizeof(*st));
	if (!uuid_parse(id, strlen(id), st->source))
		return err_set(e, EXIT_DATA, "%s: the header names no source.id, so it cannot be"
		    " told what the tables are of; take the stream as p7-transform wrote it", name);
	snprintf(st->snapshot, sizeof(st->snapshot), "%s", jr_str(h, source, "snapshot", ""));
	return 0;
}

int staged_find(struct staged *st, struct db *db, const char *prefix, struct err *e)
{
	char name[NAME_BUF];
	struct dbq q;
	int rc;

	memset(st, 0, sizeof(*st));
	st->prefix = prefix;
	if (strlen(prefix) > PREFIX_MAX)
		return err_set(e, EXIT_USAGE, "the prefix is longer than %d characters",
		    PREFIX_MAX);
	snprintf(name, sizeof(name), "%sdsu_stage", prefix);
	rc = db_has_table(db, name, e);
	if (rc <= 0)
		return rc;
	if (sql_prepare(&q, db, prefix, e, "SELECT source, snapshot, whole FROM %T{dsu_stage}") < 0)
		return -1;
	st->present = true;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		snprintf(st->source, sizeof(st->source), "%s", dbq_str(&q, 0));
		snprintf(st->snapshot, sizeof(st->snapshot), "%s", dbq_str(&q, 1));
		st->whole = dbq_int(&q, 2) != 0;
		rc = 0;
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

static bool digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return *s == '\0';
}

/* The rest of the name of what is put aside, by the stock scripts or by our steps. */
static bool aside(const char *s)
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

/* Is NAME, without the prefix, a table of a stage, or what the steps make of one? */
static bool is_ours(const char *name)
{
	static const char *const made[] = { "calendarshares", "dsu_journal", "dsu_users",
	    "dsu_stage", NULL };
	const char *const *lists[] = { schema_tables, made }, *const *p;
	size_t i, n;

	for (i = 0; i < 2; i++)
		for (p = lists[i]; *p != NULL; p++) {
			n = strlen(*p);
			if (strncasecmp(name, *p, n) == 0 &&
			    (name[n] == '\0' || aside(name + n)))
				return true;
		}
	return false;
}

/* Their names, NUL behind each.  A server may show them in small letters. */
static int list(struct db *db, const char *prefix, struct buf *out, struct err *e)
{
	size_t n = strlen(prefix);
	const char *name;
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, db, "SELECT TABLE_NAME, @@lower_case_table_names FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND LEFT(TABLE_NAME, ?)=?"
	    " ORDER BY 1", e) < 0)
		return -1;
	rc = dbq_run(&q, (struct dbval[]){ DB_INT((int64_t)n), DB_STR(prefix) }, 2, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		name = dbq_str(&q, 0);
		if ((dbq_int(&q, 1) != 0 ? strncasecmp(name, prefix, n) :
		    strncmp(name, prefix, n)) == 0 && is_ours(name + n))
			buf_add(out, name, strlen(name) + 1);
		rc = 0;
	}
	dbq_close(&q);
	return rc < 0 ? -1 : buf_check(out, e);
}

static int drop(struct db *db, const char *name, struct err *e)
{
	return sql_run(db, "", NULL, 0, e, "DROP TABLE IF EXISTS %I", name);
}

int staged_drop(struct db *db, const char *prefix, struct err *e)
{
	struct buf names = BUF_INIT(1 << 20);
	char note[NAME_BUF];
	const char *p;
	int rc = list(db, prefix, &names, e);

	snprintf(note, sizeof(note), "%sdsu_stage", prefix);
	for (p = names.data; rc == 0 && p < names.data + names.len; p += strlen(p) + 1)
		if (strcasecmp(p, note) != 0)
			rc = drop(db, p, e);
	buf_free(&names);
	return rc < 0 ? -1 : drop(db, note, e);
}

/* Nothing that is not ours may bear a name of theirs. */
static int check_names(struct db *db, const char *prefix, struct err *e)
{
	struct buf names = BUF_INIT(1 << 20);
	int rc = list(db, prefix, &names, e);

	if (rc == 0 && names.len > 0)
		rc = err_set(e, EXIT_CONFIG, "the table %s is in database %s already, and was not"
		    " made by stage; choose another --prefix, or move it away", names.data,
		    db->name);
	buf_free(&names);
	return rc;
}

static int note(struct db *db, const struct staged *st, struct err *e)
{
	struct dbval v[] = { DB_STR(st->source), DB_STR(st->snapshot) };

	if (sql_run(db, st->prefix, NULL, 0, e, "CREATE TABLE %T{dsu_stage} (" NOTE OPTIONS) < 0)
		return -1;
	return sql_run(db, st->prefix, v, 2, e, "INSERT INTO %T{dsu_stage} (one, source,"
	    " snapshot) VALUES (1, ?, ?)");
}

int staged_create(struct db *db, const struct staged *st, struct err *e)
{
	struct staged was;
	char name[NAME_BUF];
	size_t i;

	if (staged_wait(db, e) < 0 || staged_find(&was, db, st->prefix, e) < 0)
		return -1;
	if (was.present && staged_drop(db, st->prefix, e) < 0)
		return -1;
	if (check_names(db, st->prefix, e) < 0 || note(db, st, e) < 0)
		return -1;
	for (i = 0; i < TABLES; i++) {
		snprintf(name, sizeof(name), "%s%s", st->prefix, tables[i].name);
		if (sql_run(db, "", NULL, 0, e, "CREATE TABLE %I (%S" OPTIONS, name,
		    tables[i].columns) < 0)
			return -1;
	}
	return 0;
}

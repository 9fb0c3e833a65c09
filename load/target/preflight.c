#include <errno.h>
#include <inttypes.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/names.h"
#include "target/nodav.h"
#include "target/preflight.h"
#include "target/sql.h"
#include "base/webserver.h"

#define DISK_MIN ((uint64_t)64 << 20)	/* bytes that must be free for files */
#define LIST_MAX 900			/* bytes of a list in a message */

/* P8's tables and the columns that are written or read. */
static const char *const want[][2] = {
	{ "eav_entities", "id,uuid,parent_uuid,entity_type,module_name" },
	{ "eav_attributes_string", "id_entity,name,value" },
	{ "eav_attributes_int", "id_entity,name,value" },
	{ "eav_attributes_bool", "id_entity,name,value" },
	{ "eav_attributes_text", "id_entity,name,value" },
	{ "eav_attributes_datetime", "id_entity,name,value" },
	{ "eav_attributes_mediumblob", "id_entity,name,value" },
	{ "eav_attributes_bigint", "id_entity,name,value" },
	{ "eav_attributes_double", "id_entity,name,value" },
	{ "adav_addressbooks", "id,principaluri,displayname,uri,description,synctoken" },
	{ "adav_cards", "id,addressbookid,carddata,uri,lastmodified,etag,size" },
	{ "adav_calendars", "id,synctoken,components" },
	{ "adav_calendarinstances", "id,calendarid,principaluri,access,displayname,uri,description,"
	    "calendarorder,calendarcolor,timezone,transparent,share_href,share_displayname,"
	    "share_invitestatus,public" },
	{ "adav_calendarobjects", "id,calendardata,uri,calendarid,lastmodified,etag,size,"
	    "componenttype,firstoccurence,lastoccurence,uid" },
	{ "adav_reminders", "id,user,calendaruri,eventid,time,starttime,allday" },
};

/*
 * Ends of names of P7's tables, whatever its prefix, and a column that tells them from tables of
 * that name of P8's own: its module MtaConnector has awm_accounts, awm_domains and others.
 */
static const char *const p7_tables[][2] = {
	{ "awm_accounts", "def_acct" }, { "awm_settings", "id_setting" },
	{ "awm_domains", "override_settings" }, { "awm_addr_book", "id_addr" },
	{ "awm_addr_groups", "id_group" },
};

/* P8's successor keeps users and contacts in tables of their own. */
static const char *const v9_tables[] = { "core_users", "core_tenants", "mail_accounts",
    "mail_servers", "contacts", "contacts_groups" };

static void say(FILE *out, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(FILE *out, const char *what, const char *fmt, ...)
{
	va_list ap;

	if (out == NULL)
		return;
	fprintf(out, "%-14s ", what);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}

static void name_add(struct buf *list, const char *what)
{
	if (list->len < LIST_MAX)
		buf_addf(list, "%s%s", list->len ? ", " : "", what);
}

/* The columns of the one table TABLE that are missing, into LIST; 1 when the table is there. */
static int check_table(struct target *t, const char *table, const char *columns, struct buf *list,
    struct err *e)
{
	char full[TARGET_PREFIX_MAX + 65], part[65];
	struct dbval v;
	struct buf have = BUF_INIT(1 << 16);
	const char *p = columns;
	struct dbq q;
	size_t n;
	int rc;

	snprintf(full, sizeof(full), "%s%s", t->prefix, table);
	v = DB_STR(full);
	if (dbq_prepare(&q, &t->db, "SELECT CONCAT(',', GROUP_CONCAT(COLUMN_NAME), ',') FROM"
	    " information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1 && q.col[0].p != NULL)
		buf_adds(&have, dbq_str(&q, 0));
	dbq_close(&q);
	if (rc >= 0)
		rc = have.len > 0;
	if (rc == 0)
		name_add(list, full);
	for (; rc == 1 && *p != '\0'; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		snprintf(part, sizeof(part), ",%.*s,", (int)n, p);
		if (strcasestr(have.data, part) != NULL)
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)n, p);
		if (list->len < LIST_MAX)
			buf_addf(list, "%s%s.%s", list->len ? ", " : "", full, part);
	}
	buf_free(&have);
	return rc;
}

/* What QUERY finds for the pair of texts of each of N rows, comma-separated into LIST. */
static int find_tables(struct target *t, const char *query, const char *const (*rows)[2], size_t n,
    struct buf *list, struct err *e)
{
	struct dbq q;
	size_t i;
	int rc = 0;

	if (dbq_prepare(&q, &t->db, query, e) < 0)
		return -1;
	for (i = 0; i < n && rc >= 0; i++) {
		struct dbval v[] = { DB_STR(rows[i][0]), DB_STR(rows[i][1]) };

		rc = dbq_run(&q, v, 2, e);
		while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
			name_add(list, dbq_str(&q, 0));
	}
	dbq_close(&q);
	return rc;
}

static int refuse_p7(struct target *t, struct err *e)
{
	struct buf list = BUF_INIT(1 << 16);
	int rc;

	rc = find_tables(t, "SELECT TABLE_NAME FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND LOWER(TABLE_NAME) LIKE CONCAT('%', ?) AND"
	    " LOWER(COLUMN_NAME)=?", p7_tables, sizeof(p7_tables) / sizeof(*p7_tables), &list, e);
	if (rc == 0 && list.len > 0)
		rc = err_set(e, EXIT_CONFIG,
		    "database %s holds tables of P7 (%s); P8 needs a database of its own, so that "
		    "nothing of P7 can be touched: move P8's tables (prefix \"%s\") into another "
		    "one, for instance with mysqldump, and name that in P8's config.json",
		    t->db.name, list.data, t->prefix);
	buf_free(&list);
	return rc;
}

static int refuse_v9(struct target *t, struct err *e)
{
	const size_t n = sizeof(v9_tables) / sizeof(*v9_tables);
	const char *rows[sizeof(v9_tables) / sizeof(*v9_tables)][2];
	struct buf list = BUF_INIT(1 << 16);
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		rows[i][0] = t->prefix;
		rows[i][1] = v9_tables[i];
	}
	rc = find_tables(t, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=CONCAT(?, ?)", rows, n, &list, e);
	if (rc == 0 && list.len > 0)
		rc = err_set(e, EXIT_CONFIG,
		    "database %s is of release 9 or later (it has %s); a P8 "
		    "of release 8.3 to 8.8 is needed, which can be upgraded afterwards",
		    t->db.name, list.data);
	buf_free(&list);
	return rc;
}

/* What a P8 without some modules does not have, or does not show. */
static void say_modules(const struct target *t, FILE *out)
{
	const bool dav = target_has_module(t, "Dav");

	if (t->p8 == NULL)
		return;
	if (t->no_dav) {
		say(out, "calendars", "no module Dav and no tables for them (WebMail Lite): they "
		    "are rejected, unless left out by --without calendars");
		say(out, "cards", "no module Dav and no tables for them (WebMail Lite): they are "
		    "rejected, unless left out by --without cards; contacts come");
	} else {
		if (!dav && !target_has_module(t, "Calendar"))
			say(out, "calendars", "loaded, but nothing shows them: there is no module "
			    "Dav or Calendar");
		if (!dav)
			say(out, "cards", "loaded, but nothing shows them: there is no module Dav");
	}
	if (!target_has_module(t, "TeamContacts"))
		say(out, "team contacts", "loaded, but nothing shows them: there is no module "
		    "TeamContacts");
}

static bool is_dav(const char *table)
{
	return strncmp(table, "adav_", 5) == 0;
}

static int check_tables(struct target *t, FILE *out, struct err *e)
{
	size_t i, there = 0, dav = 0, before = 0, n = sizeof(want) / sizeof(*want);
	struct buf list = BUF_INIT(1 << 16);
	int rc = 0;

	for (i = 0; i < n && rc >= 0; i++) {
		rc = check_table(t, want[i][0], want[i][1], &list, e);
		if (!is_dav(want[i][0]))
			before = list.len;
		there += rc == 1;
		dav += rc == 1 && is_dav(want[i][0]);
	}
	if (rc >= 0 && there > 0 && dav == 0 && before == 0 && t->p8 != NULL &&
	    !target_has_module(t, "Dav")) {
		t->no_dav = true;
		buf_reset(&list);
		rc = nodav_stand_in(t, e);
	}
	if (rc < 0 || (there == 0 && refuse_v9(t, e) < 0))
		rc = -1;
	else if (there == 0)
		rc = err_set(e, EXIT_CONFIG,
		    "database %s has no table of P8 with the prefix \"%s\"; "
		    "check database and prefix, or let P8's installer create its tables",
		    t->db.name, t->prefix);
	else if (list.len > 0)
		rc = err_set(e, EXIT_CONFIG,
		    "database %s is not a complete P8: it lacks %s; let P8 "
		    "create its tables (admin panel, Database settings)",
		    t->db.name, list.data);
	buf_free(&list);
	if (rc < 0)
		return -1;
	say_modules(t, out);
	say(out, "tables", "%zu of P8, prefix \"%s\"", there, t->prefix);
	return refuse_v9(t, e);
}

/* What a string column takes decides what fits. */
static int string_column(struct target *t, struct err *e)
{
	char full[TARGET_PREFIX_MAX + 65];
	struct dbval v;
	struct dbq q;
	int rc;

	snprintf(full, sizeof(full), "%seav_attributes_string", t->prefix);
	v = DB_STR(full);
	if (dbq_prepare(&q, &t->db, "SELECT CHARACTER_SET_NAME, COLLATION_NAME,"
	    " CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME='value'", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1) {
		snprintf(t->charset, sizeof(t->charset), "%s", dbq_str(&q, 0));
		snprintf(t->collation, sizeof(t->collation), "%s", dbq_str(&q, 1));
		t->string_max = (size_t)dbq_int(&q, 2);
	}
	dbq_close(&q);
	if (rc < 0)
		return -1;
	if (strncmp(t->charset, "utf8", 4) != 0)
		return err_set(e, EXIT_CONFIG, "table %s is in charset %s, P8 makes it in utf8; "
		    "convert it back", full, t->charset[0] ? t->charset : "(none)");
	return 0;
}

static int find_tenant(struct target *t, FILE *out, struct err *e)
{
	struct dbval v = DB_STR(TYPE_TENANT);
	struct sql s;
	struct dbq *q;
	int rc;

	sql_open(&s, t);
	rc = sql_row(&s, SQL_TENANT, &v, 1, &q, e);
	if (rc == 1) {
		t->tenant = dbq_int(q, 0);
		if (!uuid_parse(dbq_str(q, 1), strlen(dbq_str(q, 1)), t->tenant_uuid))
			rc = 0;
	}
	sql_close(&s);
	v = DB_INT(t->tenant);
	if (rc == 1 && sql_int(t, "SELECT value FROM {eav_attributes_int} WHERE id_entity=? AND"
	    " name='IdChannel'", &v, 1, &t->channel, e) < 0)
		return -1;
	if (rc == 0)
		return err_set(e, EXIT_CONFIG, "P8 has no tenant; open P8 in a browser once as its "
		    "administrator, it makes one");
	if (rc == 1)
		say(out, "tenant", "entity %" PRId64 ", %s", t->tenant, t->tenant_uuid);
	return rc < 0 ? -1 : 0;
}

/* LEAST: bytes that must be free. */
static int check_disk(struct target *t, FILE *out, uint64_t least, struct err *e)
{
	struct statvfs st;
	char *path;
	int rc = 0;

	if (t->data == NULL) {
		say(out, "files", "no data directory given: files cannot be loaded");
		return 0;
	}
	if (asprintf(&path, "%s/files", t->data) < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (access(path, F_OK) < 0)
		path[strlen(t->data)] = '\0';
	if (access(path, W_OK | X_OK) < 0)
		rc = err_set(e, EXIT_PERMISSION,
		    "cannot write into %s: %s; run as the user that P8's web server runs as, or "
		    "as root",
		    path, strerror(errno));
	else if (statvfs(path, &st) < 0)
		rc = err_sys(e, EXIT_IO, "cannot ask for the free space of %s", path);
	else if ((uint64_t)st.f_bavail * st.f_frsize < least)
		rc = err_set(e, EXIT_TEMPORARY,
		    "less than %" PRIu64 " MiB are free in %s; make room", least >> 20, path);
	else
		say(out, "files", "%s, %" PRIu64 " MiB free", path,
		    (uint64_t)st.f_bavail * st.f_frsize >> 20);
	free(path);
	return rc;
}

/* Files are made where P8's are: can its web server use what we make there? */
static void check_access(const struct target *t, FILE *out)
{
	static const char *const below[] = { "/files/private", "/files", "" };
	char *path = NULL, why[400] = "";
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(below) / sizeof(*below); i++) {
		if (asprintf(&path, "%s%s", t->data, below[i]) < 0)
			return;
		if (stat(path, &st) == 0) {
			webserver_locked_out(&st, why, sizeof(why));
			if (why[0] != '\0')
				say(out, "warning", "%s: P8's web server could not use the files: "
				    "%s", path, why);
			free(path);
			return;
		}
		free(path);
	}
}

static void say_server(struct target *t, FILE *out)
{
	say(out, "P8", "%s %s", t->version[0] ? t->version : "(release unknown)",
	    t->p8 ? t->p8 : "");
	say(out, "server", "%s, character_set_server %s", t->db.version_text,
	    t->db.server_charset);
	say(out, "database", "%s, strings in %s", t->db.name, t->collation);
	say(out, "DAV text", "%s%s", t->dav_text == DAV_TEXT_UTF8 ? "utf8" : "server",
	    t->dav_text_assumed ? " (assumed from the server's default)" : "");
}

int preflight_read(struct target *t, FILE *out, struct err *e)
{
	if (refuse_p7(t, e) < 0 || check_tables(t, out, e) < 0 || string_column(t, e) < 0)
		return -1;
	return find_tenant(t, out, e);
}

static int check_all(struct target *t, FILE *out, uint64_t least, struct err *e)
{
	if (preflight_read(t, out, e) < 0)
		return -1;
	if (t->data != NULL) {
		if (target_check_salt(t, e) < 0)
			return -1;
		say(out, "salt", "%s", t->salt_file);
	}
	if (check_disk(t, out, least, e) < 0)
		return -1;
	if (t->data != NULL && out != NULL)
		check_access(t, out);
	say_server(t, out);
	return 0;
}

int preflight(struct target *t, FILE *out, struct err *e)
{
	return check_all(t, out, DISK_MIN, e);
}

int preflight_undo(struct target *t, struct err *e)
{
	return check_all(t, NULL, 0, e);
}

/* Rights may be given table by table: may rows of TABLE, which has COLUMN, be written? */
static int table_rights(struct target *t, const char *table, const char *column, struct err *e)
{
	char text[3][200];
	size_t i;

	snprintf(text[0], sizeof(text[0]), "INSERT INTO {%s} SELECT * FROM {%s} WHERE 1=0", table,
	    table);
	snprintf(text[1], sizeof(text[1]), "UPDATE {%s} SET %s=%s WHERE 1=0", table, column,
	    column);
	snprintf(text[2], sizeof(text[2]), "DELETE FROM {%s} WHERE 1=0", table);
	for (i = 0; i < sizeof(text) / sizeof(*text); i++)
		if (sql_do(t, text[i], NULL, 0, e) < 0)
			return -1;
	return 0;
}

static int rights(struct target *t, struct err *e)
{
	static const char *const tables[] = {
		"CREATE TABLE {eav_entities} (id INT)",
		"ALTER TABLE {p7m_none} ADD id INT",
		"DROP TABLE {p7m_none}",
	};
	char column[65];
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (t->no_dav && strncmp(want[i][0], "adav_", 5) == 0)
			continue;
		snprintf(column, sizeof(column), "%.*s", (int)strcspn(want[i][1], ","), want[i][1]);
		if (table_rights(t, want[i][0], column, e) < 0)
			return -1;
	}
	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		if (sql_do(t, tables[i], NULL, 0, e) == 0)
			continue;
		if (e->db != ER_TABLE_EXISTS_ERROR && e->db != ER_NO_SUCH_TABLE &&
		    e->db != ER_BAD_TABLE_ERROR)
			return -1;
	}
	*e = (struct err){ .msg = "" };
	return 0;
}

int preflight_rights(struct target *t, FILE *out, struct err *e)
{
	if (rights(t, e) < 0)
		return e->status != EXIT_PERMISSION ? -1 : err_prefix(e, "the database's user may"
		    " not do what a load does; GRANT ALL ON `%s`.* TO that user", t->db.name);
	say(out, "rights", "all that a load needs");
	return 0;
}

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "db.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAMES "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci"
/* Without these the server may refuse to show its settings, or show some of them. */
#define SHOW_ALL "SET SESSION sql_big_selects=1, sql_select_limit=18446744073709551615" \
	"/*M!100101 , max_statement_time=0*/ /*!50708 , max_execution_time=0*/"
#define REMEDY "look for a proxy in front of the server that changes it, and connect to the" \
	" server itself"

/*
 * Settings of a server, its init_connect, an option file's init-command or a proxy that would
 * change, cut or refuse our work, each with the value that it needs, as SHOW VARIABLES prints it.
 * No server has all of them; where two names mean one thing, a server has one or both.
 */
static const struct setting {
	const char *name, *value;
	bool always;		/* every server shows it, or OLD */
	const char *old;	/* its name on older servers */
} settings[] = {
	{ "autocommit", "ON", true, NULL },
	{ "character_set_client", "utf8mb4", true, NULL },
	{ "character_set_connection", "utf8mb4", true, NULL },
	{ "character_set_results", "utf8mb4", true, NULL },
	{ "check_constraint_checks", "ON", false, NULL },
	{ "collation_connection", "utf8mb4_general_ci", true, NULL },
	{ "completion_type", "NO_CHAIN", false, NULL },
	{ "div_precision_increment", "4", false, NULL },
	{ "foreign_key_checks", "ON", true, NULL },
	{ "group_concat_max_len", "1048576", false, NULL },
	{ "idle_readonly_transaction_timeout", "0", false, NULL },
	{ "idle_transaction_timeout", "0", false, NULL },
	{ "idle_write_transaction_timeout", "0", false, NULL },
	{ "lc_time_names", "en_US", false, NULL },
	{ "low_priority_updates", "OFF", false, NULL },
	{ "max_execution_time", "0", false, NULL },
	{ "max_sort_length", "1024", false, NULL },
	{ "max_statement_time", "0.000000", false, NULL },
	{ "net_write_timeout", "600", false, NULL },
	{ "sql_auto_is_null", "OFF", false, NULL },
	{ "sql_big_selects", "ON", false, NULL },
	{ "sql_mode", "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION", true,
	    NULL },
	{ "sql_quote_show_create", "ON", false, NULL },
	{ "sql_safe_updates", "OFF", false, NULL },
	{ "sql_select_limit", "18446744073709551615", true, NULL },
	{ "time_zone", "+00:00", true, NULL },
	{ "transaction_isolation", "REPEATABLE-READ", true, "tx_isolation" },
	{ "transaction_read_only", "OFF", false, NULL },
	{ "tx_isolation", "REPEATABLE-READ", false, NULL },
	{ "tx_read_only", "OFF", false, NULL },
	{ "unique_checks", "ON", true, NULL },
};

static const struct setting *find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(settings); i++)
		if (strcasecmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

/* A number is set as one, everything else as a text. */
static void assign(struct buf *set, const struct setting *s)
{
	bool number = s->value[strspn(s->value, "0123456789.")] == '\0';

	buf_addf(set, number ? "%s%s=%s" : "%s%s='%s'", set->len > 0 ? "," : "SET SESSION ",
	    s->name, s->value);
}

static int check_answer(const bool seen[COUNT(settings)], struct err *e)
{
	const struct setting *s = settings;
	size_t i;

	for (i = 0; i < COUNT(settings); i++, s++)
		if (!seen[i] && s->always && (s->old == NULL || !seen[find(s->old) - settings]))
			return err_set(e, EXIT_CONFIG, "the database server does not show its"
			    " setting %s, so it is not known whether it obeys; " REMEDY,
			    s->name);
	return 0;
}

/*
 * Look at the settings that this server has.  Those that differ are put into SET, a statement that
 * mends them; without SET the first of them is the error.
 */
static int look(struct db *db, struct buf *set, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	const struct setting *s;
	bool seen[COUNT(settings)] = { false };
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	size_t i;
	int rc;

	for (i = 0; i < COUNT(settings); i++)
		buf_addf(&sql, "%s'%s'", i == 0 ? "SHOW SESSION VARIABLES WHERE Variable_name IN ("
		    : ",", settings[i].name);
	buf_addc(&sql, ')');
	rc = buf_check(&sql, e);
	if (rc == 0 && (mysql_query(db->c, sql.data) != 0 ||
	    ((res = mysql_store_result(db->c)) == NULL && mysql_errno(db->c) != 0)))
		rc = db_fail(db, "reading the session's settings", e);
	buf_free(&sql);
	while (rc == 0 && res != NULL && (row = mysql_fetch_row(res)) != NULL) {
		s = row[0] != NULL ? find(row[0]) : NULL;
		if (s != NULL)
			seen[s - settings] = true;
		if (s == NULL || strcasecmp(row[1] != NULL ? row[1] : "", s->value) == 0)
			continue;
		if (set != NULL)
			assign(set, s);
		else
			rc = err_set(e, EXIT_CONFIG, "the database server does not obey: %s is"
			    " \"%s\" after it was set to \"%s\"; " REMEDY, s->name,
			    row[1] != NULL ? row[1] : "", s->value);
	}
	if (rc == 0)
		rc = check_answer(seen, e);
	if (res != NULL)
		mysql_free_result(res);
	return rc;
}

/* A server that refuses such a setting cannot be worked with. */
static int must_take(struct db *db, const char *sql, struct err *e)
{
	if (db_exec(db, sql, e) == 0)
		return 0;
	if (e->status != EXIT_UNAVAILABLE)
		return -1;
	e->status = EXIT_CONFIG;
	return err_prefix(e, "the database server does not obey (" REMEDY ")");
}

int db_session(struct db *db, struct err *e)
{
	struct buf set = BUF_INIT(8192);
	my_bool never = 0;
	int rc;

	/* A connection that reconnects by itself would lose all of this, and its transaction. */
	mysql_options(db->c, MYSQL_OPT_RECONNECT, &never);
	/* The client library has to know it, too; what the server makes of it is checked below. */
	mysql_set_character_set(db->c, "utf8mb4");
	if (must_take(db, NAMES, e) < 0 || must_take(db, SHOW_ALL, e) < 0)
		return -1;
	rc = look(db, &set, e);
	if (rc == 0)
		rc = buf_check(&set, e);
	if (rc == 0 && set.len > 0)
		rc = must_take(db, set.data, e);
	buf_free(&set);
	return rc < 0 ? -1 : look(db, NULL, e);
}

int db_results_as_stored(struct db *db, struct err *e)
{
	int64_t raw = 0;

	if (db_exec(db, "SET SESSION character_set_results=NULL", e) < 0 ||
	    db_one_int(db, "SELECT @@session.character_set_results IS NULL", NULL, 0, &raw, e) < 0)
		return -1;
	if (raw == 0)
		return err_set(e, EXIT_CONFIG, "the database server does not obey:"
		    " character_set_results was set to NULL and is not; " REMEDY);
	return 0;
}

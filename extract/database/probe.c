#include <mysqld_error.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "database/probe.h"

/* Tables that cannot be read: the first one's error, and the names of all others. */
struct bad {
	struct err first;
	char others[512];
	unsigned n;
};

/*
 * 1: the server lists a table of exactly this name (or ignores case), and its engine goes into
 * ENGINE, "" when it does not know it; 0: it does not.
 */
static int listed(struct db *db, const char *full, char engine[CAT_NAME], struct err *e)
{
	struct dbval v = DB_STR(full);
	struct dbq q;
	int rc, found = 0;

	if (dbq_prepare(&q, db, "SELECT TABLE_NAME,@@lower_case_table_names,ENGINE FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) > 0) {
		rc = 0;
		if (dbq_int(&q, 1) == 0 && strcmp(dbq_str(&q, 0), full) != 0)
			continue;
		found = 1;
		snprintf(engine, CAT_NAME, "%.64s", dbq_str(&q, 2));
	}
	dbq_close(&q);
	return rc < 0 ? -1 : found;
}

int probe_read(struct db *db, const char *full, struct err *e)
{
	struct buf sql = BUF_INIT(1024);
	struct err why = { .msg = "" };
	char engine[CAT_NAME];
	int rc;

	/* A row, not none: some engines look for their data only when it is read. */
	buf_adds(&sql, "SELECT * FROM ");
	db_ident(&sql, full);
	buf_adds(&sql, " LIMIT 1");
	rc = db_exec(db, sql.data, &why);
	buf_free(&sql);
	if (rc == 0)
		return 1;
	/* Older servers say the same of a table whose data is gone as of one that never was. */
	if (why.db == ER_NO_SUCH_TABLE && (rc = listed(db, full, engine, e)) <= 0)
		return rc;
	if (why.status == EXIT_PERMISSION)
		return err_set(e, EXIT_PERMISSION, "the database's user may not read all of P7, and"
		    " what is missed would count as empty: GRANT SELECT ON `%s`.* TO that user "
		    "(%s)", db->name, why.msg);
	if (why.status == EXIT_TEMPORARY)
		return err_set(e, why.status, "%s", why.msg);
	return err_set(e, EXIT_UNAVAILABLE, "P7's table %s is there but cannot be read, and would"
	    " count as empty (%s); repair it, or restore it from a backup", full, why.msg);
}

/* Has this engine tables of which a damaged one can seem to be empty? */
static bool loses_rows(const char *engine)
{
	static const char *const names[] = { "MyISAM", "Aria", "MRG_MyISAM", "ARCHIVE", "CSV" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(engine, names[i]) == 0)
			return true;
	return false;
}

/*
 * Rows of CHECK TABLE that are damage.  Data beyond what the index knows of is a warning to the
 * server, but that is how a table looks that has the index of an empty one.
 */
static bool is_damage(const char *type, const char *text)
{
	if (strcasecmp(type, "error") == 0)
		return true;
	if (strcasecmp(type, "warning") == 0)
		return strncasecmp(text, "Size of ", 8) == 0;
	return strcasecmp(type, "status") == 0 && strcasecmp(text, "OK") != 0 &&
	    strncasecmp(text, "Table is already", 16) != 0;
}

/*
 * CHECK TABLE: 0: sound, or the server cannot tell; -1: damaged.  QUICK reads indexes only, which
 * is enough but for Aria, where it sees a lost header once and never again.
 * The server writes what it found into the header of the table's index: the time and statistics,
 * and that the table is crashed when it is.  No row is touched.
 */
static int check(struct db *db, const char *full, bool quick, struct err *e)
{
	struct buf sql = BUF_INIT(1024);
	struct err why = { .msg = "" };
	char text[300] = "";
	MYSQL_RES *res;
	MYSQL_ROW row;

	buf_adds(&sql, "CHECK TABLE ");
	db_ident(&sql, full);
	buf_adds(&sql, quick ? " QUICK" : "");
	if (mysql_query(db->c, sql.data) != 0 || (res = mysql_store_result(db->c)) == NULL) {
		db_fail(db, sql.data, &why);
		buf_free(&sql);
		return err_set(e, why.status, "%s", why.msg);
	}
	buf_free(&sql);
	/* The first error tells what is wrong; the status only that something is. */
	while ((row = mysql_fetch_row(res)) != NULL)
		if (row[2] != NULL && row[3] != NULL && text[0] == '\0' && is_damage(row[2],
		    row[3]))
			snprintf(text, sizeof(text), "%.299s", row[3]);
	mysql_free_result(res);
	if (text[0] == '\0')
		return 0;
	return err_set(e, EXIT_UNAVAILABLE, "P7's table %s is damaged, and rows of it would be"
	    " missed (CHECK TABLE: %s); REPAIR TABLE it, or restore it from a backup", full, text);
}

static void take(struct bad *b, const char *full, const struct err *why)
{
	size_t n = strlen(b->others);

	if (b->n++ == 0)
		b->first = *why;
	else if (n + CAT_NAME + 3 < sizeof(b->others))
		snprintf(b->others + n, sizeof(b->others) - n, "%s%s", n > 0 ? ", " : "", full);
	else if (n > 0 && b->others[n - 1] != '.')
		snprintf(b->others + n, sizeof(b->others) - n, " ...");
}

static int probe_one(struct db *db, const char *full, bool *checked, struct err *e)
{
	char engine[CAT_NAME] = "";
	int rc = probe_read(db, full, e);

	if (rc <= 0 || checked == NULL)
		return rc < 0 ? -1 : 0;
	if (listed(db, full, engine, e) < 0)
		return -1;
	if (!loses_rows(engine))
		return 0;
	*checked = true;
	return check(db, full, strcasecmp(engine, "Aria") != 0, e);
}

int probe_tables(struct db *db, const struct catalog *c, bool *checked, struct err *e)
{
	struct bad bad = { .n = 0 };
	struct err why = { .msg = "" };
	unsigned i;

	for (i = 0; i < c->tables; i++) {
		if (!c->table[i].used || probe_one(db, c->table[i].full, checked, &why) == 0)
			continue;
		/* One message about rights or connections is enough: they are the same for all. */
		if (why.status != EXIT_UNAVAILABLE)
			return err_set(e, why.status, "%s", why.msg);
		take(&bad, c->table[i].full, &why);
	}
	if (bad.n == 0)
		return 0;
	return err_set(e, bad.first.status, "%.700s%s%.250s", bad.first.msg,
	    bad.n > 1 ? "; likewise " : "", bad.others);
}

#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "jsonr.h"
#include "ledger/ledger.h"
#include "target/tx.h"
#include "utf8.h"

#define NOTE_RECORD_MAX ((size_t)1 << 20)	/* larger records are in the rejects file only */
#define CODE_UNKNOWN "user-unknown"	/* p7-extract's, of a list that names who is not in P7 */

/* {:charset} and {:collation}: e-mails are unique as P8 compares them. */
static const char *const tables[] = {
"CREATE TABLE IF NOT EXISTS {p7m_meta} ("
" name VARCHAR(32) NOT NULL PRIMARY KEY, value VARCHAR(255) NOT NULL"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_runs} ("
" run CHAR(36) NOT NULL PRIMARY KEY, tool VARCHAR(64) NOT NULL, owner VARCHAR(120) NOT NULL,"
" header MEDIUMTEXT, started DATETIME NOT NULL, ended DATETIME, status INT, summary MEDIUMTEXT"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_users} ("
" id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, uuid CHAR(36) NOT NULL,"
" email VARCHAR(255) NOT NULL,"
" public_id VARCHAR(255) CHARACTER SET {:charset} COLLATE {:collation},"
" source CHAR(36), source_user BIGINT, state VARCHAR(12) NOT NULL,"
" files TINYINT NOT NULL DEFAULT 0, calendars TINYINT NOT NULL DEFAULT 0,"
" contacts TINYINT NOT NULL DEFAULT 0,"
" entity BIGINT UNSIGNED,"
" units INT NOT NULL DEFAULT 0, owner VARCHAR(120), started DATETIME, heartbeat DATETIME,"
" finished DATETIME, reason TEXT, remedy TEXT,"
" principal TINYINT NOT NULL DEFAULT 0, books_before INT UNSIGNED, calendars_before INT UNSIGNED,"
" UNIQUE KEY uuid (uuid), UNIQUE KEY public_id (public_id), KEY email (email), KEY state (state)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC",
"CREATE TABLE IF NOT EXISTS {p7m_own} ("
" user_id BIGINT UNSIGNED NOT NULL, what CHAR(1) NOT NULL, first BIGINT UNSIGNED NOT NULL,"
" last BIGINT UNSIGNED NOT NULL, step BIGINT UNSIGNED NOT NULL, kind VARCHAR(24) NOT NULL,"
" PRIMARY KEY (user_id, what, first)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_kinds} ("
" user_id BIGINT UNSIGNED NOT NULL, kind VARCHAR(24) NOT NULL, things BIGINT UNSIGNED NOT NULL,"
" value_rows BIGINT UNSIGNED NOT NULL, hash BIGINT UNSIGNED NOT NULL,"
" source BIGINT UNSIGNED,"
" PRIMARY KEY (user_id, kind)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_files} ("
" id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL,"
" root VARCHAR(16) NOT NULL, path VARBINARY(4096) NOT NULL, directory TINYINT NOT NULL,"
" size BIGINT NOT NULL, mtime BIGINT NOT NULL, sha256 CHAR(64),"
" path_sha CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
" UNIQUE KEY file (user_id, root, path_sha)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_links} ("
" user_id BIGINT UNSIGNED NOT NULL, hash VARCHAR(20) NOT NULL, PRIMARY KEY (user_id, hash)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_calendars} ("
" uuid CHAR(36) NOT NULL PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL,"
" calendarid INT UNSIGNED NOT NULL, principaluri VARBINARY(255) NOT NULL,"
" KEY user_id (user_id), KEY calendarid (calendarid)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_shares} ("
" id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL,"
" calendar CHAR(36) NOT NULL, calendarid INT UNSIGNED NOT NULL, share BIGINT NOT NULL,"
" sharee VARCHAR(255) CHARACTER SET {:charset} COLLATE {:collation} NOT NULL,"
" uri VARBINARY(255) NOT NULL, access TINYINT NOT NULL, color VARBINARY(10),"
" state VARCHAR(8) NOT NULL DEFAULT 'waiting', instance INT UNSIGNED,"
" looks INT UNSIGNED,"
" UNIQUE KEY share (calendar, sharee), KEY user_id (user_id), KEY sharee (sharee, state)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC",
"CREATE TABLE IF NOT EXISTS {p7m_globals} ("
" uuid CHAR(36) NOT NULL PRIMARY KEY, kind VARCHAR(24) NOT NULL, entity BIGINT UNSIGNED NOT NULL,"
" value_rows BIGINT UNSIGNED NOT NULL, hash BIGINT UNSIGNED NOT NULL"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
"CREATE TABLE IF NOT EXISTS {p7m_rejects} ("
" id CHAR(32) NOT NULL PRIMARY KEY, email VARCHAR(255), is_reject TINYINT NOT NULL,"
" stage VARCHAR(32), code VARCHAR(64), reason TEXT, remedy TEXT, record LONGBLOB,"
" KEY email (email)"
") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC",
};

static const char *const state_name[] = {
[US_NONE] = "", [US_LOADING] = "loading", [US_ROWS] = "rows", [US_DONE] = "done",
[US_UNDOING] = "undoing", [US_FAILED] = "failed"
};

static int expand_exec(struct target *t, const char *text, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	rc = sql_expand(t, text, &sql, e);
	if (rc == 0)
		rc = db_exec(&t->db, sql.data, e);
	buf_free(&sql);
	return rc;
}

static int check_version(struct target *t, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int64_t version = 0;
	int rc;

	rc = sql_expand(t, "SELECT value FROM {p7m_meta} WHERE name='version'", &sql, e);
	if (rc == 0)
		rc = db_one_int(&t->db, sql.data, NULL, 0, &version, e);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	if (rc == 1 && version != LEDGER_VERSION)
		return err_set(e, EXIT_CONFIG,
		    "the ledger (tables %sp7m_*) is of version %lld, this program's of version %d;"
		    " use the release that began this migration, or undo it with that release and"
		    " begin anew (p8-load --reset only forgets what was loaded)",
		    t->prefix, (long long)version, LEDGER_VERSION);
	return 0;
}

int ledger_exists(struct target *t, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];
	int rc;

	snprintf(name, sizeof(name), "%sp7m_rejects", t->prefix);
	rc = db_has_table(&t->db, name, e);
	return rc == 1 && check_version(t, e) < 0 ? -1 : rc;
}

int ledger_needed(struct target *t, struct err *e)
{
	int rc = ledger_exists(t, e);

	return rc != 0 ? rc < 0 ? -1 : 0 : err_set(e, EXIT_CONFIG, "database %s has no ledger of"
	    " p8-load: nothing was loaded with it", t->db.name);
}

int ledger_create(struct target *t, struct err *e)
{
	unsigned i;
	int rc = ledger_exists(t, e);

	if (rc < 0)
		return -1;
	for (i = 0; rc == 0 && i < sizeof(tables) / sizeof(*tables); i++)
		if (expand_exec(t, tables[i], e) < 0)
			return err_prefix(e, "cannot create the ledger");
	return sql_do(t, "INSERT INTO {p7m_meta} VALUES ('version', ?) ON DUPLICATE KEY UPDATE"
	    " name=name", &DB_INT(LEDGER_VERSION), 1, e);
}

int ledger_reset(struct target *t, struct err *e)
{
	return expand_exec(t, "DROP TABLE IF EXISTS {p7m_rejects}, {p7m_globals}, {p7m_files},"
	    " {p7m_links}, {p7m_shares}, {p7m_calendars}, {p7m_kinds}, {p7m_own}, {p7m_users},"
	    " {p7m_runs}, {p7m_meta}", e);
}

static enum user_state state_of(const char *s)
{
	unsigned i;

	for (i = US_LOADING; i < US_FAILED; i++)
		if (strcmp(s, state_name[i]) == 0)
			break;
	return i;
}

int ledger_user_get(struct sql *s, const char *uuid, struct ledger_user *u, struct err *e)
{
	struct dbval v = DB_STR(uuid);
	struct dbq *q;
	int rc;

	memset(u, 0, sizeof(*u));
	rc = sql_row(s, SQL_USER_GET, &v, 1, &q, e);
	if (rc <= 0)
		return rc;
	u->id = dbq_int(q, 0);
	u->state = state_of(dbq_str(q, 1));
	u->files = dbq_int(q, 2) == PART_THERE;
	u->looked = dbq_int(q, 2) != PART_LEFT;
	u->entity = dbq_int(q, 3);
	u->units = dbq_int(q, 4);
	u->contacts = (int)dbq_int(q, 6);
	u->calendars = (int)dbq_int(q, 7);
	snprintf(u->owner, sizeof(u->owner), "%s", dbq_str(q, 5));
	snprintf(u->email, sizeof(u->email), "%s", dbq_str(q, 8));
	return 0;
}

/* A text cut to fit its column; the record itself is kept whole. */
static struct dbval cut(const char *s, size_t max)
{
	if (s == NULL)
		return DB_NULL;
	return DB_BYTES(s, utf8_cut(s, strlen(s), max));
}

void ledger_note_id(const struct jdoc *d, const char *line, size_t n, char out[33])
{
	const char *key = jr_str(d, NULL, "key", "");

	if (strlen(key) == 32)
		strcpy(out, key);
	else
		md5_hex(line, n, out);
}

int ledger_note(struct sql *s, const struct ledger_note *n, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct jdoc d = { 0 };
	char id[33];
	int rc;

	buf_add(&text, n->line, n->n);
	rc = buf_check(&text, e) < 0 ? -1 : jr_parse(&d, text.data, text.len, e);
	if (rc == 0 && strcmp(jr_str(&d, NULL, "code", ""), CODE_UNKNOWN) != 0) {
		ledger_note_id(&d, n->line, n->n, id);

		struct dbval v[] = {DB_STR(id), cut(jr_str(&d, NULL, "user", n->email), 255),
		    DB_INT(n->reject), cut(jr_str(&d, NULL, "stage", NULL), 32),
		    cut(jr_str(&d, NULL, "code", NULL), 64),
		    cut(jr_str(&d, NULL, "reason", NULL), 65535),
		    cut(jr_str(&d, NULL, n->reject ? "remedy" : "done", NULL), 65535),
		    n->n <= NOTE_RECORD_MAX ? DB_BYTES(n->line, n->n) : DB_NULL};

		rc = sql_run(s, SQL_NOTE_ADD, v, 8, e);
	}
	jr_free(&d);
	buf_free(&text);
	return rc;
}

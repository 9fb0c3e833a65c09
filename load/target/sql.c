#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "target/sql.h"
#include "target/sqlparts.h"

#define NAME_MAX_LEN 64
/* The id is one of a run that begins at the third parameter, in steps of the fourth. */
#define STEP_OF(id) "MOD(CAST(" id " AS SIGNED)-?, ?)=0"
#define STEP STEP_OF("id")
/* Of a run of calendars, by their column ID, those whose owner's instance is gone. */
#define OWNERLESS(id) " LEFT JOIN {adav_calendarinstances} x ON x.calendarid=" id \
	" AND x.access=1 WHERE x.id IS NULL AND " id " BETWEEN ? AND ? AND " STEP_OF(id)

/* Of a run of ids (ledger user, two ends, step) the first that is now another user's of P8. */
#define OTHERS(id, of, is_theirs) "SELECT " id " FROM {p7m_users} u JOIN " of " WHERE u.id=? AND " \
	id " BETWEEN ? AND ? AND " STEP_OF(id) " AND " is_theirs " ORDER BY " id " LIMIT 1"
#define USER_OF_BOOK " JOIN {eav_attributes_string} p ON p.name='" ATTR_PUBLIC_ID "' AND" \
	" p.value=CONVERT(SUBSTRING(b.principaluri, 12) USING {:charset}) COLLATE {:collation}"

static const char *const texts[SQL_COUNT] = {
[SQL_TENANT] =
    "SELECT e.id, e.uuid FROM {eav_entities} e JOIN {eav_attributes_string} a"
    " ON a.id_entity=e.id AND a.name='Name' WHERE e.entity_type=? ORDER BY e.id LIMIT 1",
[SQL_PUBLIC_ID] =
    "SELECT e.id, e.uuid, a.value FROM {eav_attributes_string} a JOIN {eav_entities} e"
    " ON e.id=a.id_entity WHERE a.name='PublicId'"
    " AND a.value=CONVERT(? USING {:charset}) COLLATE {:collation} AND e.entity_type=?"
    " ORDER BY e.id LIMIT 1",
[SQL_ENTITY_EXISTS] =
    "SELECT id FROM {eav_entities} WHERE id=? AND uuid=?",
[SQL_CTAG_FIND] =
    "SELECT e.id FROM {eav_entities} e JOIN {eav_attributes_int} i"
    " ON i.id_entity=e.id AND i.name='UserId' JOIN {eav_attributes_string} s"
    " ON s.id_entity=e.id AND s.name='Storage' WHERE e.entity_type=? AND i.value=?"
    " AND s.value='team' ORDER BY e.id LIMIT 1",
[SQL_CTAG_ROW] = "SELECT id FROM {eav_attributes_int} WHERE id_entity=? AND name='CTag'",
[SQL_CTAG_BUMP] = "UPDATE {eav_attributes_int} SET value=value+1 WHERE id=?",
[SQL_BOOK_FIND] =
    "SELECT id FROM {adav_addressbooks} WHERE principaluri=? AND uri=?",
[SQL_BOOK_ADD] =
    "INSERT INTO {adav_addressbooks} (principaluri, displayname, uri, description, synctoken)"
    " VALUES (?, {:davtext}, ?, {:davtext}, 1)",
[SQL_OTHERS_ENTITY] = OTHERS("n.id", "{eav_entities} n LEFT JOIN {eav_attributes_int} a ON"
    " a.id_entity=n.id AND a.name IN ('IdUser', 'UserId') LEFT JOIN {eav_attributes_string} p ON"
    " p.id_entity=COALESCE(a.value, n.id) AND p.name='" ATTR_PUBLIC_ID "'",
    "(p.id_entity<>u.entity OR n.id=u.entity AND n.uuid<>u.uuid)"),
[SQL_OTHERS_CARD] = OTHERS("c.id", "{adav_cards} c JOIN {adav_addressbooks} b ON"
    " b.id=c.addressbookid" USER_OF_BOOK, "p.id_entity<>u.entity"),
[SQL_OTHERS_BOOK] = OTHERS("b.id", "{adav_addressbooks} b" USER_OF_BOOK,
    "p.id_entity<>u.entity"),
[SQL_DELETE_ENTITIES] =
    "DELETE FROM {eav_entities} WHERE id BETWEEN ? AND ? AND " STEP,
[SQL_DELETE_CARDS] =
    "DELETE FROM {adav_cards} WHERE id BETWEEN ? AND ? AND " STEP,
[SQL_DELETE_BOOK] =
    "DELETE FROM {adav_addressbooks} WHERE id BETWEEN ? AND ? AND " STEP,
[SQL_DELETE_CHANGES] =
    "DELETE c FROM {adav_addressbookchanges} c LEFT JOIN {adav_addressbooks} b ON"
    " b.id=c.addressbookid WHERE c.addressbookid=? AND b.id IS NULL",
/* Of a calendar whose owner is another principal than ours nothing goes. */
[SQL_DELETE_INSTANCES] =
    "DELETE i FROM {adav_calendarinstances} i LEFT JOIN {adav_calendarinstances} x ON"
    " x.calendarid=i.calendarid AND x.access=1 AND x.principaluri<>CONCAT('" PRINCIPAL_PREFIX
    "', ?) WHERE x.id IS NULL AND i.calendarid BETWEEN ? AND ? AND " STEP_OF("i.calendarid"),
/* Behind it: those of calendars that have no owner any more. */
[SQL_DELETE_OBJECTS] =
    "DELETE c FROM {adav_calendarobjects} c" OWNERLESS("c.calendarid"),
[SQL_DELETE_CALENDAR_CHANGES] =
    "DELETE c FROM {adav_calendarchanges} c" OWNERLESS("c.calendarid"),
[SQL_DELETE_CALENDARS] = "DELETE c FROM {adav_calendars} c" OWNERLESS("c.id"),
[SQL_DELETE_REMINDERS] =
    "DELETE FROM {adav_reminders} WHERE COALESCE(user<>{:davtext}, 0)=0 AND id BETWEEN ? AND ?"
    " AND " STEP,
[SQL_CALENDAR_TAKEN] =
    "SELECT 1 FROM {adav_calendarinstances} WHERE principaluri=? AND uri=?",
[SQL_CALENDAR_SHOW] =
    "UPDATE {adav_calendarinstances} SET principaluri=?, public=? WHERE calendarid=? AND access=1"
    " AND principaluri IS NULL",
/* The sharee's instance is a copy of the owner's, as P8 itself makes it. */
[SQL_SHARE_MAKE] =
    "INSERT INTO {adav_calendarinstances} (calendarid, principaluri, access, displayname, uri,"
    " description, calendarorder, calendarcolor, timezone, transparent, share_href)"
    " SELECT i.calendarid, ?, s.access, i.displayname, s.uri, i.description, i.calendarorder,"
    " COALESCE(s.color, i.calendarcolor), i.timezone, 1, ? FROM {p7m_shares} s JOIN"
    " {adav_calendarinstances} i ON i.calendarid=s.calendarid AND i.access=1 WHERE s.id=?",
[SQL_SHARE_ACCESS] =
    "SELECT i.id, i.access FROM {p7m_shares} s JOIN {adav_calendarinstances} i ON"
    " i.calendarid=s.calendarid AND i.principaluri=? WHERE s.id=?",
[SQL_SHARE_WRITE] =
    "UPDATE {adav_calendarinstances} i JOIN {p7m_shares} s ON s.calendarid=i.calendarid SET"
    " i.access=3 WHERE s.id=? AND i.principaluri=? AND i.access=2 AND s.access=3",
[SQL_LINK_FIND] = "SELECT hash_id FROM {min_hashes} WHERE hash=? LIMIT 1",
[SQL_LINK_ADD] = "INSERT INTO {min_hashes} (hash_id, hash, data, user_id) VALUES (?, ?, ?, ?)",
[SQL_LINK_ADD_OLD] = "INSERT INTO {min_hashes} (hash_id, hash, data) VALUES (?, ?, ?)",
[SQL_LINK_DELETE] = "DELETE FROM {min_hashes} WHERE hash=?",
[SQL_LOCK] = "SELECT GET_LOCK(?, ?)",
[SQL_UNLOCK] = "DO RELEASE_LOCK(?)",
[SQL_USER_GET] =
    "SELECT id, state, files, entity, units, owner, contacts, calendars, email"
    " FROM {p7m_users} WHERE uuid=?",
[SQL_USER_TWIN] =
    "SELECT public_id, COALESCE(source, '') FROM {p7m_users} WHERE"
    " public_id=CONVERT(? USING {:charset})"
    " COLLATE {:collation}",
[SQL_USER_ADD] =
    "INSERT INTO {p7m_users} (uuid, email, public_id, source, source_user, owner, principal,"
    " state, units, started, heartbeat) VALUES (?, ?, ?, ?, ?, ?, ?, 'loading', 0,"
    " UTC_TIMESTAMP(), UTC_TIMESTAMP())",
[SQL_USER_FIRST] =
    "UPDATE {p7m_users} SET email=?, public_id=?, source=?, source_user=?, state='loading',"
    " entity=NULL, units=0, files=0, calendars=0, contacts=0, owner=?, reason=NULL, remedy=NULL,"
    " started=UTC_TIMESTAMP(),"
    " heartbeat=UTC_TIMESTAMP(), finished=NULL WHERE id=? AND COALESCE(owner, '')=? AND units=?",
[SQL_USER_MORE] =
    "UPDATE {p7m_users} SET units=?, entity=?, heartbeat=UTC_TIMESTAMP()"
    " WHERE id=? AND COALESCE(owner, '')=? AND units=?",
[SQL_USER_LAST] =
    "UPDATE {p7m_users} SET state=?, units=?, entity=?, files=?, calendars=?,"
    " contacts=?,"
    " books_before=?, calendars_before=?,"
    " heartbeat=UTC_TIMESTAMP(), finished=UTC_TIMESTAMP()"
    " WHERE id=? AND COALESCE(owner, '')=? AND units=?",
[SQL_P7_NAME] =
    "INSERT INTO {p7m_meta} (name, value) VALUES (CONCAT('p7-name ', ?), ?)"
    " ON DUPLICATE KEY UPDATE value=VALUES(value)",
[SQL_P7_NAME_FORGET] = "DELETE FROM {p7m_meta} WHERE name=CONCAT('p7-name ', ?)",
[SQL_USER_STATE] =
    "UPDATE {p7m_users} SET state=?, heartbeat=UTC_TIMESTAMP() WHERE id=?",
[SQL_USER_FILES] =
    "UPDATE {p7m_users} SET state='rows', files=1, heartbeat=UTC_TIMESTAMP() WHERE id=?",
[SQL_USER_NO_FILES] =
    "UPDATE {p7m_users} SET files=2 WHERE id=? AND files=0",
[SQL_USER_CONTACTS] =
    "UPDATE {p7m_users} u SET u.contacts=?, u.heartbeat=UTC_TIMESTAMP() WHERE u.id=? AND"
    " u.state='done' AND " LEDGER_CONTACTS_DUE,
[SQL_USER_CALENDARS] =
    "UPDATE {p7m_users} SET calendars=?, heartbeat=UTC_TIMESTAMP() WHERE id=? AND state='done' AND"
    " calendars IN (0, 2)",
[SQL_USER_NO_CONTACTS] =
    "UPDATE {p7m_users} u SET u.contacts=2 WHERE u.id=? AND " LEDGER_CONTACTS_DUE,
[SQL_KINDS_GET] =
    "SELECT kind, source FROM {p7m_kinds} WHERE user_id=?",
[SQL_KIND_DELETE] =
    "DELETE FROM {p7m_kinds} WHERE user_id=? AND kind=?",
[SQL_USER_FAILED] =
    "INSERT INTO {p7m_users} (uuid, email, public_id, source, source_user, principal, state, units,"
    " reason, remedy, started, heartbeat) VALUES (?, ?, NULL, ?, ?, ?, 'failed', 0, ?, ?,"
    " UTC_TIMESTAMP(), UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE email=?, public_id=NULL,"
    " state='failed',"
    " reason=?, remedy=?",
[SQL_DAV_MARKS] =
    "SELECT (SELECT MAX(id) FROM {adav_addressbooks}), (SELECT MAX(id) FROM {adav_calendars})",
[SQL_CALENDAR_KNOWN] = "SELECT user_id, calendarid FROM {p7m_calendars} WHERE uuid=?",
[SQL_CALENDARS_FORGET] = "DELETE FROM {p7m_calendars} WHERE user_id=?",
[SQL_SHARES_FORGET] = "DELETE FROM {p7m_shares} WHERE user_id=? AND state<>'revoked'",
[SQL_SHARES_OWNED] =
    "SELECT id, user_id, sharee FROM {p7m_shares} WHERE user_id=? AND state='waiting' AND id>?"
    " ORDER BY id LIMIT 1",
[SQL_SHARES_WAITING] =
    "SELECT s.id, s.user_id, s.sharee FROM {p7m_shares} s JOIN {p7m_users} u ON u.id=s.user_id"
    " AND u.state IN ('rows', 'done') WHERE"
    " s.sharee=CONVERT(? USING {:charset}) COLLATE {:collation} AND"
    " s.state='waiting' AND s.id>? ORDER BY s.id LIMIT 1",
[SQL_SHARES_LEFT] =
    "SELECT s.id, s.user_id, s.sharee, s.share, u.email FROM {p7m_shares} s JOIN {p7m_users} u ON"
    " u.id=s.user_id AND u.state IN ('rows', 'done') WHERE s.state='waiting' AND s.id>?"
    " ORDER BY s.id LIMIT 1",
[SQL_SHARES_UNNOTE] =
    "DELETE r FROM {p7m_rejects} r LEFT JOIN {p7m_shares} s ON s.state='waiting' AND"
    " CAST(r.reason AS BINARY)=CAST(CONVERT(CONCAT('" SHAREE_MISSING(
    "', s.sharee, '") "') USING utf8mb4) AS BINARY) WHERE r.stage='p8-load' AND"
    " r.code='sharee-not-in-p8' AND s.id IS NULL",
/* Of two that make it at the same time one does. */
[SQL_SHARE_TAKE] = "UPDATE {p7m_shares} SET state='made' WHERE id=? AND state='waiting'",
[SQL_SHARE_MADE] =
    "UPDATE {p7m_shares} s LEFT JOIN {adav_calendarinstances} i ON i.id=? SET s.instance=i.id,"
    " s.looks=" LEDGER_LOOKS("i") " WHERE s.id=?",
[SQL_HEIR] =
    "SELECT id, email, uuid, state FROM {p7m_users} WHERE principal=1 AND email IN (?, ?) AND"
    " state IN ('loading', 'done') AND HEX(LOWER(CONVERT(email USING utf8mb4))) IN"
    " (HEX(LOWER(CONVERT(? USING utf8mb4))), HEX(LOWER(CONVERT(? USING utf8mb4))))"
    " ORDER BY id LIMIT 1",
/* What hangs on other rows goes first: the letters (ledger.h) are in that order. */
[SQL_OWN_NEXT] =
    "SELECT o.what, o.first, o.last, o.step, IF(u.principal, " LEDGER_PRINCIPAL ", u.public_id)"
    " FROM {p7m_own} o LEFT JOIN {p7m_users} u ON u.id=o.user_id WHERE o.user_id=?"
    " ORDER BY o.what DESC, o.first DESC LIMIT 1",
[SQL_OWN_DELETE] =
    "DELETE FROM {p7m_own} WHERE user_id=? AND what=? AND first=?",
[SQL_KINDS_DELETE] = "DELETE FROM {p7m_kinds} WHERE user_id=?",
[SQL_FILES_DELETE] = "DELETE FROM {p7m_files} WHERE user_id=?",
[SQL_LINK_OWN] = "INSERT INTO {p7m_links} (user_id, hash) VALUES (?, ?)",
[SQL_LINK_NEXT] = "SELECT hash FROM {p7m_links} WHERE user_id=? ORDER BY hash LIMIT 1",
[SQL_LINK_FORGET] = "DELETE FROM {p7m_links} WHERE user_id=? AND hash=?",
[SQL_NOTE_ADD] =
    "INSERT INTO {p7m_rejects} (id, email, is_reject, stage, code, reason, remedy, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE code=code",
[SQL_NOTES_DELETE] = "DELETE FROM {p7m_rejects} WHERE email=?",
[SQL_NOTES_CAME] =
    "DELETE FROM {p7m_rejects} WHERE email=? AND code LIKE 'user-%' AND stage<>'p8-load'",
[SQL_GLOBAL_GET] = "SELECT entity FROM {p7m_globals} WHERE uuid=?",
[SQL_GLOBAL_ADD] =
    "INSERT INTO {p7m_globals} (uuid, kind, entity, value_rows, hash) VALUES (?, ?, 0, 0, 0)",
[SQL_GLOBAL_SET] = "UPDATE {p7m_globals} SET entity=?, value_rows=?, hash=? WHERE uuid=?",
[SQL_GLOBAL_FORGET] =
    "DELETE g FROM {p7m_globals} g LEFT JOIN {eav_entities} e ON e.id=g.entity AND e.uuid=g.uuid"
    " WHERE g.uuid=? AND e.id IS NULL",
[SQL_RUN_ADD] =
    "INSERT INTO {p7m_runs} (run, tool, owner, header, started)"
    " VALUES (?, ?, ?, ?, UTC_TIMESTAMP())",
[SQL_DRY_CREATE] =
    "CREATE TEMPORARY TABLE {p7m_dry} (name VARCHAR(255) CHARACTER SET {:charset}"
    " COLLATE {:collation} NOT NULL PRIMARY KEY) ENGINE=InnoDB",
[SQL_DRY_ADD] = "INSERT INTO {p7m_dry} VALUES (?)",
[SQL_DRY_FIND] =
    "SELECT name FROM {p7m_dry} WHERE name=CONVERT(? USING {:charset}) COLLATE {:collation}",
[SQL_RUN_END] =
    "UPDATE {p7m_runs} SET ended=UTC_TIMESTAMP(), status=?, summary=? WHERE run=?",
};

void sql_open(struct sql *s, struct target *t)
{
	memset(s, 0, sizeof(*s));
	s->t = t;
}

void sql_close(struct sql *s)
{
	unsigned i;

	for (i = 0; i < SQL_COUNT; i++) {
		if (s->ready[i])
			dbq_close(&s->q[i]);
		s->ready[i] = false;
	}
}

/* How a text of DAV is written so that P8's DAV connection reads it. */
static void dav_text(const struct target *t, struct buf *out)
{
	if (t->dav_text == DAV_TEXT_SERVER)
		buf_addf(out, "CONVERT(CAST(? AS BINARY) USING %s)", t->db.client_charset);
	else
		buf_addc(out, '?');
}

/* A text of DAV as P8's DAV connection reads it. */
static void dav_column(const struct target *t, struct buf *out, const char *column)
{
	if (t->dav_text == DAV_TEXT_SERVER)
		buf_addf(out, "CAST(CONVERT(%s USING %s) AS BINARY)", column,
		    t->db.client_charset);
	else
		buf_adds(out, column);
}

int sql_expand(const struct target *t, const char *text, struct buf *out, struct err *e)
{
	char name[NAME_MAX_LEN];
	const char *p, *end;

	for (p = text; *p != '\0'; p++) {
		end = *p == '{' ? strchr(p, '}') : NULL;
		if (end == NULL) {
			buf_addc(out, *p);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - p - 1), p + 1);
		if (strcmp(name, ":charset") == 0)
			buf_adds(out, t->charset);
		else if (strcmp(name, ":collation") == 0)
			buf_adds(out, t->collation);
		else if (strncmp(name, ":dav ", 5) == 0)
			dav_column(t, out, name + 5);
		else if (strcmp(name, ":davtext") == 0)
			dav_text(t, out);
		else
			target_table(t, out, name);
		p = end;
	}
	return buf_check(out, e);
}

int sql_prepare(struct target *t, struct dbq *q, const char *text, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	rc = sql_expand(t, text, &sql, e);
	if (rc == 0)
		rc = dbq_prepare(q, &t->db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int sql_do(struct target *t, const char *text, const struct dbval *v, unsigned n, struct err *e)
{
	struct dbq q;
	int rc;

	if (sql_prepare(t, &q, text, e) < 0)
		return -1;
	rc = dbq_run(&q, v, n, e);
	dbq_close(&q);
	return rc;
}

int sql_int(struct target *t, const char *text, const struct dbval *v, unsigned n, int64_t *out,
    struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	rc = sql_expand(t, text, &sql, e);
	if (rc == 0)
		rc = db_one_int(&t->db, sql.data, v, n, out, e);
	buf_free(&sql);
	return rc;
}

static int prepare(struct sql *s, enum sql_id id, struct err *e)
{
	if (!s->ready[id])
		s->ready[id] = sql_prepare(s->t, &s->q[id], texts[id], e) == 0;
	return s->ready[id] ? 0 : -1;
}

int sql_run(struct sql *s, enum sql_id id, const struct dbval *v, unsigned n, struct err *e)
{
	return prepare(s, id, e) < 0 ? -1 : dbq_run(&s->q[id], v, n, e);
}

int sql_row(struct sql *s, enum sql_id id, const struct dbval *v, unsigned n, struct dbq **q,
    struct err *e)
{
	int rc;

	if (sql_run(s, id, v, n, e) < 0)
		return -1;
	*q = &s->q[id];
	rc = dbq_next(*q, e);
	if (rc >= 0)
		mysql_stmt_free_result((*q)->st);
	return rc;
}

int sql_ctag_bump(struct sql *s, int64_t entity, struct err *e)
{
	struct dbq *q;
	int rc = sql_row(s, SQL_CTAG_ROW, &DB_INT(entity), 1, &q, e);

	return rc != 1 ? rc : sql_run(s, SQL_CTAG_BUMP, &DB_INT(dbq_int(q, 0)), 1, e);
}

int sql_exec(struct sql *s, const char *text, struct err *e)
{
	return db_exec(&s->t->db, text, e);
}

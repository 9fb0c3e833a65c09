#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "after/added.h"
#include "ledger/ledger.h"
#include "shown.h"
#include "after/undouse.h"

#define NOT_OURS(id) " NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=? AND" \
	" o.what='e' AND " LEDGER_OWNS(id) ")"

/* What P8 notes of an account by itself; it goes, but nobody has to be told. */
#define OF_USE "('Aurora\\\\Modules\\\\Mail\\\\Classes\\\\SystemFolder'," \
	" 'Aurora\\\\Modules\\\\TwoFactorAuth\\\\Classes\\\\UsedDevice')"

/* 1: P8 keeps who made a public link. */
static int link_users(struct target *t, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 16];
	int64_t n = 0;

	snprintf(name, sizeof(name), "%smin_hashes", t->prefix);
	if (db_one_int(&t->db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME='user_id'", &DB_STR(name), 1,
	    &n, e) < 0)
		return -1;
	return n > 0;
}

static int count(struct target *t, const struct readback_user *u, const char *kind,
    const char *text, const struct dbval *v, unsigned n, struct buf *out, struct err *e)
{
	int64_t got = 0;

	if (sql_int(t, text, v, n, &got, e) < 0)
		return -1;
	if (got > 0) {
		buf_adds(out, "! ");
		shown_put(out, u->email, strlen(u->email));
		buf_addf(out, " %s: %" PRId64 " added in P8\n", kind, got);
	}
	return 0;
}

int added_find(struct target *t, const struct readback_user *u, int64_t entity, struct buf *out,
    struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_INT(u->row) };
	struct dbval number[] = { DB_INT(entity), DB_INT(u->row) };
	int rc = link_users(t, e);

	if (rc < 0 || (rc == 1 && count(t, u, "LINK", "SELECT COUNT(*) FROM {min_hashes} h WHERE"
	    " h.user_id=? AND NOT EXISTS (SELECT 1 FROM {p7m_links} l WHERE l.user_id=? AND"
	    " l.hash=h.hash)", number, 2, out, e) < 0))
		return -1;
	if (count(t, u, "of an account", "SELECT COUNT(DISTINCT n.id) FROM {p7m_own} a JOIN"
	    " {eav_attributes_int} i ON i.name='IdAccount' AND i.value BETWEEN a.first AND a.last"
	    " AND MOD(i.value-CAST(a.first AS SIGNED), CAST(a.step AS SIGNED))=0"
	    " JOIN {eav_entities} n ON n.id=i.id_entity AND n.entity_type NOT IN " OF_USE
	    " WHERE a.user_id=? AND a.what='e' AND a.kind='ACCOUNT' AND" NOT_OURS("n.id")
	    " AND NOT EXISTS (SELECT 1 FROM {eav_attributes_int} x WHERE x.id_entity=n.id AND"
	    " x.name='IdUser')", v, 2, out, e) < 0)
		return -1;
	return count(t, u, "of the user", "SELECT COUNT(*) FROM {eav_attributes_bigint} a JOIN"
	    " {eav_entities} n ON n.id=a.id_entity AND n.entity_type NOT IN " OF_USE
	    " WHERE a.name='UserId' AND a.value=? AND" NOT_OURS("n.id"), number, 2, out, e);
}

/* FIND names entities that are no members of anything of ours; what hangs on them goes first. */
static int remove_entities(struct target *t, const char *find, struct dbval a, struct dbval b,
    struct err *e)
{
	static const char *const statements[] = {
		"DELETE n FROM {eav_entities} g JOIN {eav_attributes_string} a ON"
		" a.value=g.uuid AND a.name IN ('GroupUUID', 'ContactUUID') JOIN {eav_entities} n"
		" ON n.id=a.id_entity WHERE g.id=? AND n.id<>g.id",
		"DELETE n FROM {eav_attributes_int} a JOIN {eav_entities} n ON n.id=a.id_entity"
		" WHERE a.name='IdAccount' AND a.value=?",
		"DELETE FROM {eav_entities} WHERE id=?", NULL
	};

	return undo_each(t, find, a, b, statements, e);
}

/* Members of the user's groups, the only things that name nobody but what they belong to. */
static int remove_members(struct target *t, int64_t row, struct err *e)
{
	static const char *const statements[] = { "DELETE FROM {eav_entities} WHERE id=?", NULL };

	return undo_each(t, "SELECT DISTINCT a.id_entity FROM {p7m_own} o JOIN {eav_entities} g ON "
	    LEDGER_OWNS("g.id") " JOIN {eav_attributes_string} a ON a.value=g.uuid AND"
	    " a.name IN ('GroupUUID', 'ContactUUID') WHERE o.user_id=? AND o.what='e' AND"
	    " o.kind IN ('GROUP', 'CONTACT') AND NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE"
	    " o.user_id=? AND o.what='e' AND " LEDGER_OWNS("a.id_entity") ") AND " ADDED_NOBODYS
	    " AND a.id_entity>? ORDER BY a.id_entity LIMIT 200", DB_INT(row), DB_INT(row),
	    statements, e);
}

/* Cards in the user's books, which leave; P8 notes each one that is added. */
static int remove_cards(struct target *t, int64_t row, struct err *e)
{
	static const char *const statements[] = { "DELETE FROM {adav_cards} WHERE id=?", NULL };

	return undo_each(t, "SELECT DISTINCT c.id FROM {p7m_own} o JOIN {adav_addressbookchanges} h"
	    " ON " LEDGER_OWNS("h.addressbookid") " AND h.operation=1 JOIN {adav_cards} c ON"
	    " c.addressbookid=h.addressbookid AND c.uri=h.uri WHERE o.user_id IN (?, ?) AND"
	    " o.what='b' AND c.id>? ORDER BY c.id LIMIT 200", DB_INT(row), DB_INT(row), statements,
	    e);
}

int added_remove(struct target *t, int64_t row, int64_t entity, struct err *e)
{
	struct dbval user = DB_INT(entity), own = DB_INT(row);
	int rc;

	if (entity == 0)
		return 0;
	if (remove_members(t, row, e) < 0 || remove_cards(t, row, e) < 0 ||
	    remove_entities(t, "SELECT DISTINCT a.id_entity FROM {eav_attributes_int} a WHERE"
	    " a.name IN ('IdUser', 'UserId') AND a.value=? AND" NOT_OURS("a.id_entity")
	    " AND a.id_entity>? ORDER BY a.id_entity LIMIT 200", user, own, e) < 0 ||
	    remove_entities(t, "SELECT DISTINCT a.id_entity FROM {eav_attributes_bigint} a WHERE"
	    " a.name='UserId' AND a.value=? AND" NOT_OURS("a.id_entity")
	    " AND a.id_entity>? ORDER BY a.id_entity LIMIT 200", user, own, e) < 0 ||
	    remove_entities(t, "SELECT DISTINCT i.id_entity FROM {p7m_own} a JOIN"
	    " {eav_attributes_int} i ON i.name='IdAccount' AND i.value BETWEEN a.first AND a.last"
	    " AND MOD(i.value-CAST(a.first AS SIGNED), CAST(a.step AS SIGNED))=0 WHERE"
	    " a.user_id=? AND a.what='e' AND a.kind='ACCOUNT' AND" NOT_OURS("i.id_entity")
	    " AND i.id_entity>? ORDER BY i.id_entity LIMIT 200", own, own, e) < 0)
		return -1;
	rc = link_users(t, e);
	return rc == 1 ? sql_do(t, "DELETE FROM {min_hashes} WHERE user_id=?", &user, 1, e) : rc;
}

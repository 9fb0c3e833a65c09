#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "kinds/changes.h"
#include "kinds/verbs.h"
#include "ledger/ledger.h"

static int read_entities(struct readback *r, size_t run, const int64_t w[2], struct err *e)
{
	struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };
	struct dbq *q = readback_run(r, RB_ENTITIES, "SELECT id, uuid, parent_uuid, entity_type,"
	    " module_name FROM {eav_entities} WHERE id BETWEEN ? AND ?", v, 2, e);
	const struct interned *type;
	struct readback_ent *ent;
	int rc = q != NULL ? 0 : -1, kind;
	int64_t id;

	memset(r->window, 0, (size_t)(w[1] - w[0] + 1) * sizeof(*r->window));
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		id = dbq_int(q, 0);
		kind = readback_kind_of(r, 'e', run, id);
		if (kind < 0)
			continue;
		ent = &r->window[id - w[0]];
		type = intern(r->names, dbq_str(q, 3), q->col[3].n);
		if (type == NULL)
			return err_set(e, EXIT_DATA, "P8 has too many entity types");
		*ent = (struct readback_ent){ true, (unsigned)kind, "", type->s };
		memcpy(ent->uuid, dbq_str(q, 1), q->col[1].n < UUID_LEN ? q->col[1].n : UUID_LEN);
		readback_add(&r->k[kind], 0, rowhash_entity(ent->uuid, dbq_str(q, 2), type->s,
		    dbq_str(q, 4)));
	}
	return rc;
}

static int read_attrs(struct readback *r, enum attr_type t, const int64_t w[2], struct err *e)
{
	const struct readback_ent *ent;
	struct readback_kind *k;
	struct dbq *q;
	uint64_t hash;
	bool filled;
	int rc = attrread_run(&r->attrs, t, w, &q, e);

	while (rc >= 0 && q != NULL && (rc = dbq_next(q, e)) == 1) {
		ent = &r->window[dbq_int(q, 0) - w[0]];
		if (!ent->ours || rowhash_volatile(ent->type, dbq_str(q, 1)))
			continue;
		filled = rowhash_filled(ent->type, dbq_str(q, 1));
		if (filled && q->col[2].n == 0)
			continue;
		hash = rowhash_attr(ent->uuid, attr_type_name[t], q->col[1].p, q->col[1].n,
		    q->col[2].p, q->col[2].n);
		k = &r->k[ent->kind];
		k->got.rows++;
		k->got.hash += hash;
		if (filled && k->nfilled < READBACK_FILLED)
			k->filled[k->nfilled++] = hash;
	}
	return rc;
}

int entities_read(struct readback *r, struct err *e)
{
	int64_t at = 0, w[2];
	size_t run = 0;
	unsigned t;

	while (readback_window(r, 'e', &run, &at, w)) {
		if (read_entities(r, run, w, e) < 0)
			return -1;
		for (t = 0; t < AT_COUNT; t++)
			if (read_attrs(r, t, w, e) < 0)
				return -1;
	}
	return 0;
}

/* SQL, one parameter each: it is not the user's; it is nobody's of the migration. */
#define NOT_OURS(id) "NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=? AND o.what='e' AND " \
	LEDGER_OWNS(id) ")"
/*
 * Groups of two P7 may have one UUID, when one was copied from the other, so a member of it may be
 * another user's.
 */
#define NOBODYS "NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.what='e' AND " \
	LEDGER_OWNS("a.id_entity") ")"
/* Attribute I of something names one of the user's accounts. */
#define OF_ACCOUNTS "{p7m_own} a JOIN {eav_attributes_int} i ON i.name='IdAccount' AND i.value" \
	" BETWEEN a.first AND a.last AND MOD(i.value-CAST(a.first AS SIGNED)," \
	" CAST(a.step AS SIGNED))=0"
/* What P8 notes of an account by itself; it goes, but nobody has to be told. */
#define OF_USE "('Aurora\\\\Modules\\\\Mail\\\\Classes\\\\SystemFolder'," \
	" 'Aurora\\\\Modules\\\\TwoFactorAuth\\\\Classes\\\\UsedDevice')"
/* A contact that P8 made when the user wrote to somebody new. */
#define COLLECTED "{eav_attributes_bool} b ON b.id_entity=e.id AND b.name='Auto' AND b.value=1" \
	" AND e.entity_type=?"

/* Entities that name the user and are not of the migration. */
static int new_entities(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CONTACT), DB_INT(r->user->row), DB_INT(entity),
	    DB_STR(TYPE_CTAG) };
	const char *type;
	struct dbq q;
	int rc;

	if (sql_prepare(r->t, &q, "SELECT e.entity_type, COUNT(DISTINCT e.id) FROM"
	    " {eav_attributes_int} a JOIN {eav_entities} e ON e.id=a.id_entity LEFT JOIN "
	    COLLECTED " LEFT JOIN {p7m_own} o ON o.user_id=? AND o.what='e' AND "
	    LEDGER_OWNS("e.id") " WHERE a.name IN ('IdUser', 'UserId') AND a.value=?"
	    " AND o.user_id IS NULL AND b.id IS NULL AND e.entity_type<>?"
	    " GROUP BY e.entity_type", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 4, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		type = strrchr(dbq_str(&q, 0), '\\');
		changes_add(out, r->user, type ? type + 1 : dbq_str(&q, 0), dbq_int(&q, 1),
		    "added in P8");
	}
	dbq_close(&q);
	return rc;
}

int entities_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	struct dbval own = DB_INT(r->user->row), twice[] = { own, own };
	struct dbval number[] = { DB_INT(entity), own };

	if (new_entities(r, entity, out, e) < 0 ||
	    /* the only entities that name nobody: members of the user's groups */
	    changes_count(r, out, "MEMBERSHIP", "SELECT COUNT(DISTINCT a.id_entity) FROM"
	    " {p7m_own} o JOIN {eav_entities} g ON " LEDGER_OWNS("g.id") " JOIN"
	    " {eav_attributes_string} a ON a.value=g.uuid AND a.name='GroupUUID' WHERE"
	    " o.user_id=? AND o.what='e' AND o.kind='GROUP' AND " NOT_OURS("a.id_entity") " AND "
	    NOBODYS, twice, 2, e) < 0 ||
	    changes_count(r, out, "of an account", "SELECT COUNT(DISTINCT n.id) FROM " OF_ACCOUNTS
	    " JOIN {eav_entities} n ON n.id=i.id_entity AND n.entity_type NOT IN " OF_USE
	    " WHERE a.user_id=? AND a.what='e' AND a.kind='ACCOUNT' AND " NOT_OURS("n.id")
	    " AND NOT EXISTS (SELECT 1 FROM {eav_attributes_int} x WHERE x.id_entity=n.id AND"
	    " x.name='IdUser')", twice, 2, e) < 0)
		return -1;
	return changes_count(r, out, "of the user", "SELECT COUNT(*) FROM {eav_attributes_bigint} a"
	    " JOIN {eav_entities} n ON n.id=a.id_entity AND n.entity_type NOT IN " OF_USE
	    " WHERE a.name='UserId' AND a.value=? AND " NOT_OURS("n.id"), number, 2, e);
}

int entities_collected(struct readback *r, int64_t entity, int64_t *n, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CONTACT), DB_INT(r->user->row), DB_INT(entity) };

	*n = 0;
	return sql_int(r->t, "SELECT COUNT(DISTINCT e.id) FROM {eav_attributes_int} a JOIN"
	    " {eav_entities} e ON e.id=a.id_entity JOIN " COLLECTED " LEFT JOIN {p7m_own} o ON"
	    " o.user_id=? AND o.what='e' AND " LEDGER_OWNS("e.id") " WHERE a.name='IdUser' AND"
	    " a.value=? AND o.user_id IS NULL", v, 3, n, e) < 0 ? -1 : 0;
}

int entities_remove(struct leaving *u, struct err *e)
{
	static const char *const entity[] = { "DELETE FROM {eav_entities} WHERE id=?", NULL };
	/* Of what names the user: first what hangs on it. */
	static const char *const whole[] = {
		"DELETE n FROM {eav_entities} g JOIN {eav_attributes_string} a ON"
		" a.value=g.uuid AND a.name IN ('GroupUUID', 'ContactUUID') JOIN {eav_entities} n"
		" ON n.id=a.id_entity WHERE g.id=? AND n.id<>g.id",
		"DELETE n FROM {eav_attributes_int} a JOIN {eav_entities} n ON n.id=a.id_entity"
		" WHERE a.name='IdAccount' AND a.value=?",
		"DELETE FROM {eav_entities} WHERE id=?", NULL
	};
	/* P8 notes which folder is which when it first opens an account. */
	static const char *const folders[] = {
		"DELETE n FROM {eav_entities} n JOIN {eav_attributes_int} a ON a.id_entity=n.id AND"
		" a.name='IdAccount' WHERE a.value=? AND"
		" n.entity_type='Aurora\\\\Modules\\\\Mail\\\\Classes\\\\SystemFolder'", NULL
	};
#define PAGE(id) " AND " id ">? ORDER BY " id " LIMIT 200"
	const struct {
		const char *find, *const *statements;
		struct dbval a, b;
	} v[] = {
		{ "SELECT n.id FROM {eav_entities} n JOIN {eav_attributes_int} a ON"
		    " a.id_entity=n.id AND a.name='UserId' WHERE a.value=? AND n.entity_type=?"
		    PAGE("n.id"), entity, DB_INT(u->entity), DB_STR(TYPE_CTAG) },
		{ "SELECT e.id FROM {p7m_own} o JOIN {eav_entities} e ON " LEDGER_OWNS("e.id")
		    " WHERE o.user_id=? AND o.what='e' AND o.kind=?" PAGE("e.id"), folders,
		    DB_INT(u->row), DB_STR("ACCOUNT") },
		/* members of the user's groups name nobody but what they belong to */
		{ "SELECT DISTINCT a.id_entity FROM {p7m_own} o JOIN {eav_entities} g ON "
		    LEDGER_OWNS("g.id") " JOIN {eav_attributes_string} a ON a.value=g.uuid AND"
		    " a.name IN ('GroupUUID', 'ContactUUID') WHERE o.user_id=? AND o.what='e' AND"
		    " o.kind IN ('GROUP', 'CONTACT') AND " NOT_OURS("a.id_entity") " AND " NOBODYS
		    PAGE("a.id_entity"), entity, DB_INT(u->row), DB_INT(u->row) },
		{ "SELECT DISTINCT a.id_entity FROM {eav_attributes_int} a WHERE"
		    " a.name IN ('IdUser', 'UserId') AND a.value=? AND " NOT_OURS("a.id_entity")
		    PAGE("a.id_entity"), whole, DB_INT(u->entity), DB_INT(u->row) },
		{ "SELECT DISTINCT a.id_entity FROM {eav_attributes_bigint} a WHERE"
		    " a.name='UserId' AND a.value=? AND " NOT_OURS("a.id_entity")
		    PAGE("a.id_entity"), whole, DB_INT(u->entity), DB_INT(u->row) },
		{ "SELECT DISTINCT i.id_entity FROM " OF_ACCOUNTS " WHERE a.user_id=? AND"
		    " a.what='e' AND a.kind='ACCOUNT' AND " NOT_OURS("i.id_entity")
		    PAGE("i.id_entity"), whole, DB_INT(u->row), DB_INT(u->row) },
	};
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(*v); i++)
		if (remove_each(u->sql->t, v[i].find, v[i].a, v[i].b, v[i].statements, e) < 0)
			return -1;
	return 0;
}

int entities_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	return remove_ids(s, SQL_DELETE_ENTITIES, run, e);
}

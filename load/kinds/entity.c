#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "kinds/readback.h"
#include "kinds/removal.h"
#include "kinds/added.h"
#include "kinds/itemize.h"
#include "kinds/entity.h"
#include "kinds/source.h"
#include "base/names.h"
#include "kinds/note.h"
#include "store/eav.h"

static int add_num(struct context *x, enum attr_type t, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *code = NULL;
	int64_t n = 0;

	if (v->type == J_BOOL)
		n = v->b;
	else if (v->type == J_INT && !v->unsigned64)
		n = v->i;
	else if (v->type != J_NULL)
		code = v->type == J_INT ? "value-out-of-range" : "value-type";
	if (code == NULL)
		code = fit_num(t, n);
	if (code != NULL && note_value(x, name->s, code, e) < 0)
		return -1;
	return eav_number(x->unit, t, ent, name, code != NULL ? 0 : n, e);
}

static int add_datetime(struct context *x, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *p = NULL;

	if (v->type == J_STR && strcmp(v->s, "@snapshot") == 0)
		p = x->in->snapshot;
	else if (v->type == J_STR && fit_datetime(v->s, v->n))
		p = v->s;
	else if (v->type != J_NULL && note_value(x, name->s, "value-no-date", e) < 0)
		return -1;
	return eav_text(x->unit, AT_DATETIME, ent, name, p, p ? strlen(p) : 0, e);
}

/* A string that cannot be stored leaves an empty one: P8 does not find a thing without the row. */
static int add_text(struct context *x, enum attr_type t, int64_t ent, const struct interned *name,
    const struct jval *v, struct err *e)
{
	const char *p = NULL, *code = NULL;
	size_t n = 0;

	buf_reset(&x->in->spare);
	if (t == AT_DOUBLE && (v->type == J_INT || v->type == J_OTHER)) {
		p = v->s;
		n = v->n;
	} else if (v->type != J_NULL && jr_bytes(&x->in->si.doc, v, &x->in->spare, &p, &n) < 0)
		code = "value-type";
	else if (p != NULL)
		code = fit_text(&x->s->fit, t, p, n);
	if (code != NULL) {
		p = NULL;
		n = 0;
		if (note_value(x, name->s, code, e) < 0)
			return -1;
	}
	if (p == NULL && t == AT_DOUBLE) {
		p = "0";
		n = 1;
	} else if (p == NULL && (t == AT_STRING || code != NULL))
		p = "";
	return eav_text(x->unit, t, ent, name, p, n, e);
}

/* The PublicId is what makes the user visible: it is kept for the last transaction. */
static bool keep_public_id(struct context *x, enum attr_type t, const char *key,
    const struct jval *v)
{
	struct user *u = x->user;

	if (!u->open || t != AT_STRING || strcmp(key, ATTR_PUBLIC_ID) != 0 ||
	    strcmp(x->in->si.kind, KIND_USER) != 0)
		return false;
	if (v->type == J_STR && v->n < sizeof(u->public_id) && strlen(v->s) == v->n)
		strcpy(u->public_id, v->s);
	return true;
}

static const struct interned *name_of(struct context *x, const struct jval *v)
{
	return v->keylen <= COLUMN_STRING ? intern(x->names, v->key, v->keylen) : NULL;
}

static int add_values(struct context *x, enum attr_type t, int64_t ent, const struct jval *o,
    struct err *e)
{
	const struct interned *name;
	const struct jval *v;
	int rc;

	for (v = jr_first(&x->in->si.doc, o); v != NULL; v = jr_next(&x->in->si.doc, v)) {
		name = name_of(x, v);
		if (name == NULL)
			return err_set(e, EXIT_DATA,
			    "line %llu: an attribute's name is too long, "
			    "or there are more than %d",
			    (unsigned long long)x->in->si.lineno, INTERN_MAX);
		if (keep_public_id(x, t, name->s, v))
			continue;
		if (attr_is_num(t))
			rc = add_num(x, t, ent, name, v, e);
		else if (t == AT_DATETIME)
			rc = add_datetime(x, ent, name, v, e);
		else
			rc = add_text(x, t, ent, name, v, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* The entity UUID of the current user, or NULL. */
static const struct user_ref *user_ref_find(const struct user *u, const char *uuid)
{
	size_t i;

	for (i = u->nrefs; i > 0; i--)
		if (strcmp(u->refs[i - 1].uuid, uuid) == 0)
			return &u->refs[i - 1];
	return NULL;
}

/* In a stream as p7-transform made it everything comes before what refers to it. */
static int unknown_ref(struct context *x, const char *name, const char *to, struct err *e)
{
	if (!x->in->reading || x->in->si.edited)
		return note_value(x, name, "ref-unknown", e);
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": %s refers to %s, which the stream does "
	    "not have; it was damaged or altered; make a new one", x->in->si.io.name,
	    x->in->si.lineno, name, to);
}

static int add_ref(struct context *x, int64_t ent, const struct interned *name, const char *to,
    struct err *e)
{
	const struct user_ref *r = user_ref_find(x->user, to);
	int64_t id = 0;
	int rc;

	if (strcmp(to, "@tenant") == 0)
		id = x->s->t->tenant;
	else if (strcmp(to, "@channel") == 0)
		id = x->s->t->channel;
	else if (r != NULL)
		id = r->id;
	else {
		rc = global_id(x->globals, x->s, to, &id, e);
		if (rc < 0 || (rc == 0 && unknown_ref(x, name->s, to, e) < 0))
			return -1;
	}
	if (eav_number(x->unit, AT_INT, ent, name, id, e) < 0)
		return -1;
	return r != NULL && r->id == 0 ? eav_refers(x->unit, r->ent, e) : 0;
}

static int add_refs(struct context *x, int64_t ent, const struct jval *o, struct err *e)
{
	const struct interned *name;
	const struct jval *v;

	for (v = jr_first(&x->in->si.doc, o); v != NULL; v = jr_next(&x->in->si.doc, v)) {
		name = name_of(x, v);
		if (name == NULL || v->type != J_STR)
			return err_set(e, EXIT_DATA,
			    "line %llu: \"ref\" is to hold names and UUIDs",
			    (unsigned long long)x->in->si.lineno);
		if (add_ref(x, ent, name, v->s, e) < 0)
			return -1;
	}
	return 0;
}

/* Others may refer to users, accounts and servers. */
static int remember_ref(struct context *x, const char *uuid, size_t ent, struct err *e)
{
	const char *kind = x->in->si.kind;

	if (!x->user->open || (strcmp(kind, KIND_USER) != 0 && strcmp(kind, "ACCOUNT") != 0 &&
	    strcmp(kind, "SERVER") != 0))
		return 0;
	return user_add_ref(x->user, uuid, ent, 0, e);
}

static int add_members(struct context *x, int64_t ent, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const struct jval *v;
	enum attr_type t;

	for (v = jr_first(d, &d->v[0]); v != NULL; v = jr_next(d, v)) {
		if (v->type != J_OBJECT)
			continue;
		t = attr_type_of(v->key, v->keylen);
		if (t != AT_COUNT && add_values(x, t, ent, v, e) < 0)
			return -1;
		if (v->keylen == 3 && memcmp(v->key, "ref", 3) == 0 && add_refs(x, ent, v, e) < 0)
			return -1;
	}
	return 0;
}

bool entity_is(const struct context *x)
{
	return jr_get(&x->in->si.doc, NULL, "entity") != NULL &&
	    jr_get(&x->in->si.doc, NULL, "uuid") != NULL;
}

int entity_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *type = jr_str(d, NULL, "entity", ""), *module = jr_str(d, NULL, "module", "");
	const char *uuid = jr_str(d, NULL, "uuid", ""), *parent = jr_str(d, NULL, "parent", "");
	const struct interned *itype, *imodule;
	char text[UUID_LEN + 1];
	int kind = kind_index(x->kinds, x->in->si.kind, e);
	size_t ent = x->unit->r[TABLE_ENTITIES].n;

	if (kind < 0)
		return -1;
	if (!uuid_parse(uuid, strlen(uuid), text))
		return note_reject(x, "bad-uuid", "\"uuid\" is not a UUID", CORRECT_IT, e);
	if (strcmp(parent, "@tenant") == 0)
		parent = x->s->t->tenant_uuid;
	if (type[0] == '\0' || strlen(type) > COLUMN_STRING || strlen(module) > COLUMN_STRING ||
	    strlen(parent) > UUID_LEN)
		return note_reject(x, "bad-entity", "\"entity\", \"module\" or \"parent\" is "
		    "missing or too long", CORRECT_IT, e);
	itype = intern(x->names, type, strlen(type));
	imodule = intern(x->names, module, strlen(module));
	if (itype == NULL || imodule == NULL)
		return err_set(e, EXIT_DATA, "more than %d different entity types", INTERN_MAX);
	if (eav_entity(x->unit, (unsigned)kind, text, parent, itype, imodule, e) < 0 ||
	    remember_ref(x, text, ent, e) < 0)
		return -1;
	itemize_entity(x, text);
	return add_members(x, (int64_t)ent, e);
}

/* A REJECT for a value that only the server found wrong; its record is made from what is left. */
static int report_value(void *arg, enum attr_type t, size_t row, const struct err *why,
    struct err *e)
{
	struct context *x = arg;
	const struct rows *a = &x->unit->r[TABLE_ATTRS + t], *ents = &x->unit->r[TABLE_ENTITIES];
	const struct bulk_data *v = &a->col[ATTR_VALUE];
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct report_item item = { .reject = true, .code = "value-refused", .id = -1,
	    .field = a->col[ATTR_NAME].p[row], .reason = why->msg,
	    .action = "correct the value in P7 and " BRING_AGAIN };
	struct jsonw w;

	jw_begin(&w, &text);
	jw_object(&w);
	if (a->of[row] != EAV_USER) {
		jw_kv_str(&w, "kind", x->kinds->name[ents->of[a->of[row]]]);
		jw_kv_str(&w, "uuid", ents->col[ENTITY_UUID].p[a->of[row]]);
	}
	jw_key(&w, attr_type_name[t]);
	jw_object(&w);
	jw_key_n(&w, a->col[ATTR_NAME].p[row], a->col[ATTR_NAME].len[row]);
	if (attr_is_num(t))
		jw_int(&w, v->num[row]);
	else
		jw_str_n(&w, v->p[row], v->len[row]);
	jw_object_end(&w);
	jw_object_end(&w);
	return note_made(x, item, &text, e);
}

/* The ledger needs one run of ids for each kind then, not one for each change of kind. */
static int sort(struct context *x, struct err *e)
{
	size_t i, n = x->unit->r[TABLE_ENTITIES].n, *map;
	struct user *u = x->user;
	int rc;

	if (!u->open || n < 2)
		return 0;
	map = malloc(n * sizeof(*map));
	if (map == NULL)
		return err_memory(e);
	rc = eav_sort(x->unit, map, e);
	for (i = 0; rc == 0 && i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].ent = map[u->refs[i].ent];
	if (rc == 0 && u->entity == 0)
		u->ent = map[u->ent];
	free(map);
	return rc;
}

static int entities_write(struct context *x, const struct write_how *how, struct err *e)
{
	const struct rows *s = &x->unit->r[TABLE_ENTITIES];
	struct eav_writer w = { x->s, x->unit, how->careful,
	    x->user->open && x->user->mode == UM_LOAD, report_value, x };
	size_t from, to;

	if (sort(x, e) < 0 || eav_write_entities(&w, e) < 0)
		return -1;
	for (from = 0; x->user->open && !x->unit->there && from < s->n; from = to) {
		for (to = from + 1; to < s->n && s->of[to] == s->of[from]; to++)
			;
		if (own_ids(x->own, 'e', x->kinds->name[s->of[from]], s->id + from, to - from,
		    e) < 0)
			return -1;
	}
	eav_resolve(x->unit, user_entity(x));
	return eav_write_attributes(&w, e);
}

static void entities_sum(const struct context *x, struct sums *sums)
{
	eav_sum(x->unit, x->user->uuid, x->user->kind, sums);
}

/* P7 changes these when mail is sent or the user logs in, whoever has them. */
static bool counted_by_use(const char *kind, const char *name)
{
	static const struct {
		const char *kind, *name;
	} list[] = {
		{ KIND_USER, "LastLogin" }, { KIND_USER, "LastLoginNow" },
		{ KIND_USER, "LoginsCount" }, { KIND_USER, "PersonalFiles::UsedSpace" },
		{ "CONTACT", "Frequency" }, { "CONTACT", "DateModified" },
		{ "CONTACT", "ETag" }, { KIND_TEAM_CONTACT, "Frequency" },
		{ KIND_TEAM_CONTACT, "DateModified" }, { KIND_TEAM_CONTACT, "ETag" },
		{ "CTAG", "CTag" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(list[i].name, name) == 0 && strcmp(list[i].kind, kind) == 0)
			return true;
	return false;
}

uint64_t entity_source(const struct input *in)
{
	const struct jdoc *d = &in->si.doc;
	const char *uuid = jr_str(d, NULL, "uuid", "");
	uint64_t seed = XXH3_64bits(uuid, strlen(uuid)), sum = seed, at;
	const struct jval *o, *v;

	for (o = jr_first(d, &d->v[0]); o != NULL; o = jr_next(d, o)) {
		at = XXH3_64bits_withSeed(o->key, o->keylen, seed);
		if (o->type != J_OBJECT) {
			if (strcmp(o->key, "synctoken") != 0)
				sum += source_value(d, o, at);
			continue;
		}
		for (v = jr_first(d, o); v != NULL; v = jr_next(d, v))
			if (!counted_by_use(in->si.kind, v->key))
				sum += source_value(d, v, XXH3_64bits_withSeed(v->key, v->keylen,
				    at));
	}
	return sum;
}

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

static int entities_read(struct readback *r, struct err *e)
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

static int entities_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
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

static int entities_remove(struct leaving *u, struct err *e)
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

static int entities_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	return remove_ours(s, SQL_OTHERS_ENTITY, SQL_DELETE_ENTITIES, run, e);
}

const struct kind_ops entity_kind = {
	.kind = "", .part = PART_BASE, .letter = 'e', .take = entity_take, .write = entities_write,
	.sum = entities_sum, .source = entity_source, .read = entities_read,
	.added = entities_added, .remove = entities_remove, .remove_run = entities_remove_run,
	.differs = entities_differ
};

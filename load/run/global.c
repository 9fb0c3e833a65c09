#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/dry.h"
#include "kinds/kinds.h"
#include "kinds/file.h"
#include "run/note.h"
#include "run/driver.h"
#include "run/global.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"
#include "kinds/entity.h"
#include "run/write.h"
#include "store/eav.h"

#define LOCK_SECONDS 60

int global_flush(void *driver, struct err *e)
{
	struct load *l = driver;

	if (l->unit.rows == 0)
		return 0;
	if (l->o->dry_run) {
		if (note_publish(&l->x, e) < 0)
			return -1;
		unit_reset(&l->unit);
		return 0;
	}
	if (l->unit.r[TABLE_FILES].n > 0 && load_note_run(l, e) < 0)
		return -1;
	return unit_write(l, WRITE_NOTES, false, e) == WRITE_OK ? 0 : -1;
}

/*
 * The one entity of the unit becomes a global one, unless another loader was faster.  One that was
 * removed in P8 since is made again.
 */
static int store(struct load *l, struct err *e)
{
	const struct rows *r = &l->unit.r[TABLE_ENTITIES];
	struct dbval v = DB_STR(r->col[ENTITY_UUID].p[0]);
	char kind[STREAM_KIND_LEN];

	snprintf(kind, sizeof(kind), "%s", l->kinds.name[r->of[0]]);
	if (load_note_run(l, e) < 0 || sql_run(&l->s.sql, SQL_GLOBAL_FORGET, &v, 1, e) < 0)
		return -1;
	switch (unit_write(l, WRITE_GLOBAL, false, e)) {
	case WRITE_OK:
		kinds_add(&l->counts.kinds, kind, 1);
		return 0;
	case WRITE_DUPLICATE:
		*e = (struct err){ .msg = "" };
		unit_reset(&l->unit);
		return 0;
	default:
		return err_prefix(e, "a %s record", kind);
	}
}

/* P8 allows no two tenants of one name. */
static int refuse_tenant(struct load *l, struct err *e)
{
	const struct jdoc *d = &l->in.si.doc;
	const char *name = jr_str(d, jr_get(d, NULL, "string"), "Name", "");
	struct dbval v[] = { DB_STR(name), DB_STR(TYPE_TENANT) };
	int64_t id = 0;
	int rc;

	if (strcmp(l->in.si.kind, KIND_TENANT) != 0)
		return 0;
	rc = sql_int(l->s.t, "SELECT e.id FROM {eav_attributes_string} a JOIN {eav_entities} e ON"
	    " e.id=a.id_entity WHERE a.name='Name' AND a.value=CONVERT(? USING {:charset})"
	    " COLLATE {:collation} AND e.entity_type=? LIMIT 1",
	    v, 2, &id, e);
	if (rc == 1)
		return err_set(e, EXIT_CONFIG, "P8 has a tenant \"%s\", and so has P7; rename one "
		    "of them", name);
	return rc;
}

static int take_entity(struct load *l, struct err *e)
{
	const char *uuid = jr_str(&l->in.si.doc, NULL, "uuid", "");
	char text[UUID_LEN + 1];
	int64_t id;
	int rc = 0;

	if (uuid_parse(uuid, strlen(uuid), text))
		rc = global_id(&l->globals, &l->s, text, &id, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (refuse_tenant(l, e) < 0)
		return -1;
	if (global_flush(l, e) < 0 || entity_take(&l->x, e) < 0)
		return -1;
	if (l->unit.r[TABLE_ENTITIES].n == 0)
		return 0;
	if (l->o->dry_run)
		return dry_seen(&l->s, text, e) < 0 ? -1 : global_flush(l, e);
	return store(l, e);
}

/* A user's record whose block did not begin: what belongs together came apart. */
static bool out_of_place(const struct load *l)
{
	static const char *const of_users[] = { "ADDRESSBOOK", "CARD", KIND_LINK };
	size_t i;

	for (i = 0; i < sizeof(of_users) / sizeof(of_users[0]); i++)
		if (strcmp(l->in.si.kind, of_users[i]) == 0)
			return true;
	return entity_is(&l->x) && strcmp(l->in.si.kind, KIND_SERVER) != 0 &&
	    strcmp(l->in.si.kind, KIND_TENANT) != 0;
}

int global_record(struct load *l, struct err *e)
{
	const char *kind = l->in.si.kind;

	if (out_of_place(l))
		return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": a %s record outside of a "
		    "user's block; the stream was damaged or altered: make it anew",
		    l->in.si.io.name, l->in.si.lineno, kind);

	if (strcmp(kind, "FILE_CHUNK") == 0)
		return kinds_take(&l->x, e) < 0 ? -1 : 0;
	if (files_close_one(&l->x, e) < 0)
		return -1;
	if (strcmp(kind, "REJECT") == 0 || strcmp(kind, "WARN") == 0) {
		if (note_from_stream(&l->x, e) < 0)
			return -1;
		return l->unit.rows >= 1000 ? global_flush(l, e) : 0;
	}
	if (strcmp(kind, "FILE") == 0)
		return kinds_take(&l->x, e) < 0 ? -1 : 0;
	if (entity_is(&l->x))
		return take_entity(l, e);
	/* They go another way: settings.h. */
	return strcmp(kind, "SETTING") == 0 ? 0 : load_unknown(l, e);
}

static int ctag_find(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CTAG), DB_INT(l->s.t->tenant) };
	struct dbq *q;
	int rc;

	rc = sql_row(&l->s.sql, SQL_CTAG_FIND, v, 2, &q, e);
	if (rc == 1)
		l->team_ctag = dbq_int(q, 0);
	return rc;
}

/* CTag entity of the tenant, storage "team", at 0: each user adds one. */
static int ctag_rows(struct load *l, struct err *e)
{
	static const char module[] = "";
	const struct interned *type = intern(l->names, TYPE_CTAG, strlen(TYPE_CTAG));
	const struct interned *none = intern(l->names, module, 0);
	const struct interned *user = intern(l->names, "UserId", 6);
	const struct interned *tag = intern(l->names, "CTag", 4);
	const struct interned *storage = intern(l->names, "Storage", 7);
	char uuid[UUID_LEN + 1];
	uint8_t ns[16];
	int kind = kind_index(&l->kinds, "CTAG", e);

	if (kind < 0)
		return -1;
	if (!type || !none || !user || !tag || !storage)
		return err_set(e, EXIT_DATA, "too many different attribute names");
	/* An attempt that a lost connection ended may have left them. */
	unit_reset(&l->unit);
	if (l->in.source[0] != '\0') {
		uuid_raw(l->in.source, ns);
		uuid_v5(ns, "ctag:team", 9, uuid);
	} else
		uuid_random(uuid);
	if (eav_entity(&l->unit, (unsigned)kind, uuid, "", type, none, e) < 0 ||
	    eav_number(&l->unit, AT_INT, 0, user, l->s.t->tenant, e) < 0 ||
	    eav_text(&l->unit, AT_STRING, 0, storage, "team", 4, e) < 0)
		return -1;
	return eav_number(&l->unit, AT_INT, 0, tag, 0, e);
}

/* Only one loader makes it: they queue at a lock of its own. */
static int ctag_make(struct load *l, struct err *e)
{
	char name[64];
	struct dbval v[] = { DB_NULL, DB_INT(LOCK_SECONDS) };
	struct dbq *q;
	int rc;

	snprintf(name, sizeof(name), "p7m:ctag:%.20s:%.30s", l->s.t->prefix, l->s.t->db.name);
	v[0] = DB_STR(name);
	rc = sql_row(&l->s.sql, SQL_LOCK, v, 2, &q, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || dbq_int(q, 0) != 1)
		return err_set(
		    e, EXIT_TEMPORARY, "another p8-load holds the lock %s; run again", name);
	rc = ctag_find(l, e);
	if (rc == 0)
		rc = ctag_rows(l, e) < 0 || store(l, e) < 0 ? -1 : ctag_find(l, e);
	if (sql_run(&l->s.sql, SQL_UNLOCK, v, 1, e) < 0 || rc < 0)
		return -1;
	return rc == 1 ? 0 : err_set(e, EXIT_BUG, "the team's CTag is not found after it was made");
}

int global_team_ctag(struct load *l, struct err *e)
{
	int rc;

	if (l->team_ctag != 0)
		return 0;
	rc = ctag_find(l, e);
	if (rc == 0)
		rc = ctag_make(l, e);
	return rc < 0 ? -1 : 0;
}

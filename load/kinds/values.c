/* entities_differ: the unit's entities, found in P8 by their UUIDs, and their values. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "grow.h"
#include "kinds/differs.h"
#include "kinds/entity.h"
#include "base/names.h"
#include "store/eav.h"
#include "ledger/ledger.h"

#define VALUE_SHOWN 60		/* bytes of a value in a message */

static uint64_t text_hash(const char *s)
{
	return XXH3_64bits(s, strlen(s));
}

static uint64_t id_hash(int64_t id)
{
	return XXH3_64bits(&id, sizeof(id));
}

static uint64_t value_hash(int64_t id, const char *name, size_t n)
{
	return XXH3_64bits_withSeed(name, n, id_hash(id));
}

/* An entity of the unit, or the user. */
struct whose {
	const char *kind, *uuid, *type;
	int64_t id;		/* 0: P8 does not have it, or it is not looked at */
};

static struct whose whose(const struct differs *d, int64_t ent)
{
	const struct rows *s = &d->unit->r[TABLE_ENTITIES];

	if (ent == EAV_USER)
		return (struct whose){ KIND_USER, d->user->uuid, TYPE_USER,
		    d->look[d->user->kind] ? d->user->led.entity : 0 };
	return (struct whose){ d->kinds->name[s->of[ent]], s->col[ENTITY_UUID].p[ent],
	    s->col[ENTITY_TYPE].p[ent], s->id[ent] };
}

/* A row of eav_entities: which of the unit's is it?  Of equal UUIDs the ledger's comes first. */
static void found(struct differs *d, const struct dbq *q)
{
	struct rows *s = &d->unit->r[TABLE_ENTITIES];
	const char *uuid = dbq_str(q, 1), *kind;
	size_t cursor = 0, i;

	while ((i = lookup_get(&d->uuids, text_hash(uuid), &cursor)) != SIZE_MAX &&
	    strcmp(s->col[ENTITY_UUID].p[i], uuid) != 0)
		;
	if (i == SIZE_MAX || s->id[i] != 0)
		return;
	s->id[i] = dbq_int(q, 0);
	lookup_put(&d->ids, id_hash(s->id[i]), i);
	kind = d->kinds->name[s->of[i]];
	if (strcmp(dbq_str(q, 2), s->col[ENTITY_PARENT].p[i]) != 0)
		differs_print(d, kind, uuid, "its parent is %s, not %s", dbq_str(q, 2),
		    s->col[ENTITY_PARENT].p[i]);
	if (strcmp(dbq_str(q, 3), s->col[ENTITY_TYPE].p[i]) != 0 ||
	    strcmp(dbq_str(q, 4), s->col[ENTITY_MODULE].p[i]) != 0)
		differs_print(d, kind, uuid, "it is a %s of module \"%s\", not a %s", dbq_str(q, 3),
		    dbq_str(q, 4), s->col[ENTITY_TYPE].p[i]);
}

int entity_ctag(struct target *t, int64_t user, struct dbval storage, int64_t *id, struct err *e)
{
	const struct dbval v[] = { DB_STR(TYPE_CTAG), DB_INT(user), storage };

	return sql_int(t, "SELECT e.id FROM {eav_entities} e JOIN {eav_attributes_int} i ON"
	    " i.id_entity=e.id AND i.name='UserId' JOIN {eav_attributes_string} s ON"
	    " s.id_entity=e.id AND s.name='Storage' WHERE e.entity_type=? AND i.value=?"
	    " AND s.value=? ORDER BY e.id LIMIT 1", v, 3, id, e);
}

/* A change tag that P8 had made itself took the place of the stream's. */
static int has_own_tag(struct differs *d, size_t ent, struct err *e)
{
	const struct rows *a = &d->unit->r[TABLE_ATTRS + AT_STRING];
	struct dbval storage = DB_STR("");
	int64_t id;
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->of[i] == (int64_t)ent && strcmp(a->col[ATTR_NAME].p[i], "Storage") == 0)
			storage = DB_BYTES(a->col[ATTR_VALUE].p[i], a->col[ATTR_VALUE].len[i]);
	return entity_ctag(d->t, d->user->led.entity, storage, &id, e);
}

static int missing(struct differs *d, size_t i, struct err *e)
{
	const struct rows *s = &d->unit->r[TABLE_ENTITIES];
	const char *kind = d->kinds->name[s->of[i]];
	int rc = 0;

	if (s->id[i] != 0 || !d->look[s->of[i]] || strcmp(kind, KIND_SYSTEM_FOLDER) == 0)
		return 0;
	if (strcmp(kind, "CTAG") == 0 && d->user->open)
		rc = has_own_tag(d, i, e);
	if (rc == 0)
		differs_print(d, kind, s->col[ENTITY_UUID].p[i], "not in P8");
	return rc;
}

static int find_entities(struct differs *d, struct err *e)
{
	struct differs_list l = { .q = DQ_ENTITIES, .row = found, .fixed = 1,
	    .v = { DB_INT(d->user->open ? d->user->row : 0) },
	    .text = "SELECT e.id, e.uuid, e.parent_uuid, e.entity_type, e.module_name"
	    " FROM {eav_entities} e LEFT JOIN {p7m_own} o ON o.user_id=? AND o.what='e'"
	    " AND " LEDGER_OWNS("e.id") " WHERE e.uuid IN (" DIFFERS_IN ")"
	    " ORDER BY o.first IS NULL, e.id" };
	struct rows *s = &d->unit->r[TABLE_ENTITIES];
	size_t i;

	if (lookup_reset(&d->uuids, s->n, e) < 0 || lookup_reset(&d->ids, s->n, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++) {
		s->id[i] = 0;
		if (d->look[s->of[i]])
			lookup_put(&d->uuids, text_hash(s->col[ENTITY_UUID].p[i]), i);
	}
	for (i = 0; i < s->n; i++)
		if (d->look[s->of[i]] &&
		    differs_list(d, &l, DB_STR(s->col[ENTITY_UUID].p[i]), e) < 0)
			return -1;
	if (differs_list_end(d, &l, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++)
		if (missing(d, i, e) < 0)
			return -1;
	return 0;
}

/* A value cut for a message, without control characters. */
static const char *shown(char out[VALUE_SHOWN + 8], const char *p, size_t n)
{
	size_t i, len = n < VALUE_SHOWN ? n : VALUE_SHOWN;

	if (p == NULL)
		return "NULL";
	for (i = 0; i < len; i++)
		out[i] = (unsigned char)p[i] < 0x20 ? ' ' : p[i];
	strcpy(out + len, n > len ? "..." : "");
	return out;
}

static void check_value(struct differs *d, enum attr_type t, size_t row, const struct dbq *q)
{
	const struct rows *s = &d->unit->r[TABLE_ATTRS + t];
	struct whose w = whose(d, s->of[row]);
	char number[24], a[VALUE_SHOWN + 8], b[VALUE_SHOWN + 8];
	size_t n;
	const char *want = eav_value(s, t, row, number, &n), *name = s->col[ATTR_NAME].p[row];

	if (rowhash_volatile(w.type, name) ||
	    ((want == NULL) == (q->col[2].p == NULL) && (want == NULL || (q->col[2].n == n &&
	    memcmp(q->col[2].p, want, n) == 0))))
		return;
	if (n == 0 && rowhash_filled(w.type, name))
		return;
	/* A date that P7 does not know is in P8 that of the snapshot that was loaded. */
	if (t == AT_DATETIME && want != NULL && q->col[2].p != NULL &&
	    strcmp(want, d->snapshot) == 0)
		return;
	differs_print(d, w.kind, w.uuid, "%s is \"%s\" in P8, \"%s\" in the stream", name,
	    shown(a, q->col[2].p, q->col[2].n), shown(b, want, n));
}

/* A row that the stream does not have. */
static void check_extra(struct differs *d, int64_t id, const char *name)
{
	const struct rows *s = &d->unit->r[TABLE_ENTITIES];
	size_t cursor = 0, i = lookup_get(&d->ids, id_hash(id), &cursor);

	if (i == SIZE_MAX || rowhash_volatile(s->col[ENTITY_TYPE].p[i], name) ||
	    rowhash_filled(s->col[ENTITY_TYPE].p[i], name) ||
	    (strcmp(s->col[ENTITY_TYPE].p[i], TYPE_USER) == 0 && strcmp(name, ATTR_PUBLIC_ID) == 0))
		return;
	differs_print(d, d->kinds->name[s->of[i]], s->col[ENTITY_UUID].p[i],
	    "%s is in P8, not in the stream", name);
}

static void check_row(struct differs *d, const struct dbq *q)
{
	const struct rows *s = &d->unit->r[TABLE_ATTRS + d->type];
	const char *name = dbq_str(q, 1);
	int64_t id = dbq_int(q, 0);
	size_t cursor = 0, i;

	while ((i = lookup_get(&d->values, value_hash(id, name, q->col[1].n), &cursor)) !=
	    SIZE_MAX) {
		if (whose(d, s->of[i]).id != id || strcmp(s->col[ATTR_NAME].p[i], name) != 0)
			continue;
		d->seen[i] = true;
		check_value(d, d->type, i, q);
		return;
	}
	check_extra(d, id, name);
}

/* Entities that were loaded together lie together: is W, first and last id, mostly theirs? */
static bool together(const struct rows *s, int64_t w[2])
{
	size_t i, n = 0;

	w[0] = INT64_MAX;
	w[1] = 0;
	for (i = 0; i < s->n; i++) {
		if (s->id[i] == 0)
			continue;
		n++;
		w[0] = s->id[i] < w[0] ? s->id[i] : w[0];
		w[1] = s->id[i] > w[1] ? s->id[i] : w[1];
	}
	return n > 0 && w[1] - w[0] < 2 * (int64_t)n;
}

static int index_values(struct differs *d, const struct rows *s, struct err *e)
{
	size_t i;

	if (lookup_reset(&d->values, s->n, e) < 0 || GROW(d->seen, s->n, d->seen_size, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++) {
		d->seen[i] = false;
		lookup_put(&d->values, value_hash(whose(d, s->of[i]).id, s->col[ATTR_NAME].p[i],
		    s->col[ATTR_NAME].len[i]), i);
	}
	return 0;
}

static int read_range(struct differs *d, const int64_t w[2], struct err *e)
{
	struct dbq *q;
	int rc = attrread_run(d->attrs, d->type, w, &q, e);

	while (rc >= 0 && q != NULL && (rc = dbq_next(q, e)) == 1)
		check_row(d, q);
	return rc;
}

/* Rows of the unit's entities, and of the user who is not one of them but has rows here. */
static int read_values(struct differs *d, struct err *e)
{
	const struct rows *ents = &d->unit->r[TABLE_ENTITIES];
	char text[320];
	struct differs_list l = { .q = DQ_VALUES + d->type, .text = text, .row = check_row };
	int64_t w[2];
	bool range = together(ents, w);
	size_t i;

	snprintf(text, sizeof(text), "SELECT id_entity, name, value FROM {eav_attributes_%s}"
	    " WHERE id_entity IN (" DIFFERS_IN ")", attr_type_name[d->type]);
	if (range && read_range(d, w, e) < 0)
		return -1;
	for (i = 0; !range && i < ents->n; i++)
		if (ents->id[i] != 0 && differs_list(d, &l, DB_INT(ents->id[i]), e) < 0)
			return -1;
	if (d->user->open && d->user->units > 0 && d->look[d->user->kind] &&
	    differs_list(d, &l, DB_INT(d->user->led.entity), e) < 0)
		return -1;
	return differs_list_end(d, &l, e);
}

int entities_differ(struct differs *d, struct err *e)
{
	const struct rows *s;
	struct whose w;
	unsigned t;
	size_t i;

	if (find_entities(d, e) < 0)
		return -1;
	for (t = 0; t < AT_COUNT; t++) {
		d->type = (enum attr_type)t;
		s = &d->unit->r[TABLE_ATTRS + t];
		if (index_values(d, s, e) < 0 || read_values(d, e) < 0)
			return -1;
		for (i = 0; i < s->n; i++) {
			w = whose(d, s->of[i]);
			if (!d->seen[i] && w.id != 0)
				differs_print(d, w.kind, w.uuid, "%s is not in P8",
				    s->col[ATTR_NAME].p[i]);
		}
	}
	return 0;
}

uint64_t entities_empty(const struct differs *d)
{
	const struct rows *s;
	uint64_t n = 0;
	unsigned t;
	size_t i;

	for (t = 0; t < AT_COUNT; t++) {
		s = &d->unit->r[TABLE_ATTRS + t];
		for (i = 0; !attr_is_num(t) && i < s->n; i++)
			n += s->col[ATTR_VALUE].len[i] == 0 && rowhash_filled(whose(d,
			    s->of[i]).type, s->col[ATTR_NAME].p[i]);
	}
	return n;
}

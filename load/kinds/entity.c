#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/attrs.h"
#include "after/compare.h"
#include "base/names.h"

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

static const char *kind_of(const struct compare *c, int64_t ent)
{
	const struct load *l = c->l;

	return ent == UNIT_USER ? KIND_USER : l->kind[l->unit.ents.kind[ent]];
}

static const char *uuid_of(const struct compare *c, int64_t ent)
{
	return ent == UNIT_USER ? c->l->user.uuid : c->l->unit.ents.uuid[ent];
}

/* The entity of the unit that a row of eav_entities is, or SIZE_MAX. */
static size_t ent_of(struct compare *c, const char *uuid)
{
	const struct ents *s = &c->l->unit.ents;
	size_t cursor = 0, i;

	while ((i = lookup_get(&c->uuids, text_hash(uuid), &cursor)) != SIZE_MAX)
		if (strcmp(s->uuid[i], uuid) == 0)
			return i;
	return SIZE_MAX;
}

static void check_entity(struct compare *c, size_t i, const struct dbq *q)
{
	const struct ents *s = &c->l->unit.ents;
	const char *kind = c->l->kind[s->kind[i]];

	if (strcmp(dbq_str(q, 2), s->parent[i]) != 0)
		compare_say(c, kind, s->uuid[i], "its parent is %s, not %s", dbq_str(q, 2),
		    s->parent[i]);
	if (strcmp(dbq_str(q, 3), s->type[i]) != 0 || strcmp(dbq_str(q, 4), s->module[i]) != 0)
		compare_say(c, kind, s->uuid[i], "it is a %s of module \"%s\", not a %s",
		    dbq_str(q, 3), dbq_str(q, 4), s->type[i]);
}

/* Ids of up to COMPARE_IDS entities; of equal UUIDs the one that the ledger has. */
static int find_chunk(struct compare *c, size_t from, size_t n, struct err *e)
{
	struct ents *s = &c->l->unit.ents;
	struct dbval v[COMPARE_IDS + 1];
	size_t i;
	int rc;

	v[0] = DB_INT(c->l->user.open ? c->l->user.row : 0);
	for (i = 0; i < COMPARE_IDS; i++)
		v[i + 1] = DB_STR(s->uuid[from + (i < n ? i : 0)]);
	if (dbq_run(&c->ents, v, COMPARE_IDS + 1, e) < 0)
		return -1;
	while ((rc = dbq_next(&c->ents, e)) == 1) {
		i = ent_of(c, dbq_str(&c->ents, 1));
		if (i == SIZE_MAX || s->id[i] != 0)
			continue;
		s->id[i] = dbq_int(&c->ents, 0);
		lookup_put(&c->ids, id_hash(s->id[i]), i);
		check_entity(c, i, &c->ents);
	}
	return rc;
}

static int find_entities(struct compare *c, struct err *e)
{
	struct ents *s = &c->l->unit.ents;
	size_t i, n;

	if (lookup_reset(&c->uuids, s->n, e) < 0 || lookup_reset(&c->ids, s->n + 1, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++) {
		s->id[i] = 0;
		lookup_put(&c->uuids, text_hash(s->uuid[i]), i);
	}
	for (i = 0; i < s->n; i += n) {
		n = s->n - i < COMPARE_IDS ? s->n - i : COMPARE_IDS;
		if (find_chunk(c, i, n, e) < 0)
			return -1;
	}
	for (i = 0; i < s->n; i++)
		if (s->id[i] == 0 && strcmp(c->l->kind[s->kind[i]], KIND_SYSTEM_FOLDER) != 0)
			compare_say(c, c->l->kind[s->kind[i]], s->uuid[i], "not in P8");
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

static const char *type_of(const struct compare *c, int64_t ent)
{
	return ent == UNIT_USER ? TYPE_USER : c->l->unit.ents.type[ent];
}

static void check_value(struct compare *c, enum attr_type t, size_t row, const struct dbq *q)
{
	const struct attrs *s = &c->l->unit.attrs[t];
	char number[24], a[VALUE_SHOWN + 8], b[VALUE_SHOWN + 8];
	const char *want = s->null[row] ? NULL : s->val[row];
	size_t n = s->val_len[row];

	c->values_n++;
	if (attr_is_num(t)) {
		n = (size_t)snprintf(number, sizeof(number), "%" PRId64, s->num[row]);
		want = number;
	}
	if ((want == NULL) == (q->col[2].p == NULL) && (want == NULL || (q->col[2].n == n &&
	    memcmp(q->col[2].p, want, n) == 0)))
		return;
	if (n == 0 && rowhash_filled(type_of(c, s->ent[row]), s->name[row]))
		return;
	/* A date that P7 does not know is in P8 that of the snapshot that was loaded. */
	if (t == AT_DATETIME && want != NULL && q->col[2].p != NULL &&
	    strcmp(want, c->l->snapshot) == 0)
		return;
	compare_say(c, kind_of(c, s->ent[row]), uuid_of(c, s->ent[row]),
	    "%s is \"%s\" in P8, \"%s\" in the stream", s->name[row],
	    shown(a, q->col[2].p, q->col[2].n), shown(b, want, n));
}

/* A row that the stream does not have. */
static void check_extra(struct compare *c, int64_t id, const char *name)
{
	const struct ents *s = &c->l->unit.ents;
	size_t cursor = 0, i = lookup_get(&c->ids, id_hash(id), &cursor);

	if (i == SIZE_MAX || rowhash_volatile(s->type[i], name) ||
	    rowhash_filled(s->type[i], name) ||
	    (strcmp(s->type[i], TYPE_USER) == 0 && strcmp(name, ATTR_PUBLIC_ID) == 0))
		return;
	compare_say(c, c->l->kind[s->kind[i]], s->uuid[i], "%s is in P8, not in the stream", name);
}

static void check_row(struct compare *c, enum attr_type t, const struct dbq *q)
{
	const struct attrs *s = &c->l->unit.attrs[t];
	const char *name = dbq_str(q, 1);
	int64_t id = dbq_int(q, 0);
	size_t cursor = 0, i;

	while (
	    (i = lookup_get(&c->values, value_hash(id, name, q->col[1].n), &cursor)) != SIZE_MAX) {
		if (s->id[i] != id || strcmp(s->name[i], name) != 0)
			continue;
		c->seen[i] = true;
		if (!rowhash_volatile(type_of(c, s->ent[i]), name))
			check_value(c, t, i, q);
		return;
	}
	check_extra(c, id, name);
}

/* Read what Q was run for. */
static int fetch(struct compare *c, enum attr_type t, struct dbq *q, struct err *e)
{
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = dbq_next(q, e)) == 1)
		check_row(c, t, q);
	return rc;
}

static int fetch_values(struct compare *c, enum attr_type t, const int64_t *ids, size_t n,
    struct err *e)
{
	struct dbval v[COMPARE_IDS];
	size_t i;

	for (i = 0; i < COMPARE_IDS; i++)
		v[i] = DB_INT(ids[i < n ? i : 0]);
	if (dbq_run(&c->attrs[t], v, COMPARE_IDS, e) < 0)
		return -1;
	return fetch(c, t, &c->attrs[t], e);
}

/* Entities that were loaded together lie together: is W, first and last id, mostly theirs? */
static bool together(const struct ents *s, int64_t w[2])
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

static int index_values(struct compare *c, const struct attrs *s, struct err *e)
{
	size_t i;
	void *p;

	if (lookup_reset(&c->values, s->n, e) < 0)
		return -1;
	if (s->n > c->seen_size) {
		p = realloc(c->seen, s->n * sizeof(*c->seen));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		c->seen = p;
		c->seen_size = s->n;
	}
	for (i = 0; i < s->n; i++) {
		c->seen[i] = false;
		lookup_put(&c->values, value_hash(s->id[i], s->name[i], s->name_len[i]), i);
	}
	return 0;
}

/* Ids of the unit's entities, and of the user when he is not one of them but has rows here. */
static int compare_type(struct compare *c, enum attr_type t, struct err *e)
{
	const struct attrs *s = &c->l->unit.attrs[t];
	const struct ents *ents = &c->l->unit.ents;
	int64_t ids[COMPARE_IDS], w[2];
	bool range = together(ents, w);
	size_t i, n = 0;

	if (index_values(c, s, e) < 0)
		return -1;
	if (range && fetch(c, t, attrread_run(&c->ranges, t, w, e), e) < 0)
		return -1;
	for (i = 0; !range && i < ents->n; i++) {
		if (ents->id[i] != 0)
			ids[n++] = ents->id[i];
		if (n == COMPARE_IDS) {
			if (fetch_values(c, t, ids, n, e) < 0)
				return -1;
			n = 0;
		}
	}
	if (c->l->user.open && c->l->user.units > 0 && n < COMPARE_IDS)
		ids[n++] = c->l->user.led.entity;
	if (n > 0 && fetch_values(c, t, ids, n, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++)
		if (!c->seen[i] && s->id[i] != 0)
			compare_say(c, kind_of(c, s->ent[i]), uuid_of(c, s->ent[i]),
			    "%s is not in P8", s->name[i]);
	return 0;
}

int compare_entities(struct compare *c, struct err *e)
{
	unsigned t;

	if (find_entities(c, e) < 0)
		return -1;
	if (c->l->user.open)
		c->l->user.entity = c->l->user.led.entity;
	attrs_resolve(c->l);
	for (t = 0; t < AT_COUNT; t++)
		if (compare_type(c, t, e) < 0)
			return -1;
	return 0;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "store/eav.h"
#include "target/sqlerr.h"

int eav_entity(struct unit *u, unsigned kind, const char *uuid, const char *parent,
    const struct interned *type, const struct interned *module, struct err *e)
{
	const struct rows_value v[ENTITY_COLUMNS] = { [ENTITY_UUID] = ROW_TEXT(uuid),
	    [ENTITY_PARENT] = ROW_TEXT(parent), [ENTITY_TYPE] = ROW_KEPT(type->s, type->n),
	    [ENTITY_MODULE] = ROW_KEPT(module->s, module->n) };

	return unit_add(u, TABLE_ENTITIES, kind, v, e);
}

int eav_number(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    int64_t v, struct err *e)
{
	return unit_add(u, TABLE_ATTRS + t, ent, (struct rows_value[ATTR_COLUMNS]){
	    [ATTR_NAME] = ROW_KEPT(name->s, name->n), [ATTR_VALUE] = ROW_NUM(v) }, e);
}

int eav_text(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    const char *val, size_t n, struct err *e)
{
	return unit_add(u, TABLE_ATTRS + t, ent, (struct rows_value[ATTR_COLUMNS]){
	    [ATTR_NAME] = ROW_KEPT(name->s, name->n), [ATTR_VALUE] = ROW_BYTES(val, n) }, e);
}

int eav_refers(struct unit *u, size_t ent, struct err *e)
{
	size_t size = u->refs.size ? u->refs.size * 2 : 64;
	void *p;

	if (u->refs.n == u->refs.size) {
		p = realloc(u->refs.v, size * sizeof(*u->refs.v));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		u->refs.v = p;
		u->refs.size = size;
	}
	u->refs.v[u->refs.n++] = (struct ref){ u->r[TABLE_ATTRS + AT_INT].n - 1, ent };
	return 0;
}

void eav_drop(struct unit *u, enum attr_type t, size_t row)
{
	size_t last = u->r[TABLE_ATTRS + t].n - 1, i, to = 0;

	unit_drop(u, TABLE_ATTRS + t, row);
	if (t != AT_INT)
		return;
	for (i = 0; i < u->refs.n; i++) {
		if (u->refs.v[i].row == row)
			continue;
		u->refs.v[to] = u->refs.v[i];
		if (u->refs.v[to].row == last)
			u->refs.v[to].row = row;
		to++;
	}
	u->refs.n = to;
}

/* Where each entity goes; false: they are in order. */
static bool sorted_places(const struct rows *s, size_t *map)
{
	size_t count[STREAM_KINDS + 1] = { 0 }, i;
	bool moved = false;

	for (i = 0; i < s->n; i++)
		count[s->of[i] + 1]++;
	for (i = 1; i <= STREAM_KINDS; i++)
		count[i] += count[i - 1];
	for (i = 0; i < s->n; i++) {
		map[i] = count[s->of[i]]++;
		moved = moved || map[i] != i;
	}
	return moved;
}

int eav_sort(struct unit *u, size_t *map, struct err *e)
{
	struct rows *a;
	unsigned t;
	size_t i;

	if (!sorted_places(&u->r[TABLE_ENTITIES], map))
		return 0;
	if (rows_permute(&u->r[TABLE_ENTITIES], TABLE_ENTITIES, map, e) < 0)
		return -1;
	for (t = 0; t < AT_COUNT; t++) {
		a = &u->r[TABLE_ATTRS + t];
		for (i = 0; i < a->n; i++)
			if (a->of[i] != EAV_USER)
				a->of[i] = (int64_t)map[a->of[i]];
	}
	for (i = 0; i < u->refs.n; i++)
		u->refs.v[i].ent = map[u->refs.v[i].ent];
	return 0;
}

int eav_write_entities(struct eav_writer *w, struct err *e)
{
	return w->u->there ? 0 : rows_insert(&w->u->r[TABLE_ENTITIES], TABLE_ENTITIES, w->s,
	    &(struct rows_how){ .ids = true }, e);
}

void eav_resolve(struct unit *u, int64_t user)
{
	const int64_t *id = u->r[TABLE_ENTITIES].id;
	struct rows *a;
	size_t i;
	unsigned t;

	for (t = 0; t < AT_COUNT; t++) {
		a = &u->r[TABLE_ATTRS + t];
		for (i = 0; i < a->n; i++)
			a->col[ATTR_ENTITY].num[i] = a->of[i] == EAV_USER ? user : id[a->of[i]];
	}
	for (i = 0; i < u->refs.n; i++)
		u->r[TABLE_ATTRS + AT_INT].col[ATTR_VALUE].num[u->refs.v[i].row] =
		    id[u->refs.v[i].ent];
}

/* One of the tables, for rows_how. */
struct one_type {
	struct eav_writer *w;
	enum attr_type t;
};

/* The one value that is to blame: emptied and tried again, then left out. */
static int refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	static char empty[1], zero[] = "0";
	const struct one_type *o = arg;
	struct rows *a = &o->w->u->r[TABLE_ATTRS + o->t];
	struct bulk_data *d = &a->col[ATTR_VALUE];
	struct err again = { .msg = "" };

	if (o->w->report(o->w->arg, o->t, row, why, e) < 0)
		return -1;
	if (attr_is_num(o->t))
		d->num[row] = 0;
	else {
		d->p[row] = o->t == AT_DOUBLE ? zero : empty;
		d->len[row] = o->t == AT_DOUBLE;
	}
	if (o->t == AT_DATETIME)
		d->null[row] = STMT_INDICATOR_NULL;
	if (sql_exec(&o->w->s->sql, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (rows_insert_one(a, TABLE_ATTRS + o->t, o->w->s, row, &again) == 0)
		return 0;
	if (!sqlerr_is_data(again.db)) {
		*e = again;
		return -1;
	}
	eav_drop(o->w->u, o->t, row);
	return sql_exec(&o->w->s->sql, "ROLLBACK TO SAVEPOINT p7m", e);
}

static int write_all(struct eav_writer *w, struct err *e)
{
	struct one_type o = { w, 0 };
	const struct rows_how how = { .careful = w->careful, .refused = refused, .arg = &o };
	unsigned t;

	for (t = 0; t < AT_COUNT; t++) {
		o.t = t;
		if (rows_insert(&w->u->r[TABLE_ATTRS + t], TABLE_ATTRS + t, w->s, &how, e) < 0)
			return -1;
	}
	return 0;
}

/*
 * While a user is loaded, each row's entity was inserted in this transaction, or is the user, whom
 * P8 does not see yet: to look for it again is a third of all page reads.  Of a user who is there
 * P8 may just now remove something.  Unique keys are checked; with both checks off MariaDB would
 * lock an empty table as a whole.  Deletions need the checks for their cascades, so they are on
 * again in any case.
 */
int eav_write_attributes(struct eav_writer *w, struct err *e)
{
	struct err ignored = { .msg = "" };
	int rc;

	if (!w->unseen)
		return write_all(w, e);
	if (sql_exec(&w->s->sql, "SET foreign_key_checks=0", e) < 0)
		return -1;
	rc = write_all(w, e);
	if (sql_exec(&w->s->sql, "SET foreign_key_checks=1", rc < 0 ? &ignored : e) < 0)
		return -1;
	return rc;
}

static void sum_entities(const struct rows *s, struct sums *sums)
{
	struct kind_sum *k;
	size_t i;

	for (i = 0; i < s->n; i++) {
		k = &sums->k[s->of[i]];
		k->things++;
		k->hash += rowhash_entity(s->col[ENTITY_UUID].p[i], s->col[ENTITY_PARENT].p[i],
		    s->col[ENTITY_TYPE].p[i], s->col[ENTITY_MODULE].p[i]);
	}
}

const char *eav_value(const struct rows *a, enum attr_type t, size_t i, char number[24],
    size_t *n)
{
	const struct bulk_data *d = &a->col[ATTR_VALUE];

	if (attr_is_num(t)) {
		*n = (size_t)snprintf(number, 24, "%" PRId64, d->num[i]);
		return number;
	}
	*n = d->len[i];
	return rows_null(a, ATTR_VALUE, i) ? NULL : d->p[i];
}

void eav_sum(const struct unit *u, const char *user_uuid, unsigned user_kind, struct sums *sums)
{
	const struct rows *ents = &u->r[TABLE_ENTITIES], *a;
	const char *uuid, *type, *name, *val;
	struct kind_sum *k;
	char number[24];
	size_t i, n;
	unsigned t;
	bool user;

	if (!u->there)
		sum_entities(ents, sums);
	for (t = 0; t < AT_COUNT; t++) {
		a = &u->r[TABLE_ATTRS + t];
		for (i = 0; i < a->n; i++) {
			user = a->of[i] == EAV_USER;
			uuid = user ? user_uuid : ents->col[ENTITY_UUID].p[a->of[i]];
			type = user ? TYPE_USER : ents->col[ENTITY_TYPE].p[a->of[i]];
			name = a->col[ATTR_NAME].p[i];
			if (rowhash_volatile(type, name))
				continue;
			val = eav_value(a, t, i, number, &n);
			if (n == 0 && rowhash_filled(type, name))
				continue;
			k = &sums->k[user ? user_kind : (unsigned)ents->of[a->of[i]]];
			k->rows++;
			k->hash += rowhash_attr(uuid, attr_type_name[t], name,
			    a->col[ATTR_NAME].len[i], val, n);
		}
	}
}

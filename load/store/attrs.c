#include <stdio.h>
#include <string.h>

#include "store/attrs.h"
#include "run/load.h"
#include "store/careful.h"
#include "target/sqlerr.h"

static int64_t entity_id(const struct load *l, int64_t ent)
{
	if (ent != UNIT_USER)
		return l->unit.ents.id[ent];
	return l->user.entity ? l->user.entity : l->unit.ents.id[l->user.ent];
}

void attrs_resolve(struct load *l)
{
	struct unit *u = &l->unit;
	struct attrs *s;
	size_t i;
	unsigned t;

	for (t = 0; t < AT_COUNT; t++) {
		s = &u->attrs[t];
		for (i = 0; i < s->n; i++)
			s->id[i] = entity_id(l, s->ent[i]);
	}
	for (i = 0; i < u->refs.n; i++)
		u->attrs[AT_INT].num[u->refs.v[i].row] = u->ents.id[u->refs.v[i].ent];
}

static int insert(struct load *l, unsigned t, size_t from, size_t n, struct err *e)
{
	struct attrs *s = &l->unit.attrs[t];
	struct bulk_data d[] = { { .num = s->id }, { .p = s->name, .len = s->name_len },
	    { .num = s->num, .p = s->val, .len = s->val_len, .null = s->null } };

	return bulk_insert(&l->w.attrs[t], d, from, n, e);
}

/* A REJECT for a value that only the server found wrong; its record is made from what is left. */
static int report_row(struct load *l, enum attr_type t, size_t row, const struct err *why,
    struct err *e)
{
	struct attrs *s = &l->unit.attrs[t];
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct report_item item = { .reject = true, .code = "value-refused", .id = -1,
	    .field = s->name[row], .reason = why->msg,
	    .action = "correct the value in P7 and " BRING_AGAIN };
	struct jsonw w;

	jw_begin(&w, &text);
	jw_object(&w);
	if (s->ent[row] != UNIT_USER) {
		jw_kv_str(&w, "kind", l->kind[l->unit.ents.kind[s->ent[row]]]);
		jw_kv_str(&w, "uuid", l->unit.ents.uuid[s->ent[row]]);
	}
	jw_key(&w, attr_type_name[t]);
	jw_object(&w);
	jw_key_n(&w, s->name[row], s->name_len[row]);
	if (attr_is_num(t))
		jw_int(&w, s->num[row]);
	else
		jw_str_n(&w, s->val[row], s->val_len[row]);
	jw_object_end(&w);
	jw_object_end(&w);
	return careful_note(l, item, &text, e);
}

/* The one row that is to blame: emptied and tried again, then left out. */
static int blame(struct load *l, unsigned t, size_t row, const struct err *why,
    struct err *e)
{
	static char empty[1], zero[] = "0";
	struct attrs *s = &l->unit.attrs[t];
	struct err again = { .msg = "" };

	if (report_row(l, t, row, why, e) < 0)
		return -1;
	s->num[row] = 0;
	s->val[row] = t == AT_DOUBLE ? zero : empty;
	s->val_len[row] = t == AT_DOUBLE;
	if (t == AT_DATETIME)
		s->null[row] = STMT_INDICATOR_NULL;
	if (sql_exec(&l->sql, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (insert(l, t, row, 1, &again) == 0)
		return 0;
	if (!sqlerr_is_data(again.db)) {
		*e = again;
		return -1;
	}
	unit_attr_drop(&l->unit, t, row);
	return sql_exec(&l->sql, "ROLLBACK TO SAVEPOINT p7m", e);
}

static int insert_all(struct load *l, bool careful, struct err *e)
{
	unsigned t;
	int rc;

	for (t = 0; t < AT_COUNT; t++) {
		if (l->unit.attrs[t].n == 0)
			continue;
		rc = careful ? careful_insert(l, &(struct careful){ insert, blame, t },
		    l->unit.attrs[t].n, e) : insert(l, t, 0, l->unit.attrs[t].n, e);
		if (rc < 0)
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
int attrs_insert(struct load *l, bool careful, struct err *e)
{
	struct err ignored = { .msg = "" };
	int rc;

	if (!l->user.open || l->user.mode != UM_LOAD)
		return insert_all(l, careful, e);
	if (sql_exec(&l->sql, "SET foreign_key_checks=0", e) < 0)
		return -1;
	rc = insert_all(l, careful, e);
	if (sql_exec(&l->sql, "SET foreign_key_checks=1", rc < 0 ? &ignored : e) < 0)
		return -1;
	return rc;
}

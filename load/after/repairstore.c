#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/hold.h"
#include "kinds/kinds.h"
#include "base/names.h"
#include "ledger/sums.h"
#include "kinds/file.h"
#include "kinds/note.h"
#include "after/repair.h"
#include "after/repairdav.h"
#include "target/tx.h"
#include "run/write.h"

/* The value that is there goes out of P8 and out of the sums. */
static int take_out(struct repair *r, const struct fix *f, struct sums *sums, struct err *e)
{
	const struct rows *ents = &r->l->unit.r[TABLE_ENTITIES];
	const char *type = ents->col[ENTITY_TYPE].p[0];
	int64_t w[2] = { f->id, f->id };
	struct dbq *q;
	struct kind_sum *k = &sums->k[ents->of[0]];
	char text[160];
	int rc = attrread_run(&r->attrs, f->type, w, &q, e);

	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		if (strcmp(dbq_str(q, 1), f->field) != 0 ||
		    rowhash_volatile(type, f->field) ||
		    rowhash_filled(type, f->field))	/* it was loaded empty */
			continue;
		k->rows--;
		k->hash -= rowhash_attr(ents->col[ENTITY_UUID].p[0], attr_type_name[f->type],
		    q->col[1].p, q->col[1].n, q->col[2].p, q->col[2].n);
	}
	if (rc < 0)
		return -1;
	snprintf(text, sizeof(text), "DELETE FROM {eav_attributes_%s} WHERE id_entity=? AND name=?",
	    attr_type_name[f->type]);
	return sql_do(r->l->s.t, text, (struct dbval[]){ DB_INT(f->id), DB_STR(f->field) }, 2, e);
}

static int add_sums(struct load *l, const struct sums *sums, struct err *e)
{
	const struct kind_sum *k;
	unsigned i;

	for (i = 0; i < l->kinds.n; i++) {
		k = &sums->k[i];
		if ((k->things != 0 || k->rows != 0 || k->hash != 0) &&
		    sums_add(l->s.t, l->user.row, l->kinds.name[i], k, e) < 0)
			return -1;
	}
	return 0;
}

static bool refused(const struct load *l)
{
	size_t i;

	for (i = 0; i < l->unit.notes.n; i++)
		if (l->unit.notes.v[i].reject)
			return true;
	return false;
}

/* One repair, as tx_retry passes it around. */
struct attempt {
	struct repair *r;
	const struct fix *f;
};

/* 0; REFUSED: the value still does not fit; -1. */
enum { REFUSED = 1 };

static int transaction(void *arg, struct err *e)
{
	struct repair *r = ((struct attempt *)arg)->r;
	const struct fix *f = ((struct attempt *)arg)->f;
	struct dbval key = DB_STR(f->key);
	struct sums sums = { 0 };
	struct load *l = r->l;

	if (f->field != NULL && take_out(r, f, &sums, e) < 0)
		return -1;
	if (f->field != NULL) {
		/* The entity is there: its values find it by the id. */
		l->unit.r[TABLE_ENTITIES].id[0] = f->id;
		l->unit.there = true;
	}
	if (kinds_write(&l->x, &(struct write_how){ .careful = true }, e) < 0)
		return -1;
	kinds_sum(&l->x, &sums);
	if (repairdav_tell(l, e) < 0)
		return -1;
	if (add_sums(l, &sums, e) < 0 || (l->user.stage.used && write_late_files(l, e) < 0) ||
	    write_notes(&l->x, e) < 0)
		return -1;
	if (f->field != NULL && refused(l))
		return REFUSED;
	return sql_do(l->s.t, "DELETE FROM {p7m_rejects} WHERE id=?", &key, 1, e);
}

/* A new connection; 1: the COMMIT that broke off was done, for the ledger has no such reject. */
static int again(void *arg, struct err *e)
{
	const struct attempt *a = arg;
	struct repair *r = a->r;
	int64_t one;
	int rc;

	attrread_close(&r->attrs);
	if (session_reconnect(&r->l->s, e) < 0 || attrread_open(&r->attrs, r->l->s.t, e) < 0 ||
	    user_lock(r->l, e) < 0)
		return -1;
	rc = sql_int(r->l->s.t, "SELECT 1 FROM {p7m_rejects} WHERE id=?", &DB_STR(a->f->key), 1,
	    &one, e);
	return rc < 0 ? -1 : rc == 0;
}

/* Later records may refer to what was made now. */
static void settle(struct load *l)
{
	struct user *u = &l->user;
	size_t i;

	for (i = 0; i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].id = l->unit.r[TABLE_ENTITIES].id[u->refs[i].ent];
	u->units++;
	unit_reset(&l->unit);
}

/* What the record had others refer to is not there: they would take what is at its place next. */
static void forget_refs(struct user *u)
{
	while (u->nrefs > 0 && u->refs[u->nrefs - 1].id == 0)
		u->nrefs--;
}

static int give_up(struct load *l, int rc, struct err *e)
{
	files_discard(&l->x);
	forget_refs(&l->user);
	if (rc == 0 && note_publish(&l->x, e) < 0)
		rc = -1;
	unit_reset(&l->unit);
	return rc;
}

int repair_store(struct repair *r, const struct fix *f, struct err *e)
{
	struct load *l = r->l;
	struct attempt a = { r, f };
	const struct tx tx = { .t = l->s.t, .run = transaction, .reconnect = again, .arg = &a };
	int rc;
	bool whole = f->field == NULL && (l->unit.r[TABLE_REMINDERS].n > 0 ||
	    l->unit.rows > l->unit.notes.n);

	/* A value has to fit now; a thing comes with the values that fit. */
	if (f->field == NULL ? !whole : refused(l))
		return give_up(l, 0, e);
	rc = tx_retry(&tx, e);
	if (rc != 0)
		return give_up(l, rc == REFUSED ? 0 : -1, e);
	if (note_publish(&l->x, e) < 0)
		return -1;
	settle(l);
	/* P8 may have a file of that name.  The lock stays for the user's next line. */
	if (l->user.stage.used && user_place(l, e) < 0)
		return -1;
	if (l->unit.notes.n > 0 && unit_write(l, WRITE_NOTES, false, e) != WRITE_OK)
		return -1;
	stage_free(&l->user.stage);
	return 1;
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "kinds/kinds.h"
#include "kinds/calendar.h"
#include "kinds/heir.h"
#include "kinds/note.h"
#include "kinds/sharemake.h"
#include "run/parts.h"
#include "run/driver.h"
#include "run/partrows.h"
#include "run/write.h"
#include "target/sqlerr.h"
#include "target/tx.h"

/* One attempt to write a unit, as tx_retry passes it around. */
struct attempt {
	struct load *l;
	struct context x;	/* the load's, or without its user */
	enum write_what what;
	bool more;
	bool careful;		/* look for the value that the server refuses */
	struct sums sums;	/* of the user, with this unit */
};

/* Contacts or calendars of a user who is there: all units of the part are one transaction. */
static bool of_part(const struct attempt *a)
{
	return a->what == WRITE_CONTACTS || a->what == WRITE_CALENDARS;
}

/* Can calendars be among the unit's rows? */
static bool has_calendars(const struct attempt *a)
{
	return a->what == WRITE_USER || a->what == WRITE_CALENDARS;
}

int write_notes(const struct context *x, struct err *e)
{
	const struct note *v = x->unit->notes.v;
	struct ledger_note n;
	size_t i;

	for (i = 0; i < x->unit->notes.n; i++) {
		n.reject = v[i].reject;
		n.line = v[i].line;
		n.n = v[i].n;
		n.email = x->user->open ? x->user->email : NULL;
		if (ledger_note(&x->s->sql, &n, e) < 0)
			return -1;
	}
	return 0;
}

/* WRITE_DUPLICATE when the ledger has that user, PublicId or UUID; else the failure that E is. */
static int duplicate(const struct err *e)
{
	return sqlerr_is_duplicate(e->db) ? WRITE_DUPLICATE : -1;
}

/*
 * Alter the user's row in the ledger, which is as OWNER left it after UNITS; else, WRITE_DUPLICATE,
 * another loader took him up, while our connection and with it his lock were lost.
 */
static int alter_user(struct load *l, enum sql_id id, const struct dbval *v, unsigned n,
    struct err *e)
{
	if (sql_run(&l->s.sql, id, v, n, e) < 0)
		return duplicate(e);
	if (mysql_stmt_affected_rows(l->s.sql.q[id].st) == 1)
		return 0;
	err_set(e, EXIT_TEMPORARY, "another p8-load took up %s", l->user.email);
	return WRITE_DUPLICATE;
}

/* P7's name of the user is kept in the ledger when P8's is another, else forgotten. */
static int keep_p7_name(struct load *l, struct err *e)
{
	const struct user *u = &l->user;
	struct dbval v[] = { DB_INT(u->row), DB_STR(u->p7_email) };

	if (u->p7_email[0] != '\0')
		return sql_run(&l->s.sql, SQL_P7_NAME, v, 2, e);
	return u->row_committed ? sql_run(&l->s.sql, SQL_P7_NAME_FORGET, v, 1, e) : 0;
}

/* The user's row in the ledger, with the first unit. */
static int begin_user(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct dbval email = DB_STR(u->email);
	struct dbval v[] = { DB_STR(u->uuid), email, DB_STR(u->public_id), DB_STR(l->in.source),
	    DB_INT(u->id_user), DB_STR(l->owner), DB_INT(u->principal) };
	struct dbval again[] = { email, v[2], v[3], v[4], v[5], DB_INT(u->row),
	    DB_STR(u->led.owner), DB_INT(u->led.units) };
	int rc;

	if (u->principal)	/* P8 has no user of that PublicId */
		v[2] = v[4] = again[1] = again[3] = DB_NULL;
	if (u->row != 0) {
		rc = alter_user(l, SQL_USER_FIRST, again, 8, e);
		if (rc == 0)
			rc = sql_run(&l->s.sql, SQL_NOTES_DELETE, &email, 1, e);
		return rc != 0 ? rc : keep_p7_name(l, e);
	}
	if (sql_run(&l->s.sql, SQL_USER_ADD, v, 7, e) < 0)
		return duplicate(e);
	u->row = (int64_t)mysql_stmt_insert_id(l->s.sql.q[SQL_USER_ADD].st);
	/* What an earlier stage had against the user is mended. */
	if (sql_run(&l->s.sql, SQL_NOTES_CAME, &email, 1, e) < 0)
		return -1;
	return keep_p7_name(l, e);
}

int write_late_files(struct load *l, struct err *e)
{
	struct dbval row = DB_INT(l->user.row), name = DB_STR(ATTR_USED_SPACE);
	struct dbval none[] = { name, name, DB_INT(l->user.entity) };
	struct dbval used[] = { DB_INT((int64_t)l->user.stage.bytes), none[2], name };

	/* Who got no file until now may have no such count. */
	if (sql_run(&l->s.sql, SQL_USER_FILES, &row, 1, e) < 0 ||
	    sql_do(l->s.t, "INSERT INTO {eav_attributes_bigint} (id_entity, name, value) SELECT"
	    " e.id, ?, 0 FROM {eav_entities} e LEFT JOIN {eav_attributes_bigint} a ON"
	    " a.id_entity=e.id AND a.name=? WHERE e.id=? AND a.id_entity IS NULL", none, 3, e) < 0)
		return -1;
	return sql_do(l->s.t, "UPDATE {eav_attributes_bigint} SET value=value+? WHERE id_entity=?"
	    " AND name=?", used, 3, e);
}

/* The user is whole. */
static int end_last(struct load *l, const struct sums *sums, struct err *e)
{
	struct user *u = &l->user;
	struct dbval v[] = { DB_STR(u->stage.used ? "rows" : "done"), DB_INT(u->units + 1),
	    DB_INT(user_entity(&l->x)), DB_INT(u->stage.used ? PART_THERE : parts_files(l)),
	    DB_INT(parts_calendars(l)), DB_INT(parts_contacts(l)), DB_INT(0), DB_INT(0),
	    DB_INT(u->row), DB_STR(l->owner), DB_INT(u->units) };
	struct dbval ctag = DB_INT(l->team_ctag);
	struct dbq *q;
	int rc;

	if (sql_row(&l->s.sql, SQL_DAV_MARKS, NULL, 0, &q, e) < 0)
		return -1;
	if (u->principal) {	/* no user, and nothing but calendars */
		v[2] = DB_NULL;
		v[3] = v[5] = DB_INT(PART_NONE);
	}
	v[6] = DB_INT(dbq_int(q, 0));
	v[7] = DB_INT(dbq_int(q, 1));
	rc = alter_user(l, SQL_USER_LAST, v, 11, e);
	if (rc != 0)
		return rc;
	if (parts_sums(l, sums, (1u << PARTS) - 1, e) < 0)
		return -1;
	return u->principal ? 0 : sql_run(&l->s.sql, SQL_CTAG_BUMP, &ctag, 1, e);
}

/* What the ledger says of the user with this unit: 0, WRITE_DUPLICATE, -1. */
static int end_user(const struct attempt *a, struct err *e)
{
	struct load *l = a->l;
	struct user *u = &l->user;
	struct dbval more[] = { DB_INT(u->units + 1), DB_INT(user_entity(&l->x)), DB_INT(u->row),
	    DB_STR(l->owner), DB_INT(u->units) };

	if (a->what == WRITE_USER)
		return a->more ? alter_user(l, SQL_USER_MORE, more, 5, e) :
		    end_last(l, &a->sums, e);
	if (a->more)
		return 0;
	if (a->what == WRITE_FILES)
		return late_sums(l, &a->sums, PART_FILES, e) < 0 ? -1 : write_late_files(l, e);
	return late_ledger(l, a->what == WRITE_CONTACTS ? PART_CONTACTS : PART_CALENDARS, &a->sums,
	    e);
}

/* The row of a global entity, which keeps other loaders from making it, too. */
static int begin_global(struct load *l, struct err *e)
{
	const struct rows *r = &l->unit.r[TABLE_ENTITIES];
	struct dbval v[] = { DB_STR(r->col[ENTITY_UUID].p[0]),
	    DB_STR(l->kinds.name[r->of[0]]) };

	return sql_run(&l->s.sql, SQL_GLOBAL_ADD, v, 2, e) < 0 ? duplicate(e) : 0;
}

static int end_global(struct load *l, const struct sums *sums, struct err *e)
{
	const struct rows *r = &l->unit.r[TABLE_ENTITIES];
	const struct kind_sum *k = &sums->k[r->of[0]];
	char hash[24];
	struct dbval v[] = { DB_INT(r->id[0]), DB_INT((int64_t)k->rows), DB_NULL,
	    DB_STR(r->col[ENTITY_UUID].p[0]) };

	snprintf(hash, sizeof(hash), "%" PRIu64, k->hash);
	v[2] = DB_STR(hash);
	return sql_run(&l->s.sql, SQL_GLOBAL_SET, v, 4, e);
}

/* What comes first in the transaction, so that who else is at it waits, or is found. */
static int begin(const struct attempt *a, struct err *e)
{
	if (a->what == WRITE_GLOBAL)
		return begin_global(a->l, e);
	if (a->what == WRITE_USER && a->l->user.units == 0)
		return begin_user(a->l, e);
	return 0;
}

/* The calendars are whole in this transaction: they are shown, and so are those of an heir. */
static int show_calendars(struct attempt *a, struct err *e)
{
	if (a->more || !has_calendars(a) || a->l->s.t->no_dav)
		return 0;
	return calendars_show(&a->x, e) < 0 ? -1 : heir_take_over(&a->x, &a->sums, e);
}

/* The user, or the part, is whole in this transaction: shares can be seen. */
static int make_shares(struct attempt *a, struct err *e)
{
	if (a->more || !has_calendars(a) || a->l->s.t->no_dav)
		return 0;
	if (shares_make_owned(&a->x, e) < 0)
		return -1;
	return a->what == WRITE_USER ? shares_make_waiting(&a->x, e) : 0;
}

/* The unit's statements: 0, WRITE_DUPLICATE, -1. */
static int write_all(void *arg, struct err *e)
{
	struct attempt *a = arg;
	const struct write_how how = { a->careful, a->what == WRITE_USER && a->more };
	int rc = begin(a, e);

	if (rc != 0)
		return rc;
	if (has_calendars(a) && heir_make_room(&a->x, e) < 0)
		return -1;
	if (kinds_write(&a->x, &how, e) < 0)
		return -1;
	a->sums = a->x.user->sums;
	kinds_sum(&a->x, &a->sums);
	if ((of_part(a) && late_rows(a->l, e) < 0) || show_calendars(a, e) < 0 ||
	    write_notes(&a->x, e) < 0)
		return -1;
	if (a->what == WRITE_GLOBAL)
		return end_global(a->l, &a->sums, e);
	if (a->what == WRITE_NOTES)
		return 0;
	rc = end_user(a, e);
	return rc != 0 ? rc : make_shares(a, e);
}

/* After a lost connection: was the COMMIT that broke off done?  1, 0, -1. */
static int was_committed(struct attempt *a, struct err *e)
{
	struct load *l = a->l;
	struct dbval lock[] = { DB_STR(l->user.lock), DB_INT(0) };
	struct ledger_user now;
	struct dbq *q;
	int rc;

	if (a->what == WRITE_GLOBAL || a->what == WRITE_NOTES)
		return 0;
	/* The old connection may have it still, for the server. */
	rc = sql_row(&l->s.sql, SQL_LOCK, lock, 2, &q, e);
	l->s.locked = rc == 1 && dbq_int(q, 0) == 1;
	if (rc < 0 || ledger_user_get(&l->s.sql, l->user.uuid, &now, e) < 0)
		return -1;
	if (a->what == WRITE_CONTACTS)
		return !a->more && now.contacts != l->user.led.contacts;
	if (a->what == WRITE_CALENDARS)
		return !a->more && now.calendars != l->user.led.calendars;
	if (a->what == WRITE_FILES)
		return !a->more && now.files;
	if (now.id == 0 || now.units != l->user.units + 1 || strcmp(now.owner, l->owner) != 0)
		return 0;
	l->user.row = now.id;
	l->user.entity = now.entity;
	return 1;
}

/* The unit is in the database: keep what later units need of it. */
static void keep(struct attempt *a)
{
	struct user *u = &a->l->user;
	size_t i;

	u->sums = a->sums;
	if (of_part(a)) {
		u->units++;
		a->l->late.open = a->more;
	}
	if (a->what != WRITE_USER && (a->what != WRITE_FILES || a->more))
		return;
	u->entity = user_entity(&a->x);
	u->row_committed = true;
	for (i = 0; i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].id = a->l->unit.r[TABLE_ENTITIES].id[u->refs[i].ent];
	u->units++;
}

/* The same, and the unit is emptied. */
static int committed(struct attempt *a, struct err *e)
{
	bool hidden = a->what == WRITE_USER && a->more;
	struct load *l = a->l;

	if (a->what != WRITE_GLOBAL && a->what != WRITE_NOTES)
		keep(a);
	calendars_committed(&l->x, hidden);
	progress_rows(l->progress, l->unit.rows + (hidden ? 0 : l->unit.r[TABLE_REMINDERS].n));
	if (note_publish(&l->x, e) < 0)
		return -1;
	if (hidden)
		unit_next(&l->unit);
	else
		unit_reset(&l->unit);
	return 0;
}

static int reconnect(void *arg, struct err *e)
{
	struct attempt *a = arg;

	return session_reconnect(&a->l->s, e) < 0 ? -1 : was_committed(a, e);
}

static void forget(void *arg)
{
	struct load *l = ((struct attempt *)arg)->l;

	if (!l->user.row_committed)
		l->user.row = 0;
}

/*
 * A unit inside of a transaction that has earlier ones.  They stay when a value was refused; with
 * any other failure they go, too, and the next run brings the part whole.
 */
static int write_inside(struct attempt *a, struct err *e)
{
	struct err ignored = { .msg = "" };
	struct sql *s = &a->l->s.sql;
	int rc;

	rc = sql_exec(s, "SAVEPOINT p7m_unit", e);
	if (rc == 0)
		rc = write_all(a, e);
	if (rc == 0 && !a->more)
		rc = sql_exec(s, "COMMIT", e);
	if (rc == 0)
		return 0;
	sql_exec(s, rc < 0 && sqlerr_is_data(e->db) ? "ROLLBACK TO SAVEPOINT p7m_unit" :
	    "ROLLBACK", &ignored);
	forget(a);
	return rc;
}

enum write_result unit_write(struct load *l, enum write_what what, bool more, struct err *e)
{
	struct attempt a = { .l = l, .x = l->x, .what = what, .more = more };
	const struct tx tx = { .t = l->s.t, .run = write_all, .forget = forget,
	    .reconnect = reconnect, .arg = &a, .leave_open = of_part(&a) && more };
	bool inside = of_part(&a) && l->late.open;
	struct err why = { .msg = "" };
	int rc;

	if (what == WRITE_GLOBAL)
		a.x.user = &l->nobody;
	rc = inside ? write_inside(&a, &why) : tx_retry(&tx, &why);
	if (rc < 0 && sqlerr_is_data(why.db)) {
		a.careful = true;
		why = (struct err){ .msg = "" };
		rc = inside ? write_inside(&a, &why) : tx_retry(&tx, &why);
	}
	if (rc == 0)
		return committed(&a, e) < 0 ? WRITE_FAILED : WRITE_OK;
	*e = why;
	if (rc > 0)
		return WRITE_DUPLICATE;
	return sqlerr_is_of_rows(why.db) ? WRITE_REFUSED : WRITE_FAILED;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/attrs.h"
#include "store/careful.h"
#include "kinds/calendar.h"
#include "run/global.h"
#include "kinds/heir.h"
#include "kinds/object.h"
#include "kinds/reminder.h"
#include "kinds/share.h"
#include "kinds/sharemake.h"
#include "run/late.h"
#include "kinds/links.h"
#include "run/load.h"
#include "base/names.h"
#include "kinds/note.h"
#include "run/otheruser.h"
#include "target/sqlerr.h"
#include "target/tx.h"
#include "run/tally.h"
#include "run/write.h"

/* One attempt to write a unit, as tx_retry passes it around. */
struct attempt {
	struct load *l;
	enum write_what what;
	bool careful;		/* look for the value that the server refuses */
	struct sums sums;	/* of the user, with this unit */
};

/* The ledger needs one run of ids for each kind then, not one for each change of kind. */
static int sort_entities(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	size_t i, *map;
	int rc;

	if (!u->open || l->unit.ents.n < 2)
		return 0;
	map = malloc(l->unit.ents.n * sizeof(*map));
	if (map == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = unit_sort(&l->unit, map, e);
	for (i = 0; rc == 0 && i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].ent = map[u->refs[i].ent];
	if (rc == 0 && u->entity == 0)
		u->ent = map[u->ent];
	free(map);
	return rc;
}

static int write_entities(struct load *l, struct err *e)
{
	struct ents *s = &l->unit.ents;
	struct bulk_data d[] = { { .p = s->uuid, .len = s->uuid_len },
	    { .p = s->parent, .len = s->parent_len }, { .p = s->type, .len = s->type_len },
	    { .p = s->module, .len = s->module_len } };
	size_t from, to;

	if (sort_entities(l, e) < 0 ||
	    bulk_insert_ids(&l->s.w.b[WB_ENTS], d, 0, s->n, s->id, e) < 0)
		return -1;
	for (from = 0; l->user.open && from < s->n; from = to) {
		for (to = from + 1; to < s->n && s->kind[to] == s->kind[from]; to++)
			;
		if (own_ids(&l->own, 'e', l->kinds.name[s->kind[from]], s->id + from, to - from,
		    e) < 0)
			return -1;
	}
	return 0;
}

/* An address book that is there already is used, and stays P8's. */
static int write_book(struct load *l, struct user_book *b, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[] = { DB_NULL, DB_BYTES(b->name, b->name_len), DB_STR(b->uri),
	    DB_STR(b->description) };
	struct dbval key[2];
	struct dbq *q;
	int rc;

	user_principal(&l->user, principal);
	v[0] = DB_STR(principal);
	key[0] = v[0];
	key[1] = v[2];
	rc = sql_row(&l->s.sql, SQL_BOOK_FIND, key, 2, &q, e);
	if (rc < 0)
		return -1;
	b->ours = rc == 0;
	if (rc == 1) {
		b->id = dbq_int(q, 0);
		return 0;
	}
	if (sql_run(&l->s.sql, SQL_BOOK_ADD, v, 4, e) < 0)
		return -1;
	b->id = (int64_t)mysql_stmt_insert_id(l->s.sql.q[SQL_BOOK_ADD].st);
	return own_ids(&l->own, 'b', "ADDRESSBOOK", &b->id, 1, e);
}

static int write_books(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	size_t i;

	for (i = 0; i < u->nbooks; i++)
		if (u->books[i].unit == u->units && write_book(l, &u->books[i], e) < 0)
			return -1;
	return 0;
}

static int insert_cards(void *arg, size_t from, size_t n, struct err *e)
{
	struct load *l = arg;
	struct cards *s = &l->unit.cards;
	struct bulk_data d[] = { { .num = s->book_id }, { .p = s->uri, .len = s->uri_len },
	    { .p = s->data, .len = s->data_len }, { .num = s->modified },
	    { .p = s->etag, .len = s->etag_len }, { .num = s->bytes } };

	return bulk_insert_ids(&l->s.w.b[WB_CARDS], d, from, n, s->id + from, e);
}

static int card_refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	struct load *l = arg;
	const struct cards *s = &l->unit.cards;
	const struct note_row r = { "CARD", "book", l->user.books[s->book[row]].uri, "data",
	    s->uri[row], s->data[row], s->data_len[row] };

	if (note_refused(&l->x, &r, why, e) < 0)
		return -1;
	unit_card_drop(&l->unit, row);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Rows come in another order when one of them is looked for; nothing else hangs on their ids. */
static int insert_carefully(struct load *l, struct err *e)
{
	const struct careful c = { insert_cards, card_refused, l };
	struct cards *s = &l->unit.cards;

	if (careful_insert(&l->s.sql, &c, s->n, e) < 0)
		return -1;
	if (s->n > 1)
		qsort(s->id, s->n, sizeof(*s->id), by_id);
	return 0;
}

static int write_cards(struct load *l, bool careful, struct err *e)
{
	struct cards *s = &l->unit.cards;
	size_t i;

	for (i = 0; i < s->n; i++)
		s->book_id[i] = l->user.books[s->book[i]].id;
	if ((careful ? insert_carefully(l, e) : insert_cards(l, 0, s->n, e)) < 0)
		return -1;
	return own_ids(&l->own, 'c', "CARD", s->id, s->n, e);
}

static int write_files(struct load *l, struct err *e)
{
	struct filerows *s = &l->unit.files;
	struct bulk_data d[] = { { .num = s->user }, { .p = s->root, .len = s->root_len },
	    { .p = s->path, .len = s->path_len }, { .num = s->directory }, { .num = s->bytes },
	    { .num = s->mtime }, { .p = s->sha, .len = s->sha_len, .null = s->sha_null },
	    { .p = s->path, .len = s->path_len } };
	size_t i;

	for (i = 0; i < s->n; i++)
		s->user[i] = l->user.open ? l->user.row : 0;
	return bulk_insert(&l->s.w.b[WB_FILES], d, 0, s->n, e);
}

int write_notes(struct load *l, struct err *e)
{
	struct ledger_note n;
	size_t i;

	for (i = 0; i < l->unit.notes.n; i++) {
		n.reject = l->unit.notes.v[i].reject;
		n.line = l->unit.notes.v[i].line;
		n.n = l->unit.notes.v[i].n;
		n.email = l->user.open ? l->user.email : NULL;
		if (ledger_note(&l->s.sql, &n, e) < 0)
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

/* The user's row in the ledger, with his first unit. */
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
		return rc != 0 ? rc : otheruser_note(l, e);
	}
	if (sql_run(&l->s.sql, SQL_USER_ADD, v, 7, e) < 0)
		return duplicate(e);
	u->row = (int64_t)mysql_stmt_insert_id(l->s.sql.q[SQL_USER_ADD].st);
	/* What an earlier stage had against the user is mended. */
	if (sql_run(&l->s.sql, SQL_NOTES_CAME, &email, 1, e) < 0)
		return -1;
	return otheruser_note(l, e);
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

static bool more_follows(enum write_what what)
{
	return what == WRITE_MORE_CONTACTS || what == WRITE_MORE_CALENDARS;
}

/* Contacts or calendars of a user who is there: all units of the part are one transaction. */
static bool of_part(enum write_what what)
{
	return what == WRITE_CONTACTS || what == WRITE_CALENDARS || more_follows(what);
}

static int end_user(struct load *l, enum write_what what, const struct sums *sums, struct err *e)
{
	struct user *u = &l->user;
	const char *state = u->stage.used ? "rows" : "done";
	int files = u->stage.used ? PART_THERE : what == WRITE_LAST ? parts_files(l) : 0;
	struct dbval last[] = { DB_STR(state), DB_INT(u->units + 1), DB_INT(user_entity(&l->x)),
	    DB_INT(files), DB_INT(what == WRITE_LAST ? parts_calendars(l) : 0),
	    DB_INT(what == WRITE_LAST ? parts_contacts(l) : 0), DB_INT(0), DB_INT(0),
	    DB_INT(u->row), DB_STR(l->owner), DB_INT(u->units) };
	struct dbval more[] = { last[1], last[2], last[8], last[9], last[10] };
	struct dbval ctag = DB_INT(l->team_ctag);
	struct dbq *q;
	int rc;

	if (what == WRITE_MORE_FILES || more_follows(what))
		return 0;
	if (what == WRITE_CONTACTS || what == WRITE_CALENDARS)
		return late_ledger(l, what == WRITE_CONTACTS ? PART_CONTACTS : PART_CALENDARS,
		    sums, e);
	if (what == WRITE_MORE)
		return alter_user(l, SQL_USER_MORE, more, 5, e);
	if (what == WRITE_FILES)
		return late_sums(l, sums, PART_FILES, e) < 0 ? -1 : write_late_files(l, e);
	if (sql_row(&l->s.sql, SQL_DAV_MARKS, NULL, 0, &q, e) < 0)
		return -1;
	if (u->principal) {	/* no user, and nothing but calendars */
		last[2] = DB_NULL;
		last[3] = last[5] = DB_INT(PART_NONE);
	}
	last[6] = DB_INT(dbq_int(q, 0));
	last[7] = DB_INT(dbq_int(q, 1));
	rc = alter_user(l, SQL_USER_LAST, last, 11, e);
	if (rc != 0)
		return rc;
	if (parts_sums(l, sums, (1u << PARTS) - 1, e) < 0)
		return -1;
	return u->principal ? 0 : sql_run(&l->s.sql, SQL_CTAG_BUMP, &ctag, 1, e);
}

/* The row of a global entity, which keeps other loaders from making it, too. */
static int begin_global(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(l->unit.ents.uuid[0]),
	    DB_STR(l->kinds.name[l->unit.ents.kind[0]]) };

	return sql_run(&l->s.sql, SQL_GLOBAL_ADD, v, 2, e) < 0 ? duplicate(e) : 0;
}

static int end_global(struct load *l, const struct sums *sums, struct err *e)
{
	const struct kind_sum *k = &sums->k[l->unit.ents.kind[0]];
	char hash[24];
	struct dbval v[] = { DB_INT(l->unit.ents.id[0]), DB_INT((int64_t)k->rows), DB_NULL,
	    DB_STR(l->unit.ents.uuid[0]) };

	snprintf(hash, sizeof(hash), "%" PRIu64, k->hash);
	v[2] = DB_STR(hash);
	return sql_run(&l->s.sql, SQL_GLOBAL_SET, v, 4, e);
}

/* What comes first in the transaction, so that who else is at it waits, or is found. */
static int begin(struct load *l, enum write_what what, struct err *e)
{
	if (what == WRITE_GLOBAL)
		return begin_global(l, e);
	if ((what == WRITE_MORE || what == WRITE_LAST) && l->user.units == 0)
		return begin_user(l, e);
	return 0;
}

/* A REJECT for a value that only the server found wrong; its record is made from what is left. */
static int report_value(void *arg, enum attr_type t, size_t row, const struct err *why,
    struct err *e)
{
	struct load *l = arg;
	struct attrs *s = &l->unit.attrs[t];
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct report_item item = { .reject = true, .code = "value-refused", .id = -1,
	    .field = s->name[row], .reason = why->msg,
	    .action = "correct the value in P7 and " BRING_AGAIN };
	struct jsonw w;

	jw_begin(&w, &text);
	jw_object(&w);
	if (s->ent[row] != UNIT_USER) {
		jw_kv_str(&w, "kind", l->kinds.name[l->unit.ents.kind[s->ent[row]]]);
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
	return note_made(&l->x, item, &text, e);
}

static int write_values(struct load *l, bool careful, struct err *e)
{
	struct attrs_writer w = { &l->s, &l->unit, report_value, l };

	attrs_resolve(&l->unit, user_entity(&l->x));
	return attrs_insert(&w, careful, l->user.open && l->user.mode == UM_LOAD, e);
}

int write_rows(struct load *l, bool careful, bool hidden, struct err *e)
{
	own_begin(&l->own, &l->s, l->user.row);
	if (write_entities(l, e) < 0 || write_values(l, careful, e) < 0 || write_books(l, e) < 0 ||
	    write_cards(l, careful, e) < 0 || calendars_write(&l->x, hidden, e) < 0 ||
	    objects_write(&l->x, careful, e) < 0 || reminders_write(&l->x, e) < 0 ||
	    shares_write(&l->x, e) < 0 || write_files(l, e) < 0)
		return -1;
	return own_send(&l->own, e) < 0 ? -1 : links_write(&l->x, user_entity(&l->x), e);
}

/* The user, or the part, is whole in this transaction: shares can be seen. */
static int make_shares(struct load *l, enum write_what what, struct err *e)
{
	if (l->s.t->no_dav || (what != WRITE_LAST && what != WRITE_CALENDARS))
		return 0;
	if (shares_make_owned(&l->x, e) < 0)
		return -1;
	return what == WRITE_LAST ? shares_make_waiting(&l->x, e) : 0;
}

/* Can calendars be among the unit's rows? */
static bool unit_has_calendars(enum write_what what)
{
	return what == WRITE_MORE || what == WRITE_LAST || what == WRITE_CALENDARS ||
	    what == WRITE_MORE_CALENDARS;
}

/* The unit's statements: 0, WRITE_DUPLICATE, -1. */
static int write_all(void *arg, struct err *e)
{
	struct attempt *a = arg;
	struct load *l = a->l;
	int rc;

	l->unit.reminders.wait = a->what == WRITE_MORE;
	rc = begin(l, a->what, e);

	if (rc != 0)
		return rc;
	if (unit_has_calendars(a->what) && heir_make_room(&l->x, e) < 0)
		return -1;
	if (write_rows(l, a->careful, a->what == WRITE_MORE, e) < 0)
		return -1;
	a->sums = l->user.sums;
	tally_unit(l, &a->sums);
	if (of_part(a->what) && late_rows(l, e) < 0)
		return -1;
	if (((a->what == WRITE_LAST || a->what == WRITE_CALENDARS) && !l->s.t->no_dav &&
	    (calendars_show(&l->x, e) < 0 || heir_take_over(&l->x, &a->sums, e) < 0)) ||
	    write_notes(l, e) < 0)
		return -1;
	if (a->what == WRITE_GLOBAL)
		return end_global(l, &a->sums, e);
	if (a->what == WRITE_NOTES)
		return 0;
	rc = end_user(l, a->what, &a->sums, e);
	return rc != 0 ? rc : make_shares(l, a->what, e);
}

/* After a lost connection: was the COMMIT that broke off done?  1, 0, -1. */
static int was_committed(struct load *l, enum write_what what, struct err *e)
{
	struct dbval lock[] = { DB_STR(l->user.lock), DB_INT(0) };
	struct ledger_user now;
	struct dbq *q;
	int rc;

	if (what == WRITE_GLOBAL || what == WRITE_NOTES)
		return 0;
	/* The old connection may have it still, for the server. */
	rc = sql_row(&l->s.sql, SQL_LOCK, lock, 2, &q, e);
	l->s.locked = rc == 1 && dbq_int(q, 0) == 1;
	if (rc < 0 || ledger_user_get(&l->s.sql, l->user.uuid, &now, e) < 0)
		return -1;
	if (of_part(what))
		return what == WRITE_CONTACTS ? now.contacts != l->user.led.contacts :
		    what == WRITE_CALENDARS && now.calendars != l->user.led.calendars;
	if (what == WRITE_FILES || what == WRITE_MORE_FILES)
		return what == WRITE_FILES && now.files;
	if (now.id == 0 || now.units != l->user.units + 1 || strcmp(now.owner, l->owner) != 0)
		return 0;
	l->user.row = now.id;
	l->user.entity = now.entity;
	return 1;
}

/* The unit is in the database: keep what later units need of it, and empty it. */
static int committed(struct load *l, enum write_what what, const struct sums *sums,
    struct err *e)
{
	struct user *u = &l->user;
	size_t i;

	if (what == WRITE_MORE || what == WRITE_LAST || what == WRITE_FILES) {
		u->entity = user_entity(&l->x);
		u->row_committed = true;
		u->sums = *sums;
		for (i = 0; i < u->nrefs; i++)
			if (u->refs[i].id == 0)
				u->refs[i].id = l->unit.ents.id[u->refs[i].ent];
		u->units++;
	}
	if (of_part(what)) {
		u->sums = *sums;
		u->units++;
		l->late.open = more_follows(what);
	} else if (what == WRITE_MORE_FILES)
		u->sums = *sums;
	calendars_committed(&l->x, what == WRITE_MORE);
	progress_rows(l->progress, l->unit.rows +
	    (what == WRITE_MORE ? 0 : l->unit.reminders.n));
	if (note_publish(&l->x, e) < 0)
		return -1;
	if (what == WRITE_MORE)
		unit_next(&l->unit);
	else
		unit_reset(&l->unit);
	return 0;
}

static int reconnect(void *arg, struct err *e)
{
	const struct attempt *a = arg;

	return session_reconnect(&a->l->s, e) < 0 ? -1 : was_committed(a->l, a->what, e);
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
	int rc;

	rc = sql_exec(&a->l->s.sql, "SAVEPOINT p7m_unit", e);
	if (rc == 0)
		rc = write_all(a, e);
	if (rc == 0 && !more_follows(a->what))
		rc = sql_exec(&a->l->s.sql, "COMMIT", e);
	if (rc == 0)
		return 0;
	sql_exec(&a->l->s.sql, rc < 0 && sqlerr_is_data(e->db) ? "ROLLBACK TO SAVEPOINT p7m_unit" :
	    "ROLLBACK", &ignored);
	forget(a);
	return rc;
}

enum write_result unit_write(struct load *l, enum write_what what, struct err *e)
{
	struct attempt a = { .l = l, .what = what, .sums = l->user.sums };
	const struct tx tx = { .t = l->s.t, .run = write_all, .forget = forget,
	    .reconnect = reconnect, .arg = &a, .leave_open = more_follows(what) };
	bool inside = of_part(what) && l->late.open;
	struct err why = { .msg = "" };
	int rc;

	rc = inside ? write_inside(&a, &why) : tx_retry(&tx, &why);
	if (rc < 0 && sqlerr_is_data(why.db)) {
		a.careful = true;
		why = (struct err){ .msg = "" };
		rc = inside ? write_inside(&a, &why) : tx_retry(&tx, &why);
	}
	if (rc == 0)
		return committed(l, what, &a.sums, e) < 0 ? WRITE_FAILED : WRITE_OK;
	*e = why;
	if (rc > 0)
		return WRITE_DUPLICATE;
	return sqlerr_is_of_rows(why.db) ? WRITE_REFUSED : WRITE_FAILED;
}

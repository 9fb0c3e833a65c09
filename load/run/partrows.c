#include "run/partrows.h"
#include "run/write.h"

/* Clients that know an address book of P8 learn of a card by its table of changes. */
static int tell_clients(struct load *l, size_t book, struct err *e)
{
	const struct rows *r = &l->unit.r[TABLE_CARDS];
	struct dbval v[] = { DB_INT(l->user.books[book].id), DB_INT(INT64_MAX), DB_INT(0) };
	int64_t first = INT64_MAX, last = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if ((size_t)r->of[i] != book)
			continue;
		first = r->id[i] < first ? r->id[i] : first;
		last = r->id[i] > last ? r->id[i] : last;
	}
	if (last == 0)
		return 0;
	v[1] = DB_INT(first);
	v[2] = DB_INT(last);
	if (sql_do(l->s.t, "INSERT INTO {adav_addressbookchanges} (uri, synctoken, addressbookid,"
	    " operation) SELECT c.uri, b.synctoken, b.id, 1 FROM {adav_addressbooks} b JOIN"
	    " {adav_cards} c ON c.addressbookid=b.id WHERE b.id=? AND c.id BETWEEN ? AND ?", v, 3,
	    e) < 0)
		return -1;
	return sql_do(l->s.t, "UPDATE {adav_addressbooks} SET synctoken=synctoken+1 WHERE id=?", v,
	    1, e);
}

int late_rows(struct load *l, struct err *e)
{
	size_t i;

	for (i = 0; i < l->user.nbooks; i++)
		if (!l->user.books[i].ours && tell_clients(l, i, e) < 0)
			return -1;
	return 0;
}

static int forget_sums(struct load *l, enum part p, struct err *e)
{
	struct dbval v[] = { DB_INT(l->user.row), DB_NULL };
	unsigned i;

	for (i = 0; i < l->kinds.n; i++) {
		v[1] = DB_STR(l->kinds.name[i]);
		if (part_of(l->kinds.name[i]) == p &&
		    sql_run(&l->s.sql, SQL_KIND_DELETE, v, 2, e) < 0)
			return -1;
	}
	return 0;
}

int late_sums(struct load *l, const struct sums *sums, enum part p, struct err *e)
{
	return forget_sums(l, p, e) < 0 ? -1 : parts_sums(l, sums, 1u << p, e);
}

int late_ledger(struct load *l, enum part p, const struct sums *sums, struct err *e)
{
	enum sql_id id_sql = p == PART_CONTACTS ? SQL_USER_CONTACTS : SQL_USER_CALENDARS;
	struct user *u = &l->user;
	struct dbval state[] = { DB_INT(p == PART_CONTACTS ? parts_contacts(l) : PART_THERE),
	    DB_INT(u->row) };
	struct dbval v[] = { DB_INT(u->entity), DB_STR(u->uuid) };
	int64_t id;
	unsigned i;
	int rc;

	rc = sql_int(l->s.t, "SELECT id FROM {eav_entities} WHERE id=? AND uuid=?"
	    " LOCK IN SHARE MODE", v, 2, &id, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, EXIT_TEMPORARY, "%s was removed from P8 while a part came; "
		    "run again", u->email);
	if (p == PART_CONTACTS)
		l->late.state = (int)state[0].i;
	if (sql_run(&l->s.sql, id_sql, state, 2, e) < 0)
		return -1;
	if (mysql_stmt_affected_rows(l->s.sql.q[id_sql].st) != 1) {
		err_set(e, EXIT_TEMPORARY, "another p8-load took up %s", u->email);
		return WRITE_DUPLICATE;
	}
	for (i = 0; p == PART_CONTACTS && i < l->late.ctags; i++)
		if (sql_run(&l->s.sql, SQL_CTAG_BUMP, &DB_INT(l->late.ctag[i]), 1, e) < 0)
			return -1;
	return late_sums(l, sums, p, e);
}

#include <string.h>

#include "base/names.h"
#include "kinds/verbs.h"
#include "ledger/ledger.h"

static void read_book(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)r;
	readback_add(k, 0, rowhash_book(dbq_str(q, 1), dbq_str(q, 2), dbq_str(q, 3), q->col[3].n,
	    dbq_str(q, 4)));
}

int books_read(struct readback *r, struct err *e)
{
	if (r->without_singles)
		return 0;
	return readback_ids(r, 'b', RB_BOOKS, "SELECT id, principaluri, uri, {:dav displayname},"
	    " {:dav description} FROM {adav_addressbooks} WHERE id BETWEEN ? AND ?", read_book, e);
}

/* Books that P8 made: the empty ones, and that of the addresses that it collects. */
int books_remove(struct leaving *u, struct err *e)
{
	static const char *const statements[] = {
		"DELETE FROM {adav_cards} WHERE addressbookid=?",
		"DELETE FROM {adav_addressbookchanges} WHERE addressbookid=?",
		"DELETE FROM {adav_addressbooks} WHERE id=?", NULL
	};

	if (u->public_id[0] == '\0')
		return 0;
	return remove_each(u->sql->t, "SELECT b.id FROM {p7m_users} u JOIN {adav_addressbooks} b ON"
	    " b.id>u.books_before LEFT JOIN {p7m_own} o ON o.user_id=u.id AND o.what='b' AND"
	    " b.id BETWEEN o.first AND o.last LEFT JOIN {adav_cards} c ON c.addressbookid=b.id"
	    " AND NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=u.id AND o.what='c' AND "
	    LEDGER_OWNS("c.id") ") WHERE u.id=? AND b.principaluri=? AND o.user_id IS NULL"
	    " AND (c.id IS NULL OR b.uri='" COLLECTED_BOOK "') AND b.id>? GROUP BY b.id"
	    " ORDER BY b.id LIMIT 200", DB_INT(u->row), DB_STR(u->principal), statements, e);
}

int books_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	return sql_run(s, SQL_DELETE_CHANGES, &DB_INT(run->first), 1, e) < 0 ? -1 :
	    remove_ids(s, SQL_DELETE_BOOK, run, e);
}

static int differ(struct differs *d, const struct user_book *b, const char *principal,
    struct err *e)
{
	struct dbval v[] = { DB_INT(d->user->row), DB_STR(principal), DB_STR(b->uri) };
	const char *text = b->description != NULL ? b->description : "";
	struct dbq *q;
	int rc;

	q = differs_row(d, DQ_BOOK, "SELECT {:dav displayname}, {:dav description}, EXISTS(SELECT 1"
	    " FROM {p7m_own} o WHERE o.user_id=? AND o.what='b' AND " LEDGER_OWNS("b.id") ")"
	    " FROM {adav_addressbooks} b WHERE b.principaluri=? AND b.uri=?", v, 3, &rc, e);
	if (rc == 0)
		differs_print(d, "ADDRESSBOOK", b->uri, "not in P8");
	/* A book that P8 had before the migration keeps its own texts. */
	if (q == NULL || dbq_int(q, 2) == 0)
		return rc < 0 ? -1 : 0;
	if (q->col[0].n != b->name_len || memcmp(dbq_str(q, 0), b->name, b->name_len) != 0)
		differs_print(d, "ADDRESSBOOK", b->uri,
		    "its name is \"%s\" in P8, \"%s\" in the stream", dbq_str(q, 0), b->name);
	if (strcmp(dbq_str(q, 1), text) != 0)
		differs_print(d, "ADDRESSBOOK", b->uri, "its description is another one in P8");
	return 0;
}

int books_differ(struct differs *d, struct err *e)
{
	const struct user *u = d->user;
	char principal[USER_PRINCIPAL_LEN];
	size_t i;

	principal_uri(u->public_id, principal);
	for (i = 0; u->open && i < u->nbooks; i++)
		if (u->books[i].unit == u->units && differ(d, &u->books[i], principal, e) < 0)
			return -1;
	return 0;
}

#include <string.h>

#include "ledger/ledger.h"
#include "base/names.h"
#include "kinds/readback.h"
#include "kinds/removal.h"
#include "kinds/differs.h"
#include "kinds/entity.h"
#include "kinds/itemize.h"
#include "kinds/note.h"

static int book_take(struct context *x, struct err *e)
{
	const char *uri = jr_str(&x->in->si.doc, NULL, "uri", "");
	const char *name = jr_str(&x->in->si.doc, NULL, "displayname", uri);
	const char *text = jr_str(&x->in->si.doc, NULL, "description", NULL);
	struct fit f = { DAV_BOOK_CHARS, x->s->fit.bmp_only, x->s->fit.packet };
	struct user *u = x->user;

	if (uri[0] == '\0' || strlen(uri) > DAV_URI_MAX || user_find_book(u, uri) != NULL ||
	    strlen(PRINCIPAL_PREFIX) + strlen(u->public_id) > DAV_BOOK_PRINCIPAL_MAX ||
	    fit_text(&f, AT_STRING, name, strlen(name)) != NULL ||
	    (text != NULL && fit_text(&f, AT_TEXT, text, strlen(text)) != NULL))
		return note_reject(x, "bad-addressbook", "an address book needs a \"uri\" of its "
		    "own, at most 255 bytes, and texts that fit", CORRECT_IT, e);
	if (u->nbooks == USER_BOOKS)
		return note_reject(x, "too-many-addressbooks", "more than 256 of one user",
		    CORRECT_IT, e);
	if (user_add_book(u, uri, name, text, e) == NULL)
		return -1;
	x->unit->rows++;
	itemize_dav(x, uri, NULL);
	return 0;
}

/* An address book that is there already is used, and stays P8's. */
static int write_book(struct context *x, struct user_book *b, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[] = { DB_NULL, DB_BYTES(b->name, b->name_len), DB_STR(b->uri),
	    DB_STR(b->description) };
	struct dbval key[2];
	struct dbq *q;
	int rc;

	user_principal(x->user, principal);
	v[0] = DB_STR(principal);
	key[0] = v[0];
	key[1] = v[2];
	rc = sql_row(&x->s->sql, SQL_BOOK_FIND, key, 2, &q, e);
	if (rc < 0)
		return -1;
	b->ours = rc == 0;
	if (rc == 1) {
		b->id = dbq_int(q, 0);
		return 0;
	}
	if (sql_run(&x->s->sql, SQL_BOOK_ADD, v, 4, e) < 0)
		return -1;
	b->id = (int64_t)mysql_stmt_insert_id(x->s->sql.q[SQL_BOOK_ADD].st);
	return own_ids(x->own, 'b', "ADDRESSBOOK", &b->id, 1, e);
}

static int books_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct user *u = x->user;
	size_t i;

	(void)how;
	for (i = 0; i < u->nbooks; i++)
		if (u->books[i].unit == u->units && write_book(x, &u->books[i], e) < 0)
			return -1;
	return 0;
}

static void books_sum(const struct context *x, struct sums *sums)
{
	const struct user *u = x->user;
	char principal[USER_PRINCIPAL_LEN];
	const struct user_book *b;
	struct kind_sum *k;

	if (u->nbooks == 0)
		return;
	k = kind_sum(x, sums, "ADDRESSBOOK");
	user_principal(u, principal);
	for (b = u->books; k != NULL && b < u->books + u->nbooks; b++) {
		if (b->unit != u->units || !b->ours)
			continue;
		k->things++;
		k->hash += rowhash_book(principal, b->uri, b->name, b->name_len, b->description);
	}
}

static void read_book(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)r;
	readback_add(k, 0, rowhash_book(dbq_str(q, 1), dbq_str(q, 2), dbq_str(q, 3), q->col[3].n,
	    dbq_str(q, 4)));
}

static int books_read(struct readback *r, struct err *e)
{
	if (r->without_singles)
		return 0;
	return readback_ids(r, 'b', RB_BOOKS, "SELECT id, principaluri, uri, {:dav displayname},"
	    " {:dav description} FROM {adav_addressbooks} WHERE id BETWEEN ? AND ?", read_book, e);
}

/* Books that P8 made: the empty ones, and that of the addresses that it collects. */
static int books_remove(struct leaving *u, struct err *e)
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

static int books_remove_run(struct sql *s, const struct own_run *run, struct err *e)
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

static int books_differ(struct differs *d, struct err *e)
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

const struct kind_ops book_kind = {
	.kind = "ADDRESSBOOK", .word = "contacts", .part = PART_CONTACTS, .letter = 'b',
	.take = book_take, .write = books_write, .sum = books_sum, .source = entity_source,
	.read = books_read, .remove = books_remove, .remove_run = books_remove_run,
	.differs = books_differ
};

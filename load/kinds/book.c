#include <stdio.h>
#include <string.h>

#include "after/compare.h"
#include "base/names.h"

int compare_books_open(struct compare *c, struct err *e)
{
	/* A book that P8 had before the migration keeps its own texts. */
	return sql_prepare(c->l->t, &c->books,
	    "SELECT {:dav displayname}, {:dav description}, EXISTS(SELECT 1 FROM {p7m_own} o WHERE"
	    " o.user_id=? AND o.what='b' AND " LEDGER_OWNS("b.id") ")"
	    " FROM {adav_addressbooks} b WHERE b.principaluri=? AND b.uri=?", e);
}

static void compare_book(struct compare *c, const struct user_book *b)
{
	const struct dbq *q = &c->books;
	const char *text = b->description != NULL ? b->description : "";

	if (dbq_int(q, 2) == 0)
		return;
	if (q->col[0].n != b->name_len || memcmp(dbq_str(q, 0), b->name, b->name_len) != 0)
		compare_say(c, "ADDRESSBOOK", b->uri,
		    "its name is \"%s\" in P8, \"%s\" in the stream", dbq_str(q, 0), b->name);
	if (strcmp(dbq_str(q, 1), text) != 0)
		compare_say(c, "ADDRESSBOOK", b->uri,
		    "its description is another one in P8");
}

int compare_books(struct compare *c, struct err *e)
{
	const struct user *u = &c->l->user;
	char principal[USER_PRINCIPAL_LEN];
	size_t i;
	int rc;

	principal_uri(u->public_id, principal);
	for (i = 0; i < u->nbooks; i++) {
		rc = dbq_run(&c->books, (struct dbval[]){ DB_INT(u->row), DB_STR(principal),
		    DB_STR(u->books[i].uri) }, 3, e);
		if (rc < 0 || (rc = dbq_next(&c->books, e)) < 0)
			return -1;
		if (rc == 0) {
			compare_say(c, "ADDRESSBOOK", u->books[i].uri, "not in P8");
			continue;
		}
		compare_book(c, &u->books[i]);
		while ((rc = dbq_next(&c->books, e)) == 1)
			;
		if (rc < 0)
			return -1;
	}
	return 0;
}

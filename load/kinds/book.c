#include <string.h>

#include "base/names.h"
#include "kinds/book.h"
#include "kinds/itemize.h"
#include "kinds/note.h"

int book_take(struct context *x, struct err *e)
{
	const char *uri = jr_str(&x->in->si.doc, NULL, "uri", "");
	const char *name = jr_str(&x->in->si.doc, NULL, "displayname", uri);
	const char *text = jr_str(&x->in->si.doc, NULL, "description", NULL);
	struct fit f = { 255, x->s->fit.bmp_only, x->s->fit.packet };
	struct user *u = x->user;

	if (uri[0] == '\0' || strlen(uri) > 255 || user_find_book(u, uri) != NULL ||
	    strlen(PRINCIPAL_PREFIX) + strlen(u->public_id) > 255 ||
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

int books_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct user *u = x->user;
	size_t i;

	(void)how;
	for (i = 0; i < u->nbooks; i++)
		if (u->books[i].unit == u->units && write_book(x, &u->books[i], e) < 0)
			return -1;
	return 0;
}

void books_sum(const struct context *x, struct sums *sums)
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

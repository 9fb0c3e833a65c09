#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "davname.h"
#include "run.h"

#define NAME_MAX_CHARS DAV_BOOK_CHARS	/* bytes where the server stores them as such */

/* The text of member KEY of the record in hand, repaired; NULL when it has none. */
static const char *member(struct run *r, const char *key, struct buf *out)
{
	const struct jval *v = jr_get(&r->in.doc, NULL, key);

	buf_reset(out);
	if (v == NULL || v->type != J_STR)
		return NULL;
	if (charset_is_double(v->s, v->n, out)) {
		r->cards.repaired = true;
	} else {
		buf_reset(out);
		buf_add(out, v->s, v->n);
	}
	return out->len > 0 ? out->data : "";
}

/* A URI for the thing in hand that is not taken, into r->cards.uri; 1: as it was, 0: changed. */
static int unique_uri(struct run *r, size_t max, const char *ending, struct names *taken,
    struct err *e)
{
	struct buf *uri = &r->cards.uri, old = BUF_INIT(1 << 16);
	char source[UUID_LEN + 1];
	unsigned n = 0;
	int rc;

	uuid_text(r->ns, source);
	member(r, "uri", &old);
	do {
		davname_uri(old.data, old.len, max, source, jr_int(&r->in.doc, NULL, "id", 0), ++n,
		    uri);
		if (old.len == 0)
			buf_adds(uri, ending);
		rc = uri->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
		    names_take(taken, uri->data, uri->len, e);
	} while (rc == 0);
	if (rc > 0)
		rc = uri->len == old.len && memcmp(uri->data, old.data, old.len) == 0;
	buf_free(&old);
	return rc;
}

static int report(struct run *r, bool card, bool reject, const char *code, const char *field,
    const char *reason, const char *action, struct err *e)
{
	struct report_item i = { .reject = reject, .code = code, .field = field,
	    .table = card ? "adav_cards" : "adav_addressbooks",
	    .id = jr_int(&r->in.doc, NULL, "id", -1), .reason = reason, .action = action };

	return card_report(r, &i, reject, e);
}

int book_keep(struct run *r, const char *book, struct names *taken, const char *text, size_t n,
    struct err *e)
{
	int64_t modified = jr_int(&r->in.doc, NULL, "lastmodified", 0);
	int as_was;

	if (n > FIT_BLOB)
		return report(r, true, true, "value-too-long", "carddata",
		    "P8's column is too short for it", "bring the card by a CardDAV client", e);
	if (taken->n >= CARDS_MAX)
		return report(r, true, true, "too-many-cards", NULL,
		    "an address book cannot have so many cards", "bring it by a CardDAV client", e);
	as_was = unique_uri(r, DAV_URI_MAX, ".vcf", taken, e);
	if (as_was < 0)
		return -1;
	buf_reset(&r->card);
	buf_add(&r->card, text, n);
	if (card_put(r, book, r->cards.uri.data, modified > 0 ? modified : 0, e) < 0)
		return -1;
	if (!as_was && report(r, true, false, "uri-changed", "uri", "the URI is empty, too long, or"
	    " another card's", "the card got one of its own", e) < 0)
		return -1;
	return 1;
}

/* Write P8's address book; 0 when its texts are as they were, 1 when not. */
static int put_book(struct run *r, const struct buf *name, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX), fitted = BUF_INIT(1 << 20);
	struct jsonw *w = so_begin(&r->out, "ADDRESSBOOK");
	const char *description = member(r, "description", &text);
	bool changed = davname_fit(name->data, name->len, NAME_MAX_CHARS, true, &fitted);
	int rc;

	jw_kv_str(w, "uri", r->cards.book_uri);
	jw_kv_str(w, "displayname", changed ? fitted.data : name->data);
	if (description != NULL && text.len > 0) {
		if (davname_fit(text.data, text.len, 0, true, &fitted)) {
			changed = true;
			description = fitted.data;
		}
		jw_kv_str(w, "description", description);
	}
	rc = text.failed || fitted.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    so_put(&r->out, "ADDRESSBOOK", e);
	buf_free(&text);
	buf_free(&fitted);
	return rc < 0 ? -1 : changed;
}

static int write_book(struct run *r, int as_was, struct err *e)
{
	struct buf name = BUF_INIT(BUF_RECORD_MAX);
	int changed;

	if (member(r, "displayname", &name) == NULL || name.len == 0)
		buf_adds(&name, r->cards.book_uri);
	changed = name.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    put_book(r, &name, e);
	buf_free(&name);
	if (changed < 0 || report(r, false, false, "further-addressbook", NULL,
	    "a CardDAV client made this address book; the webmail of P7 does not show it",
	    "kept with its cards", e) < 0)
		return -1;
	if (r->cards.repaired && report(r, false, false, "text-repaired",
	    "uri,displayname,description", "P7 stored the text double-encoded",
	    "the true text was taken", e) < 0)
		return -1;
	if (changed && report(r, false, false, "value-shortened", "displayname,description",
	    "P8's columns cannot hold them as they are", "what fits was taken", e) < 0)
		return -1;
	return as_was ? 0 : report(r, false, false, "uri-changed", "uri", "the URI is empty, too"
	    " long, or another address book's", "the address book got one of its own", e);
}

/* Names that P8's own address books have. */
static int reserve(struct run *r, struct err *e)
{
	static const char *const own[] = { "AddressBook", "Collected", "SharedWithAll" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (names_take(&r->cards.books, own[i], strlen(own[i]), e) < 0)
			return -1;
	return 0;
}

int book_record(struct run *r, struct err *e)
{
	struct cards *c = &r->cards;
	int as_was;

	c->book = -1;
	if (r->user.contacts_done)
		return err_set(e, EXIT_DATA, "%s, line %llu: address books have to come before"
		    " calendars and files", r->in.io.name, (unsigned long long)r->in.lineno);
	if (contacts_books(r, e) < 0 || (c->books.n == 0 && reserve(r, e) < 0))
		return -1;
	c->repaired = false;
	c->book = jr_int(&r->in.doc, NULL, "id", -1);
	c->book_uri[0] = '\0';
	if (c->books.n >= BOOKS_MAX)
		return report(r, false, true, "too-many-addressbooks", NULL,
		    "a user cannot have so many address books",
		    "bring its cards by a CardDAV client", e);
	as_was = unique_uri(r, BOOK_URI, "", &c->books, e);
	if (as_was < 0)
		return -1;
	memcpy(c->book_uri, c->uri.data, c->uri.len + 1);
	names_reset(&c->taken);
	return write_book(r, as_was, e);
}

int book_card(struct run *r, const char *text, size_t n, struct err *e)
{
	struct cards *c = &r->cards;

	if (c->book_uri[0] == '\0')
		return report(r, true, true, "card-without-book", "addressbookid",
		    "its address book is not carried", "bring the card by a CardDAV client", e);
	return book_keep(r, c->book_uri, &c->taken, text, n, e);
}

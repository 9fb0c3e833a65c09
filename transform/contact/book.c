/* Address books that P7 does not know: CardDAV clients made them. */
#include <string.h>

#include "contact/contacts.h"
#include "davname.h"
#include "filter/uri.h"

#define NAME_MAX_CHARS DAV_BOOK_CHARS	/* of a displayname; bytes where the server stores them as such */

/* The text of member KEY of the record in hand, repaired; NULL when it has none. */
static const char *member(struct contacts *k, const char *key, struct buf *out)
{
	bool repaired;
	const char *s = filter_member(k->m->f, key, NULL, out, &repaired);

	k->repaired |= repaired;
	return s;
}

/* A URI for the thing in hand that is not taken, into k->uri; 1: as it was, 0: changed. */
static int unique_uri(struct contacts *k, const struct uri_form *form, struct names *taken,
    struct err *e)
{
	struct buf old = BUF_INIT(1 << 16);
	int rc;

	member(k, "uri", &old);
	rc = uri_choose(k->m->f, taken, form, old.data, old.len,
	    jr_int(&k->m->f->in.doc, NULL, "id", 0), &k->uri, e);
	buf_free(&old);
	return rc;
}

/* A report about the record in hand, which a REJECT carries. */
static int report(struct contacts *k, bool card, bool reject, const char *code, const char *field,
    const char *reason, const char *action, struct err *e)
{
	return filter_report_row(k->m->f, (struct report_item){ .reject = reject, .code = code,
	    .table = card ? "adav_cards" : "adav_addressbooks", .field = field, .reason = reason,
	    .action = action }, e);
}

int book_keep(struct contacts *k, const char *book, const char *text, size_t n, struct err *e)
{
	static const struct uri_form form = { DAV_URI_MAX, ".vcf", 0 };
	int64_t modified = jr_int(&k->m->f->in.doc, NULL, "lastmodified", 0);
	struct names *taken = book != NULL ? &k->own_taken : &k->taken;
	int as_was;

	if (book == NULL)
		book = k->book_uri;
	if (book[0] == '\0')
		return report(k, true, true, "card-without-book", "addressbookid",
		    "its address book is not carried", "bring the card by a CardDAV client", e);
	if (n > COLUMN_BLOB)
		return report(k, true, true, "value-too-long", "carddata",
		    "P8's column is too short for it", "bring the card by a CardDAV client", e);
	if (taken->n >= CARDS_MAX)
		return report(k, true, true, "too-many-cards", NULL,
		    "an address book cannot have so many cards", "bring it by a CardDAV client", e);
	as_was = unique_uri(k, &form, taken, e);
	if (as_was < 0)
		return -1;
	buf_reset(&k->card);
	buf_add(&k->card, text, n);
	if (put_card(k, book, k->uri.data, NULL, modified > 0 ? modified : 0, e) < 0)
		return -1;
	if (!as_was && report(k, true, false, "uri-changed", "uri", "the URI is empty, too long, or"
	    " another card's", "the card got one of its own", e) < 0)
		return -1;
	return 1;
}

/* Write P8's address book; 0 when its texts are as they were, 1 when not. */
static int put_book(struct contacts *k, struct err *e)
{
	struct buf name = BUF_INIT(BUF_RECORD_MAX), text = BUF_INIT(BUF_RECORD_MAX),
	    fitted = BUF_INIT(1 << 20);
	struct jsonw *w = so_begin(&k->m->f->out, "ADDRESSBOOK");
	const char *description = member(k, "description", &text);
	bool changed;
	int rc;

	if (member(k, "displayname", &name) == NULL || name.len == 0)
		buf_adds(&name, k->book_uri);
	changed = davname_fit(name.data, name.len, NAME_MAX_CHARS, true, &fitted);
	jw_kv_str(w, "uri", k->book_uri);
	jw_kv_str(w, "displayname", changed ? fitted.data : name.data);
	if (description != NULL && text.len > 0) {
		if (davname_fit(text.data, text.len, 0, true, &fitted)) {
			changed = true;
			description = fitted.data;
		}
		jw_kv_str(w, "description", description);
	}
	rc = name.failed || text.failed || fitted.failed ? err_memory(e) :
	    so_put(&k->m->f->out, "ADDRESSBOOK", e);
	buf_free(&name);
	buf_free(&text);
	buf_free(&fitted);
	return rc < 0 ? -1 : changed;
}

static int write_book(struct contacts *k, bool as_was, struct err *e)
{
	int changed = put_book(k, e);
	const struct {
		bool is;
		const char *code, *field, *reason, *done;
	} t[] = {
		{ true, "further-addressbook", NULL, "a CardDAV client made this address book; the"
		    " webmail of P7 does not show it", "kept with its cards" },
		{ k->repaired, "text-repaired", "uri,displayname,description",
		    "P7 stored the text double-encoded", "the true text was taken" },
		{ changed > 0, "value-shortened", "displayname,description",
		    "P8's columns cannot hold them as they are", "what fits was taken" },
		{ !as_was, "uri-changed", "uri", "the URI is empty, too long, or another address"
		    " book's", "the address book got one of its own" },
	};
	size_t i;

	for (i = 0; changed >= 0 && i < sizeof(t) / sizeof(t[0]); i++)
		if (t[i].is && report(k, false, false, t[i].code, t[i].field, t[i].reason,
		    t[i].done, e) < 0)
			return -1;
	return changed < 0 ? -1 : 0;
}

/* Names that P8's own address books have. */
static int reserve(struct contacts *k, struct err *e)
{
	static const char *const own[] = { "AddressBook", "Collected", "SharedWithAll" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (names_take(&k->books, own[i], strlen(own[i]), e) < 0)
			return -1;
	return 0;
}

int book_record(struct contacts *k, struct err *e)
{
	static const struct uri_form form = { BOOK_URI, "", 0 };
	int as_was;

	k->book = -1;
	if (k->complete)
		return filter_wrong(k->m->f, e, "address books have to come before calendars and"
		    " files");
	if (put_own_books(k, e) < 0 || (k->books.n == 0 && reserve(k, e) < 0))
		return -1;
	k->repaired = false;
	k->book = jr_int(&k->m->f->in.doc, NULL, "id", -1);
	k->book_uri[0] = '\0';
	if (k->books.n >= BOOKS_MAX)
		return report(k, false, true, "too-many-addressbooks", NULL,
		    "a user cannot have so many address books",
		    "bring its cards by a CardDAV client", e);
	as_was = unique_uri(k, &form, &k->books, e);
	if (as_was < 0)
		return -1;
	memcpy(k->book_uri, k->uri.data, k->uri.len + 1);
	names_reset(&k->taken);
	return write_book(k, as_was, e);
}

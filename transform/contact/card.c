#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "card/cardread.h"
#include "card/cardrow.h"
#include "contact/contacts.h"
#include "text/ascii.h"
#include "text/charset.h"

#define GROUPS_OF_CARD 256

/* The text of the card in hand; false when it has none. */
static bool take_text(struct contacts *k, const char **p, size_t *n)
{
	const struct jdoc *d = &k->m->f->in.doc;
	const struct jval *v = jr_get(d, NULL, "carddata");

	k->repaired = false;
	buf_reset(&k->row);
	if (v == NULL || jr_bytes(d, v, &k->row, p, n) < 0 || *n == 0)
		return false;
	if (charset_is_double_folded(*p, *n, &k->text)) {
		*p = k->text.data;
		*n = k->text.len;
		k->repaired = true;
	}
	return true;
}

/*
 * P7's collected addresses do not name their cards.  A card that has no more than a name and the
 * e-mail of one says what that says.
 */
static bool is_collected(struct contacts *k)
{
	static const char *const plain[] = { "FN", "N", "UID", "PRODID", "REV",
		"X-AFTERLOGIC-USE-FRIENDLY-NAME", "X-AFTERLOGIC-USE-FREQUENCY", NULL };
	const struct card *c = &k->p7;
	const struct card_line *l, *email = NULL;

	for (l = c->line; l < c->line + c->n; l++)
		if (card_is(c, l, "EMAIL") && email == NULL)
			email = l;
		else if (!card_is_among(c, l, plain) && l->value.n > 0)
			return false;
	if (email == NULL)
		return false;
	buf_reset(&k->scratch);
	card_plain(c, email->value, &k->scratch);
	ascii_lower_buf(&k->scratch);
	return k->scratch.len > 0 && names_has(&k->collected_emails,
	    k->scratch.data, k->scratch.len);
}

/* Groups of the user that the card's categories name. */
static size_t groups_of(struct contacts *k, int64_t group[GROUPS_OF_CARD])
{
	const struct card *c = &k->p7;
	const struct card_line *l;
	struct card_slice item;
	struct group *g;
	size_t at, n = 0;

	for (l = c->line; l < c->line + c->n; l++)
		for (at = 0; card_is(c, l, "CATEGORIES") && n < GROUPS_OF_CARD &&
		    card_item(c, l->value, &at, &item);) {
			buf_reset(&k->scratch);
			card_plain(c, item, &k->scratch);
			g = k->scratch.len > 0 ? group_named(k,
			    k->scratch.data, k->scratch.len) : NULL;
			if (g != NULL)
				group[n++] = g->id;
		}
	return n;
}

/* A card that no contact names becomes one. */
static int contact(struct contacts *k, int64_t id, bool collected, struct err *e)
{
	int64_t group[GROUPS_OF_CARD];
	struct cardrow row = { .id = -id, .collected = collected, .group = group,
	    .modified = jr_int(&k->m->f->in.doc, NULL, "lastmodified", 0) };

	row.ngroup = groups_of(k, group);
	buf_reset(&k->row);
	cardrow_put(&k->p7, &row, &k->scratch, &k->row);
	if (k->row.failed || k->scratch.failed)
		return err_memory(e);
	if (source_set(&k->m->src[S_CONTACT], &k->m->map.rec[S_CONTACT], k->row.data, k->row.len,
	    e) < 0)
		return -1;
	if (put_card_warning(k, id, "card-without-contact", "P7 has this card in the address book,"
	    " but no contact for it", collected ? "made a collected address of it" :
	    "made a contact of it", false, e) < 0)
		return -1;
	k->card_contact = -id;
	k->card_id = id;
	k->held_repaired = k->repaired;
	return contact_of_card(k, collected, e);
}

/* A card that is not a person's: it stays as it is. */
static int keep(struct contacts *k, int64_t id, bool collected, const char *p, size_t n,
    struct err *e)
{
	int rc = put_own_books(k, e);

	if (rc == 0)
		rc = book_keep(k, collected ? "Collected" : "AddressBook", p, n, e);
	if (rc <= 0)
		return rc;
	rc = put_card_warning(k, id, "card-kept", "P7 has no contact for this card, and none can be"
	    " made of it: it is a list of other cards, or says nothing of a person",
	    "kept as a card: it is seen by CardDAV clients, not in the webmail", false, e);
	return rc < 0 ? -1 : put_repaired(k, id, e);
}

static int without_contact(struct contacts *k, int64_t id, bool collected, const char *p,
    size_t n, struct err *e)
{
	int rc;

	card_reset(&k->p7);
	rc = card_read(&k->p7, p, n);
	if (rc < 0)
		return err_memory(e);
	k->card_contact = 0;
	if (rc > 0 && collected && is_collected(k))
		return 0;
	if (rc > 0 && cardrow_is_person(&k->p7))
		return contact(k, id, collected, e);
	return keep(k, id, collected, p, n, e);
}

static int empty(struct contacts *k, int64_t id, bool has_contact, struct err *e)
{
	const struct jdoc *d = &k->m->f->in.doc;
	char reason[2300];

	snprintf(reason, sizeof(reason), "it has no content (card %.1020s of the address book"
	    " %.1020s)", jr_str(d, NULL, "uri", "without URI"),
	    jr_str(d, NULL, "book", "without URI"));
	return put_card_warning(k, id, "card-empty", reason, has_contact ? "P8's card was made of"
	    " the contact alone" : "left out; if it was somebody's, look for it in a backup of P7",
	    false, e);
}

int card_record(struct contacts *k, struct err *e)
{
	const struct jdoc *d = &k->m->f->in.doc;
	const char *book = jr_str(d, NULL, "book", ""), *p;
	int64_t id = jr_int(d, NULL, "id", -1), contact_id = jr_int(d, NULL, "id_addr", 0);
	size_t n;
	int rc;

	if (k->complete)
		return filter_wrong(k->m->f, e, "cards have to come before files");
	if (!take_text(k, &p, &n))
		return empty(k, id, contact_id > 0, e);
	if (contact_id > 0)
		return held_take(k, contact_id, p, n, e);
	if (k->book >= 0 && k->book == jr_int(d, NULL, "addressbookid", -1)) {
		rc = book_keep(k, NULL, p, n, e);
		return rc > 0 ? put_repaired(k, id, e) : rc;
	}
	return without_contact(k, id, strcasecmp(book, "Collected") == 0, p, n, e);
}

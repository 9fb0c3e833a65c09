#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "card/cardrow.h"
#include "run.h"

#define GROUPS_OF_CARD 256

void cards_open(struct cards *c)
{
	card_init(&c->p7);
	card_init(&c->own);
	buf_init(&c->text, BUF_RECORD_MAX);
	buf_init(&c->uri, 1 << 16);
	buf_init(&c->row, BUF_RECORD_MAX);
	buf_init(&c->scratch, BUF_RECORD_MAX);
	c->book = -1;
}

void cards_reset(struct cards *c)
{
	c->contact = 0;
	c->book = -1;
	names_reset(&c->books);
	names_reset(&c->own_taken);
	names_reset(&c->collected);
}

void cards_free(struct cards *c)
{
	card_free(&c->p7);
	card_free(&c->own);
	buf_free(&c->text);
	buf_free(&c->uri);
	buf_free(&c->row);
	buf_free(&c->scratch);
	free(c->books.v);
	free(c->taken.v);
	free(c->own_taken.v);
	free(c->collected.v);
}

int card_report(struct run *r, const struct report_item *what, bool record, struct err *e)
{
	struct report_item i = *what;
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	int rc;

	i.user = r->user.name;
	if (record) {
		jw_begin(&w, &text);
		jr_write(&r->in.doc, r->in.doc.v, &w);
		i.record = text.data;
		i.record_len = text.len;
	}
	rc = text.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    report_add(&r->report, &i, e);
	buf_free(&text);
	return rc;
}

static int warn(struct run *r, int64_t id, const char *code, const char *reason,
    const char *done, bool record, struct err *e)
{
	struct report_item i = { .code = code, .table = "adav_cards", .id = id,
	    .field = "carddata", .reason = reason, .action = done };

	return card_report(r, &i, record, e);
}

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

static bool known_group(void *arg, const char *s, size_t n)
{
	struct run *r = arg;

	return group_named(&r->user.groups, s, n) != NULL;
}

/* The text of the card in hand; false when it has none. */
static bool take_text(struct run *r, const char **p, size_t *n)
{
	const struct jval *v = jr_get(&r->in.doc, NULL, "carddata");

	r->cards.repaired = false;
	buf_reset(&r->cards.row);
	if (v == NULL || jr_bytes(&r->in.doc, v, &r->cards.row, p, n) < 0 || *n == 0)
		return false;
	if (card_is_double(*p, *n, &r->cards.text)) {
		*p = r->cards.text.data;
		*n = r->cards.text.len;
		r->cards.repaired = true;
	}
	return true;
}

/* The card of the contact that comes next. */
static int hold(struct run *r, int64_t contact, int64_t id, const char *p, size_t n,
    struct err *e)
{
	struct cards *c = &r->cards;
	int rc;

	if (c->contact != contact) {
		card_reset(&c->p7);
		c->held_repaired = false;
	}
	c->held_repaired = c->held_repaired || c->repaired;
	c->contact = contact;
	c->id = id;
	rc = card_read(&c->p7, p, n);
	if (rc < 0)
		return no_memory(e);
	return rc > 0 ? 0 : warn(r, id, "card-unreadable", "it is not a vCard",
	    "the contact is carried without what only this card may have", true, e);
}

int card_add(struct run *r, int64_t id, struct err *e)
{
	struct cards *c = &r->cards;

	memset(&c->merged, 0, sizeof(c->merged));
	if (c->contact != id || c->p7.n == 0)
		return 0;
	if (card_merge(&r->card, &c->own, &c->p7, known_group, r, &c->merged) < 0)
		return no_memory(e);
	if (r->card.len <= FIT_BLOB)
		return 0;
	/* P8's own card again. */
	buf_reset(&r->card);
	buf_add(&r->card, c->own.utf8.data, c->own.utf8.len);
	c->merged.changed = false;
	return warn(r, c->id, "card-too-large", "with what only P7's card has, P8's card is"
	    " larger than its column", "P8's card was made of the contact alone", false, e);
}

static int report_text(struct run *r, int64_t id, struct err *e)
{
	return r->cards.repaired ? warn(r, id, "text-repaired", "P7 stored the text"
	    " double-encoded", "the true text was taken", false, e) : 0;
}

/* What is not all of the card. */
static int report_parts(struct run *r, int64_t id, struct err *e)
{
	const struct cards *c = &r->cards;

	if (c->p7.cut && warn(r, id, "card-cut", "it ends before its END:VCARD: P7's column was"
	    " too narrow for it", "carried as far as P7 has it, without a picture or an"
	    " encoded text that is incomplete", false, e) < 0)
		return -1;
	if (c->p7.bad && warn(r, id, "not-utf8", "some of its bytes are no characters, neither of"
	    " UTF-8 nor of the character set that it names", "replaced by U+FFFD", false, e) < 0)
		return -1;
	return c->p7.more ? warn(r, id, "card-partly-read", "it has lines that are not properties,"
	    " or too many, or there is another card in it or behind it",
	    "the card's other lines were taken", false, e) : 0;
}

int card_reports(struct run *r, int64_t id, bool kept, struct err *e)
{
	struct cards *c = &r->cards;
	struct report_item differs = { .code = "card-differs", .table = "adav_cards",
	    .id = c->id, .field = c->merged.differs,
	    .reason = "the card says something else than the contact in P7's webmail",
	    .action = "the contact's values were taken" };
	struct report_item lost = { .reject = true, .code = "card-not-kept",
	    .table = "adav_cards", .id = c->id, .field = "carddata",
	    .reason = "P8 has no card of a contact that is shared with all, so what only P7's"
	    " card has is not in P8", .action = "look into P7's card and add to the contact what"
	    " is missed" };

	if (c->contact != id)
		return 0;
	c->contact = 0;
	if (c->merged.differs[0] != '\0' && card_report(r, &differs, false, e) < 0)
		return -1;
	if (report_parts(r, c->id, e) < 0)
		return -1;
	/* Nothing was taken of a card that says no more than its contact; one with an ID below 0
	 * was made of the card. */
	if (!c->merged.changed && id > 0)
		return 0;
	c->repaired = c->held_repaired;
	return kept ? report_text(r, c->id, e) : card_report(r, &lost, false, e);
}

static void lower(struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->data[i] >= 'A' && b->data[i] <= 'Z')
			b->data[i] = (char)(b->data[i] + 32);
}

int cards_collected(struct run *r, const struct val *email, struct err *e)
{
	struct cards *c = &r->cards;

	if (email->type != V_STR || email->n == 0 || c->collected.n >= CARDS_MAX)
		return 0;
	buf_reset(&c->scratch);
	buf_add(&c->scratch, email->s, email->n);
	lower(&c->scratch);
	return names_take(&c->collected, c->scratch.data, c->scratch.len, e) < 0 ? -1 : 0;
}

/*
 * P7's collected addresses do not name their cards.  A card that has no more than a name and the
 * e-mail of one says what that says.
 */
static bool is_collected(struct run *r)
{
	static const char *const plain[] = { "FN", "N", "UID", "PRODID", "REV",
		"X-AFTERLOGIC-USE-FRIENDLY-NAME", "X-AFTERLOGIC-USE-FREQUENCY" };
	struct card *c = &r->cards.p7;
	const struct card_line *l, *email = NULL;
	size_t i;

	for (l = c->line; l < c->line + c->n; l++) {
		if (card_is(c, l, "EMAIL") && email == NULL) {
			email = l;
			continue;
		}
		for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
			if (card_is(c, l, plain[i]))
				break;
		if (i == sizeof(plain) / sizeof(plain[0]) && l->value.n > 0)
			return false;
	}
	if (email == NULL)
		return false;
	buf_reset(&r->cards.scratch);
	card_plain(c, email->value, &r->cards.scratch);
	lower(&r->cards.scratch);
	return r->cards.scratch.len > 0 && names_has(&r->cards.collected,
	    r->cards.scratch.data, r->cards.scratch.len);
}

/* Groups of the user that the card's categories name. */
static size_t groups_of(struct run *r, int64_t group[GROUPS_OF_CARD])
{
	struct card *c = &r->cards.p7;
	const struct card_line *l;
	struct card_slice item;
	struct group *g;
	size_t at, n = 0;

	for (l = c->line; l < c->line + c->n; l++)
		for (at = 0; card_is(c, l, "CATEGORIES") && n < GROUPS_OF_CARD &&
		    card_item(c, l->value, &at, &item);) {
			buf_reset(&r->cards.scratch);
			card_plain(c, item, &r->cards.scratch);
			g = r->cards.scratch.len > 0 ? group_named(&r->user.groups,
			    r->cards.scratch.data, r->cards.scratch.len) : NULL;
			if (g != NULL)
				group[n++] = g->id;
		}
	return n;
}

/* A card that no contact names becomes one. */
static int contact(struct run *r, int64_t id, bool collected, struct err *e)
{
	struct cards *c = &r->cards;
	int64_t group[GROUPS_OF_CARD];
	struct cardrow row = { .id = -id, .collected = collected, .group = group,
	    .modified = jr_int(&r->in.doc, NULL, "lastmodified", 0) };

	row.ngroup = groups_of(r, group);
	buf_reset(&c->row);
	cardrow_put(&c->p7, &row, &c->scratch, &c->row);
	if (c->row.failed || c->scratch.failed)
		return no_memory(e);
	if (source_set(&r->src[S_CONTACT], &r->map.rec[S_CONTACT], c->row.data, c->row.len, e) < 0)
		return -1;
	if (warn(r, id, "card-without-contact", "P7 has this card in the address book, but no"
	    " contact for it", collected ? "made a collected address of it" :
	    "made a contact of it", false, e) < 0)
		return -1;
	c->contact = -id;
	c->id = id;
	c->held_repaired = c->repaired;
	return contact_of_card(r, collected, e);
}

/* One that is no person: it stays what it is. */
static int keep(struct run *r, int64_t id, bool collected, const char *p, size_t n,
    struct err *e)
{
	int rc = contacts_books(r, e);

	if (rc == 0)
		rc = book_keep(r, collected ? "Collected" : "AddressBook", &r->cards.own_taken, p,
		    n, e);
	if (rc <= 0)
		return rc;
	rc = warn(r, id, "card-kept", "P7 has no contact for this card, and none can be made"
	    " of it: it is a list of other cards, or says nothing of a person",
	    "kept as a card: it is seen by CardDAV clients, not in the webmail", false, e);
	return rc < 0 ? -1 : report_text(r, id, e);
}

static int without_contact(struct run *r, int64_t id, bool collected, const char *p, size_t n,
    struct err *e)
{
	int rc;

	card_reset(&r->cards.p7);
	rc = card_read(&r->cards.p7, p, n);
	if (rc < 0)
		return no_memory(e);
	r->cards.contact = 0;
	if (rc > 0 && collected && is_collected(r))
		return 0;
	if (rc > 0 && cardrow_is_person(&r->cards.p7))
		return contact(r, id, collected, e);
	return keep(r, id, collected, p, n, e);
}

static int empty(struct run *r, int64_t id, bool has_contact, struct err *e)
{
	char reason[2300];

	snprintf(reason, sizeof(reason), "it has no content (card %.1020s of the address book"
	    " %.1020s)", jr_str(&r->in.doc, NULL, "uri", "without URI"),
	    jr_str(&r->in.doc, NULL, "book", "without URI"));
	return warn(r, id, "card-empty", reason, has_contact ? "P8's card was made of the contact"
	    " alone" : "left out; if it was somebody's, look for it in a backup of P7", false, e);
}

int card_record(struct run *r, struct err *e)
{
	const struct jdoc *d = &r->in.doc;
	const char *book = jr_str(d, NULL, "book", ""), *p;
	int64_t id = jr_int(d, NULL, "id", -1), contact_id = jr_int(d, NULL, "id_addr", 0);
	bool collected = strcasecmp(book, "Collected") == 0;
	size_t n;
	int rc;

	if (r->user.contacts_done)
		return err_set(e, EXIT_DATA, "%s, line %llu: cards have to come before files",
		    r->in.io.name, (unsigned long long)r->in.lineno);
	if (!take_text(r, &p, &n))
		return empty(r, id, contact_id > 0, e);
	if (contact_id > 0)
		return hold(r, contact_id, id, p, n, e);
	if (r->cards.book >= 0 && r->cards.book == jr_int(d, NULL, "addressbookid", -1)) {
		rc = book_card(r, p, n, e);
		return rc > 0 ? report_text(r, id, e) : rc;
	}
	return without_contact(r, id, collected, p, n, e);
}

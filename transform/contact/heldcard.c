#include <string.h>

#include "card/cardread.h"
#include "contact/contacts.h"

int held_take(struct contacts *k, int64_t contact, const char *p, size_t n, struct err *e)
{
	int64_t id = jr_int(&k->m->f->in.doc, NULL, "id", -1);
	int rc;

	if (k->card_contact != contact) {
		card_reset(&k->p7);
		k->held_repaired = false;
	}
	k->held_repaired = k->held_repaired || k->repaired;
	k->card_contact = contact;
	k->card_id = id;
	rc = card_read(&k->p7, p, n);
	if (rc < 0)
		return err_memory(e);
	return rc > 0 ? 0 : put_card_warning(k, id, "card-unreadable", "it is not a vCard",
	    "the contact is carried without what only this card may have", true, e);
}

static bool known_group(void *arg, const char *s, size_t n)
{
	return group_named(arg, s, n) != NULL;
}

int held_add(struct contacts *k, int64_t contact, struct err *e)
{
	memset(&k->merged, 0, sizeof(k->merged));
	if (k->card_contact != contact || k->p7.n == 0)
		return 0;
	if (card_merge(&k->card, &k->own, &k->p7, known_group, k, &k->merged) < 0)
		return err_memory(e);
	if (k->card.len <= COLUMN_BLOB)
		return 0;
	/* P8's own card again. */
	buf_reset(&k->card);
	buf_add(&k->card, k->own.utf8.data, k->own.utf8.len);
	k->merged.changed = false;
	return put_card_warning(k, k->card_id, "card-too-large", "with what only P7's card has,"
	    " P8's card is larger than its column", "P8's card was made of the contact alone",
	    false, e);
}

/* What is not all of the card. */
static int report_parts(struct contacts *k, struct err *e)
{
	const struct {
		bool is;
		const char *code, *reason, *done;
	} t[] = {
		{ k->p7.cut, "card-cut", "it ends before its END:VCARD: P7's column was too narrow"
		    " for it", "carried as far as P7 has it, without a picture or an encoded text"
		    " that is incomplete" },
		{ k->p7.bad, "not-utf8", "some of its bytes are no characters, neither of UTF-8"
		    " nor of the character set that it names", "replaced by U+FFFD" },
		{ k->p7.more, "card-partly-read", "it has lines that are not properties, or too"
		    " many, or there is another card in it or behind it",
		    "the card's other lines were taken" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (t[i].is && put_card_warning(k, k->card_id, t[i].code, t[i].reason, t[i].done,
		    false, e) < 0)
			return -1;
	return 0;
}

int held_reports(struct contacts *k, int64_t contact, bool kept, struct err *e)
{
	struct report_item differs = { .code = "card-differs", .table = "adav_cards",
	    .id = k->card_id, .field = k->merged.differs,
	    .reason = "the card says something else than the contact in P7's webmail",
	    .action = "the contact's values were taken" };
	struct report_item lost = { .reject = true, .code = "card-not-kept",
	    .table = "adav_cards", .id = k->card_id, .field = "carddata",
	    .reason = "P8 has no card of a contact that is shared with all, so what only P7's"
	    " card has is not in P8", .action = "look into P7's card and add to the contact what"
	    " is missed" };

	if (k->card_contact != contact)
		return 0;
	k->card_contact = 0;
	if (k->merged.differs[0] != '\0' && filter_report(k->m->f, differs, NULL, e) < 0)
		return -1;
	if (report_parts(k, e) < 0)
		return -1;
	/* Nothing was taken of a card that says no more than its contact; one with an ID below 0
	 * was made of the card. */
	if (!k->merged.changed && contact > 0)
		return 0;
	k->repaired = k->held_repaired;
	return kept ? put_repaired(k, k->card_id, e) : filter_report(k->m->f, lost, NULL, e);
}

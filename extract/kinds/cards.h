/*
 * The vCards of P7's address books, to stand beside the contacts they belong to.
 * A contact names its card (awm_addr_book.str_id is adav_cards.uri, but for ".vcf" and letter
 * case); an address book names its user by the e-mail in its principal.  No index leads along
 * either, so the server makes both ways once for a batch of users, in tables of its own, and sends
 * the cards in the order in which they are wanted; they wait in spools, because the contacts are
 * streamed meanwhile.
 *
 * P7 knows two address books of a user, AddressBook (Default in old ones) and Collected.  Others
 * were made by CardDAV clients; their cards belong to no contact.
 */
#ifndef CARDS_H
#define CARDS_H

#include "source/run.h"
#include "database/form.h"

struct cards {
	bool present;
	bool batch;			/* an index leads from the address book to its cards */
	struct form form, book_form;
	struct buf known_sql, further_sql;	/* of P7's address books, and of others */
	struct dbq set;			/* their variables: address books and users */
	struct spool books;		/* id_user, id: is it one of P7's, then members as JSON */
	struct spool further;		/* of the batch: those of them that P7 does not know */
	struct spool rows;		/* id_user, id_addr (INT64_MAX: none): a card as JSON */
	struct spool other;		/* id_user, addressbookid: likewise */
};

int cards_open(struct cards *c, struct run *r, struct err *e);
/* Make the spools ready for a batch of N users, ascending. */
int cards_begin(struct cards *c, struct run *r, const int64_t *id, unsigned n, struct err *e);
/* The cards of a contact, before it. */
int cards_of_contact(struct cards *c, struct run *r, int64_t id_user, int64_t id_addr,
    struct err *e);
/* The cards without a contact, and further address books, behind all contacts. */
int cards_rest(struct cards *c, struct run *r, int64_t id_user, struct err *e);
/* How many address books belong to no user, as a WARN. */
int cards_report(struct cards *c, struct run *r, struct err *e);
void cards_close(struct cards *c);

#endif

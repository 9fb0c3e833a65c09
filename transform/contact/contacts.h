/*
 * Contacts, groups, vCards and address books of the user in hand.
 * Of a user are kept: the groups with one UUID for each member, the names of address books, a hash
 * of each collected e-mail, and of the card of each in the address book in hand; all capped.
 */
#ifndef CONTACTS_H
#define CONTACTS_H

#include "card/cardmerge.h"
#include "card/vcard.h"
#include "filter/entity.h"
#include "text/names.h"

#define GROUPS_MAX 65536
#define GROUP_NAMES_MAX ((size_t)8 << 20)
#define MEMBERS_MAX 262144		/* of all groups */
#define BOOKS_MAX 250			/* further address books */
#define BOOK_URI 100			/* bytes: P8's key looks at no more */
#define CARDS_MAX (1u << 20)		/* of an address book whose names are looked at */

#define NO_MEMBER UINT32_MAX

struct member {
	uint8_t uuid[16];
	uint32_t next;			/* in the same group, NO_MEMBER: last */
};

struct group {
	int64_t id;
	char uuid[UUID_LEN + 1];
	size_t name, namelen;		/* in group_names */
	uint32_t first, last;		/* members */
};

struct contacts {
	struct maker *m;
	/* slots and attributes that the program itself reads */
	int type, auto_create, shared, str_id, str_id_shared, in_groups, global_user, h_email,
	    group_str_id, group_str_id_shared, group_name, modified[2];
	struct vcard_attrs card_of[2];	/* CONTACT, COLLECTED */
	/* of the user */
	int64_t id_user;
	bool own_books, complete;	/* P8's own address books are out; all of it is */
	uint64_t personal, collected;
	int64_t latest;			/* when a contact was modified last, seconds; 0: never */
	struct group *group;		/* as they came */
	size_t groups, group_size;
	bool sorted;			/* by id */
	bool lost;			/* members beyond MEMBERS_MAX */
	struct buf group_names;
	struct member *member;
	size_t members, member_size;
	/* P7's cards: that of the contact that comes next, and the one in hand */
	struct card p7, own;
	int64_t card_contact;		/* whose lines p7 has; 0: of none */
	int64_t card_id;
	bool repaired, held_repaired;	/* text was double-encoded: in hand, of p7 */
	struct card_merged merged;
	struct buf card;		/* P8's */
	struct buf text, uri, row, scratch;
	/* address books that P7 does not know */
	int64_t book;			/* P7's id, -1: none in hand */
	char book_uri[BOOK_URI + 1];
	struct names books, taken, own_taken;
	struct names collected_emails;
};

int contacts_open(struct contacts *k, struct maker *m, struct err *e);
void contacts_free(struct contacts *k);
void contacts_begin(struct contacts *k, int64_t id_user);
/* All of the user's have come: group cards and counters. */
int contacts_end(struct contacts *k, struct err *e);

int contact_record(struct contacts *k, struct err *e);
/* The CONTACT record in the source, made of P7's card. */
int contact_of_card(struct contacts *k, bool collected, struct err *e);

/* group.c */
int group_record(struct contacts *k, struct err *e);
struct group *group_find(const struct contacts *k, int64_t id);
/* The group with this name, or NULL. */
struct group *group_named(const struct contacts *k, const char *name, size_t n);
/* Remember a member for the group's card. */
int group_link(struct contacts *k, struct group *group, const char *uuid, struct err *e);
int group_cards(struct contacts *k, struct err *e);

/* heldcard.c: what only the P7 card of a contact has. */
/* A card of contact ID, which comes next. */
int held_take(struct contacts *k, int64_t contact, const char *p, size_t n, struct err *e);
/* What only it has, into k->card. */
int held_add(struct contacts *k, int64_t contact, struct err *e);
/* What there is to report about it, behind the contact; KEPT: k->card was written. */
int held_reports(struct contacts *k, int64_t contact, bool kept, struct err *e);

/* card.c */
int card_record(struct contacts *k, struct err *e);

/* book.c */
int book_record(struct contacts *k, struct err *e);
/*
 * Keep the card in hand, as it is, in BOOK, under a name of its own; BOOK NULL: in the one in hand.
 * 1: kept, 0: rejected, -1: error.
 */
int book_keep(struct contacts *k, const char *book, const char *text, size_t n, struct err *e);

/* output.c: what the others write. */
int put_own_books(struct contacts *k, struct err *e);	/* P8's own address books, once */
/* The card in k->card; URI NULL: that of UUID.  MODIFIED in seconds. */
int put_card(struct contacts *k, const char *book, const char *uri, const char *uuid,
    int64_t modified, struct err *e);
/* A WARN about P7's card ID; with the record in hand when RECORD. */
int put_card_warning(struct contacts *k, int64_t id, const char *code, const char *reason,
    const char *done, bool record, struct err *e);
/* That the text of the card ID was repaired, if it was. */
int put_repaired(struct contacts *k, int64_t id, struct err *e);

#endif

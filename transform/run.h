/*
 * One run of p7-transform over a p7 stream: what it knows, and the steps.
 * Memory does not grow with users or contacts: of the globals the domains are kept, of a user his
 * groups and one UUID for each member of a group, the names of his address books and a hash of
 * each card's in the one at hand (all capped), of an account four folder names; of calendars what
 * dav.h says.
 */
#ifndef RUN_H
#define RUN_H

#include "card/cardmerge.h"
#include "mapping/convert.h"
#include "filter/corrected.h"
#include "calendar/dav.h"
#include "mapping/fit.h"
#include "mapping/mapping.h"
#include "text/names.h"
#include "filter/rename.h"
#include "report.h"
#include "filter/source.h"
#include "stream.h"
#include "mapping/target.h"
#include "uuid.h"
#include "card/vcard.h"

#define DOMAINS_MAX 100000
#define GROUPS_MAX 65536		/* of one user */
#define GROUP_NAMES_MAX ((size_t)8 << 20)
#define MEMBERS_MAX 262144		/* of all groups of one user */
#define EARLY_MAX ((size_t)4 << 20)	/* reports that wait for the user's first record */
#define FOLDERS 4			/* system folders that P8 has */

/* A mail domain with the values that hold in it (P7 lets the default domain override most). */
struct domain {
	int64_t id;
	bool own_servers;		/* its accounts may have servers of their own */
	char *text;			/* behind the values */
	struct val *v;			/* by slot of S_DOMAIN */
};

struct domains {
	struct domain *d;
	size_t n, size;
};

/* P7's tenants that P8 gets, by ascending id. */
struct tenants {
	int64_t *id;
	size_t n, size;
};

#define NO_MEMBER UINT32_MAX

struct member {
	uint8_t uuid[16];
	uint32_t next;			/* in the same group, NO_MEMBER: last */
};

struct group {
	int64_t id;
	char uuid[UUID_LEN + 1];
	size_t name, namelen;		/* in names */
	uint32_t first, last;		/* members */
};

/* The groups of a user, in the order they came. */
struct groups {
	struct group *g;
	uint32_t n, size;
	struct buf names;
	struct member *m;
	uint32_t members, msize;
	bool sorted;			/* by id: found by halving */
	bool lost;			/* members beyond MEMBERS_MAX */
};

#define BOOKS_MAX 250			/* further address books of one user */
#define BOOK_URI 100			/* bytes: P8's key looks at no more */
#define CARDS_MAX (1u << 20)		/* of an address book whose names are looked at */

/* P7's cards: those of the contact that comes next, and the address book in hand. */
struct cards {
	struct card p7, own;
	int64_t contact;		/* whose lines p7 has; 0: nobody's */
	int64_t id;			/* of the card */
	bool repaired, held_repaired;	/* text was double-encoded: in hand, of p7 */
	struct card_merged merged;
	struct buf text, uri, row, scratch;
	/* address books that P7 does not know */
	int64_t book;			/* P7's id, -1: none in hand */
	char book_uri[BOOK_URI + 1];
	struct names books, taken, own_taken;
	struct names collected;		/* e-mails of collected addresses */
};

/* The user in hand. */
struct user {
	bool open;
	struct buf email;		/* as P7 has it; the new name is in made[M_EMAIL] */
	const char *name;		/* the same, NUL-terminated: what reports call the user */
	int64_t id_user, id_acct;
	char uuid[UUID_LEN + 1], team[UUID_LEN + 1], tenant[UUID_LEN + 1];
	bool begun;			/* the records that have to come first are out */
	struct buf early;		/* lines that came before: "KIND\nline\n" */
	/* the account in hand */
	bool account, account_due, folders_due, own_server;
	int64_t account_id;
	char account_uuid[UUID_LEN + 1], server_uuid[UUID_LEN + 1];
	struct buf folder[FOLDERS];
	int64_t folder_row[FOLDERS], row;	/* their numbers in P7; of the one in hand */
	char folder_table[64];		/* P7's table that they are of; "": awm_system_folders */
	/* contacts */
	struct groups groups;
	bool books, contacts_done;
	uint64_t personal, collected;
	int64_t latest;			/* when a contact was modified last, seconds; 0: never */
};

/* Slots of members that the program itself reads of every contact and group. */
struct slots {
	int type, auto_create, shared, str_id, str_id_shared, groups, global_user, group_str_id,
	    group_str_id_shared;
	int h_email;
	int modified[2];		/* attribute DateModified of CONTACT and COLLECTED */
	int group_name;			/* attribute Name of GROUP */
};

struct run {
	struct stream_in in;
	struct stream_out out;
	struct report report;
	struct rename rename;
	struct corrected corrected;
	struct mapping map;
	struct target target;
	struct p8key key;
	struct sieve sieve;
	struct slots slot;
	uint8_t ns[16];			/* name space of UUIDs */
	struct arena arena;
	struct notes notes;
	struct conv_ctx conv;
	struct fit fit;
	struct source src[S_MADE];
	struct source identity;		/* the default identity that is held back */
	const struct val *vals[S_KINDS];/* of the records in hand; NULL: not there */
	struct val made[M_MADE];
	const char *ref[REFS];
	struct val made_of[MAP_ATTRS];	/* values of the entity being made */
	struct vcard_attrs card_of[2];	/* CONTACT, COLLECTED */
	struct buf card;
	struct cards cards;
	struct domains domains;
	struct tenants tenants;
	struct user user;
	struct dav dav;
};

/* run.c */
int run_open(struct run *r, struct err *e);
int run_all(struct run *r, struct err *e);
void run_free(struct run *r);
/* Take the record in hand over as a source. */
int run_take(struct run *r, enum source_kind kind, struct err *e);
void run_drop(struct run *r, enum source_kind kind);
void run_uuid(struct run *r, char out[UUID_LEN + 1], const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Table and key of the record of KIND in hand. */
void run_row(const struct run *r, enum source_kind kind, struct report_item *i);
/* A report about the record in hand (table and key of KIND), with the record when REJECT. */
int run_report(struct run *r, enum source_kind kind, bool reject, const char *code,
    const char *reason, const char *action, struct err *e);

/* entity.c: make the values of an entity, then write it (UUID is its own). */
int entity_make(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);
int entity_write(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);
int entity_put(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);

/* tenants.c */
int tenant_record(struct run *r, struct err *e);
/* The user in hand is of P7's tenant ID. */
void tenant_of_user(struct run *r, int64_t id);

/* settings.c: what is proposed for P8's configuration, after SETTINGS. */
int settings_propose(struct run *r, struct err *e);

/* domains.c */
int settings_record(struct run *r, struct err *e);
int domain_record(struct run *r, struct err *e);
const struct domain *domain_find(const struct domains *d, int64_t id);
void domains_free(struct domains *d);

/* user.c */
int user_begin(struct run *r, struct err *e);
int user_end(struct run *r, struct err *e);
/* What has to be out before anything but accounts and reports: user, account, folders. */
int user_flush(struct run *r, struct err *e);
/* Only the user's own, once. */
int user_first(struct run *r, struct err *e);
int user_pass(struct run *r, struct err *e);	/* a record that passes through */
int user_note(struct run *r, struct err *e);	/* the same for REJECT and WARN */
void user_free(struct user *u);

/* account.c */
int account_record(struct run *r, struct err *e);
/* Is the mail of this ACCOUNT or DOMAIN read by POP3?  MAIL_POP3_DONE says what to do then. */
bool mail_is_pop3(const struct jdoc *d);
#define MAIL_POP3_DONE "carried with server and port as they are: set the server's IMAP port" \
	" in P8 (143, or 993 with SSL); if it has no IMAP, move the mail to a server that has"
int account_put(struct run *r, struct err *e);		/* the account, when due */
int account_folders(struct run *r, struct err *e);	/* its system folders, when due */
int account_identity(struct run *r, struct err *e);	/* the identity held back */
int folder_record(struct run *r, struct err *e);
int identity_record(struct run *r, struct err *e);
int social_record(struct run *r, struct err *e);

/* links.c */
int two_factor_record(struct run *r, struct err *e);
int sender_record(struct run *r, struct err *e);
int link_record(struct run *r, struct err *e);

/* group.c */
int group_record(struct run *r, struct err *e);
struct group *group_find(struct groups *g, int64_t id);
/* Remember a member for the group's card. */
int groups_link(struct groups *g, struct group *group, const char *uuid, struct err *e);
int group_cards(struct run *r, struct err *e);
void groups_reset(struct groups *g);
void groups_free(struct groups *g);

/* The group with this name, or NULL. */
struct group *group_named(struct groups *g, const char *name, size_t n);

/* contact.c */
int contact_record(struct run *r, struct err *e);
/* The CONTACT record in r->src, made of card ID of P7. */
int contact_of_card(struct run *r, bool collected, struct err *e);
int contacts_end(struct run *r, struct err *e);		/* group cards and counters */
int contacts_books(struct run *r, struct err *e);	/* address books, once */
void card_uri(const char *uuid, char uri[UUID_LEN + 5]);
/* The card in r->card; MODIFIED in seconds. */
int card_put(struct run *r, const char *book, const char *uri, int64_t modified, struct err *e);

/* card.c */
int card_record(struct run *r, struct err *e);
/* What only the P7 card of contact ID has, into r->card. */
int card_add(struct run *r, int64_t id, struct err *e);
/* What there is to report about it, behind the contact; KEPT: r->card was written. */
int card_reports(struct run *r, int64_t id, bool kept, struct err *e);
/* A report about a row of adav_cards or adav_addressbooks; the record in hand with it. */
int card_report(struct run *r, const struct report_item *what, bool record, struct err *e);
/* Remember the e-mail of a collected address. */
int cards_collected(struct run *r, const struct val *email, struct err *e);
void cards_open(struct cards *c);
void cards_reset(struct cards *c);
void cards_free(struct cards *c);

/* book.c: address books that P7 does not know. */
int book_record(struct run *r, struct err *e);
/* Keep the card in hand, as it is, in the book in hand: as book_keep. */
int book_card(struct run *r, const char *text, size_t n, struct err *e);
/* The same in BOOK, under a name of its own; 1: kept, 0: rejected, -1: error. */
int book_keep(struct run *r, const char *book, struct names *taken, const char *text, size_t n,
    struct err *e);

#endif

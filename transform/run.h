/*
 * One run of p7-transform over a p7 stream: what it knows, and the steps.
 * Memory does not grow with users or contacts: of the globals the domains are kept, of a user his
 * groups and one UUID for each member of a group (both capped), of an account four folder names.
 */
#ifndef RUN_H
#define RUN_H

#include "convert.h"
#include "corrected.h"
#include "fit.h"
#include "mapping.h"
#include "rename.h"
#include "report.h"
#include "source.h"
#include "stream.h"
#include "target.h"
#include "uuid.h"
#include "vcard.h"

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

/* The user in hand. */
struct user {
	bool open;
	struct buf email;		/* as P7 has it; the new name is in made[M_EMAIL] */
	const char *name;		/* the same, NUL-terminated: what reports call the user */
	int64_t id_user, id_acct;
	char uuid[UUID_LEN + 1], team[UUID_LEN + 1];
	bool begun;			/* the records that have to come first are out */
	struct buf early;		/* lines that came before: "KIND\nline\n" */
	/* the account in hand */
	bool account, account_due, folders_due, own_server;
	int64_t account_id;
	char account_uuid[UUID_LEN + 1], server_uuid[UUID_LEN + 1];
	struct buf folder[FOLDERS];
	int64_t folder_row[FOLDERS], row;	/* their numbers in P7; of the one in hand */
	/* contacts */
	struct groups groups;
	bool books, contacts_done;
	uint64_t personal, collected, cards;
	int64_t latest;			/* when a contact was modified last, seconds; 0: never */
};

/* Slots of members that the program itself reads of every contact and group. */
struct slots {
	int type, auto_create, shared, str_id, str_id_shared, groups, global_user, group_str_id,
	    group_str_id_shared;
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
	struct domains domains;
	struct user user;
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
/* A report about the record in hand (table and key of KIND), with the record when REJECT. */
int run_report(struct run *r, enum source_kind kind, bool reject, const char *code,
    const char *reason, const char *action, struct err *e);

/* entity.c: make the values of an entity, then write it (UUID is its own). */
int entity_make(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);
int entity_write(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);
int entity_put(struct run *r, enum entity_kind kind, const char *uuid, struct err *e);

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

/* contact.c */
int contact_record(struct run *r, struct err *e);
int contacts_end(struct run *r, struct err *e);		/* group cards and counters */
int contacts_books(struct run *r, struct err *e);	/* address books, once */
/* The card in r->card; MODIFIED in seconds. */
int card_put(struct run *r, const char *book, const char *uuid, int64_t modified, struct err *e);

#endif

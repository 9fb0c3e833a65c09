/*
 * The user at hand: what the loader knows of whom the block of the stream is, from USER_BEGIN to
 * USER_END; or of a DAV principal that is not a user (heir.h).
 * The struct owns its arrays; user_reset gives back all but the references'.
 */
#ifndef LOAD_USER_H
#define LOAD_USER_H

#include "base/rowhash.h"
#include "disk/stage.h"
#include "ledger/ledger.h"

#define USER_EMAIL_MAX 1024
#define USER_BOOKS 256		/* address books of a user */
#define USER_CALENDARS 20000
#define NODAV_KINDS 6

enum user_mode {
	UM_LOAD,	/* his records are loaded */
	UM_THERE,	/* loaded before */
	UM_REJECTED	/* his records are passed over */
};

/* An entity of this user that others may refer to. */
struct user_ref {
	char uuid[UUID_LEN + 1];
	int64_t unit;		/* number of the unit it is in */
	size_t ent;		/* index there */
	int64_t id;		/* its id when that unit is committed */
};

struct user_book {
	char *uri, *name;
	char *description;	/* NULL: none */
	size_t name_len;
	int64_t unit;		/* number of the unit that adds it */
	int64_t id;
	bool ours;		/* else it was in P8 before */
};

/* A calendar of this user; its row and its owner's instance are in the unit first. */
struct user_calendar {
	char uuid[UUID_LEN + 1];
	int64_t p7;		/* P7's number, for messages; -1: none */
	enum {
		UC_WAITS,	/* its instance is to follow */
		UC_OURS,
		UC_THERE,	/* P8 has it already: what belongs to it came with it */
		UC_OUT		/* reported; what belongs to it is left out, too */
	} state;
	int64_t synctoken;
	char components[24];	/* "": none said */
	char *uri;		/* in P8 */
	char *was;		/* in the stream, when it is another one: reminders follow */
	bool public;
	bool hidden;		/* it is in P8 without its principal */
	int64_t id;		/* P8's, when its unit is committed */
};

struct user {
	bool open;
	bool principal;		/* a principal that is not a user: it has calendars only */
	enum user_mode mode;
	char email[USER_EMAIL_MAX];
	char p7_email[USER_EMAIL_MAX];	/* "" when it is the same */
	char uuid[UUID_LEN + 1];
	int64_t id_user;		/* P7's */
	char lock[LOCK_NAME_LEN];			/* its name */
	struct ledger_user led;		/* as found */
	int64_t row;			/* id in p7m_users, 0: none */
	bool row_committed;
	char public_id[USER_EMAIL_MAX];
	bool has_user;			/* the USER record was read */
	unsigned kind;			/* index of "USER" */
	int64_t units;			/* committed now */
	size_t ent;			/* index of the USER entity in its unit */
	int64_t entity;			/* its id */
	struct user_ref *refs;
	size_t nrefs, refs_size;
	struct user_book *books;
	size_t nbooks;
	struct user_calendar *cals;
	size_t ncals, cals_size;
	bool principal_long;		/* P8's calendars cannot name him */
	uint64_t calendars_lost;	/* calendars, objects and shares because of that */
	bool reminders_unfit;		/* nor can its reminders: said */
	uint64_t reminders_lost;	/* of calendars that were left out */
	int64_t heir;			/* p7m_users row of the principal of his name, 0: none */
	bool heir_kept;			/* its calendars become his as they are, else they go */
	bool heir_known;		/* or it was not looked yet */
	struct sums sums;		/* of the units committed */
	struct stage stage;
	uint64_t source[STREAM_KINDS];	/* sums of what the stream says of him, by kind */
	bool uncompared;		/* the ledger lacks such sums */
	uint64_t nodav[NODAV_KINDS];	/* what P8 has no place for (nodav.h) */
};

/* "principals/..." of a user by the PublicId, or of the open user, in P8's spelling. */
#define USER_PRINCIPAL_LEN (USER_EMAIL_MAX + 16)
void principal_uri(const char *public_id, char out[USER_PRINCIPAL_LEN]);
void user_principal(const struct user *u, char out[USER_PRINCIPAL_LEN]);
/* What people call the user, or the principal that is none. */
const char *user_name(const struct user *u);
/* Forget the last user, keep the array of references. */
void user_reset(struct user *u);
/* Forget the address books and calendars of a user who is taken back. */
void user_forget_things(struct user *u);
void user_free(struct user *u);

/* Does what came with the principal of the name leave P8 before what is the user's comes? */
bool heir_leaves(const struct user *u);

/* Others may refer to an entity: number ENT of the unit at hand, or in P8 already, by its ID. */
int user_add_ref(struct user *u, const char *uuid, size_t ent, int64_t id, struct err *e);
/* An address book that cards can be in; NULL: no memory. */
struct user_book *user_add_book(struct user *u, const char *uri, const char *name,
    const char *description, struct err *e);
struct user_book *user_find_book(const struct user *u, const char *uri);
/* One more; NULL: too many, or no memory. */
struct user_calendar *user_add_calendar(struct user *u, const char *uuid, struct err *e);

#endif

/*
 * One user of the stream: from USER_BEGIN to USER_END; or a DAV principal that is none (heir.h).
 *
 * USER_BEGIN   looks into the ledger, takes the user's lock, removes what an interrupted load left
 * USER         refused when P8 has that PublicId
 * records      collected in the unit; a full unit is committed (state "loading")
 * FILE         written beside its place
 * USER_END     last transaction: PublicId, used space, team CTag, ledger; then files are renamed
 */
#ifndef LOAD_USER_H
#define LOAD_USER_H

#include "disk/files.h"
#include "ledger/ledger.h"
#include "base/rowhash.h"

struct load;

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
	char lock[LEDGER_LOCK_LEN];			/* its name */
	bool locked;
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
	struct {
		bool contacts, calendars, files;	/* the part may follow, late.h */
		bool begun;		/* it does: his lock is ours, what refers to him is found */
		bool files_begun;
		bool taken;		/* records of contacts are in the unit */
		bool taken_calendars;	/* or of calendars */
		bool open;		/* units of them are in a transaction that is not done */
		bool brought;		/* the contacts are in P8 now */
		bool brought_calendars;
		int state;		/* and this is what the ledger says of them */
		int64_t ctag[4];	/* change tags of P8 that are to be counted up */
		unsigned ctags;
	} late;
	uint64_t nodav[NODAV_KINDS];	/* what P8 has no place for (nodav.h) */
};

int user_begin(struct load *l, struct err *e);
/* The block's begin was read: is its user to be loaded? */
int user_open(struct load *l, struct err *e);
int user_record(struct load *l, struct err *e);
int user_end(struct load *l, struct err *e);
/* "principals/..." of a user by the PublicId, or of the open user, in P8's spelling. */
#define USER_PRINCIPAL_LEN (USER_EMAIL_MAX + 16)
void principal_uri(const char *public_id, char out[USER_PRINCIPAL_LEN]);
void user_principal(const struct user *u, char out[USER_PRINCIPAL_LEN]);
/* What people call the user, or the principal that is none. */
const char *user_name(const struct user *u);
/* Forget the last user, keep the arrays. */
void user_reset(struct user *u);
/* The user is ours until user_unlock, or until our connection ends; waits for other loaders. */
int user_lock(struct load *l, struct err *e);
int user_unlock(struct load *l);
/* What the ledger says of the user now. */
int user_look_up(struct load *l, struct err *e);
/* All rows are in P8, the files beside their place (state "rows"): finish that. */
int user_place(struct load *l, struct err *e);
/* The same, and unlock. */
int user_finish(struct load *l, struct err *e);
/* A dry run: what the unit says is said, and nothing of it is written. */
int user_pass_unit(struct load *l, struct err *e);
/* The stream broke off inside the user: nothing of him stays. */
void user_abandon(struct load *l);
/* Things and rows that were loaded of him, added to those of the run. */
uint64_t user_count(struct load *l, uint64_t *rows);
/* Not migrated: a REJECT, and the ledger says why.  The rest of the block is passed over. */
int user_reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e);
/* The same of somebody whose rows of the ledger, and P8, stay as they are. */
int user_pass_over(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e);

#endif

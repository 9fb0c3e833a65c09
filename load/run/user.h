/*
 * One user of the stream: from USER_BEGIN to USER_END.
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

struct user {
	bool open;
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
	struct sums sums;		/* of the units committed */
	struct stage stage;
	uint64_t source[STREAM_KINDS];	/* sums of what the stream says of him, by kind */
	bool uncompared;		/* the ledger lacks such sums */
	struct {
		bool contacts, files;	/* the part may follow, late.h */
		bool begun;		/* it does: his lock is ours, what refers to him is found */
		bool files_begun;
		bool taken;		/* records of contacts are in the unit */
		bool open;		/* units of them are in a transaction that is not done */
		bool brought;		/* the contacts are in P8 now */
		int state;		/* and this is what the ledger says of them */
		int64_t ctag[4];	/* change tags of P8 that are to be counted up */
		unsigned ctags;
	} late;
	uint64_t nodav[2];		/* address books and cards that P8 has no place for */
};

int user_begin(struct load *l, struct err *e);
int user_record(struct load *l, struct err *e);
int user_end(struct load *l, struct err *e);
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

#endif

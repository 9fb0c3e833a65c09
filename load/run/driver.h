/*
 * The driver: what loads one stream into one P8, and what it was told to do.  Only run/ knows it,
 * and what drives a stream of its own in after/; the types stand here, apart from what is done with
 * them.  A program keeps one struct load; load_close frees what it owns.
 */
#ifndef LOAD_DRIVER_H
#define LOAD_DRIVER_H

#include "kinds/context.h"

#define LOAD_ROWS 30000			/* --transaction-rows */
#define LOAD_BYTES ((size_t)8 << 20)	/* values of one transaction held in memory */

struct load;

/* With --jobs a stream is loaded by several processes (workers.h). */
enum load_role {
	LOAD_WHOLE,			/* there is no other */
	LOAD_COMMON,			/* what stands before the users */
	LOAD_SHARE,			/* some of the users */
	LOAD_LAST			/* what needs all users to be there */
};

struct load_opts {
	const char *input;		/* NULL: standard input */
	const char *rejects;		/* --rejects FILE */
	const char *files_from;		/* --files-from DIR */
	bool compare;			/* --verify FILE: nothing is loaded */
	bool edited, without_files, without_cards, dry_run, itemize, quiet;
	uint64_t transaction_rows;
	uint64_t jobs;			/* --jobs, 1: none */
	enum load_role role;
	/* Called when a user's block has ended; or NULL. */
	void (*block_done)(void *arg, const struct load *l);
	void *arg;
	struct progress *progress;	/* or NULL */
};

/* What the HEADER says. */
struct parts_said {
	bool base;		/* settings and users: the base is whole */
	bool users;		/* the USER record is there at least */
	bool contacts, files, calendars;	/* contacts: at least some of the part */
	unsigned missing;	/* SOME_... bits of what the contacts lack */
	bool edited;		/* an earlier stage read an altered stream */
};

/* For how many users of the stream a part is not in P8 at the end, and why one cannot compare. */
struct parts_left {
	uint64_t contacts, files, calendars;
	uint64_t collected, groups, some;	/* of contacts that are there */
	uint64_t uncompared;
};

/* Parts of the user at hand that follow (late.h). */
struct late {
	bool contacts, calendars, files;	/* the part may follow */
	bool begun;		/* it does: the lock is ours, what refers to the user is found */
	bool files_begun;
	bool taken;		/* records of contacts are in the unit */
	bool taken_calendars;	/* or of calendars */
	bool open;		/* units of them are in a transaction that is not done */
	bool brought;		/* the contacts are in P8 now */
	bool brought_calendars;
	int state;		/* and this is what the ledger says of them */
	int64_t ctag[4];	/* change tags of P8 that are to be counted up */
	unsigned ctags;
};

struct load {
	const struct load_opts *o;
	struct context x;		/* the members that the kinds know */
	struct session s;
	struct input in;
	struct rejects rejects;
	struct load_counts counts;
	struct kind_names kinds;
	struct intern *names;
	struct globals globals;
	struct unit unit;
	struct own own;
	struct user user;
	struct user nobody;		/* of entities that belong to no user */
	struct late late;		/* its parts that follow */
	bool run_noted;			/* this run has its row in p7m_runs */
	char run[UUID_LEN + 1];
	char owner[120];		/* "host pid 123" */
	struct parts_said said;		/* what the stream has of users, by its header */
	struct parts_left left;
	int64_t team_ctag;		/* entity of the team's CTag, 0: not looked up yet */
	struct kind_counts unknown;	/* kinds that were left out */
	struct progress *progress;	/* that of the options */
};

#endif

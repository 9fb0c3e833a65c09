/*
 * A load: one stream into one P8.  Everything the parts of p8-load share.
 * The program keeps one struct load; load_close frees what it owns.
 */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "kinds/context.h"
#include "run/late.h"
#include "run/parts.h"
#include "run/user.h"

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

/* What a load needs but its stream; the caller has zeroed nothing. */
int load_prepare(struct load *l, struct target *t, const struct load_opts *o, struct err *e);
/* Source and snapshot out of the header in l->si. */
void load_header(struct load *l);
int load_open(struct load *l, struct target *t, const struct load_opts *o, struct err *e);
/* Read the stream to its end; EXIT_BALANCED or EXIT_REJECTS in *STATUS. */
int load_stream(struct load *l, enum exitcode *status, struct err *e);
/* read = loaded + already there + rejected, and not nothing by accident; the status by that. */
int load_balance(const struct load *l, enum exitcode *status, struct err *e);
void load_close(struct load *l);

/* Does the stream have all users, but those that were in P8 before (--except)? */
bool load_has_all(const struct load *l);

/* A record of a kind that P8 has no place for: one WARN for each kind. */
int load_unknown(struct load *l, struct err *e);
/* The row of this run in the ledger, when it is first needed. */
int load_note_run(struct load *l, struct err *e);

#endif

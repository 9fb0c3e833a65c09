/*
 * A load: one stream into one P8.  Everything the parts of p8-load share.
 * The program keeps one struct load; load_close frees what it owns.
 */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "target/bulk.h"
#include "ledger/ledger.h"
#include "ledger/own.h"
#include "run/parts.h"
#include "base/progress.h"
#include "base/reasons.h"
#include "report.h"
#include "target/sql.h"
#include "stream.h"
#include "target/target.h"
#include "store/unit.h"
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

/* What is inserted into row by row; on the target's current connection. */
enum writer_bulk {
	WB_ENTS, WB_CARDS, WB_CALENDARS, WB_INSTANCES, WB_OBJECTS, WB_REMINDERS,
	WB_FILES, WB_OWN, WB_KINDS, WB_SHARES,
	WB_KNOWN,		/* p7m_calendars */
	WRITER_BULKS
};

struct writer {
	struct bulk b[WRITER_BULKS], attrs[AT_COUNT];
	char davtext[128];		/* the expression around a text of DAV */
};

#define GLOBALS_KNOWN 256

/* A global entity that was looked up. */
struct global_known {
	char uuid[UUID_LEN + 1];
	int64_t id;
};

/*
 * What a load did.  A count goes up behind the commit, never inside a transaction, which may be
 * repeated; a new one needs an entry of summary_number (summary.h).
 */
struct load_counts {
	uint64_t read, loaded, there, rejected;		/* users */
	uint64_t changed;				/* there, but P7 has changed since */
	uint64_t principals;				/* brought now, or there */
	uint64_t shares_waiting;			/* in the ledger, at the end */
	uint64_t own_rejects, stream_rejects, warnings;
	struct kind_counts kinds;			/* loaded, of users and global ones */
	uint64_t files, bytes;
};

struct load {
	const struct load_opts *o;
	struct target *t;
	struct sql sql;
	struct writer w;
	struct own own;
	bool has_ledger;		/* its tables are there */
	bool has_dry;			/* dry.h has its table */
	bool run_noted;			/* this run has its row in p7m_runs */
	char run[UUID_LEN + 1];
	char owner[120];		/* "host pid 123" */
	bool reading;			/* si is open */
	struct stream_in si;
	char snapshot[20];		/* "@snapshot" */
	char source[UUID_LEN + 1];	/* source id */
	struct parts_said said;		/* what the stream has of users, by its header */
	struct parts_left left;
	struct report maker;		/* builds the text of own rejects */
	struct report rejects;		/* the --rejects file */
	struct intern *names;
	char kind[STREAM_KINDS][STREAM_KIND_LEN];
	unsigned kinds;
	struct buf spare;		/* decoded base64 of the current value */
	int64_t team_ctag;		/* entity of the team's CTag, 0: not looked up yet */
	struct global_known globals[GLOBALS_KNOWN];
	size_t packet;			/* max_allowed_packet */
	bool has_links, link_users;	/* P8 has min_hashes; and it has a column for the user */
	struct buf dry_shares;		/* owner, P7's number, sharee, a NUL after each */
	struct kind_counts unknown;	/* kinds that were left out */
	struct load_counts counts;
	struct reasons reasons;
	struct progress *progress;	/* that of the options */
	struct user user;
	struct unit unit;
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
/* Index of the name of a kind; -1: too many kinds. */
int load_kind(struct load *l, const char *name, struct err *e);
/* The row of this run in the ledger, when it is first needed. */
int load_note_run(struct load *l, struct err *e);
/* New connection after a lost one; statements are prepared again when needed. */
int load_reconnect(struct load *l, struct err *e);

#endif

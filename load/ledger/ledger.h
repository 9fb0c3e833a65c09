/*
 * The ledger: tables <prefix>p7m_* in the target database that say which users were loaded, which
 * rows of P8 are theirs, what was counted and hashed, and what was rejected (p8-load(1) documents
 * them).  Everything about a user is written in the transaction that writes the user's data, so no
 * crash makes them disagree.
 *
 * State of a user:  (none) -> loading -> rows -> done;  failed
 *   loading  some transactions are committed; P8 cannot see the user.  What there is of them is in
 *            p7m_own, and is removed when they are loaded again.
 *   rows     all rows are in P8; the files lie complete beside their place.
 *   done     nothing is left to do.
 *   undoing  the rows have left P8, the files not yet (p8-load --undo goes on).
 *   failed   not in P8; reason and remedy say why.
 *
 * A DAV principal that is not a user of P7 is a row of p7m_users, too, with "principal" set, the
 * name PRINCIPAL_UNIT and its URI, and no entity; a user of that name who comes later takes over
 * what is its (heir.h).
 *
 * What is a user's in P8 stands in p7m_own as runs of ids, by a letter:
 *   e entities   b address books   c cards   k calendars (with instances and objects)   r reminders
 * and the calendars by their UUIDs in p7m_calendars, with their owner's principal.  Shares are rows
 * of p7m_shares, of the owner:
 *   waiting  the sharee is not in P8 yet
 *   made     "instance" is the row that P8 got, "looks" what it was like (LEDGER_LOOKS)
 *   revoked  it was made, and P8's people ended it: it is not made again
 *
 * A user who has another name in P8 than in P7 has P7's in p7m_meta, as "p7-name <id of the user>",
 * so that a later run can tell a user renamed in P7 from a changed list of new names.
 */
#ifndef LOAD_LEDGER_H
#define LOAD_LEDGER_H

#include "base/runs.h"
#include "target/lock.h"
#include "target/sql.h"
#include "target/sqlparts.h"

#define LEDGER_VERSION 4

enum user_state { US_NONE, US_LOADING, US_ROWS, US_DONE, US_UNDOING, US_FAILED };

/*
 * What P8 has of a part of a user, columns "contacts", "files" and "calendars":
 *   PART_LEFT   it was left out, or nobody looked; it follows when a stream has it
 *   PART_THERE  it was brought
 *   PART_NONE   P7 had nothing of it
 *   PART_SOME   of contacts some were left out, as the bits say; an undo and a new load bring them,
 *               unless there was nothing of the rest (SOME_EMPTY), which is as if all was left out
 */
enum { PART_LEFT, PART_THERE, PART_NONE, PART_SOME = 32 };
enum { SOME_COLLECTED = 1, SOME_GROUPS = 2, SOME_CONTACTS = 4, SOME_EMPTY = 8 };
struct ledger_user {
	enum user_state state;
	int64_t id;		/* in p7m_users, 0: no row yet */
	int64_t entity;		/* P8's id of the user, 0: none */
	int64_t units;		/* transactions committed */
	bool files;		/* files were loaded */
	bool looked;		/* or it is known that there are none */
	int contacts;		/* PART_... */
	int calendars;		/* PART_... */
	char owner[128];
	char email[1024];	/* the name when the user was loaded */
};

/* 1 or 0: the ledger's tables are (not) there.  EXIT_CONFIG: they are of another version. */
int ledger_exists(struct target *t, struct err *e);
/* They are there; EXIT_CONFIG: nothing was loaded. */
int ledger_needed(struct target *t, struct err *e);
/* Create what is missing. */
int ledger_create(struct target *t, struct err *e);

/* Forget everything: the ledger's tables are dropped, P8 keeps what was loaded. */
int ledger_reset(struct target *t, struct err *e);

int ledger_user_get(struct sql *s, const char *uuid, struct ledger_user *u, struct err *e);

struct ledger_note {
	bool reject;
	const char *email;	/* or NULL */
	const char *line;	/* the record */
	size_t n;
};
/* The id of a note in p7m_rejects: its key, which it keeps when it is corrected, or its md5. */
struct jdoc;
void ledger_note_id(const struct jdoc *d, const char *line, size_t n, char out[33]);
/*
 * Keep a REJECT or WARN; the same one is kept once.  user-unknown is not kept: it is about the list
 * that one run was given, and nothing would ever take it out again.
 */
int ledger_note(struct sql *s, const struct ledger_note *n, struct err *e);

#endif

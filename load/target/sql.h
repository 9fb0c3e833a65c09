/*
 * The small prepared statements of the loader, by name.  Each is prepared when it is first used.
 * A struct sql owns them; sql_close frees them (call it before a connection is closed), after
 * which they are prepared again on the target's new connection.
 */
#ifndef LOAD_SQL_H
#define LOAD_SQL_H

#include "target/target.h"

enum sql_id {
	/* P8 */
	SQL_TENANT, SQL_PUBLIC_ID, SQL_ENTITY_EXISTS, SQL_CTAG_FIND, SQL_CTAG_ROW, SQL_CTAG_BUMP,
	SQL_BOOK_FIND, SQL_BOOK_ADD, SQL_OTHERS_ENTITY, SQL_OTHERS_CARD, SQL_OTHERS_BOOK,
	SQL_DELETE_ENTITIES, SQL_DELETE_CARDS, SQL_DELETE_BOOK,
	SQL_DELETE_CHANGES, SQL_DELETE_CALENDARS, SQL_DELETE_INSTANCES, SQL_DELETE_OBJECTS,
	SQL_DELETE_CALENDAR_CHANGES, SQL_DELETE_REMINDERS,
	SQL_CALENDAR_TAKEN, SQL_CALENDAR_SHOW, SQL_SHARE_MAKE, SQL_SHARE_ACCESS, SQL_SHARE_WRITE,
	SQL_LINK_FIND, SQL_LINK_ADD, SQL_LINK_ADD_OLD, SQL_LINK_DELETE,
	/* locks between loaders */
	SQL_LOCK, SQL_UNLOCK,
	/* ledger */
	SQL_USER_GET, SQL_USER_TWIN, SQL_USER_ADD, SQL_USER_FIRST, SQL_USER_MORE, SQL_USER_LAST,
	SQL_P7_NAME, SQL_P7_NAME_FORGET,
	SQL_USER_STATE, SQL_USER_FAILED, SQL_USER_FILES, SQL_USER_NO_FILES,
	SQL_USER_CONTACTS, SQL_USER_NO_CONTACTS, SQL_USER_CALENDARS,
	SQL_KINDS_GET, SQL_KIND_DELETE, SQL_DAV_MARKS,
	SQL_CALENDAR_KNOWN, SQL_CALENDARS_FORGET, SQL_SHARES_FORGET,
	SQL_SHARES_OWNED, SQL_SHARES_WAITING, SQL_SHARES_LEFT, SQL_SHARES_UNNOTE,
	SQL_SHARE_TAKE, SQL_SHARE_MADE,
	SQL_HEIR, SQL_OWN_NEXT, SQL_OWN_DELETE, SQL_KINDS_DELETE,
	SQL_FILES_DELETE, SQL_LINK_OWN, SQL_LINK_NEXT, SQL_LINK_FORGET, SQL_NOTE_ADD,
	SQL_NOTES_DELETE,	/* all of an e-mail */
	SQL_NOTES_CAME,		/* those of earlier stages that kept the user out */
	SQL_GLOBAL_GET, SQL_GLOBAL_ADD,
	SQL_GLOBAL_SET, SQL_GLOBAL_FORGET, SQL_RUN_ADD, SQL_RUN_END,
	/* dry run */
	SQL_DRY_CREATE, SQL_DRY_ADD, SQL_DRY_FIND,
	SQL_COUNT
};

struct sql {
	struct target *t;
	struct dbq q[SQL_COUNT];
	bool ready[SQL_COUNT];
};

void sql_open(struct sql *s, struct target *t);
void sql_close(struct sql *s);
/* Execute; 0 or -1. */
int sql_run(struct sql *s, enum sql_id id, const struct dbval *v, unsigned n, struct err *e);
/*
 * Execute and fetch the first row, the others are dropped: 1 a row (columns in the returned query
 * until its next use), 0 none, -1 error.
 */
int sql_row(struct sql *s, enum sql_id id, const struct dbval *v, unsigned n, struct dbq **q,
    struct err *e);
/*
 * Count up the change tag ENTITY, if it is there.  Its row is locked by its own key: by the keys of
 * entity and name MariaDB locks all tags, and one user waits for another.
 */
int sql_ctag_bump(struct sql *s, int64_t entity, struct err *e);
/* A plain statement: START TRANSACTION and the like. */
int sql_exec(struct sql *s, const char *text, struct err *e);
/* Prepare TEXT, expanded as below; the caller closes Q. */
int sql_prepare(struct target *t, struct dbq *q, const char *text, struct err *e);
/* Prepare, run and close: for what is done once. */
int sql_do(struct target *t, const char *text, const struct dbval *v, unsigned n, struct err *e);
/* The same with one number as answer: 1 and *OUT, 0: no row, -1. */
int sql_int(struct target *t, const char *text, const struct dbval *v, unsigned n, int64_t *out,
    struct err *e);
/*
 * TEXT with {name} replaced by the prefixed, quoted table, and {:charset}, {:collation} by those
 * of P8's strings; {:davtext} is a parameter that becomes DAV text, {:dav COLUMN} reads it back.
 */
int sql_expand(const struct target *t, const char *text, struct buf *out, struct err *e);

#endif

#include <stdio.h>
#include <string.h>

#include "kinds/reminder.h"
#include "kinds/kinds.h"
#include "kinds/heir.h"
#include "kinds/itemize.h"
#include "run/parts.h"
#include "run/note.h"
#include "run/hold.h"
#include "run/late.h"
#include "kinds/calendar.h"
#include "base/names.h"
#include "kinds/nodav.h"
#include "kinds/note.h"
#include "kinds/entity.h"
#include "kinds/file.h"
#include "shown.h"
#include "run/write.h"

static bool contacts_due(int state)
{
	return state == PART_LEFT || state == PART_NONE ||
	    (state & PART_SOME && state & SOME_EMPTY);
}

static bool calendars_due(int state)
{
	return state == PART_LEFT || state == PART_NONE;
}

void late_begin(struct load *l)
{
	struct user *u = &l->user;

	if (u->principal)
		return;
	l->late.calendars = l->said.calendars && calendars_due(u->led.calendars);
	l->late.contacts = l->said.contacts && contacts_due(u->led.contacts);
	l->late.files = !u->led.files && !l->o->without_files;
}

int late_refs(struct load *l, struct err *e)
{
	struct dbval row = DB_INT(l->user.row);
	struct dbq q;
	int rc;

	if (sql_prepare(l->s.t, &q, "SELECT e.uuid, e.id FROM {p7m_own} o JOIN {eav_entities} e ON"
	    " " LEDGER_OWNS("e.id") " WHERE o.user_id=? AND o.what='e'"
	    " AND o.kind IN ('USER', 'ACCOUNT', 'SERVER')", e) < 0)
		return -1;
	rc = dbq_run(&q, &row, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
		rc = user_add_ref(&l->user, dbq_str(&q, 0), 0, dbq_int(&q, 1), e);
	dbq_close(&q);
	return rc;
}

int late_recall(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct dbval v[] = { DB_INT(u->led.entity), DB_STR(u->uuid) };
	struct dbq q;
	int rc;

	u->entity = u->led.entity;
	if (sql_prepare(l->s.t, &q, "SELECT a.value FROM {eav_entities} e JOIN"
	    " {eav_attributes_string} a ON a.id_entity=e.id AND a.name='" ATTR_PUBLIC_ID "'"
	    " WHERE e.id=? AND e.uuid=?", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1)
		snprintf(u->public_id, sizeof(u->public_id), "%s", dbq_str(&q, 0));
	dbq_close(&q);
	if (rc != 1)
		return rc;
	u->has_user = true;
	return late_refs(l, e) < 0 ? -1 : 1;
}

/* The parts stay where they are: in P7. */
static int reject_part(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	struct report_item item = { .reject = true, .code = code, .reason = reason, .id = -1,
	    .action = remedy };

	l->late.contacts = l->late.files = l->late.taken = false;
	l->late.calendars = l->late.taken_calendars = false;
	files_discard(&l->x);
	unit_reset(&l->unit);
	return note_item(&l->x, item, e);
}

/* P8's people have deleted the user since. */
static int reject_gone(struct load *l, struct err *e)
{
	char remedy[2 * USER_EMAIL_MAX + 200], word[2 * USER_EMAIL_MAX];

	shown_shell(word, sizeof(word), l->user.led.email);
	snprintf(remedy, sizeof(remedy), "leave them out, or, to have them again, run p8-load"
	    " --p8 DIR --undo %s, which forgets them, and then this again", word);
	return reject_part(l, "user-gone",
	    "the user was loaded, but P8 does not have them any more", remedy, e);
}

/* Under the lock it is looked again.  1: a part follows; 0: none does any more. */
static int begin(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	int rc;

	if (l->late.begun)
		return 1;
	if (!l->o->dry_run && (user_lock(l, e) < 0 || user_look_up(l, e) < 0))
		return -1;
	l->late.contacts = l->late.contacts && contacts_due(u->led.contacts);
	l->late.calendars = l->late.calendars && calendars_due(u->led.calendars);
	l->late.files = l->late.files && !u->led.files;
	if (!l->o->dry_run && u->led.state != US_DONE)
		l->late.contacts = l->late.calendars = l->late.files = false;
	if (!l->late.contacts && !l->late.calendars && !l->late.files)
		return user_unlock(l);
	if (!l->o->dry_run && load_note_run(l, e) < 0)
		return -1;
	l->late.begun = true;
	rc = late_recall(l, e);
	if (rc == 0 && reject_gone(l, e) < 0)
		return -1;
	return rc;
}

/* What is in the unit goes to P8; a dry run only says so. */
static int flush(struct load *l, enum write_what what, bool more, struct err *e)
{
	enum write_result r;
	struct err why;
	char reason[1200];

	if (l->o->dry_run)
		return user_pass_unit(l, e);
	r = unit_write(l, what, more, e);
	if (r == WRITE_OK || r == WRITE_FAILED)
		return r;
	why = *e;
	*e = (struct err){ .msg = "" };
	/* A part is there whole or not at all: its earlier units go, too. */
	late_abandon(l);
	if (r == WRITE_DUPLICATE) {
		/* Another loader brought the part while the connection was lost. */
		if (what == WRITE_CALENDARS)
			l->late.calendars = l->late.taken_calendars = false;
		else
			l->late.contacts = l->late.taken = false;
		unit_reset(&l->unit);
		return 0;
	}
	snprintf(reason, sizeof(reason), "the server refused the %s of the user: %s",
	    what == WRITE_FILES ? "files" : what == WRITE_CALENDARS ? "calendars" : "contacts",
	    why.msg);
	return reject_part(l, "part-refused", reason,
	    "look at the server's message, correct P7 or P8, and run again", e);
}

/* P8 makes the tags of users who open their contacts: they are counted up. */
static int ctag(struct load *l, struct err *e)
{
	const struct jdoc *d = &l->in.si.doc;
	struct user *u = &l->user;
	int64_t id;
	int rc;

	rc = entity_ctag(l->s.t, u->entity,
	    DB_STR(jr_str(d, jr_get(d, NULL, "string"), "Storage", "")), &id, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || l->late.ctags == sizeof(l->late.ctag) / sizeof(*l->late.ctag))
		return entity_take(&l->x, e);
	l->late.ctag[l->late.ctags++] = id;
	return 0;
}

static int contact(struct load *l, struct err *e)
{
	int rc = begin(l, e);

	if (rc <= 0 || !l->late.contacts)
		return rc < 0 ? -1 : 0;
	l->late.taken = true;
	if (nodav_takes(&l->x))
		return 0;
	if (strcmp(l->in.si.kind, "CTAG") == 0 && entity_is(&l->x))
		return ctag(l, e);
	rc = kinds_take(&l->x, e);
	return rc == 0 ? load_unknown(l, e) : rc < 0 ? -1 : 0;
}

/* The records of contacts are all there. */
static int end_contacts(struct load *l, struct err *e)
{
	if (!l->late.taken)
		return 0;
	if (nodav_reject(&l->x, e) < 0 || flush(l, WRITE_CONTACTS, false, e) < 0)
		return -1;
	l->late.brought = l->late.taken;
	l->late.taken = l->late.contacts = false;
	return 0;
}

static int calendar(struct load *l, struct err *e)
{
	int rc = begin(l, e);

	if (rc <= 0 || !l->late.calendars)
		return rc < 0 ? -1 : 0;
	l->late.taken_calendars = true;
	if (nodav_takes(&l->x))
		return 0;
	return heir_find(&l->x, e) < 0 || kinds_take(&l->x, e) < 0 ? -1 : 0;
}

static int end_calendars(struct load *l, struct err *e)
{
	if (!l->late.taken_calendars)
		return 0;
	if (calendars_end(&l->x, e) < 0 || reminders_end(&l->x, e) < 0 ||
	    nodav_reject(&l->x, e) < 0 || flush(l, WRITE_CALENDARS, false, e) < 0)
		return -1;
	l->late.brought_calendars = l->late.taken_calendars;
	l->late.taken_calendars = l->late.calendars = false;
	return 0;
}

static int file(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct dbval id = DB_INT(u->row);
	int rc = begin(l, e);

	if (rc <= 0 || !l->late.files)
		return rc < 0 ? -1 : 0;
	if (!l->late.files_begun && !l->o->dry_run &&
	    sql_run(&l->s.sql, SQL_FILES_DELETE, &id, 1, e) < 0)
		return -1;
	l->late.files_begun = true;
	return kinds_take(&l->x, e) < 0 ? -1 : 0;
}

/* Notes of who gets no part are said, and that is all. */
static int drop_notes(struct load *l, struct err *e)
{
	if (l->late.begun && !l->o->dry_run)
		return l->unit.notes.n == 0 ||
		    unit_write(l, WRITE_NOTES, false, e) == WRITE_OK ? 0 : -1;
	if (note_publish(&l->x, e) < 0)
		return -1;
	unit_reset(&l->unit);
	return 0;
}

static int full(struct load *l, struct err *e)
{
	if (l->late.taken)
		return flush(l, WRITE_CONTACTS, true, e);
	if (l->late.taken_calendars)
		return flush(l, WRITE_CALENDARS, true, e);
	return l->late.files_begun ? flush(l, WRITE_FILES, true, e) : drop_notes(l, e);
}

static int take(struct load *l, struct err *e)
{
	const char *kind = l->in.si.kind;
	enum part p = part_of(kind);

	if (strcmp(kind, "REJECT") == 0 || strcmp(kind, "WARN") == 0)
		return l->late.contacts || l->late.calendars || l->late.files ?
		    note_from_stream(&l->x, e) : note_pass(&l->x, e);
	if (p == PART_CONTACTS)
		return l->late.contacts ? contact(l, e) : 0;
	if (p == PART_BASE)
		return 0;
	if (end_contacts(l, e) < 0)
		return -1;
	if (p == PART_CALENDARS)
		return l->late.calendars ? calendar(l, e) : 0;
	if (end_calendars(l, e) < 0)
		return -1;
	return l->late.files ? file(l, e) : 0;
}

int late_record(struct load *l, struct err *e)
{
	if (take(l, e) < 0)
		return -1;
	if (l->unit.rows < l->o->transaction_rows && l->unit.a.bytes < LOAD_BYTES)
		return 0;
	return full(l, e);
}

/* Files that came go to their place; else it may be known now that there are none. */
static int end_files(struct load *l, int *state, struct err *e)
{
	struct user *u = &l->user;
	struct dbval row = DB_INT(u->row);

	if (u->stage.used || l->unit.r[TABLE_FILES].n > 0) {
		*state = PART_THERE;
		return files_sync(&l->x, e) < 0 || flush(l, WRITE_FILES, false, e) < 0 ? -1 : 0;
	}
	*state = u->led.files ? PART_THERE : u->led.looked ? PART_NONE : parts_files(l);
	if (l->o->dry_run || u->led.looked || *state != PART_NONE)
		return 0;
	return sql_run(&l->s.sql, SQL_USER_NO_FILES, &row, 1, e);
}

static int settle_contacts(struct load *l, int *state, struct err *e)
{
	struct user *u = &l->user;
	struct dbval row = DB_INT(u->row);

	*state = l->late.brought ? parts_contacts(l) : u->led.contacts;
	/* That kinds were taken out is known at the end of the block only. */
	if (l->late.brought && *state != l->late.state && !l->o->dry_run)
		return sql_do(l->s.t, "UPDATE {p7m_users} SET contacts=? WHERE id=?",
		    (struct dbval[]){ DB_INT(*state), row }, 2, e);
	if (!l->late.contacts || *state == PART_NONE || parts_contacts(l) != PART_NONE)
		return 0;
	*state = PART_NONE;
	return l->o->dry_run ? 0 : sql_run(&l->s.sql, SQL_USER_NO_CONTACTS, &row, 1, e);
}

static int settle_calendars(struct load *l, int *state, struct err *e)
{
	struct user *u = &l->user;
	struct dbval row = DB_INT(u->row);

	*state = l->late.brought_calendars ? PART_THERE : u->led.calendars;
	if (!l->late.calendars || *state != PART_LEFT || parts_calendars(l) != PART_NONE)
		return 0;
	*state = PART_NONE;
	return l->o->dry_run ? 0 : sql_do(l->s.t, "UPDATE {p7m_users} SET calendars=2 WHERE id=?"
	    " AND calendars=0", &row, 1, e);
}

static int note_change(struct load *l, struct buf *words, struct err *e)
{
	int rc = l->s.has_ledger ? parts_changed(l, words, e) : 0;

	if (rc <= 0)
		return rc;
	l->counts.changed++;
	itemize_user(&l->x, '~', words->data);
	return 0;
}

/* One line for each user. */
static void print_line(struct load *l, const struct buf *words)
{
	struct user *u = &l->user;
	struct progress_user line = { .email = user_name(u), .verdict = "already there",
	    .event = "there" };
	char changed[300];
	static const char *const verdicts[] = { "", "contacts loaded", "calendars loaded",
	    "contacts and calendars loaded", "files loaded", "contacts and files loaded",
	    "calendars and files loaded", "contacts, calendars and files loaded" };
	unsigned brought = (l->late.brought ? 1 : 0) | (l->late.brought_calendars ? 2 : 0) |
	    (u->stage.used ? 4 : 0);

	if (brought > 0)
		line.things = user_count(l, &line.rows);
	if (brought > 0) {
		line.verdict = verdicts[brought];
		line.event = brought == 1 ? "contacts" : brought == 2 ? "calendars" :
		    brought == 4 ? "files" : "parts";
	} else if (words->len > 0) {
		snprintf(changed, sizeof(changed), "already there, but P7 has changed since: %s",
		    words->data);
		line.verdict = changed;
		line.event = "changed";
	}
	progress_user(l->progress, &line);
}

int late_end(struct load *l, struct err *e)
{
	struct buf words = BUF_INIT(4096);
	struct user *u = &l->user;
	int contacts, calendars = PART_LEFT, files = PART_LEFT;
	int rc;

	rc = end_contacts(l, e) < 0 || end_calendars(l, e) < 0 || end_files(l, &files, e) < 0 ||
	    settle_contacts(l, &contacts, e) < 0 || settle_calendars(l, &calendars, e) < 0 ||
	    note_change(l, &words, e) < 0 ? -1 : 0;
	if (rc == 0) {
		if (!u->principal)
			parts_count(l, contacts, files, calendars);
		print_line(l, &words);
		rc = u->stage.used && !l->o->dry_run ? user_finish(l, e) : 0;
	}
	buf_free(&words);
	return rc < 0 || drop_notes(l, e) < 0 ? -1 : user_unlock(l);
}

void late_abandon(struct load *l)
{
	struct err ignored = { .msg = "" };

	if (l->user.open && l->late.open && l->s.t->connected)
		sql_exec(&l->s.sql, "ROLLBACK", &ignored);
	l->late.open = false;
}

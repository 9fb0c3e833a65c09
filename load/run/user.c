#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/dry.h"
#include "kinds/reminder.h"
#include "kinds/kinds.h"
#include "kinds/heir.h"
#include "kinds/leave.h"
#include "kinds/calendar.h"
#include "run/user.h"
#include "run/parts.h"
#include "run/note.h"
#include "run/hold.h"
#include "run/global.h"
#include "kinds/itemize.h"
#include "run/late.h"
#include "base/names.h"
#include "kinds/nodav.h"
#include "kinds/note.h"
#include "run/otheruser.h"
#include "run/principal.h"
#include "kinds/entity.h"
#include "kinds/file.h"
#include "shown.h"
#include "store/eav.h"
#include "utf8.h"
#include "run/write.h"

static int clean(struct load *l, struct err *e)
{
	if (l->user.led.state != US_LOADING && l->user.led.state != US_FAILED)
		return 0;
	return l->user.row ? kinds_remove_own(&l->s.sql, l->user.row, e) : 0;
}

static int rejected(struct load *l, struct report_item item, struct err *e)
{
	struct user *u = &l->user;
	char why[128];

	u->mode = UM_REJECTED;
	l->counts.rejected += !u->principal;
	itemize_user(&l->x, '-', item.code);
	snprintf(why, sizeof(why), "not migrated: %s", item.code);
	progress_user(l->progress, &(struct progress_user){ .email = user_name(u), .verdict = why,
	    .event = "rejected", .code = item.code });
	return note_item(&l->x, item, e);
}

int user_pass_over(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	const struct report_item item = { .reject = true, .code = code, .reason = reason, .id = -1,
	    .action = remedy };

	return rejected(l, item, e) < 0 || note_publish(&l->x, e) < 0 ? -1 : user_unlock(l);
}

/* The ledger goes on knowing that the undo has not ended. */
static int undo_first(struct load *l, struct err *e)
{
	char reason[USER_EMAIL_MAX + 80], remedy[2 * USER_EMAIL_MAX + 200];
	char word[2 * USER_EMAIL_MAX];
	const char *email = user_name(&l->user);

	shown_shell(word, sizeof(word), email);
	snprintf(reason, sizeof(reason), "an undo of %s was interrupted", email);
	snprintf(remedy, sizeof(remedy),
	    "end it with p8-load --p8 DIR --undo %s (or p7-migrate with"
	    " --redo, which brings them anew), then run again", word);
	return user_pass_over(l, "user-undo-interrupted", reason, remedy, e);
}

/* Decide what is to be done with the user; nothing is written in a dry run. */
static int decide(struct load *l, struct err *e)
{
	struct user *u = &l->user;

	if (user_look_up(l, e) < 0)
		return -1;
	if (otheruser(l))
		return otheruser_reject(l, e);
	u->mode = u->led.state == US_DONE || u->led.state == US_ROWS ? UM_THERE : UM_LOAD;
	if (u->led.state == US_DONE)
		return 0;
	if (l->o->dry_run)
		return u->led.state == US_UNDOING ? undo_first(l, e) : 0;
	if (user_lock(l, e) < 0 || user_look_up(l, e) < 0)
		return -1;
	if (otheruser(l))
		return otheruser_reject(l, e);
	if (u->led.state == US_UNDOING)
		return undo_first(l, e);
	if (u->led.state == US_ROWS || u->led.state == US_DONE) {
		u->mode = UM_THERE;
		return u->led.state == US_ROWS ? user_finish(l, e) : user_unlock(l);
	}
	if (load_note_run(l, e) < 0 || (!u->principal && global_team_ctag(l, e) < 0))
		return -1;
	return clean(l, e);
}

/* What the user is called here: their e-mail.  One with NULs must not pass for its beginning. */
static void take_name(struct user *u, const struct jval *email)
{
	struct buf shown = BUF_INIT(sizeof(u->email));

	if (email != NULL && email->type == J_STR && strlen(email->s) == email->n)
		snprintf(u->email, sizeof(u->email), "%s", email->n < sizeof(u->email) ?
		    email->s : "");
	else if (email != NULL && email->type == J_STR) {
		shown_put(&shown, email->s, email->n);
		snprintf(u->email, sizeof(u->email), "%s", shown.failed ? "" : shown.data);
	}
	buf_free(&shown);
}

int user_begin(struct load *l, struct err *e)
{
	const char *uuid = jr_str(&l->in.si.doc, NULL, "uuid", "");
	struct user *u = &l->user;
	int kind = kind_index(&l->kinds, KIND_USER, e);

	user_reset(u);
	if (kind < 0)
		return -1;
	take_name(u, jr_get(&l->in.si.doc, NULL, "email"));
	if (u->email[0] == '\0' || !uuid_parse(uuid, strlen(uuid), u->uuid))
		return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": USER_BEGIN needs \"email\" and "
		    "\"uuid\"; is it from p7-transform?", l->in.si.io.name, l->in.si.lineno);
	u->open = true;
	u->kind = (unsigned)kind;
	snprintf(u->p7_email, sizeof(u->p7_email), "%s",
	    jr_str(&l->in.si.doc, NULL, "p7_email", ""));
	u->id_user = jr_int(&l->in.si.doc, NULL, "id_user", 0);
	l->counts.read++;
	return user_open(l, e);
}

int user_open(struct load *l, struct err *e)
{
	struct user *u = &l->user;

	l->late = (struct late){ .begun = false };
	progress_begin(l->progress, user_name(u));
	lock_name(l->s.t, u->uuid, u->lock);
	if (decide(l, e) < 0 && (!db_lost(e->db) || session_reconnect(&l->s, e) < 0 ||
	    decide(l, e) < 0))
		return -1;
	if (u->mode == UM_THERE) {
		late_begin(l);
		itemize_user(&l->x, '=', NULL);
	}
	return 0;
}

/* What is written of a user who failed goes away again. */
static int take_back(struct load *l, struct err *e)
{
	struct user *u = &l->user;

	files_discard(&l->x);
	if (u->row_committed && u->units > 0 && kinds_remove_own(&l->s.sql, u->row, e) < 0)
		return -1;
	user_forget_things(u);
	return 0;
}

static int store_failure(struct load *l, const char *reason, const char *remedy, struct err *e)
{
	struct user *u = &l->user;
	struct dbval email = DB_BYTES(u->email, utf8_cut(u->email, strlen(u->email), 255));
	struct dbval v[] = { DB_STR(u->uuid), email, DB_STR(l->in.source),
	    u->principal ? DB_NULL : DB_INT(u->id_user), DB_INT(u->principal), DB_STR(reason),
	    DB_STR(remedy), email, DB_STR(reason), DB_STR(remedy) };

	return sql_run(&l->s.sql, SQL_USER_FAILED, v, 10, e);
}

int user_reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	struct user *u = &l->user;
	const struct report_item item = { .reject = true, .code = code, .reason = reason,
	    .table = u->id_user > 0 ? "a_users" : NULL, .id = u->id_user > 0 ? u->id_user : -1,
	    .action = remedy };

	unit_reset(&l->unit);
	if (rejected(l, item, e) < 0)
		return -1;
	if (l->o->dry_run)
		return note_publish(&l->x, e);
	if (take_back(l, e) < 0 || store_failure(l, reason, remedy, e) < 0 ||
	    unit_write(l, WRITE_NOTES, false, e) != WRITE_OK)
		return -1;
	return user_unlock(l);
}

/* The user that P8 takes for the same is in the ledger, in a dry run among those it has seen. */
static int reject_duplicate(struct load *l, struct err *e)
{
	struct dbval v = DB_STR(l->user.public_id);
	char reason[2 * USER_EMAIL_MAX + 120];
	const char *twin;
	struct dbq *q;
	int rc = 0;

	if (l->s.has_ledger)
		rc = sql_row(&l->s.sql, SQL_USER_TWIN, &v, 1, &q, e);
	if (rc == 1 && strcmp(dbq_str(q, 1), l->in.source) != 0)
		return otheruser_source(l, dbq_str(q, 1), e);
	if (rc == 0 && l->s.has_dry)
		rc = sql_row(&l->s.sql, SQL_DRY_FIND, &v, 1, &q, e);
	if (rc < 0)
		return -1;
	twin = rc > 0 ? dbq_str(q, 0) : "another user";
	if (strcmp(twin, l->user.public_id) == 0)
		snprintf(reason, sizeof(reason), "another user of P7 is called %s, too", twin);
	else
		snprintf(reason, sizeof(reason), "%s differs from %s only by case or accent; "
		    "P8 takes both for the same user", l->user.public_id, twin);
	return user_reject(l, "user-duplicate", reason,
	    "give this user another name, in P7 or by the list of new names, and run again", e);
}

/* P8 has a user of that PublicId, as P8 compares them. */
static int check_exists(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct dbval v[] = { DB_STR(u->public_id), DB_STR(TYPE_USER) };
	char reason[2 * USER_EMAIL_MAX];
	struct dbq *q;
	int rc;

	rc = sql_row(&l->s.sql, SQL_PUBLIC_ID, v, 2, &q, e);
	if (rc == 0 && l->o->dry_run) {
		rc = dry_seen(&l->s, u->public_id, e);
		return rc == 1 ? reject_duplicate(l, e) : rc;
	}
	if (rc <= 0)
		return rc;
	if (strcmp(dbq_str(q, 1), u->uuid) != 0 && l->s.has_ledger) {
		struct ledger_user other;

		if (ledger_user_get(&l->s.sql, dbq_str(q, 1), &other, e) < 0)
			return -1;
		if (other.id != 0)
			return reject_duplicate(l, e);
	}
	snprintf(reason, sizeof(reason), "P8 has the user %s already, and it is not of this "
	    "migration", u->public_id);
	return user_reject(l, "user-exists", reason,
	    "remove or rename the user in P8 and run again, or leave them out", e);
}

/* The USER record: it comes first, and its PublicId decides. */
static int take_user(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	const char *uuid = jr_str(&l->in.si.doc, NULL, "uuid", "");

	if (u->has_user || strcmp(uuid, u->uuid) != 0)
		return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": a USER record that does not "
		    "belong to its USER_BEGIN", l->in.si.io.name, l->in.si.lineno);
	u->ent = l->unit.r[TABLE_ENTITIES].n;
	if (entity_take(&l->x, e) < 0)
		return -1;
	u->has_user = true;
	if (u->public_id[0] == '\0' || utf8_chars(u->public_id, strlen(u->public_id)) >
	    l->s.t->string_max)
		return user_reject(l, "user-bad-email", "the user has no PublicId, or it is longer "
		    "than P8 takes or has NUL bytes", "correct the e-mail in P7 and run again", e);
	return u->mode == UM_LOAD ? check_exists(l, e) : 0;
}

/* Another loader had the user while our connection was lost, or another user has the PublicId. */
static int overtaken(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct ledger_user before = u->led;

	if ((!l->s.locked && user_lock(l, e) < 0) || user_look_up(l, e) < 0)
		return -1;
	if (u->units == 0 && u->led.units == before.units &&
	    strcmp(u->led.owner, before.owner) == 0)
		return reject_duplicate(l, e);
	/* What is there is not ours to take back. */
	u->mode = UM_THERE;
	unit_reset(&l->unit);
	if (u->led.state != US_DONE)
		return err_set(e, EXIT_TEMPORARY, "another p8-load took up %s while the connection"
		    " was lost, and did not finish; run again to go on", u->email);
	files_discard(&l->x);
	user_forget_things(u);
	memset(&u->sums, 0, sizeof(u->sums));
	return user_unlock(l);
}

/* The server refused the user, or another loader has them. */
static int not_written(struct load *l, enum write_result r, struct err *e)
{
	struct err why = *e;
	char reason[1200];

	*e = (struct err){ .msg = "" };
	if (r == WRITE_DUPLICATE)
		return overtaken(l, e);
	snprintf(reason, sizeof(reason), "the server refused the user: %s", why.msg);
	return user_reject(l, "user-refused", reason,
	    "look at the server's message, correct P7 or P8, and run again", e);
}

static int write_unit(struct load *l, bool more, struct err *e)
{
	enum write_result r;

	if (l->o->dry_run)
		return user_pass_unit(l, e);
	r = unit_write(l, WRITE_USER, more, e);
	if (r == WRITE_FAILED)
		return -1;
	return r == WRITE_OK ? 0 : not_written(l, r, e);
}

/* A part cannot come before the user does. */
static int reject_no_base(struct load *l, const char *reason, struct err *e)
{
	if (l->said.users)
		return user_reject(l, "user-without-record", reason,
		    "give p8-load the stream as p7-transform made it", e);
	return user_reject(l, "user-without-record", "the stream has a part of the user (--only), "
	    "who is not in P8 yet", "bring the user first, with a stream that has users", e);
}

static int take(struct load *l, struct err *e)
{
	const char *kind = l->in.si.kind;
	int rc;

	if (strcmp(kind, "FILE_CHUNK") != 0 && files_close_one(&l->x, e) < 0)
		return -1;
	if (strcmp(kind, KIND_USER) == 0)
		return take_user(l, e);
	if (!l->user.has_user)
		return reject_no_base(l, "the first record of the block is not a USER record", e);
	if (nodav_takes(&l->x))
		return 0;
	if (l->user.principal && l->user.ncals == 0 && strcmp(kind, DAV_CALENDAR) == 0 &&
	    principal_check(l, e) < 0)
		return -1;
	if (l->user.mode == UM_REJECTED)
		return 0;
	rc = part_of(kind) == PART_CALENDARS && heir_find(&l->x, e) < 0 ? -1 :
	    kinds_take(&l->x, e);
	return rc == 0 ? load_unknown(l, e) : rc < 0 ? -1 : 0;
}

int user_record(struct load *l, struct err *e)
{
	const char *kind = l->in.si.kind;
	bool note = strcmp(kind, "REJECT") == 0 || strcmp(kind, "WARN") == 0;
	struct user *u = &l->user;

	if (u->mode == UM_REJECTED)
		return note ? note_pass(&l->x, e) : 0;
	if (kinds_source(&l->x, e) < 0)
		return -1;
	if (u->mode == UM_THERE)
		return late_record(l, e);
	if (note)
		return note_from_stream(&l->x, e);
	if (take(l, e) < 0)
		return -1;
	if (u->mode == UM_REJECTED || (l->unit.rows < l->o->transaction_rows &&
	    l->unit.a.bytes < LOAD_BYTES))
		return 0;
	return write_unit(l, true, e);
}

static int add_last_rows(struct load *l, struct err *e)
{
	static const char id[] = ATTR_PUBLIC_ID, used[] = ATTR_USED_SPACE;
	const struct interned *name = intern(l->names, id, sizeof(id) - 1);
	const struct interned *space = intern(l->names, used, sizeof(used) - 1);
	struct user *u = &l->user;

	if (u->principal)
		return 0;
	if (name == NULL || space == NULL)
		return err_set(e, EXIT_DATA, "too many different attribute names");
	if (u->stage.used && eav_number(&l->unit, AT_BIGINT, EAV_USER, space,
	    (int64_t)u->stage.bytes, e) < 0)
		return -1;
	return eav_text(&l->unit, AT_STRING, EAV_USER, name, u->public_id,
	    strlen(u->public_id), e);
}

/* The last transaction of the user, and the files to their place. */
static int complete(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	struct progress_user line = { .email = user_name(u), .verdict = "loaded",
	    .event = "loaded" };

	if (files_sync(&l->x, e) < 0 || calendars_end(&l->x, e) < 0 ||
	    reminders_end(&l->x, e) < 0 || nodav_reject(&l->x, e) < 0 ||
	    add_last_rows(l, e) < 0 || write_unit(l, false, e) < 0)
		return -1;
	if (u->mode == UM_THERE)
		l->counts.there += !u->principal;
	if (u->mode != UM_LOAD)
		return 0;
	l->counts.loaded += !u->principal;
	l->counts.principals += u->principal && u->ncals > 0;
	if (!u->principal)
		parts_count(l, parts_contacts(l), u->stage.used ? PART_THERE : parts_files(l),
		    parts_calendars(l));
	line.things = user_count(l, &line.rows);
	progress_user(l->progress, &line);
	if (u->stage.used && !l->o->dry_run && user_finish(l, e) < 0)
		return -1;
	if (l->unit.notes.n > 0 && unit_write(l, WRITE_NOTES, false, e) != WRITE_OK)
		return -1;
	return user_unlock(l);
}

int user_end(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	int rc = 0;

	if (u->mode == UM_LOAD && !u->has_user)
		rc = reject_no_base(l, "the block is empty", e);
	else if (u->mode == UM_LOAD)
		rc = complete(l, e);
	else if (u->mode == UM_THERE) {
		l->counts.there += !u->principal;
		l->counts.principals += u->principal;
		rc = late_end(l, e);
	}
	if (rc == 0)
		user_reset(u);
	return rc;
}

void user_abandon(struct load *l)
{
	struct err ignored = { .msg = "" };
	struct user *u = &l->user;

	late_abandon(l);
	/* Without the lock, which went with a lost connection, another loader may have the user. */
	if (u->open && u->mode == UM_LOAD && l->s.locked && l->s.t->connected) {
		sql_exec(&l->s.sql, "ROLLBACK", &ignored);
		take_back(l, &ignored);
		user_unlock(l);
	}
	user_free(u);
}

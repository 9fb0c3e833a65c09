#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "kinds/removal.h"
#include "kinds/readback.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/reminder.h"
#include "kinds/source.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"
#include "utf8.h"

#define TABLE "adav_reminders"

/* P8's column takes characters of the basic plane. */
static bool user_fits(const char *user)
{
	return strlen(user) <= DAV_PRINCIPAL_MAX && !utf8_beyond_bmp(user, strlen(user));
}

static int unfit_user(struct context *x, struct err *e)
{
	if (x->user->reminders_unfit)
		return 0;
	x->user->reminders_unfit = true;
	return note_item(x, (struct report_item){ .reject = true,
	    .code = "reminders-of-unfit-user", .table = TABLE, .id = -1, .field = "user",
	    .reason = "P8's reminders take e-mails of at most " PRINCIPAL_MAX_TEXT
	    " bytes, without emoji",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " another e-mail address in P7, and run again" }, e);
}

/* Names of things that P8's columns (utf8mb3, 255 characters) cannot hold. */
static bool name_fits(const struct context *x, struct rows_value t)
{
	if (t.p == NULL)
		return true;
	if (x->s->t->dav_text == DAV_TEXT_SERVER)
		return t.n <= DAV_REMINDER_CHARS;
	return utf8_chars(t.p, t.n) <= DAV_REMINDER_CHARS && !utf8_beyond_bmp(t.p, t.n);
}

static struct rows_value member(const struct context *x, const char *name)
{
	const struct jval *v = jr_get(&x->in->si.doc, NULL, name);
	bool text = v != NULL && v->type == J_STR;

	return (struct rows_value){ .p = text ? v->s : NULL, .n = text ? v->n : 0 };
}

/* The calendar that it names, of this user's; NULL: another one. */
static const struct user_calendar *calendar(const struct user *u, struct rows_value uri)
{
	const struct user_calendar *c;
	const char *was;
	size_t i;

	for (i = 0; uri.p != NULL && i < u->ncals; i++) {
		c = &u->cals[i];
		was = c->was != NULL ? c->was : c->uri;
		if (was != NULL && strlen(was) == uri.n && memcmp(was, uri.p, uri.n) == 0)
			return c;
	}
	return NULL;
}

static int add(struct context *x, struct rows_value *v, struct err *e)
{
	struct davtext of = { .table = TABLE, .id = jr_int(&x->in->si.doc, NULL, "id", -1) };

	if (davtext_number(x, &of, "time", INT32_MIN, INT32_MAX, true, &v[REMINDER_TIME], e) < 0 ||
	    davtext_number(x, &of, "starttime", INT32_MIN, INT32_MAX, true, &v[REMINDER_START],
	    e) < 0 ||
	    davtext_number(x, &of, "allday", INT8_MIN, INT8_MAX, false, &v[REMINDER_ALLDAY],
	    e) < 0)
		return -1;
	return unit_add(x->unit, TABLE_REMINDERS, 0, v, e);
}

/* Does the record name somebody else than the block's user? */
static bool of_another(const struct context *x)
{
	const struct user *u = x->user;
	struct rows_value is = member(x, "user");
	const char *const names[] = { u->public_id, u->email, u->p7_email,
	    u->principal ? u->email + strlen(PRINCIPAL_UNIT PRINCIPAL_PREFIX) : u->email };
	size_t i;

	if (is.p == NULL)
		return false;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == is.n && strncasecmp(names[i], is.p, is.n) == 0)
			return false;
	return true;
}

static int reminder_take(struct context *x, struct err *e)
{
	const char *user = x->user->public_id;
	struct rows_value v[REMINDER_COLUMNS] = { [REMINDER_USER] = ROW_TEXT(user),
	    [REMINDER_CALENDAR] = member(x, "calendaruri"),
	    [REMINDER_EVENT] = member(x, "eventid") };
	struct rows_value *uri = &v[REMINDER_CALENDAR], *event = &v[REMINDER_EVENT];
	const struct user_calendar *c = calendar(x->user, *uri);

	if (calendar_before(x, e) < 0)
		return -1;
	if (of_another(x))
		return note_record(x, (struct report_item){ .reject = true, .code = "bad-reminder",
		    .reason = "its \"user\" is not the user of the block",
		    .action = "put it into that user's block, or set the reminder anew in P8" }, e);
	/* It came with the calendar, or with others' that were kept, which a REJECT says. */
	if (c != NULL ? c->state == UC_THERE : x->user->heir_kept)
		return 0;
	if (x->user->principal_long || (x->user->principal && x->user->ncals == 0)) {
		x->user->reminders_lost++;
		return 0;
	}
	if (!user_fits(user))
		return unfit_user(x, e);
	if (c != NULL)
		*uri = (struct rows_value)ROW_TEXT(c->uri);
	if (!name_fits(x, *uri) || !name_fits(x, *event))
		return note_item(x, (struct report_item){ .reject = true,
		    .code = "reminder-unfit", .table = TABLE,
		    .id = jr_int(&x->in->si.doc, NULL, "id", -1),
		    .field = name_fits(x, *uri) ? "eventid" : "calendaruri",
		    .record = x->in->si.line, .record_len = x->in->si.len,
		    .reason = "P8's column cannot hold the name of the calendar or event (emoji,"
		    " length)", .action = "correct it in the record (p8-load --repair), or set"
		    " the reminder anew in P8" }, e);
	if (add(x, v, e) < 0)
		return -1;
	itemize_calendar(x, DAV_REMINDER, event->p != NULL ? event->p : "");
	return 0;
}

int reminders_end(struct context *x, struct err *e)
{
	char reason[80];
	struct report_item item = { .code = "reminders-without-calendar", .table = TABLE,
	    .id = -1, .reason = reason, .action = "left out" };

	if (x->user->reminders_lost == 0)
		return 0;
	snprintf(reason, sizeof(reason), "%s of calendars that are not in P8",
	    COUNT(x->user->reminders_lost, "reminder"));
	x->user->reminders_lost = 0;
	return note_item(x, item, e);
}

static int reminders_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct rows *r = &x->unit->r[TABLE_REMINDERS];

	if (r->n == 0 || how->hidden)
		return 0;
	if (rows_insert(r, TABLE_REMINDERS, x->s, &(struct rows_how){ .ids = true }, e) < 0)
		return -1;
	return own_ids(x->own, 'r', DAV_REMINDER, r->id, r->n, e);
}

/* Those that wait have no ids. */
static void reminders_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_REMINDERS];
	const struct bulk_data *uri = &r->col[REMINDER_CALENDAR], *event = &r->col[REMINDER_EVENT];
	struct kind_sum *k;
	size_t i;

	if (r->n == 0 || r->id[0] == 0)
		return;
	k = kind_sum(x, sums, DAV_REMINDER);
	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_reminder((struct rowhash_text){ uri->p[i], uri->len[i] },
		    (struct rowhash_text){ event->p[i], event->len[i] });
	}
}

static uint64_t reminder_source(const struct input *in)
{
	static const char *const names[] = { "user", "calendaruri", "eventid", "time", "starttime",
	    "allday", NULL };

	return source_members(in, names);
}

/* A number that P8 has given to another user's reminder since is none of this user's. */
static void read_reminder(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	if (strcasecmp(dbq_str(q, 1), r->user->public_id) == 0)
		readback_add(k, 1, rowhash_reminder(readback_text(q, 2), readback_text(q, 3)));
}

static int reminders_read(struct readback *r, struct err *e)
{
	return readback_ids(r, 'r', RB_REMINDERS, "SELECT r.id, {:dav r.user},"
	    " {:dav r.calendaruri}, {:dav r.eventid} FROM {adav_reminders} r WHERE r.id BETWEEN ?"
	    " AND ?", read_reminder, e);
}

static int reminders_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	return remove_named(s, SQL_DELETE_REMINDERS, run, e);
}

int reminders_remove_rest(struct leaving *u, struct err *e)
{
	struct dbval v[] = { DB_STR(u->principal), DB_STR(u->public_id) };

	if (u->sql->t->no_dav || u->public_id[0] == '\0')
		return 0;
	return sql_do(u->sql->t, "DELETE r FROM {adav_reminders} r LEFT JOIN"
	    " {adav_calendarinstances} i ON i.principaluri=? AND"
	    " i.uri=CAST(r.calendaruri AS BINARY) WHERE i.id IS NULL AND r.user={:davtext}", v, 2,
	    e);
}

const struct kind_ops reminder_kind = {
	.kind = DAV_REMINDER, .word = "reminders", .part = PART_CALENDARS, .letter = 'r',
	.of_principals = true, .take = reminder_take, .write = reminders_write,
	.sum = reminders_sum, .source = reminder_source, .read = reminders_read,
	.remove_run = reminders_remove_run
};

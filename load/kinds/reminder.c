#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/reminder.h"
#include "kinds/verbs.h"
#include "run/itemize.h"
#include "run/load.h"
#include "base/names.h"
#include "run/note.h"
#include "utf8.h"

#define TABLE "adav_reminders"
#define NAME_CHARS 255

/* P8's column takes characters of the basic plane. */
static bool user_fits(const char *user)
{
	return strlen(user) <= PRINCIPAL_MAX && !utf8_beyond_bmp(user, strlen(user));
}

static int unfit_user(struct load *l, struct err *e)
{
	if (l->user.reminders_unfit)
		return 0;
	l->user.reminders_unfit = true;
	return note_item(l, (struct report_item){ .reject = true,
	    .code = "reminders-of-unfit-user", .table = TABLE, .id = -1, .field = "user",
	    .reason = "P8's reminders take e-mails of at most " PRINCIPAL_MAX_TEXT
	    " bytes, without emoji",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " another e-mail address in P7, and run again" }, e);
}

/* Names of things that P8's columns (utf8mb3, 255 characters) cannot hold. */
static bool name_fits(const struct load *l, struct unit_text t)
{
	if (t.p == NULL)
		return true;
	if (l->t->dav_text == DAV_TEXT_SERVER)
		return t.n <= NAME_CHARS;
	return utf8_chars(t.p, t.n) <= NAME_CHARS && !utf8_beyond_bmp(t.p, t.n);
}

static struct unit_text member(const struct load *l, const char *name)
{
	const struct jval *v = jr_get(&l->si.doc, NULL, name);
	bool text = v != NULL && v->type == J_STR;

	return (struct unit_text){ text ? v->s : NULL, text ? v->n : 0 };
}

/* The calendar that it names, of this user's; NULL: another one. */
static const struct user_calendar *calendar(const struct user *u, struct unit_text uri)
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

static int add(struct load *l, struct unit_reminder *r, struct err *e)
{
	struct davtext of = { .table = TABLE, .id = jr_int(&l->si.doc, NULL, "id", -1) };

	if (davtext_number(l, &of, "time", INT32_MIN, INT32_MAX, &r->time, &r->has_time, e) < 0 ||
	    davtext_number(l, &of, "starttime", INT32_MIN, INT32_MAX, &r->start, &r->has_start,
	    e) < 0 ||
	    davtext_number(l, &of, "allday", INT8_MIN, INT8_MAX, &r->allday, NULL, e) < 0)
		return -1;
	return unit_reminder(&l->unit, r, e);
}

/* Does the record name somebody else than the block's user? */
static bool of_another(const struct load *l)
{
	const struct user *u = &l->user;
	struct unit_text is = member(l, "user");
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

int reminder_record(struct load *l, struct err *e)
{
	const char *user = l->user.public_id;
	struct unit_reminder r = { .user = { user, strlen(user) },
	    .calendar = member(l, "calendaruri"), .event = member(l, "eventid") };
	const struct user_calendar *c = calendar(&l->user, r.calendar);

	if (of_another(l))
		return note_record(l, (struct report_item){ .reject = true, .code = "bad-reminder",
		    .reason = "its \"user\" is not the user of the block",
		    .action = "put it into that user's block, or set the reminder anew in P8" }, e);
	/* It came with the calendar, or with others' that were kept, which a REJECT says. */
	if (c != NULL ? c->state == UC_THERE : l->user.heir_kept)
		return 0;
	if (l->user.principal_long || (l->user.principal && l->user.ncals == 0)) {
		l->user.reminders_lost++;
		return 0;
	}
	if (!user_fits(user))
		return unfit_user(l, e);
	if (c != NULL)
		r.calendar = (struct unit_text){ c->uri, strlen(c->uri) };
	if (!name_fits(l, r.calendar) || !name_fits(l, r.event))
		return note_item(l, (struct report_item){ .reject = true,
		    .code = "reminder-unfit", .table = TABLE,
		    .id = jr_int(&l->si.doc, NULL, "id", -1),
		    .field = name_fits(l, r.calendar) ? "eventid" : "calendaruri",
		    .record = l->si.line, .record_len = l->si.len,
		    .reason = "P8's column cannot hold the name of the calendar or event (emoji,"
		    " length)", .action = "correct it in the record (p8-load --repair), or set"
		    " the reminder anew in P8" }, e);
	if (add(l, &r, e) < 0)
		return -1;
	itemize_calendar(l, DAV_REMINDER, r.event.p != NULL ? r.event.p : "");
	return 0;
}

int reminders_end(struct load *l, struct err *e)
{
	char reason[80];
	struct report_item item = { .code = "reminders-without-calendar", .table = TABLE,
	    .id = -1, .reason = reason, .action = "left out" };

	if (l->user.reminders_lost == 0)
		return 0;
	snprintf(reason, sizeof(reason), "%s of calendars that are not in P8",
	    COUNT(l->user.reminders_lost, "reminder"));
	l->user.reminders_lost = 0;
	return note_item(l, item, e);
}

int reminders_write(struct load *l, struct err *e)
{
	struct reminders *s = &l->unit.reminders;
	struct bulk_data d[] = { { .p = s->user, .len = s->user_len },
	    { .p = s->calendar, .len = s->calendar_len, .null = s->calendar_null },
	    { .p = s->event, .len = s->event_len, .null = s->event_null },
	    { .num = s->time, .null = s->time_null }, { .num = s->start, .null = s->start_null },
	    { .num = s->allday } };
	struct idruns runs = { 0 };
	size_t i;
	int rc;

	if (s->n == 0 || s->wait)
		return 0;
	rc = calendars_insert_ids(&l->w.b[WB_REMINDERS], d, s->n, s->id, e);
	for (i = 0; rc == 0 && i < s->n; i++)
		rc = runs_add(&runs, s->id[i], e);
	if (rc == 0)
		rc = own_add(l, 'r', DAV_REMINDER, &runs, e);
	runs_free(&runs);
	return rc;
}

void reminders_tally(const struct load *l, struct kind_sum *k)
{
	const struct reminders *s = &l->unit.reminders;
	size_t i;

	for (i = 0; i < s->n && !s->wait; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_reminder(
		    (struct rowhash_text){ s->calendar[i], s->calendar_len[i] },
		    (struct rowhash_text){ s->event[i], s->event_len[i] });
	}
}

/* A number that P8 has given to another user's reminder since is none of this user's. */
static void read_reminder(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	if (strcasecmp(dbq_str(q, 1), r->user->public_id) == 0)
		readback_add(k, 1, rowhash_reminder(readback_text(q, 2), readback_text(q, 3)));
}

int reminders_read(struct readback *r, struct err *e)
{
	return readback_ids(r, 'r', RB_REMINDERS, "SELECT r.id, {:dav r.user},"
	    " {:dav r.calendaruri}, {:dav r.eventid} FROM {adav_reminders} r WHERE r.id BETWEEN ?"
	    " AND ?", read_reminder, e);
}

int reminders_remove_run(struct sql *s, const struct own_run *run, struct err *e)
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

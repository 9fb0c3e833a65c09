#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "kinds/dav_move.h"
#include "kinds/dav_names.h"
#include "kinds/dav_sql.h"
#include "base/names.h"
#include "utf8.h"

#define ALL_COMPONENTS "VEVENT,VTODO,VJOURNAL"	/* as much as P8's column holds */
#define CALENDARS_MAX 20000	/* of one owner, held in memory */

/* A calendar on its way: numbers, and texts in the struct's own buffer. */
struct calendar {
	int64_t id, order, transparent, synctoken, isowner;
	int64_t is_null;	/* bit I: text I is NULL */
	size_t text[6];		/* offsets: displayname uri description color timezone components */
	size_t len[6];
};

enum { T_NAME, T_URI, T_DESCRIPTION, T_COLOR, T_TIMEZONE, T_COMPONENTS };

struct calendars {
	struct calendar *v;
	size_t n, size;
	struct buf text;
};

static void calendars_free(struct calendars *c)
{
	free(c->v);
	buf_free(&c->text);
}

static int add_calendar(struct calendars *c, const struct dbq *q, struct err *e)
{
	struct calendar *k;
	unsigned i;

	if (c->n == CALENDARS_MAX)
		return err_set(e, EXIT_DATA, "one owner has more than %d calendars",
		    CALENDARS_MAX);
	if (c->n == c->size) {
		c->size = c->size ? c->size * 2 : 16;
		k = realloc(c->v, c->size * sizeof(*k));
		if (k == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		c->v = k;
	}
	k = &c->v[c->n++];
	memset(k, 0, sizeof(*k));
	k->id = dbq_int(q, 0);
	k->order = dbq_int(q, 1);
	k->transparent = dbq_int(q, 2) != 0;
	k->synctoken = dbq_int(q, 3);
	k->isowner = dbq_int(q, 4) == 1;
	for (i = 0; i < 6; i++) {
		k->text[i] = c->text.len;
		k->len[i] = q->col[5 + i].n;
		k->is_null |= q->col[5 + i].p == NULL ? 1 << i : 0;
		buf_add(&c->text, dbq_str(q, 5 + i), k->len[i] + 1);
	}
	return c->text.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
}

static int find_calendars(struct dav_move *mv, const struct dav_owner *o, struct calendars *c,
    struct err *e)
{
	struct dbq q;
	int rc;

	if (dav_prepare(&q, mv->t, mv->st, "SELECT m.id, i.calendarorder, i.transparent,"
	    " c.synctoken, i.access, i.displayname, m.uri, i.description, i.calendarcolor,"
	    " i.timezone, c.components FROM {p7m_dav_calendar} m JOIN [calendars] c ON c.id=m.id"
	    " LEFT JOIN [calendarinstances] i ON i.calendarid=c.id AND i.access=1"
	    " WHERE m.source=? AND m.principal IN (?,?) AND m.calendarid IS NULL ORDER BY m.id",
	    e) < 0)
		return -1;
	/* A principal may lack its "principals/". */
	rc = dbq_run(&q, (struct dbval[]){ DB_STR(mv->st->source), DB_STR(o->principal),
	    DB_STR(o->email) }, 3, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1)
		rc = add_calendar(c, &q, e);
	dbq_close(&q);
	return rc;
}

static struct dbval text_of(const struct calendars *c, const struct calendar *k, unsigned i)
{
	if (k->is_null & 1 << i)
		return DB_NULL;
	return DB_BYTES(c->text.data + k->text[i], k->len[i]);
}

/* Text that P8's utf8mb3 column can hold in MAX characters; FITTED says that it was changed. */
static int fit_text(struct dav_move *mv, const struct dav_owner *o, const struct calendar *k,
    const char *field, size_t max, struct dbval *v, struct buf *room, struct err *e)
{
	struct report_item i = { .code = "text-fitted", .user = o->email, .table = "adav_calendars",
	    .id = k->id, .field = field, .reason = "P8's column cannot hold this text",
	    .action = "characters outside of the basic plane became U+FFFD, the end was cut" };

	if (v->p == NULL || !davname_fit(v->p, v->n, max,
	    mv->t->dav_text == DAV_TEXT_SERVER, room))
		return 0;
	*v = DB_BYTES(room->data, room->len);
	return mv->note(mv->arg, &i, e);
}

/* A word that is longer than P8's column (MAX bytes) is no text to cut: INSTEAD takes its place. */
static int fit_word(struct dav_move *mv, const struct dav_owner *o, const struct calendar *k,
    const char *field, size_t max, struct dbval *v, struct dbval instead, struct err *e)
{
	struct report_item i = { .code = "value-dropped", .user = o->email,
	    .table = "adav_calendars", .id = k->id, .field = field,
	    .reason = "P8's column cannot hold this value", .action = "the default was taken" };

	if (v->p == NULL || v->n <= max)
		return 0;
	*v = instead;
	return mv->note(mv->arg, &i, e);
}

/* The calendar's URI in P8: as it was, shortened, or with a number when it is taken. */
static int choose_uri(struct dav_move *mv, const struct dav_owner *o, const struct calendars *c,
    const struct calendar *k, struct buf *uri, struct err *e)
{
	struct report_item i = { .code = "uri-changed", .user = o->email, .table = "adav_calendars",
	    .id = k->id, .field = "uri", .reason = "the URI is empty, too long or taken" };
	struct dbval old = text_of(c, k, T_URI);
	char action[400];
	int64_t taken;
	unsigned n;
	int rc;

	for (n = 1;; n++) {
		davname_uri(old.p, old.n, DAV_URI_MAX, mv->st->source, k->id, n, uri);
		rc = dav_one_int(mv->t, mv->st, "SELECT 1 FROM {adav_calendarinstances}"
		    " WHERE principaluri=? AND uri=?", (struct dbval[]){ DB_STR(o->uri),
		    DB_BYTES(uri->data, uri->len) }, 2, &taken, e);
		if (rc <= 0)
			break;
	}
	if (rc < 0 || (uri->len == old.n && old.p != NULL &&
	    memcmp(uri->data, old.p, old.n) == 0))
		return rc;
	snprintf(action, sizeof(action), "in P8 it is %s", uri->data);
	i.action = action;
	if (mv->note(mv->arg, &i, e) < 0)
		return -1;
	/* The reminders follow, unless they are those of the calendar that has the URI. */
	rc = dav_one_int(mv->t, mv->st, "SELECT 1 FROM {adav_calendarinstances} i JOIN"
	    " {p7m_dav_calendar} m ON m.calendarid=i.calendarid WHERE i.principaluri=? AND i.uri=?",
	    (struct dbval[]){ DB_STR(o->uri), old }, 2, &taken, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return dav_run(mv->t, mv->st, "UPDATE [reminders] SET calendaruri=? WHERE user=? AND"
	    " calendaruri=?", (struct dbval[]){ DB_BYTES(uri->data, uri->len), DB_STR(o->email),
	    old }, 3, e);
}

static int insert_instance(struct dav_move *mv, const struct dav_owner *o,
    const struct calendars *c, const struct calendar *k, int64_t id, const struct buf *uri,
    struct err *e)
{
	struct buf room[3] = { BUF_INIT(1 << 18), BUF_INIT(1 << 18), BUF_INIT(1 << 18) };
	struct dbval v[] = { DB_INT(id), DB_STR(o->uri), text_of(c, k, T_NAME),
	    DB_BYTES(uri->data, uri->len), text_of(c, k, T_DESCRIPTION), DB_INT(k->order),
	    text_of(c, k, T_COLOR), text_of(c, k, T_TIMEZONE), DB_INT(k->transparent) };
	int rc, i;

	rc = fit_word(mv, o, k, "calendarcolor", 10, &v[6], DB_NULL, e);
	if (rc == 0)
		rc = fit_text(mv, o, k, "displayname", 100, &v[2], &room[0], e);
	if (rc == 0)
		rc = fit_text(mv, o, k, "description", 0, &v[4], &room[1], e);
	if (rc == 0)
		rc = fit_text(mv, o, k, "timezone", 0, &v[7], &room[2], e);
	if (rc == 0)
		rc = dav_run(mv->t, mv->st, "INSERT INTO {adav_calendarinstances} (calendarid,"
		    " principaluri, access, displayname, uri, description, calendarorder,"
		    " calendarcolor, timezone, transparent) VALUES (?,?,1,{:davtext},?,{:davtext},"
		    "?,?,{:davtext},?)", v, 9, e);
	for (i = 0; i < 3; i++)
		buf_free(&room[i]);
	return rc;
}

/*
 * Make the names of a calendar's objects fit into P8: empty, over-long and repeated URIs get new
 * ones in the stage, before the rows are moved.  One ordered pass; nothing is kept of it but the
 * offenders.
 */
static int mend_object_uris(struct dav_move *mv, const struct dav_owner *o,
    const struct calendar *k, struct err *e)
{
	struct dav_offenders off = { 0 };
	struct dbq q;
	int rc;

	if (dav_prepare(&q, mv->t, mv->st, "SELECT id, CAST(uri AS BINARY) u FROM [calendarobjects]"
	    " WHERE calendarid=? ORDER BY u, id", e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_INT(k->id), 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1)
		rc = dav_offenders_see(&off, dbq_int(&q, 0), q.col[1].p, q.col[1].n, e);
	dbq_close(&q);
	if (rc == 0)
		rc = dav_offenders_mend(&off, mv, o->email, k->id, e);
	dav_offenders_free(&off);
	return rc;
}

static int move_objects(struct dav_move *mv, const struct calendar *k, int64_t id, struct err *e)
{
	if (dav_run(mv->t, mv->st, "INSERT INTO {adav_calendarobjects} (calendardata, uri,"
	    " calendarid, lastmodified, etag, size, componenttype, firstoccurence, lastoccurence,"
	    " uid) SELECT o.calendardata, o.uri, ?, GREATEST(COALESCE(o.lastmodified,0),0),"
	    " LEFT(CAST(o.etag AS BINARY),32), COALESCE(o.size,0),"
	    " LEFT(CAST(o.componenttype AS BINARY),8), o.firstoccurence, o.lastoccurence, o.uid"
	    " FROM [calendarobjects] o WHERE o.calendarid=? ORDER BY o.id",
	    (struct dbval[]){ DB_INT(id), DB_INT(k->id) }, 2, e) < 0)
		return -1;
	return dav_run(mv->t, mv->st, "DELETE FROM [calendarobjects] WHERE calendarid=?",
	    &DB_INT(k->id), 1, e);
}

static int move_calendar(struct dav_move *mv, const struct dav_owner *o,
    const struct calendars *c, const struct calendar *k, struct err *e)
{
	struct dbval components = text_of(c, k, T_COMPONENTS), all = DB_STR(ALL_COMPONENTS);
	struct buf uri = BUF_INIT(1024);
	int64_t id = 0;
	int rc;

	if (components.p == NULL || components.n == 0)
		components = all;
	rc = fit_word(mv, o, k, "components", strlen(ALL_COMPONENTS), &components, all, e);
	if (rc == 0)
		rc = dav_insert(mv->t, "INSERT INTO {adav_calendars} (synctoken, components)"
		    " VALUES (?,?)", (struct dbval[]){ DB_INT(k->synctoken > 0 ? k->synctoken : 1),
		    components }, 2, &id, e);
	if (rc == 0)
		rc = mend_object_uris(mv, o, k, e);
	if (rc == 0)
		rc = move_objects(mv, k, id, e);
	if (rc == 0)
		rc = choose_uri(mv, o, c, k, &uri, e);
	if (rc == 0)
		rc = insert_instance(mv, o, c, k, id, &uri, e);
	buf_free(&uri);
	if (rc == 0)
		rc = dav_run(mv->t, mv->st, "DELETE FROM [calendarinstances] WHERE calendarid=?",
		    &DB_INT(k->id), 1, e);
	if (rc == 0)
		rc = dav_run(mv->t, mv->st, "DELETE FROM [calendars] WHERE id=?",
		    &DB_INT(k->id), 1, e);
	if (rc == 0)
		rc = dav_run(mv->t, mv->st, "UPDATE {p7m_dav_calendar} SET calendarid=? WHERE"
		    " source=? AND id=?", (struct dbval[]){ DB_INT(id), DB_STR(mv->st->source),
		    DB_INT(k->id) }, 3, e);
	return rc;
}

/* P8's column for him takes characters of the basic plane. */
static bool reminders_fit(const char *user)
{
	return strlen(user) <= 100 && !utf8_beyond_bmp(user, strlen(user));
}

static int remove_reminders(struct dav_move *mv, const struct dav_owner *o, struct err *e)
{
	return dav_run(mv->t, mv->st, "DELETE FROM [reminders] WHERE user=?", &DB_STR(o->email), 1,
	    e);
}

static int reject_reminders(struct dav_move *mv, const struct dav_owner *o, struct err *e)
{
	struct report_item item = { .reject = true, .code = "reminders-of-unfit-user",
	    .user = o->email, .table = "adav_reminders", .id = -1, .field = "user",
	    .reason = "P8's reminders take e-mails of at most 100 bytes, without emoji",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " another e-mail address in P7, and run again" };
	int64_t id;
	int rc = dav_one_int(mv->t, mv->st, "SELECT id FROM [reminders] WHERE user=? LIMIT 1",
	    &DB_STR(o->email), 1, &id, e);

	if (rc != 1 || mv->note(mv->arg, &item, e) < 0)
		return rc == 1 ? -1 : rc;
	return remove_reminders(mv, o, e);
}

/* Reminders of things whose names P8's columns (utf8mb3, 255 characters) cannot hold. */
static int reject_unfit(struct dav_move *mv, const struct dav_owner *o, struct err *e)
{
	static const char *const find[] = {
		"SELECT id FROM [reminders] WHERE user=? AND (HEX(calendaruri) REGEXP '^(..)*F' OR"
		" HEX(eventid) REGEXP '^(..)*F') ORDER BY id LIMIT 1",
		"SELECT id FROM [reminders] WHERE user=? AND (LENGTH(calendaruri)>255 OR"
		" LENGTH(eventid)>255) ORDER BY id LIMIT 1",
	};
	struct report_item item = { .reject = true, .code = "reminder-unfit", .user = o->email,
	    .table = "adav_reminders", .field = "eventid",
	    .reason = "P8's column cannot hold the name of the calendar or event (emoji, length)",
	    .action = "set the reminder anew in P8" };
	const char *sql = find[mv->t->dav_text == DAV_TEXT_SERVER];
	int64_t id;
	int rc;

	while ((rc = dav_one_int(mv->t, mv->st, sql, &DB_STR(o->email), 1, &id, e)) == 1) {
		item.id = id;
		if (mv->note(mv->arg, &item, e) < 0 || dav_run(mv->t, mv->st,
		    "DELETE FROM [reminders] WHERE id=?", &DB_INT(id), 1, e) < 0)
			return -1;
	}
	return rc;
}

static int move_reminders(struct dav_move *mv, const struct dav_owner *o, struct err *e)
{
	const char *stored = dav_user_of(o->uri);

	if (!reminders_fit(stored))
		return reject_reminders(mv, o, e);
	if (reject_unfit(mv, o, e) < 0)
		return -1;
	if (dav_run(mv->t, mv->st,
		"INSERT INTO {adav_reminders} (user, calendaruri, eventid, time,"
		" starttime, allday) SELECT {:davtext}, <calendaruri>, <eventid>, time, "
		"starttime, allday"
		" FROM [reminders] WHERE user=? ORDER BY id",
		(struct dbval[]){DB_STR(stored), DB_STR(o->email)}, 2, e) < 0)
		return -1;
	return remove_reminders(mv, o, e);
}

static int sum_rows(struct target *t, const char *sql, const char *key, uint64_t *n,
    uint64_t *hash, struct err *e)
{
	XXH3_state_t *state = XXH3_createState();
	struct dbq q;
	unsigned i;
	int rc;

	*n = *hash = 0;
	if (state == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (dav_prepare(&q, t, NULL, sql, e) < 0) {
		XXH3_freeState(state);
		return -1;
	}
	rc = dbq_run(&q, &DB_STR(key), 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		XXH3_64bits_reset(state);
		for (i = 0; i < q.cols; i++)
			XXH3_64bits_update(state, dbq_str(&q, i), q.col[i].n + 1);
		*hash += XXH3_64bits_digest(state);
		(*n)++;
		rc = 0;
	}
	dbq_close(&q);
	XXH3_freeState(state);
	return rc;
}

int dav_count_owner(struct target *t, const char *uri, const char *email, struct dav_moved *out,
    struct err *e)
{
	if (sum_rows(t, "SELECT uri, displayname, description, calendarcolor, timezone FROM"
	    " {adav_calendarinstances} WHERE principaluri=? AND access=1", uri, &out->calendars,
	    &out->calendar_hash, e) < 0 ||
	    sum_rows(t, "SELECT i.uri, o.uri, o.etag, o.size FROM {adav_calendarinstances} i JOIN"
	    " {adav_calendarobjects} o ON o.calendarid=i.calendarid WHERE i.principaluri=? AND"
	    " i.access=1", uri, &out->objects, &out->object_hash, e) < 0)
		return -1;
	if (!reminders_fit(email))
		return 0;
	return sum_rows(t, "SELECT calendaruri, eventid, starttime FROM {adav_reminders} WHERE"
	    " user={:davtext}", email, &out->reminders, &out->reminder_hash, e);
}

int dav_move_owner(struct dav_move *mv, const struct dav_owner *o, struct dav_moved *out,
    struct err *e)
{
	struct report_item too_long = { .reject = true, .code = "principal-too-long",
	    .user = o->email, .table = "adav_calendars", .id = -1, .field = "principaluri",
	    .reason = "P8's calendars take principals of at most 100 bytes",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " a shorter e-mail address in P7, and run again" };
	struct calendars c = { .text = BUF_INIT(64 << 20) };
	size_t i;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = find_calendars(mv, o, &c, e);
	if (rc == 0 && c.n > 0 && strlen(o->uri) > DAV_PRINCIPAL_MAX) {
		calendars_free(&c);
		return mv->note(mv->arg, &too_long, e);
	}
	for (i = 0; rc == 0 && i < c.n; i++)
		rc = move_calendar(mv, o, &c, &c.v[i], e);
	calendars_free(&c);
	if (rc == 0)
		rc = move_reminders(mv, o, e);
	return rc == 0 ? dav_count_owner(mv->t, o->uri, dav_user_of(o->uri), out, e)
		       : rc;
}

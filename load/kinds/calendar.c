#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ledger/ledger.h"
#include "shown.h"
#include "davname.h"
#include "kinds/readback.h"
#include "kinds/removal.h"
#include "kinds/added.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/source.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"

#define TABLE "adav_calendars"

/* A calendar that waits for its instance in vain would be nobody's. */
static int left_alone(struct context *x, struct user_calendar *c, struct err *e)
{
	if (c->state != UC_WAITS)
		return 0;
	c->state = UC_OUT;
	return note_item(x, (struct report_item){ .reject = true, .code = "bad-calendar",
	    .table = TABLE, .id = c->p7, .reason = "the calendar's CALENDAR_INSTANCE of its owner "
	    "does not follow it", .action = "give p8-load the stream as dav-schema-upgrade records "
	    "made it, and " BRING_AGAIN }, e);
}

/* UUID: as a record has it, in any case. */
static struct user_calendar *find(struct user *u, const char *uuid)
{
	char text[UUID_LEN + 1];
	size_t i;

	if (!uuid_parse(uuid, strlen(uuid), text))
		return NULL;
	for (i = u->ncals; i > 0; i--)
		if (strcmp(u->cals[i - 1].uuid, text) == 0)
			return &u->cals[i - 1];
	return NULL;
}

int calendar_before(struct context *x, struct err *e)
{
	struct user *u = x->user;

	return u->ncals > 0 ? left_alone(x, &u->cals[u->ncals - 1], e) : 0;
}

int calendar_of(struct context *x, const char *uuid, struct user_calendar **out, struct err *e)
{
	*out = find(x->user, uuid);
	return *out != NULL ? left_alone(x, *out, e) : 0;
}

/*
 * In P7 it has another owner now than when it was brought; that P7 calls the owner otherwise, while
 * P8 and DAV do not, makes no other of them.
 */
static int of_another(struct context *x, int64_t owner, struct err *e)
{
	char reason[USER_EMAIL_MAX + 120], remedy[3 * USER_EMAIL_MAX], word[2 * USER_EMAIL_MAX];
	struct dbq q;
	int rc;

	if (sql_prepare(x->s->t, &q, "SELECT IF(principal, SUBSTRING(email, 11), email),"
	    " public_id FROM {p7m_users} WHERE id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_INT(owner), 1, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1 && strcasecmp(dbq_str(&q, 1), x->user->public_id) == 0)
		rc = 0;
	if (rc == 1) {
		snprintf(reason, sizeof(reason), "P8 has this calendar as one of %s, its owner in"
		    " P7 when it was loaded", dbq_str(&q, 0));
		shown_shell(word, sizeof(word), dbq_str(&q, 0));
		snprintf(remedy, sizeof(remedy), "take that owner back (p8-load --p8 DIR --undo"
		    " %s), and " BRING_AGAIN, word);
	}
	dbq_close(&q);
	return rc <= 0 ? rc : note_record(x, (struct report_item){ .reject = true,
	    .code = "calendar-of-another", .reason = reason, .action = remedy }, e);
}

/* 1: P8 has it, by another row of the ledger. */
static int there(struct context *x, const char *uuid, struct err *e)
{
	struct dbval v = DB_STR(uuid);
	struct user *u = x->user;
	struct dbq *q;
	int64_t owner;
	int rc;

	if (!x->s->has_ledger)
		return 0;
	rc = sql_row(&x->s->sql, SQL_CALENDAR_KNOWN, &v, 1, &q, e);
	if (rc != 1)
		return rc;
	owner = dbq_int(q, 0);
	/* What stays of the heir's principal is said as a whole. */
	if (owner == u->row || owner == u->heir)
		return owner != u->row && !heir_leaves(u);
	return of_another(x, owner, e) < 0 ? -1 : 1;
}

static int report_principal_long(struct context *x, struct err *e)
{
	uint64_t n = x->user->calendars_lost;

	x->user->calendars_lost = 0;
	return n == 0 ? 0 : note_item(x, (struct report_item){ .reject = true,
	    .code = "principal-too-long", .table = TABLE, .id = -1, .field = "principaluri",
	    .count = n,
	    .reason = "P8's calendars take principals of at most " PRINCIPAL_MAX_TEXT " bytes",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " a shorter e-mail address in P7, and run again" }, e);
}

int calendar_lost(struct context *x, const struct user_calendar *c, const char *code,
    const char *remedy, struct err *e)
{
	char reason[UUID_LEN + 80];

	if (x->user->principal_long) {
		x->user->calendars_lost++;
		return 0;
	}
	snprintf(reason, sizeof(reason), "its calendar %s was left out, see its REJECT", c->uuid);
	return note_record(x, (struct report_item){ .reject = true, .code = code,
	    .reason = reason, .action = remedy }, e);
}

/* What the calendar at hand may hold: a word that P8's column takes, else DAV_COMPONENTS. */
static int calendar_components(struct context *x, const struct davtext *of,
    char out[sizeof(DAV_COMPONENTS)], struct err *e)
{
	struct rows_value t;

	if (davtext_word(x, of, "components", strlen(DAV_COMPONENTS), DAV_COMPONENTS, &t, e) < 0)
		return -1;
	if (t.p == NULL || t.n == 0)
		t = (struct rows_value)ROW_TEXT(DAV_COMPONENTS);
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return 0;
}

/* One word, at their end, for all calendars of a user whose name is too long for P8. */
static void fits_principal(struct context *x, struct user_calendar *c)
{
	char principal[USER_PRINCIPAL_LEN];

	user_principal(x->user, principal);
	if (strlen(principal) <= DAV_PRINCIPAL_MAX)
		return;
	c->state = UC_OUT;
	x->user->principal_long = true;
	x->user->calendars_lost++;
}

static int calendar_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *text = jr_str(d, NULL, "uuid", "");
	struct davtext of = { .table = TABLE, .id = jr_int(d, NULL, "id", -1) };
	char uuid[UUID_LEN + 1];
	struct user_calendar *c;
	struct rows_value v;
	int rc;

	if (calendar_before(x, e) < 0)
		return -1;
	if (!uuid_parse(text, strlen(text), uuid) || find(x->user, uuid) != NULL)
		return note_reject(x, "bad-calendar", "a calendar needs a \"uuid\" of its own",
		    CORRECT_IT, e);
	c = user_add_calendar(x->user, uuid, e);
	if (c == NULL)
		return -1;
	c->p7 = of.id;
	rc = there(x, uuid, e);
	if (rc == 1)
		c->state = UC_THERE;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	fits_principal(x, c);
	if (calendar_components(x, &of, c->components, e) < 0 ||
	    davtext_number(x, &of, "synctoken", 1, UINT32_MAX, false, &v, e) < 0)
		return -1;
	c->synctoken = v.num;
	return 0;
}

/* Does P8 have that URI of the user, or will it have it? */
static int taken(struct context *x, const char *principal, const struct buf *uri, struct err *e)
{
	struct user *u = x->user;
	struct dbval v[] = { DB_STR(principal), DB_BYTES(uri->data, uri->len),
	    DB_INT(heir_leaves(u) ? u->heir : u->row) };
	struct dbq *q;
	int64_t one;
	size_t i;

	for (i = 0; i < u->ncals; i++)
		if (u->cals[i].uri != NULL && strcmp(u->cals[i].uri, uri->data) == 0)
			return 1;
	/* What is in P8 of the user already is known above by its name. */
	if (heir_leaves(u) || u->mode == UM_THERE)
		return sql_int(x->s->t, "SELECT 1 FROM {adav_calendarinstances} i LEFT JOIN"
		    " {p7m_calendars} k ON k.calendarid=i.calendarid AND k.user_id=? WHERE"
		    " i.principaluri=? AND i.uri=? AND k.uuid IS NULL LIMIT 1",
		    (struct dbval[]){ v[2], v[0], v[1] }, 3, &one, e);
	return sql_row(&x->s->sql, SQL_CALENDAR_TAKEN, v, 2, &q, e);
}

/* The calendar's URI in P8: as it was, shortened, or with a number when it is taken. */
static int choose_uri(struct context *x, struct user_calendar *c, struct err *e)
{
	struct report_item item = { .code = "uri-changed", .table = TABLE, .id = c->p7,
	    .field = "uri", .reason = "the URI is empty, too long or taken" };
	const char *was = jr_str(&x->in->si.doc, NULL, "uri", "");
	size_t len = was[0] != '\0' ? jr_get(&x->in->si.doc, NULL, "uri")->n : 0;
	char principal[USER_PRINCIPAL_LEN], action[DAV_URI_MAX + 20];
	struct buf uri = BUF_INIT(1024);
	unsigned n = 0;
	int rc;

	user_principal(x->user, principal);
	do {
		davname_uri(was, len, DAV_URI_MAX, x->in->source, c->p7, ++n, &uri);
		rc = uri.failed ? err_memory(e) : taken(x, principal, &uri, e);
	} while (rc == 1);
	if (rc == 0 && (c->uri = strdup(uri.data)) == NULL)
		rc = err_memory(e);
	if (rc == 0 && (strlen(c->uri) != len || strcmp(c->uri, was) != 0)) {
		snprintf(action, sizeof(action), "in P8 it is %s", c->uri);
		item.action = action;
		if (strlen(was) != len)
			item.reason = "the URI has NUL bytes";
		rc = note_item(x, item, e);
		c->was = strdup(strlen(was) == len ? was : c->uri);
		if (c->was == NULL && rc == 0)
			rc = err_memory(e);
	}
	buf_free(&uri);
	return rc;
}

/* Rows of three tables, of one calendar each. */
static int add_rows(struct context *x, const struct user_calendar *c, struct buf room[3],
    struct err *e)
{
	const struct davtext of = { .table = TABLE, .id = c->p7 };
	const struct rows_value calendar[CALENDAR_COLUMNS] = {
	    [CALENDAR_SYNCTOKEN] = ROW_NUM(c->synctoken),
	    [CALENDAR_COMPONENTS] = ROW_TEXT(c->components) };
	const struct rows_value known[KNOWN_COLUMNS] = { [KNOWN_UUID] = ROW_TEXT(c->uuid) };
	struct rows_value v[INSTANCE_COLUMNS] = { [INSTANCE_URI] = ROW_TEXT(c->uri),
	    [INSTANCE_TRANSPARENT] =
	    ROW_NUM(jr_int(&x->in->si.doc, NULL, "transparent", 0) != 0) };
	int64_t cal = c - x->user->cals;

	if (davtext_number(x, &of, "calendarorder", 0, UINT32_MAX, false, &v[INSTANCE_ORDER],
	    e) < 0 ||
	    davtext_word(x, &of, "calendarcolor", DAV_COLOR_MAX, NULL, &v[INSTANCE_COLOR],
	    e) < 0 ||
	    davtext_text(x, &of, "displayname", DAV_NAME_CHARS, &room[0], &v[INSTANCE_NAME],
	    e) < 0 ||
	    davtext_text(x, &of, "description", 0, &room[1], &v[INSTANCE_DESCRIPTION], e) < 0 ||
	    davtext_text(x, &of, "timezone", 0, &room[2], &v[INSTANCE_TIMEZONE], e) < 0)
		return -1;
	return unit_add(x->unit, TABLE_CALENDARS, cal, calendar, e) < 0 ||
	    unit_add(x->unit, TABLE_INSTANCES, cal, v, e) < 0 ? -1 :
	    unit_add(x->unit, TABLE_KNOWN, cal, known, e);
}

int calendar_take_instance(struct context *x, struct err *e)
{
	struct buf room[3] = { BUF_INIT(1 << 18), BUF_INIT(1 << 18), BUF_INIT(1 << 18) };
	struct user_calendar *c = find(x->user, jr_str(&x->in->si.doc, NULL, "calendar", ""));
	int rc, i;

	if (c == NULL || c->state == UC_OURS)
		return note_reject(x, "bad-calendar", "its CALENDAR did not come before, or has "
		    "an instance of its owner already", CORRECT_IT, e);
	if (c->state == UC_THERE && c->was == NULL &&
	    (c->was = strdup(jr_str(&x->in->si.doc, NULL, "uri", ""))) == NULL)
		return err_memory(e);
	if (c->state != UC_WAITS)
		return 0;
	c->state = UC_OURS;
	c->public = jr_int(&x->in->si.doc, NULL, "public", 0) != 0;
	rc = choose_uri(x, c, e);
	if (rc == 0)
		rc = add_rows(x, c, room, e);
	for (i = 0; i < 3; i++)
		buf_free(&room[i]);
	if (rc == 0)
		itemize_calendar(x, DAV_CALENDAR, c->uri);
	return rc;
}

int calendars_end(struct context *x, struct err *e)
{
	return calendar_before(x, e) < 0 ? -1 : report_principal_long(x, e);
}

static int calendars_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct rows *r = &x->unit->r[TABLE_CALENDARS], *i = &x->unit->r[TABLE_INSTANCES];
	struct rows *k = &x->unit->r[TABLE_KNOWN];
	char principal[USER_PRINCIPAL_LEN];
	struct user_calendar *c;
	size_t n;

	if (r->n == 0)
		return 0;
	if (rows_insert(r, TABLE_CALENDARS, x->s, &(struct rows_how){ .ids = true }, e) < 0)
		return -1;
	for (n = 0; n < r->n; n++) {
		c = &x->user->cals[r->of[n]];
		c->id = r->id[n];
		i->col[INSTANCE_CALENDAR].num[n] = k->col[KNOWN_CALENDAR].num[n] = c->id;
		i->col[INSTANCE_PUBLIC].num[n] = !how->hidden && c->public;
	}
	user_principal(x->user, principal);
	rows_fill_text(i, INSTANCE_PRINCIPAL, principal, how->hidden);
	rows_fill_text(k, KNOWN_PRINCIPAL, principal, false);
	rows_fill_num(k, KNOWN_USER, x->user->row);
	if (rows_insert(i, TABLE_INSTANCES, x->s, NULL, e) < 0 ||
	    rows_insert(k, TABLE_KNOWN, x->s, NULL, e) < 0)
		return -1;
	return own_ids(x->own, 'k', DAV_CALENDAR, r->id, r->n, e);
}

int calendars_show(struct context *x, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct user *u = x->user;
	size_t i;

	user_principal(u, principal);
	for (i = 0; i < u->ncals; i++) {
		struct dbval v[] = { DB_STR(principal), DB_INT(u->cals[i].public),
		    DB_INT(u->cals[i].id) };

		if (u->cals[i].hidden && sql_run(&x->s->sql, SQL_CALENDAR_SHOW, v, 3, e) < 0)
			return -1;
	}
	return 0;
}

void calendars_committed(struct context *x, bool hidden)
{
	const struct rows *r = &x->unit->r[TABLE_CALENDARS];
	size_t i;

	for (i = 0; !hidden && i < x->user->ncals; i++)
		x->user->cals[i].hidden = false;
	for (i = 0; i < r->n; i++)
		x->user->cals[r->of[i]].hidden = hidden;
}

static struct rowhash_text text(const struct rows *r, unsigned col, size_t row)
{
	return (struct rowhash_text){ rows_null(r, col, row) ? NULL : r->col[col].p[row],
	    r->col[col].len[row] };
}

static void calendars_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_CALENDARS], *i = &x->unit->r[TABLE_INSTANCES];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, DAV_CALENDAR) : NULL;
	size_t n;

	for (n = 0; k != NULL && n < r->n; n++) {
		const struct rowhash_calendar c = { .uuid = x->user->cals[r->of[n]].uuid,
		    .uri = text(i, INSTANCE_URI, n), .name = text(i, INSTANCE_NAME, n),
		    .description = text(i, INSTANCE_DESCRIPTION, n),
		    .color = text(i, INSTANCE_COLOR, n), .timezone = text(i, INSTANCE_TIMEZONE, n),
		    .components = text(r, CALENDAR_COMPONENTS, n),
		    .order = i->col[INSTANCE_ORDER].num[n],
		    .transparent = i->col[INSTANCE_TRANSPARENT].num[n],
		    .public = x->user->cals[r->of[n]].public };

		k->things++;
		k->rows++;
		k->hash += rowhash_calendar(&c);
	}
}

bool calendar_is_instance(const struct input *in)
{
	return instance_is_owners(in) && jr_str(&in->si.doc, NULL, "share_href", "")[0] == '\0';
}

bool instance_is_owners(const struct input *in)
{
	return jr_int(&in->si.doc, NULL, "access", 1) == 1;
}

uint64_t calendar_source(const struct input *in)
{
	static const char *const of_calendar[] = { "uuid", "components", NULL };
	static const char *const of_instance[] = { "calendar", "access", "principaluri",
	    "displayname", "uri", "description", "calendarorder", "calendarcolor", "timezone",
	    "transparent", "public", NULL };
	static const char *const of_share[] = { "calendar", "access", "principaluri", NULL };

	if (strcmp(in->si.kind, DAV_CALENDAR) == 0)
		return source_members(in, of_calendar);
	return source_members(in, instance_is_owners(in) ? of_instance : of_share);
}

static void read_calendar(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	const struct rowhash_calendar c = { dbq_str(q, 0), readback_text(q, 1),
	    readback_text(q, 2), readback_text(q, 3), readback_text(q, 4), readback_text(q, 5),
	    readback_text(q, 6), dbq_int(q, 7), dbq_int(q, 8), dbq_int(q, 9) };

	(void)r;
	/* One that became somebody else's is not the same. */
	readback_add(k, 1, rowhash_calendar(&c) + (dbq_int(q, 10) == 0));
}

static int calendars_read(struct readback *r, struct err *e)
{
	struct readback_kind *k = readback_find(r, DAV_CALENDAR);

	return k == NULL ? 0 : readback_rows(r, RB_CALENDARS, "SELECT STRAIGHT_JOIN k.uuid, i.uri,"
	    " {:dav i.displayname}, {:dav i.description}, i.calendarcolor, {:dav i.timezone},"
	    " c.components, i.calendarorder, i.transparent, i.public,"
	    " i.principaluri=k.principaluri AND i.share_href IS NULL AND i.share_invitestatus=2"
	    " FROM {p7m_calendars} k JOIN {adav_calendars} c ON c.id=k.calendarid JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1 WHERE"
	    " k.user_id=? AND i.principaluri IS NOT NULL", &DB_INT(r->user->row), 1, k,
	    read_calendar, e);
}

/* P8 makes a calendar for users without one; with events in it people have used it. */
static int calendars_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
#define NEW(join) " FROM {p7m_users} u JOIN {adav_calendarinstances} i ON i.access=1 AND" \
	" i.calendarid>COALESCE(u.calendars_before, 0) LEFT JOIN {p7m_calendars} k ON" \
	" k.calendarid=i.calendarid" join " WHERE u.id=? AND i.principaluri=? AND k.uuid IS NULL"
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[2] = { DB_INT(r->user->row) };

	(void)entity;
	if (r->t->no_dav)
		return 0;
	principal_uri(r->user->public_id, principal);
	v[1] = DB_STR(principal);
	if (readback_find(r, DAV_CALENDAR) != NULL && changes_count(r, out, DAV_CALENDAR,
	    "SELECT COUNT(DISTINCT i.calendarid)" NEW(""), v, 2, e) < 0)
		return -1;
	return changes_count(r, out, DAV_OBJECT, "SELECT COUNT(*)" NEW(" JOIN"
	    " {adav_calendarobjects} o ON o.calendarid=i.calendarid"), v, 2, e);
}

/* Those that P8 made for the user and that are empty; and how many are somebody else's now. */
static int calendars_remove(struct leaving *u, struct err *e)
{
	static const char *const statements[] = {
		"DELETE FROM {adav_calendarchanges} WHERE calendarid=?",
		"DELETE FROM {adav_calendarinstances} WHERE calendarid=?",
		"DELETE FROM {adav_calendars} WHERE id=?", NULL
	};
	struct dbval v[] = { DB_INT(u->row), DB_STR(u->principal) };

	u->calendars_kept = 0;
	if (u->sql->t->no_dav || u->public_id[0] == '\0')
		return 0;
	if (sql_int(u->sql->t, "SELECT COUNT(DISTINCT k.uuid) FROM {p7m_calendars} k JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=k.calendarid AND i.access=1 WHERE"
	    " k.user_id=? AND i.principaluri<>?", v, 2, &u->calendars_kept, e) < 0)
		return -1;
	if (u->entity == 0 || strlen(u->principal) > DAV_PRINCIPAL_MAX)
		return 0;
	return remove_each(u->sql->t, "SELECT i.calendarid FROM {p7m_users} u JOIN"
	    " {adav_calendarinstances} i ON i.access=1"
	    " AND i.calendarid>u.calendars_before LEFT JOIN {p7m_calendars} m ON"
	    " m.calendarid=i.calendarid LEFT JOIN {adav_calendarobjects} c ON"
	    " c.calendarid=i.calendarid LEFT JOIN {adav_calendarinstances} x ON"
	    " x.calendarid=i.calendarid AND x.id<>i.id WHERE u.id=? AND i.principaluri=?"
	    " AND m.calendarid IS NULL AND c.id IS NULL AND x.id IS NULL AND i.calendarid>?"
	    " ORDER BY i.calendarid LIMIT 200", v[0], v[1], statements, e);
}

/* The instances go first: what they leave without owner is ours. */
static int calendars_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	static const enum sql_id below[] = { SQL_DELETE_OBJECTS, SQL_DELETE_CALENDAR_CHANGES,
	    SQL_DELETE_CALENDARS };
	unsigned i;

	if (remove_named(s, SQL_DELETE_INSTANCES, run, e) < 0)
		return -1;
	for (i = 0; i < 3; i++)
		if (remove_ids(s, below[i], run, e) < 0)
			return -1;
	return 0;
}

const struct kind_ops calendar_kind = {
	.kind = DAV_CALENDAR, .word = "calendars", .part = PART_CALENDARS, .letter = 'k',
	.of_principals = true, .take = calendar_take, .write = calendars_write,
	.sum = calendars_sum, .source = calendar_source, .read = calendars_read,
	.added = calendars_added, .remove = calendars_remove, .remove_run = calendars_remove_run,
	.differs = calendars_differ
};

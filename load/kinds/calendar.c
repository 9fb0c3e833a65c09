#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "davname.h"
#include "kinds/calendar.h"
#include "kinds/changes.h"
#include "kinds/davtext.h"
#include "kinds/heir.h"
#include "kinds/object.h"
#include "kinds/reminder.h"
#include "kinds/share.h"
#include "kinds/verbs.h"
#include "run/itemize.h"
#include "run/load.h"
#include "base/names.h"
#include "run/note.h"
#include "shown.h"

#define TABLE "adav_calendars"

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

void calendars_free(struct user *u)
{
	size_t i;

	for (i = 0; i < u->ncals; i++) {
		free(u->cals[i].uri);
		free(u->cals[i].was);
	}
	free(u->cals);
	u->cals = NULL;
	u->ncals = u->cals_size = 0;
}

struct user_calendar *calendar_add(struct user *u, const char *uuid, struct err *e)
{
	struct user_calendar *c;

	if (u->ncals == USER_CALENDARS) {
		err_set(e, EXIT_DATA, "one owner has more than %d calendars", USER_CALENDARS);
		return NULL;
	}
	if (u->ncals == u->cals_size) {
		c = realloc(u->cals, (u->cals_size + 8) * 2 * sizeof(*c));
		if (c == NULL) {
			no_memory(e);
			return NULL;
		}
		u->cals = c;
		u->cals_size = (u->cals_size + 8) * 2;
	}
	c = &u->cals[u->ncals++];
	memset(c, 0, sizeof(*c));
	snprintf(c->uuid, sizeof(c->uuid), "%s", uuid);
	return c;
}

/* A calendar that waits for its instance in vain would be nobody's. */
static int left_alone(struct load *l, struct user_calendar *c, struct err *e)
{
	if (c->state != UC_WAITS)
		return 0;
	c->state = UC_OUT;
	return note_item(l, (struct report_item){ .reject = true, .code = "bad-calendar",
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

int calendar_of(struct load *l, const char *uuid, struct user_calendar **out, struct err *e)
{
	*out = find(&l->user, uuid);
	return *out != NULL ? left_alone(l, *out, e) : 0;
}

/* In P7 it has another owner now than when it was brought. */
static int of_another(struct load *l, int64_t owner, struct err *e)
{
	char reason[USER_EMAIL_MAX + 120], remedy[3 * USER_EMAIL_MAX], word[2 * USER_EMAIL_MAX];
	struct dbq q;
	int rc;

	if (sql_prepare(l->t, &q, "SELECT IF(principal, SUBSTRING(email, 11), email) FROM"
	    " {p7m_users} WHERE id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_INT(owner), 1, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1) {
		snprintf(reason, sizeof(reason), "P8 has this calendar as one of %s, its owner in"
		    " P7 when it was loaded", dbq_str(&q, 0));
		shown_shell(word, sizeof(word), dbq_str(&q, 0));
		snprintf(remedy, sizeof(remedy), "take that owner back (p8-load --p8 DIR --undo"
		    " %s), and " BRING_AGAIN, word);
	}
	dbq_close(&q);
	return rc <= 0 ? rc : note_record(l, (struct report_item){ .reject = true,
	    .code = "calendar-of-another", .reason = reason, .action = remedy }, e);
}

/* 1: P8 has it, by another row of the ledger. */
static int there(struct load *l, const char *uuid, struct err *e)
{
	struct dbval v = DB_STR(uuid);
	int64_t owner;
	struct dbq *q;
	int rc;

	if (!l->has_ledger)
		return 0;
	rc = sql_row(&l->sql, SQL_CALENDAR_KNOWN, &v, 1, &q, e);
	if (rc != 1)
		return rc;
	owner = dbq_int(q, 0);
	/* What stays of the heir's principal is said as a whole. */
	if (owner == l->user.row || owner == l->user.heir)
		return owner != l->user.row && !heir_leaves(&l->user);
	return of_another(l, owner, e) < 0 ? -1 : 1;
}

static int say_principal_long(struct load *l, struct err *e)
{
	uint64_t n = l->user.calendars_lost;

	l->user.calendars_lost = 0;
	return n == 0 ? 0 : note_item(l, (struct report_item){ .reject = true,
	    .code = "principal-too-long", .table = TABLE, .id = -1, .field = "principaluri",
	    .count = n,
	    .reason = "P8's calendars take principals of at most " PRINCIPAL_MAX_TEXT " bytes",
	    .action = "take the user back (p8-load --p8 DIR --undo EMAIL), give them"
	    " a shorter e-mail address in P7, and run again" }, e);
}

int calendar_lost(struct load *l, const struct user_calendar *c, const char *code,
    const char *remedy, struct err *e)
{
	char reason[UUID_LEN + 80];

	if (l->user.principal_long) {
		l->user.calendars_lost++;
		return 0;
	}
	snprintf(reason, sizeof(reason), "its calendar %s was left out, see its REJECT", c->uuid);
	return note_record(l, (struct report_item){ .reject = true, .code = code,
	    .reason = reason, .action = remedy }, e);
}

int calendar_components(struct load *l, const struct davtext *of, char out[CALENDAR_COMPONENTS],
    struct err *e)
{
	struct unit_text t;

	if (davtext_word(l, of, "components", strlen(DAV_COMPONENTS), DAV_COMPONENTS, &t, e) < 0)
		return -1;
	if (t.p == NULL || t.n == 0)
		t = (struct unit_text){ DAV_COMPONENTS, strlen(DAV_COMPONENTS) };
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return 0;
}

/* One word, at their end, for all calendars of a user whose name is too long for P8. */
static void fits_principal(struct load *l, struct user_calendar *c)
{
	char principal[USER_PRINCIPAL_LEN];

	user_principal(&l->user, principal);
	if (strlen(principal) <= PRINCIPAL_MAX)
		return;
	c->state = UC_OUT;
	l->user.principal_long = true;
	l->user.calendars_lost++;
}

static int take(struct load *l, struct err *e)
{
	const struct jdoc *d = &l->si.doc;
	const char *text = jr_str(d, NULL, "uuid", "");
	struct davtext of = { .table = TABLE, .id = jr_int(d, NULL, "id", -1) };
	char uuid[UUID_LEN + 1];
	struct user_calendar *c;
	int rc;

	if (!uuid_parse(text, strlen(text), uuid) || find(&l->user, uuid) != NULL)
		return note_reject(l, "bad-calendar", "a calendar needs a \"uuid\" of its own",
		    CORRECT_IT, e);
	c = calendar_add(&l->user, uuid, e);
	if (c == NULL)
		return -1;
	c->p7 = of.id;
	rc = there(l, uuid, e);
	if (rc == 1)
		c->state = UC_THERE;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	fits_principal(l, c);
	if (calendar_components(l, &of, c->components, e) < 0)
		return -1;
	return davtext_number(l, &of, "synctoken", 1, UINT32_MAX, &c->synctoken, NULL, e);
}

/* Does P8 have that URI of the user, or will it have it? */
static int taken(struct load *l, const char *principal, const struct buf *uri, struct err *e)
{
	struct user *u = &l->user;
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
		return sql_int(l->t, "SELECT 1 FROM {adav_calendarinstances} i LEFT JOIN"
		    " {p7m_calendars} k ON k.calendarid=i.calendarid AND k.user_id=? WHERE"
		    " i.principaluri=? AND i.uri=? AND k.uuid IS NULL LIMIT 1",
		    (struct dbval[]){ v[2], v[0], v[1] }, 3, &one, e);
	return sql_row(&l->sql, SQL_CALENDAR_TAKEN, v, 2, &q, e);
}

/* The calendar's URI in P8: as it was, shortened, or with a number when it is taken. */
static int choose_uri(struct load *l, struct user_calendar *c, struct err *e)
{
	struct report_item item = { .code = "uri-changed", .table = TABLE, .id = c->p7,
	    .field = "uri", .reason = "the URI is empty, too long or taken" };
	const char *was = jr_str(&l->si.doc, NULL, "uri", "");
	size_t len = was[0] != '\0' ? jr_get(&l->si.doc, NULL, "uri")->n : 0;
	char principal[USER_PRINCIPAL_LEN], action[DAV_URI_MAX + 20];
	struct buf uri = BUF_INIT(1024);
	unsigned n = 0;
	int rc;

	user_principal(&l->user, principal);
	do {
		davname_uri(was, len, DAV_URI_MAX, l->source, c->p7, ++n, &uri);
		rc = uri.failed ? no_memory(e) : taken(l, principal, &uri, e);
	} while (rc == 1);
	if (rc == 0 && (c->uri = strdup(uri.data)) == NULL)
		rc = no_memory(e);
	if (rc == 0 && (strlen(c->uri) != len || strcmp(c->uri, was) != 0)) {
		snprintf(action, sizeof(action), "in P8 it is %s", c->uri);
		item.action = action;
		if (strlen(was) != len)
			item.reason = "the URI has NUL bytes";
		rc = note_item(l, item, e);
		c->was = strdup(strlen(was) == len ? was : c->uri);
		if (c->was == NULL && rc == 0)
			rc = no_memory(e);
	}
	buf_free(&uri);
	return rc;
}

static int add_row(struct load *l, struct user_calendar *c, struct buf room[3], struct err *e)
{
	struct davtext of = { .table = TABLE, .id = c->p7 };
	struct unit_calendar row = { .cal = (size_t)(c - l->user.cals), .synctoken = c->synctoken,
	    .uuid = { c->uuid, UUID_LEN }, .components = { c->components, strlen(c->components) },
	    .uri = { c->uri, strlen(c->uri) }, .public = c->public };

	row.transparent = jr_int(&l->si.doc, NULL, "transparent", 0) != 0;
	if (davtext_number(l, &of, "calendarorder", 0, UINT32_MAX, &row.order, NULL, e) < 0 ||
	    davtext_word(l, &of, "calendarcolor", DAV_COLOR_MAX, NULL, &row.color, e) < 0 ||
	    davtext_text(l, &of, "displayname", DAV_NAME_CHARS, &room[0], &row.name, e) < 0 ||
	    davtext_text(l, &of, "description", 0, &room[1], &row.description, e) < 0 ||
	    davtext_text(l, &of, "timezone", 0, &room[2], &row.timezone, e) < 0)
		return -1;
	return unit_calendar(&l->unit, &row, e);
}

static int take_instance(struct load *l, struct err *e)
{
	struct buf room[3] = { BUF_INIT(1 << 18), BUF_INIT(1 << 18), BUF_INIT(1 << 18) };
	struct user_calendar *c = find(&l->user, jr_str(&l->si.doc, NULL, "calendar", ""));
	int rc, i;

	if (c == NULL || c->state == UC_OURS)
		return note_reject(l, "bad-calendar", "its CALENDAR did not come before, or has "
		    "an instance of its owner already", CORRECT_IT, e);
	if (c->state == UC_THERE && c->was == NULL &&
	    (c->was = strdup(jr_str(&l->si.doc, NULL, "uri", ""))) == NULL)
		return no_memory(e);
	if (c->state != UC_WAITS)
		return 0;
	c->state = UC_OURS;
	c->public = jr_int(&l->si.doc, NULL, "public", 0) != 0;
	rc = choose_uri(l, c, e);
	if (rc == 0)
		rc = add_row(l, c, room, e);
	for (i = 0; i < 3; i++)
		buf_free(&room[i]);
	if (rc == 0)
		itemize_calendar(l, DAV_CALENDAR, c->uri);
	return rc;
}

/* An instance of its owner, who has no "share_href" (or a share that says a wrong access). */
static bool is_owners(const struct jdoc *d)
{
	return jr_int(d, NULL, "access", 1) == 1 && jr_str(d, NULL, "share_href", "")[0] == '\0';
}

int calendars_record(struct load *l, struct err *e)
{
	const char *kind = l->si.kind;
	struct user *u = &l->user;

	if (heir_find(l, e) < 0)
		return -1;
	if (strcmp(kind, DAV_INSTANCE) == 0)
		return is_owners(&l->si.doc) ? take_instance(l, e) : share_record(l, e);
	if (u->ncals > 0 && left_alone(l, &u->cals[u->ncals - 1], e) < 0)
		return -1;
	if (strcmp(kind, DAV_CALENDAR) == 0) {
		if (u->principal && u->ncals == 0 && u->mode == UM_LOAD &&
		    principal_check(l, e) < 0)
			return -1;
		return u->mode == UM_REJECTED ? 0 : take(l, e);
	}
	return strcmp(kind, DAV_OBJECT) == 0 ? object_record(l, e) : reminder_record(l, e);
}

int calendars_end(struct load *l, struct err *e)
{
	struct user *u = &l->user;

	if (u->ncals > 0 && left_alone(l, &u->cals[u->ncals - 1], e) < 0)
		return -1;
	return say_principal_long(l, e) < 0 ? -1 : reminders_end(l, e);
}

int calendars_insert_ids(struct bulk *b, const struct bulk_data *d, size_t n, int64_t *ids,
    struct err *e)
{
	size_t i;

	if (b->db->mariadb)
		return bulk_insert_ids(b, d, 0, n, ids, e);
	for (i = 0; i < n; i++)
		if (bulk_insert_ids(b, d, i, 1, ids + i, e) < 0)
			return -1;
	return 0;
}

static int own(struct load *l, struct err *e)
{
	const struct calendars *s = &l->unit.calendars;
	struct idruns runs = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < s->n; i++)
		rc = runs_add(&runs, s->id[i], e);
	if (rc == 0)
		rc = own_add(l, 'k', DAV_CALENDAR, &runs, e);
	runs_free(&runs);
	return rc;
}

int calendars_write(struct load *l, bool hidden, struct err *e)
{
	struct calendars *s = &l->unit.calendars;
	struct bulk_data calendars[] = { { .num = s->synctoken },
	    { .p = s->components, .len = s->components_len } };
	struct bulk_data instances[] = { { .num = s->id },
	    { .p = s->principal, .len = s->principal_len, .null = s->principal_null },
	    { .p = s->name, .len = s->name_len, .null = s->name_null },
	    { .p = s->uri, .len = s->uri_len },
	    { .p = s->description, .len = s->description_len, .null = s->description_null },
	    { .num = s->order }, { .p = s->color, .len = s->color_len, .null = s->color_null },
	    { .p = s->timezone, .len = s->timezone_len, .null = s->timezone_null },
	    { .num = s->transparent }, { .num = s->public } };
	struct bulk_data known[] = { { .p = s->uuid, .len = s->uuid_len }, { .num = s->user },
	    { .num = s->id }, { .p = s->principal, .len = s->principal_len } };
	char principal[USER_PRINCIPAL_LEN];
	size_t i;

	if (s->n == 0)
		return 0;
	if (calendars_insert_ids(&l->w.b[WB_CALENDARS], calendars, s->n, s->id, e) < 0)
		return -1;
	user_principal(&l->user, principal);
	for (i = 0; i < s->n; i++) {
		l->user.cals[s->cal[i]].id = s->id[i];
		s->user[i] = l->user.row;
		s->principal[i] = principal;
		s->principal_len[i] = strlen(principal);
		s->principal_null[i] = hidden ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
		s->public[i] = !hidden && l->user.cals[s->cal[i]].public;
	}
	if (bulk_insert(&l->w.b[WB_INSTANCES], instances, 0, s->n, e) < 0 ||
	    bulk_insert(&l->w.b[WB_KNOWN], known, 0, s->n, e) < 0)
		return -1;
	return own(l, e);
}

int calendars_show(struct load *l, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct user *u = &l->user;
	size_t i;

	user_principal(u, principal);
	for (i = 0; i < u->ncals; i++) {
		struct dbval v[] = { DB_STR(principal), DB_INT(u->cals[i].public),
		    DB_INT(u->cals[i].id) };

		if (u->cals[i].hidden && sql_run(&l->sql, SQL_CALENDAR_SHOW, v, 3, e) < 0)
			return -1;
	}
	return 0;
}

void calendars_committed(struct load *l, bool hidden)
{
	const struct calendars *s = &l->unit.calendars;
	size_t i;

	for (i = 0; !hidden && i < l->user.ncals; i++)
		l->user.cals[i].hidden = false;
	for (i = 0; i < s->n; i++)
		l->user.cals[s->cal[i]].hidden = hidden;
}

static struct rowhash_text text(const char *p, size_t n, char null)
{
	return (struct rowhash_text){ null == STMT_INDICATOR_NULL ? NULL : p, n };
}

void calendars_tally(const struct load *l, struct kind_sum *k)
{
	const struct calendars *s = &l->unit.calendars;
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct rowhash_calendar c = { .uuid = s->uuid[i],
		    .uri = text(s->uri[i], s->uri_len[i], 0),
		    .name = text(s->name[i], s->name_len[i], s->name_null[i]),
		    .description = text(s->description[i], s->description_len[i],
		    s->description_null[i]),
		    .color = text(s->color[i], s->color_len[i], s->color_null[i]),
		    .timezone = text(s->timezone[i], s->timezone_len[i], s->timezone_null[i]),
		    .components = text(s->components[i], s->components_len[i], 0),
		    .order = s->order[i], .transparent = s->transparent[i],
		    .public = l->user.cals[s->cal[i]].public };

		k->things++;
		k->rows++;
		k->hash += rowhash_calendar(&c);
	}
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

int calendars_read(struct readback *r, struct err *e)
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
int calendars_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
#define NEW(join) " FROM {p7m_users} u JOIN {adav_calendarinstances} i ON i.access=1 AND" \
	" i.calendarid>COALESCE(u.calendars_before, 0) LEFT JOIN {p7m_calendars} k ON" \
	" k.calendarid=i.calendarid" join " WHERE u.id=? AND i.principaluri=? AND k.uuid IS NULL"
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[] = { DB_INT(r->user->row), DB_NULL };

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
int calendars_remove(struct leaving *u, struct err *e)
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
	if (u->entity == 0 || strlen(u->principal) > PRINCIPAL_MAX)
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
int calendars_remove_run(struct sql *s, const struct own_run *run, struct err *e)
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

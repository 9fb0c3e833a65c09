#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "davname.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/heir.h"
#include "kinds/object.h"
#include "kinds/reminder.h"
#include "kinds/share.h"
#include "kinds/itemize.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"

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

int calendar_of(struct context *x, const char *uuid, struct user_calendar **out, struct err *e)
{
	*out = find(x->user, uuid);
	return *out != NULL ? left_alone(x, *out, e) : 0;
}

/* 1: P8 has it, by another row of the ledger. */
static int there(struct context *x, const char *uuid, struct err *e)
{
	struct dbval v = DB_STR(uuid);
	struct dbq *q;
	int rc;

	if (!x->s->has_ledger)
		return 0;
	rc = sql_row(&x->s->sql, SQL_CALENDAR_KNOWN, &v, 1, &q, e);
	if (rc == 1 && heir_leaves(x->user) && dbq_int(q, 0) == x->user->heir)
		return 0;
	return rc == 1 ? dbq_int(q, 0) != x->user->row : rc;
}

static int say_principal_long(struct context *x, struct err *e)
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

int calendar_components(struct context *x, const struct davtext *of, char out[CALENDAR_COMPONENTS],
    struct err *e)
{
	struct unit_text t;

	if (davtext_word(x, of, "components", strlen(DAV_COMPONENTS), DAV_COMPONENTS, &t, e) < 0)
		return -1;
	if (t.p == NULL || t.n == 0)
		t = (struct unit_text){ DAV_COMPONENTS, strlen(DAV_COMPONENTS) };
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return 0;
}

/* One word, at their end, for all calendars of a user whose name is too long for P8. */
static void fits_principal(struct context *x, struct user_calendar *c)
{
	char principal[USER_PRINCIPAL_LEN];

	user_principal(x->user, principal);
	if (strlen(principal) <= PRINCIPAL_MAX)
		return;
	c->state = UC_OUT;
	x->user->principal_long = true;
	x->user->calendars_lost++;
}

static int take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *text = jr_str(d, NULL, "uuid", "");
	struct davtext of = { .table = TABLE, .id = jr_int(d, NULL, "id", -1) };
	char uuid[UUID_LEN + 1];
	struct user_calendar *c;
	int rc;

	if (!uuid_parse(text, strlen(text), uuid) || find(x->user, uuid) != NULL)
		return note_reject(x, "bad-calendar", "a calendar needs a \"uuid\" of its own",
		    CORRECT_IT, e);
	c = calendar_add(x->user, uuid, e);
	if (c == NULL)
		return -1;
	c->p7 = of.id;
	rc = there(x, uuid, e);
	if (rc == 1)
		c->state = UC_THERE;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	fits_principal(x, c);
	if (calendar_components(x, &of, c->components, e) < 0)
		return -1;
	return davtext_number(x, &of, "synctoken", 1, UINT32_MAX, &c->synctoken, NULL, e);
}

/* Does P8 have that URI of the user, or will it have it? */
static int taken(struct context *x, const char *principal, const struct buf *uri, struct err *e)
{
	struct user *u = x->user;
	struct dbval v[] = { DB_STR(principal), DB_BYTES(uri->data, uri->len), DB_INT(u->heir) };
	struct dbq *q;
	int64_t one;
	size_t i;

	for (i = 0; i < u->ncals; i++)
		if (u->cals[i].uri != NULL && strcmp(u->cals[i].uri, uri->data) == 0)
			return 1;
	if (heir_leaves(u))
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
		rc = uri.failed ? no_memory(e) : taken(x, principal, &uri, e);
	} while (rc == 1);
	if (rc == 0 && (c->uri = strdup(uri.data)) == NULL)
		rc = no_memory(e);
	if (rc == 0 && (strlen(c->uri) != len || strcmp(c->uri, was) != 0)) {
		snprintf(action, sizeof(action), "in P8 it is %s", c->uri);
		item.action = action;
		if (strlen(was) != len)
			item.reason = "the URI has NUL bytes";
		rc = note_item(x, item, e);
		c->was = strdup(strlen(was) == len ? was : c->uri);
		if (c->was == NULL && rc == 0)
			rc = no_memory(e);
	}
	buf_free(&uri);
	return rc;
}

static int add_row(struct context *x, struct user_calendar *c, struct buf room[3], struct err *e)
{
	struct davtext of = { .table = TABLE, .id = c->p7 };
	struct unit_calendar row = { .cal = (size_t)(c - x->user->cals), .synctoken = c->synctoken,
	    .uuid = { c->uuid, UUID_LEN }, .components = { c->components, strlen(c->components) },
	    .uri = { c->uri, strlen(c->uri) }, .public = c->public };

	row.transparent = jr_int(&x->in->si.doc, NULL, "transparent", 0) != 0;
	if (davtext_number(x, &of, "calendarorder", 0, UINT32_MAX, &row.order, NULL, e) < 0 ||
	    davtext_word(x, &of, "calendarcolor", DAV_COLOR_MAX, NULL, &row.color, e) < 0 ||
	    davtext_text(x, &of, "displayname", DAV_NAME_CHARS, &room[0], &row.name, e) < 0 ||
	    davtext_text(x, &of, "description", 0, &room[1], &row.description, e) < 0 ||
	    davtext_text(x, &of, "timezone", 0, &room[2], &row.timezone, e) < 0)
		return -1;
	return unit_calendar(x->unit, &row, e);
}

static int take_instance(struct context *x, struct err *e)
{
	struct buf room[3] = { BUF_INIT(1 << 18), BUF_INIT(1 << 18), BUF_INIT(1 << 18) };
	struct user_calendar *c = find(x->user, jr_str(&x->in->si.doc, NULL, "calendar", ""));
	int rc, i;

	if (c == NULL || c->state == UC_OURS)
		return note_reject(x, "bad-calendar", "its CALENDAR did not come before, or has "
		    "an instance of its owner already", CORRECT_IT, e);
	if (c->state == UC_THERE && c->was == NULL &&
	    (c->was = strdup(jr_str(&x->in->si.doc, NULL, "uri", ""))) == NULL)
		return no_memory(e);
	if (c->state != UC_WAITS)
		return 0;
	c->state = UC_OURS;
	c->public = jr_int(&x->in->si.doc, NULL, "public", 0) != 0;
	rc = choose_uri(x, c, e);
	if (rc == 0)
		rc = add_row(x, c, room, e);
	for (i = 0; i < 3; i++)
		buf_free(&room[i]);
	if (rc == 0)
		itemize_calendar(x, DAV_CALENDAR, c->uri);
	return rc;
}

/* An instance of its owner, who has no "share_href" (or a share that says a wrong access). */
static bool is_owners(const struct jdoc *d)
{
	return jr_int(d, NULL, "access", 1) == 1 && jr_str(d, NULL, "share_href", "")[0] == '\0';
}

int calendars_record(struct context *x, struct err *e)
{
	const char *kind = x->in->si.kind;
	struct user *u = x->user;

	if (heir_find(x, e) < 0)
		return -1;
	if (strcmp(kind, DAV_INSTANCE) == 0)
		return is_owners(&x->in->si.doc) ? take_instance(x, e) : share_record(x, e);
	if (u->ncals > 0 && left_alone(x, &u->cals[u->ncals - 1], e) < 0)
		return -1;
	if (strcmp(kind, DAV_CALENDAR) == 0)
		return take(x, e);
	return strcmp(kind, DAV_OBJECT) == 0 ? object_record(x, e) : reminder_record(x, e);
}

int calendars_end(struct context *x, struct err *e)
{
	struct user *u = x->user;

	if (u->ncals > 0 && left_alone(x, &u->cals[u->ncals - 1], e) < 0)
		return -1;
	return say_principal_long(x, e) < 0 ? -1 : reminders_end(x, e);
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

int calendars_write(struct context *x, bool hidden, struct err *e)
{
	struct calendars *s = &x->unit->calendars;
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
	if (calendars_insert_ids(&x->s->w.b[WB_CALENDARS], calendars, s->n, s->id, e) < 0)
		return -1;
	user_principal(x->user, principal);
	for (i = 0; i < s->n; i++) {
		x->user->cals[s->cal[i]].id = s->id[i];
		s->user[i] = x->user->row;
		s->principal[i] = principal;
		s->principal_len[i] = strlen(principal);
		s->principal_null[i] = hidden ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
		s->public[i] = !hidden && x->user->cals[s->cal[i]].public;
	}
	if (bulk_insert(&x->s->w.b[WB_INSTANCES], instances, 0, s->n, e) < 0 ||
	    bulk_insert(&x->s->w.b[WB_KNOWN], known, 0, s->n, e) < 0)
		return -1;
	return own_ids(x->own, 'k', DAV_CALENDAR, s->id, s->n, e);
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
	const struct calendars *s = &x->unit->calendars;
	size_t i;

	for (i = 0; !hidden && i < x->user->ncals; i++)
		x->user->cals[i].hidden = false;
	for (i = 0; i < s->n; i++)
		x->user->cals[s->cal[i]].hidden = hidden;
}

static struct rowhash_text text(const char *p, size_t n, char null)
{
	return (struct rowhash_text){ null == STMT_INDICATOR_NULL ? NULL : p, n };
}

void calendars_tally(const struct context *x, struct kind_sum *k)
{
	const struct calendars *s = &x->unit->calendars;
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
		    .public = x->user->cals[s->cal[i]].public };

		k->things++;
		k->rows++;
		k->hash += rowhash_calendar(&c);
	}
}

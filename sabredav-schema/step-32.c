/*
 * 3.2: a calendar is an id, a sync token and its components; what a user sees of it (name, colour,
 * URI, time zone) is in an instance, so that it can be shared.  The owner's instance is made of
 * the calendar; unlike in sabre's script its time zone is kept.
 */
#include <string.h>

#include "davkind.h"
#include "instances.h"
#include "records.h"
#include "sql.h"

static const struct layout calendars = { "calendars", false, {
	LAYOUT_ID,
	{ "synctoken", "INT UNSIGNED NOT NULL DEFAULT 1" },
	{ "components", "VARBINARY(21)" },
}, "" };

/*
 * After the upgrade a deleted calendar must not come back from the table that a stock script put
 * aside: when the journal knows nothing and the new tables are in use, only calendars that still
 * have objects are taken from there.
 */
static const char *in_use(struct plan *p, struct buf *b, const char *action, bool lost)
{
	buf_reset(b);
	if (!p->f->moved || lost || plan_state(p, "%s", action) != STATE_NONE)
		return "";
	sql_add(b, p->s->prefix, " AND t.`id` IN (SELECT `calendarid` FROM %T{calendarobjects})");
	return b->data;
}

static void create_calendars(struct plan *p, const struct table *src, const char *suffix)
{
	struct width w[] = { { "components", "" }, { NULL, "" } };

	snprintf(w[0].type, sizeof(w[0].type), p->f->components > 1000 ? "MEDIUMBLOB" :
	    "VARBINARY(%lld)", (long long)p->f->components);
	plan_create(p, &calendars, suffix, src->auto_increment, p->f->components > 21 ? w : NULL);
}

void step_32_others(struct buf *out, const struct schema *s)
{
	layout_others(out, &calendars_20, schema_kept(s, "calendars", SUFFIX_32));
}

/* The columns of a new calendars, from the table T. */
#define OF_CALENDAR "SELECT t.`id`, COALESCE(%S, 1), COALESCE(%S, '" DAV_COMPONENTS "') FROM %I t"

/* The ordinary case: calendars is in its old layout. */
static void convert_calendars(struct plan *p, const struct table *t, const char *synctoken,
    const char *components)
{
	struct buf others = BUF_INIT(1 << 16);

	plan_untied(p, t, false);
	layout_others(&others, &calendars_20, t);
	if (others.len > 0)
		plan_note(p, "%s has columns that are not sabre's (%s); they stay behind in"
		    " %scalendars" SUFFIX_32, t->name, others.data, p->s->prefix);
	buf_free(&others);
	plan_free_name(p, "calendars", SUFFIX_32 "new");
	plan_free_name(p, "calendars", SUFFIX_32);
	create_calendars(p, t, SUFFIX_32 "new");
	plan_data(p, STMT_DATA, true, NULL, "calendars" SUFFIX_32 "new.copy",
	    "INSERT INTO %T{calendars" SUFFIX_32 "new} (`id`, `synctoken`, `components`)"
	    " " OF_CALENDAR, synctoken, components, t->name);
	plan_ddl(p, "calendars" SUFFIX_32 ".create", "RENAME TABLE %I TO"
	    " %T{calendars" SUFFIX_32 "}, %T{calendars" SUFFIX_32 "new} TO %I", t->name, t->name);
	schema_rename(p->s, "calendars", "", SUFFIX_32);
	schema_rename(p->s, "calendars", SUFFIX_32 "new", "");
}

/* A stock script renamed calendars away and did not finish. */
static void complete_calendars(struct plan *p, const struct table *src, const char *synctoken,
    const char *components)
{
	struct buf used = BUF_INIT(4096);
	bool fresh = schema_table(p->s, "calendars") == NULL;

	plan_untied(p, src, false);
	if (fresh)
		create_calendars(p, src, "");
	plan_data(p, STMT_DATA, fresh, NULL, "calendars.copy", "INSERT INTO %T{calendars} (`id`,"
	    " `synctoken`, `components`) " OF_CALENDAR " LEFT JOIN %T{calendars} have ON"
	    " have.`id`=t.`id` WHERE have.`id` IS NULL%S", synctoken, components, src->name,
	    in_use(p, &used, "calendars.copy", p->f->calendars_lost));
	buf_free(&used);
}

static void calendars_table(struct plan *p, const struct table *src, bool converted)
{
	struct buf token = BUF_INIT(4096), components = BUF_INIT(4096);

	source_column(p, &token, src, "synctoken", "1");
	source_column(p, &components, src, "components", "NULL");
	(converted ? complete_calendars : convert_calendars)(p, src, token.data, components.data);
	buf_free(&token);
	buf_free(&components);
}

void step_32(struct plan *p)
{
	const struct table *t = schema_table(p->s, "calendars"), *src;
	bool converted = t == NULL || !table_has(t, "principaluri"), made;
	struct buf used = BUF_INIT(4096);
	char source[NAME_SIZE];

	snprintf(source, sizeof(source), "%s", converted ? p->f->source : t->name);
	if (source[0] != '\0' && !converted) {
		plan_counted(p, "calendars", t);
		instances_note(p);
	}
	made = instances_table(p);
	if (source[0] == '\0') {
		if (p->f->owners_lost && !p->f->empty_calendars)
			plan_note(p, "calendars is at 3.2, but calendarinstances has no owners, and"
			    " the table they could be taken from (calendars_3_1_...) is gone");
		return;
	}
	if (p->f->moved && p->f->other[0] != '\0')
		plan_note(p, "calendars are completed from %s; %s has rows, too, and is not looked"
		    " at", source, p->f->other);
	src = schema_named(p->s, source);
	instances_fill(p, src, made || !converted, in_use(p, &used, "calendarinstances.fill",
	    p->f->owners_lost));
	/* sabre's script makes owner instances without time zones. */
	if (!made && plan_state(p, "calendarinstances.create") == STATE_NONE &&
	    table_has(src, "timezone"))
		plan_data(p, STMT_DATA, !converted, NULL, "calendarinstances.timezone",
		    "UPDATE %T{calendarinstances} i JOIN %I t ON t.`id`=i.`calendarid` SET"
		    " i.`timezone`=t.`timezone` WHERE i.`access`=1 AND i.`timezone` IS NULL AND"
		    " t.`timezone` IS NOT NULL", source);
	calendars_table(p, src, converted);
	buf_free(&used);
}

void step_32_undo(struct plan *p)
{
	undo_backup(p, "calendars", SUFFIX_32);
	undo_create(p, "calendars" SUFFIX_32 "new");
	undo_column(p, "calendarinstances", "public", "calendarinstances.public");
	undo_create(p, "calendarinstances");
	undo_create(p, "calendars");
}

/* Members that a calendar had until 3.2, and an instance has from then on. */
static const char *const instance_keys[] = { "principaluri", "displayname", "uri", "description",
    "calendarorder", "calendarcolor", "timezone", "transparent" };
#define INSTANCE_KEYS (sizeof(instance_keys) / sizeof(*instance_keys))

/* The instance that shares are made of: texts of the calendar at hand. */
static void keep_calendar(struct records *s, const struct record *r)
{
	static const char *const keys[] = { "displayname", "description", "calendarorder",
	    "calendarcolor", "timezone" };
	const char *json;
	size_t i, n;

	record_new(&s->calendar, DAV_CALENDAR, s->from);
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		json = record_json(r, keys[i], &n);
		record_set(&s->calendar, keys[i], json, n);
	}
}

/* Unsigned in the column, as with tables. */
static int fit_order(struct records *s, struct record *r, struct err *e)
{
	const struct jval *v = record_value(r, "calendarorder");
	int64_t to = 0;

	if (v != NULL && v->type == J_INT)
		to = v->unsigned64 || v->i > UINT32_MAX ? UINT32_MAX : v->i < 0 ? 0 : v->i;
	if (v != NULL && v->type == J_INT && !v->unsigned64 && v->i == to)
		return 0;
	record_set_int(r, "calendarorder", to);
	return v == NULL ? 0 : records_warn(s, "calendar-order", "calendarorder",
	    "the column takes numbers from 0 to 4294967295", "the nearest one was taken", e);
}

/* Is this member anything but 0, false and null? */
static bool is_set(const struct record *r, const char *key)
{
	const struct jval *v = record_value(r, key);

	return v != NULL && (v->type == J_BOOL ? v->b : v->type != J_INT || v->i != 0);
}

static int split_calendar(struct records *s, struct err *e)
{
	struct record *r = &s->r, *i = &s->behind;
	bool transparent = is_set(r, "transparent");
	const char *json;
	size_t k, n;

	record_new(i, DAV_INSTANCE, s->from);
	json = record_json(r, "uuid", &n);
	record_set(i, "calendar", json, n);
	record_set_int(i, "access", 1);
	record_set_int(i, "public", is_set(r, "public"));
	if (fit_order(s, r, e) < 0)
		return -1;
	for (k = 0; k < INSTANCE_KEYS; k++)
		record_move(r, i, instance_keys[k]);
	record_set_int(i, "transparent", transparent);
	record_drop(r, "public");
	keep_calendar(s, i);
	return 0;
}

/* A calendar that has been split already has nothing of its instance's. */
static int lift_calendar(struct records *s, struct err *e)
{
	const struct jval *v = record_value(&s->r, "uuid");
	size_t k;

	if (v == NULL || v->type != J_STR || !uuid_parse(v->s, v->n, s->uuid)) {
		s->uuid[0] = '\0';
		return records_reject(s, "calendar-without-uuid", "uuid", "the calendar has no"
		    " UUID, so nothing can belong to it", "correct the record in the"
		    " stream, and run this stage and those behind it again, with --edited", e);
	}
	record_new(&s->calendar, DAV_CALENDAR, s->from);
	for (k = 0; k < INSTANCE_KEYS && !record_has(&s->r, instance_keys[k]); k++)
		;
	return k < INSTANCE_KEYS || record_has(&s->r, "public") ? split_calendar(s, e) : 0;
}

/* The sharee's instance: a copy of the owner's, with a colour of its own if the share has one. */
static void make_instance(struct records *s, const struct jval *who, int64_t access)
{
	static const char *const copied[] = { "displayname", "description", "calendarorder",
	    "timezone" };
	char uri[UUID_LEN + 1];
	uint8_t ns[16];
	const char *json;
	size_t n, i;

	uuid_raw(s->uuid, ns);
	uuid_v5(ns, who->s, who->n, uri);
	s->r.kind = DAV_INSTANCE;
	record_set_str(&s->r, "uri", uri, UUID_LEN);
	record_set_int(&s->r, "access", access);
	record_set_str(&s->r, "share_href", who->s, who->n);
	for (i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
		json = record_json(&s->calendar, copied[i], &n);
		record_set(&s->r, copied[i], json, n);
	}
	json = record_lacks(&s->r, "color") ? record_json(&s->calendar, "calendarcolor", &n) :
	    record_json(&s->r, "color", &n);
	record_set(&s->r, "calendarcolor", json, n);
	record_drop(&s->r, "color");
	record_set_int(&s->r, "transparent", 1);
	record_drop(&s->r, "readonly");
}

static int lift_share(struct records *s, struct err *e)
{
	const struct jval *who = record_value(&s->r, "principaluri");
	const struct jval *v = record_value(&s->r, "readonly");
	bool known = v != NULL && (v->type == J_INT || v->type == J_BOOL);
	bool readonly = !known || (v->type == J_BOOL ? v->b : v->i != 0);

	if (!record_of_calendar(record_value(&s->r, "calendar"), s->uuid))
		return records_reject(s, "share-without-calendar", "calendar", "the share does not"
		    " stand behind the calendar that it is of", "put it behind its calendar, before"
		    " the next one, and run this stage and those behind it again, with --edited;"
		    " or share the calendar anew there", e);
	if (who == NULL || who->type != J_STR || who->n == 0)
		return records_reject(s, "share-without-principal", "principaluri", "the share has"
		    " no sharee", "give it its \"principaluri\","
		    " and run this stage and those behind it again, with --edited; or share the"
		    " calendar anew there", e);
	if (!known && records_warn(s, "share-without-right", "readonly", "the share does not say"
	    " whether the sharee may write", "the sharee can read it only", e) < 0)
		return -1;
	make_instance(s, who, readonly ? 2 : 3);
	return 0;
}

int step_32_record(struct records *s, struct err *e)
{
	if (records_is(s, DAV_CALENDAR))
		return lift_calendar(s, e);
	if (records_is(s, DAV_SHARE))
		return lift_share(s, e);
	/* A share may stand behind a calendar that was split before. */
	if (records_is(s, DAV_INSTANCE) &&
	    record_of_calendar(record_value(&s->r, "calendar"), s->uuid) &&
	    jr_int(&s->from->doc, NULL, "access", 0) == 1)
		keep_calendar(s, &s->r);
	return 0;
}

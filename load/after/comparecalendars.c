#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "after/compare.h"
#include "after/readcalendars.h"
#include "base/names.h"
#include "davname.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/object.h"
#include "ledger/ledger.h"

#define URI_TRIES 16		/* of numbers behind a URI that was taken */

/* A text of the record and column COL of Q, both of thing KEY. */
struct compare_text {
	const char *field, *what, *key;
	const struct dbq *q;
	unsigned col;
	size_t max;		/* characters; 0: 65535 bytes */
	bool word;
};

#define LIST "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
static_assert(sizeof(LIST) == 2 * COMPARE_OBJECTS, "a ? for each object asked for");

int compare_calendars_open(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	struct target *t = c->l->s.t;

	buf_init(&k->name, 1 << 18);
	buf_init(&k->uris, BUF_RECORD_MAX);
	if (sql_prepare(t, &k->calendar, "SELECT k.calendarid, {:dav i.displayname},"
	    " i.calendarorder, i.public, (SELECT COUNT(*) FROM {adav_calendarobjects} o WHERE"
	    " o.calendarid=k.calendarid), c.id IS NOT NULL, i.principaluri<=>k.principaluri AND"
	    " i.share_href IS NULL AND i.share_invitestatus=2, i.uri, {:dav i.description},"
	    " i.calendarcolor, {:dav i.timezone}, c.components, i.transparent"
	    " FROM {p7m_calendars} k JOIN {adav_calendarinstances} i ON i.calendarid=k.calendarid"
	    " AND i.access=1 LEFT JOIN {adav_calendars} c ON c.id=k.calendarid WHERE k.uuid=?",
	    e) < 0 ||
	    sql_prepare(t, &k->objects, "SELECT " READ_OBJECT " FROM {adav_calendarobjects} o"
	    " WHERE o.calendarid=? AND o.uri IN (" LIST ")", e) < 0)
		return -1;
	return sql_prepare(t, &k->share, "SELECT s.state, s.instance, i.access, " SHAREE_IS_THERE
	    ", s.looks=" LEDGER_LOOKS("i") ", i.calendarcolor"
	    " FROM {p7m_shares} s LEFT JOIN " SHARE_INSTANCE " WHERE s.calendar=? AND"
	    " s.sharee=CONVERT(? USING {:charset}) COLLATE {:collation}", e);
}

void compare_calendars_close(struct compare *c)
{
	struct compare_calendars *k = &c->cal;

	dbq_close(&k->calendar);
	dbq_close(&k->objects);
	dbq_close(&k->share);
	buf_free(&k->name);
	buf_free(&k->uris);
}

/* The only row of Q: 1, 0, -1; it stays in the query. */
static int one_row(struct dbq *q, const struct dbval *v, unsigned n, struct err *e)
{
	int rc = dbq_run(q, v, n, e);

	if (rc == 0 && (rc = dbq_next(q, e)) == 1)
		mysql_stmt_free_result(q->st);
	return rc;
}

static const char *member(const struct compare *c, const char *name)
{
	return jr_str(&c->l->in.si.doc, NULL, name, "");
}

/* The UUID of the record's calendar as the ledger has it; "": it has none. */
static void calendar_uuid(const struct compare *c, char out[UUID_LEN + 1])
{
	const char *text = member(c, "calendar");

	if (!uuid_parse(text, strlen(text), out))
		out[0] = '\0';
}

/* An object of P8: is it one of those at hand, and the same? */
static void check_object(struct compare *c, const struct dbq *q)
{
	struct compare_calendars *k = &c->cal;
	struct compare_object *o;
	unsigned i;

	for (i = 0; i < k->n; i++) {
		o = &k->o[i];
		if (o->seen || strcmp(k->uris.data + o->uri, dbq_str(q, 0)) != 0)
			continue;
		o->seen = true;
		if (readcalendars_object(k->uuid, q, 0) != o->hash)
			compare_say(c, DAV_OBJECT, dbq_str(q, 0),
			    "other in P8 than in the stream");
		return;
	}
}

/* The objects at hand, all of one calendar, which are compared by the sums of their bytes. */
static int flush(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	struct dbval v[COMPARE_OBJECTS + 1] = { DB_INT(k->id) };
	unsigned i;
	int rc;

	if (k->n == 0)
		return 0;
	for (i = 0; i < COMPARE_OBJECTS; i++)
		v[i + 1] = DB_STR(k->uris.data + k->o[i < k->n ? i : 0].uri);
	rc = dbq_run(&k->objects, v, COMPARE_OBJECTS + 1, e);
	while (rc >= 0 && (rc = dbq_next(&k->objects, e)) == 1)
		check_object(c, &k->objects);
	for (i = 0; rc == 0 && i < k->n; i++)
		if (!k->o[i].seen)
			compare_say(c, DAV_OBJECT, k->uris.data + k->o[i].uri, "not in P8");
	k->n = 0;
	buf_reset(&k->uris);
	return rc;
}

int compare_calendars_end(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;

	if (flush(c, e) < 0)
		return -1;
	if (k->id != 0 && k->in_p8 > k->in_stream)
		compare_say(c, DAV_OBJECT, k->uri, "%" PRId64 " objects in this calendar in P8, %"
		    PRId64 " in the stream", k->in_p8, k->in_stream);
	k->id = 0;
	k->uuid[0] = '\0';
	return 0;
}

/* What does not fit is altered as the loader did it. */
static int text(struct compare *c, const char *kind, const struct compare_text *x, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	struct davtext of = { .table = "adav_calendars", .id = -1 };
	struct unit_text want = { NULL, 0 };
	const struct dbval *col = &x->q->col[x->col];
	int rc;

	rc = x->word ? davtext_word(&c->l->x, &of, x->field, x->max, NULL, &want, e) :
	    davtext_text(&c->l->x, &of, x->field, x->max, &k->name, &want, e);
	if (rc < 0)
		return -1;
	if (want.n == col->n && (want.n == 0 || memcmp(want.p, dbq_str(x->q, x->col), want.n) == 0))
		return 0;
	if (strcmp(x->field, "displayname") == 0)
		compare_say(c, kind, x->key, "its name is \"%s\" in P8, \"%s\" in the stream",
		    dbq_str(x->q, x->col), want.p != NULL ? want.p : "");
	else
		compare_say(c, kind, x->key, "its %s is another one in P8", x->what);
	return 0;
}

/* A URI that was taken in P8 has a number there. */
static int owner_uri(struct compare *c, const char *is, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const char *was = member(c, "uri");
	unsigned n;

	for (n = 1; n <= URI_TRIES; n++) {
		davname_uri(was, strlen(was), DAV_URI_MAX, c->l->in.source,
		    jr_int(&c->l->in.si.doc, NULL, "id", k->p7), n, &k->name);
		if (k->name.failed)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		if (strcmp(k->name.data, is) == 0)
			return 0;
	}
	compare_say(c, DAV_CALENDAR, k->uri, "its URI is %s in P8", is);
	return 0;
}

static int number(struct compare *c, const char *field, int64_t hi, int64_t *out, struct err *e)
{
	struct davtext of = { .table = "adav_calendars", .id = -1 };

	return davtext_number(&c->l->x, &of, field, 0, hi, out, NULL, e);
}

/* What people see of the calendar, and whose it is. */
static int owner_looks(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const struct jdoc *d = &c->l->in.si.doc;
	struct dbq *q = &k->calendar;
	const struct compare_text x[] = {
		{ "displayname", "name", k->uri, q, 1, DAV_NAME_CHARS, false },
		{ "description", "description", k->uri, q, 8, 0, false },
		{ "calendarcolor", "color", k->uri, q, 9, DAV_COLOR_MAX, true },
		{ "timezone", "time zone", k->uri, q, 10, 0, false },
	};
	int64_t order;
	size_t i;

	for (i = 0; i < sizeof(x) / sizeof(*x); i++)
		if (text(c, DAV_CALENDAR, &x[i], e) < 0)
			return -1;
	if (owner_uri(c, dbq_str(q, 7), e) < 0 || number(c, "calendarorder", UINT32_MAX, &order,
	    e) < 0)
		return -1;
	if (dbq_int(q, 5) == 0)
		compare_say(c, DAV_CALENDAR, k->uri, "P8 cannot open it: its row of"
		    " adav_calendars is missing");
	else if (strcmp(dbq_str(q, 11), k->components) != 0)
		compare_say(c, DAV_CALENDAR, k->uri, "its components are others in P8");
	if (dbq_int(q, 6) == 0)
		compare_say(c, DAV_CALENDAR, k->uri, "in P8 it is not its owner's any more");
	if (dbq_int(q, 2) != order)
		compare_say(c, DAV_CALENDAR, k->uri, "its order is another one in P8");
	if ((dbq_int(q, 12) != 0) != (jr_int(d, NULL, "transparent", 0) != 0))
		compare_say(c, DAV_CALENDAR, k->uri, "P8 has other times of it as busy");
	if ((dbq_int(q, 3) != 0) != (jr_int(d, NULL, "public", 0) != 0))
		compare_say(c, DAV_CALENDAR, k->uri, dbq_int(q, 3) != 0 ?
		    "it is public in P8, not in the stream" :
		    "it is public in the stream, not in P8");
	return 0;
}

/* Its owner's instance tells the names by which people know the calendar. */
static int owner(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	int rc;

	if (compare_calendars_end(c, e) < 0)
		return -1;
	c->calendars++;
	calendar_uuid(c, k->uuid);
	snprintf(k->uri, sizeof(k->uri), "%s", member(c, "uri"));
	rc = one_row(&k->calendar, &DB_STR(k->uuid), 1, e);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		compare_say(c, DAV_CALENDAR, k->uri, "not in P8");
		return 0;
	}
	k->id = dbq_int(&k->calendar, 0);
	k->in_p8 = dbq_int(&k->calendar, 4);
	k->in_stream = 0;
	return owner_looks(c, e);
}

/* Its number in P7 and its components stand in the record before its instances. */
static int calendar(struct compare *c, struct err *e)
{
	struct davtext of = { .table = "adav_calendars", .id = -1 };

	if (calendar_components(&c->l->x, &of, c->cal.components, e) < 0)
		return -1;
	c->cal.p7 = jr_int(&c->l->in.si.doc, NULL, "id", -1);
	return 0;
}

/* All but the color it has of the calendar as that was in P8 when it was made. */
static int share_looks(struct compare *c, const char *sharee, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const struct jval *color = jr_get(&c->l->in.si.doc, NULL, "calendarcolor");
	const struct compare_text x = { .field = "calendarcolor", .what = "color", .key = sharee,
	    .q = &k->share, .col = 5, .max = DAV_COLOR_MAX, .word = true };
	uint64_t before = c->differences;

	if (color != NULL && color->type == J_STR && text(c, DAV_SHARE, &x, e) < 0)
		return -1;
	if (c->differences == before && dbq_int(&k->share, 4) == 0)
		compare_say(c, DAV_SHARE, sharee, "it is not as it was made in P8");
	return 0;
}

/* Who is not in P8 waits for nothing that could be compared; what was revoked is P8's matter. */
static int share(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const char *sharee = member(c, "principaluri"), *name = sharee;
	int64_t access = jr_int(&c->l->in.si.doc, NULL, "access", 0);
	size_t n = strlen(PRINCIPAL_PREFIX);
	struct dbq *q = &k->share;
	char uuid[UUID_LEN + 1];
	int rc;

	c->shares++;
	calendar_uuid(c, uuid);
	if (strncmp(name, PRINCIPAL_PREFIX, n) == 0)
		name += n;

	struct dbval v[] = { DB_STR(TYPE_USER), DB_STR(uuid), DB_STR(name) };

	rc = one_row(q, v, 3, e);
	if (rc < 0)
		return -1;
	if (rc == 1 && strcmp(dbq_str(q, 0), "waiting") == 0 && dbq_int(q, 3) == 0)
		return 0;
	if (rc == 1 && strcmp(dbq_str(q, 0), "made") == 0 && q->col[1].p == NULL)
		return 0;	/* the owner's own */
	if (rc == 0 || q->col[2].p == NULL)
		compare_say(c, DAV_SHARE, sharee, "not in P8");
	else if (dbq_int(q, 2) != access)
		compare_say(c, DAV_SHARE, sharee, dbq_int(q, 2) < access ?
		    "in P8 the sharee can only read it" : "in P8 the sharee can write it");
	else
		return share_looks(c, sharee, e);
	return 0;
}

/* As the loader writes it (kinds/object.c). */
static int object_hash(struct compare *c, const char *p, size_t n, uint64_t *out, struct err *e)
{
	struct davtext of = { .table = "adav_calendarobjects", .id = -1 };
	const char *uri = member(c, "uri");
	struct rowhash_object o = { .calendar = c->cal.uuid, .uri = { uri, strlen(uri) },
	    .crc = p == NULL ? -1 : (int64_t)crc32_z(0, (const unsigned char *)p, n) };
	struct unit_object u = { .cal = 0 };

	if (object_facts(&c->l->x, &of, &u, e) < 0)
		return -1;
	o.etag = (struct rowhash_text){ u.etag.p, u.etag.n };
	o.type = (struct rowhash_text){ u.type.p, u.type.n };
	o.uid = (struct rowhash_text){ u.uid.p, u.uid.n };
	o.modified = u.modified;
	o.size = u.bytes;
	o.first = u.has_first ? u.first : -1;
	o.last = u.has_last ? u.last : -1;
	*out = rowhash_object(&o);
	return 0;
}

static int object(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const struct jdoc *d = &c->l->in.si.doc;
	const struct jval *data = jr_get(d, NULL, "calendardata");
	const char *uri = member(c, "uri"), *p = NULL;
	struct compare_object *o;
	char uuid[UUID_LEN + 1];
	size_t n = 0;

	c->objects++;
	buf_reset(&c->l->in.spare);
	/* The load has rejected it. */
	if (data == NULL || (data->type != J_NULL &&
	    jr_bytes(d, data, &c->l->in.spare, &p, &n) < 0)) {
		compare_say(c, DAV_OBJECT, uri, "not loaded, because its \"calendardata\" is not a"
		    " text in the stream");
		return 0;
	}
	calendar_uuid(c, uuid);
	if (k->id == 0 || strcmp(uuid, k->uuid) != 0) {
		compare_say(c, DAV_OBJECT, uri, "not in P8");
		return 0;
	}
	k->in_stream++;
	o = &k->o[k->n++];
	*o = (struct compare_object){ .uri = k->uris.len };
	if (object_hash(c, p, n, &o->hash, e) < 0)
		return -1;
	buf_add(&k->uris, uri, strlen(uri) + 1);
	if (k->uris.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return k->n == COMPARE_OBJECTS ? flush(c, e) : 0;
}

int compare_calendars(struct compare *c, struct err *e)
{
	const char *kind = c->l->in.si.kind;

	if (strcmp(kind, DAV_INSTANCE) == 0)
		return jr_int(&c->l->in.si.doc, NULL, "access", 1) == 1 ? owner(c, e) : share(c, e);
	if (strcmp(kind, DAV_CALENDAR) == 0)
		return calendar(c, e);
	/* P8 sends reminders, and removes them: fewer are no difference. */
	return strcmp(kind, DAV_OBJECT) == 0 ? object(c, e) : 0;
}

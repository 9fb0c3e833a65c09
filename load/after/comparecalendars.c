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
#include "kinds/davtext.h"
#include "ledger/ledger.h"

#define LIST "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
static_assert(sizeof(LIST) == 2 * COMPARE_OBJECTS, "a ? for each object asked for");

int compare_calendars_open(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	struct target *t = c->l->t;

	buf_init(&k->name, 1 << 18);
	buf_init(&k->uris, BUF_RECORD_MAX);
	if (sql_prepare(t, &k->calendar, "SELECT k.calendarid, {:dav i.displayname},"
	    " i.calendarorder, i.public, (SELECT COUNT(*) FROM {adav_calendarobjects} o WHERE"
	    " o.calendarid=k.calendarid) FROM {p7m_calendars} k JOIN {adav_calendarinstances} i ON"
	    " i.calendarid=k.calendarid AND i.access=1 WHERE k.uuid=?", e) < 0 ||
	    sql_prepare(t, &k->objects, "SELECT uri, CRC32(calendardata), LENGTH(calendardata)"
	    " FROM {adav_calendarobjects} WHERE calendarid=? AND uri IN (" LIST ")",
	    e) < 0)
		return -1;
	return sql_prepare(t, &k->share, "SELECT s.state, s.instance, i.access, " SHAREE_IS_THERE
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
	return jr_str(&c->l->si.doc, NULL, name, "");
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
		if ((uint32_t)dbq_int(q, 1) != o->crc || dbq_int(q, 2) != o->bytes)
			compare_say(c, KIND_OBJECT, dbq_str(q, 0),
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
			compare_say(c, KIND_OBJECT, k->uris.data + k->o[i].uri, "not in P8");
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
		compare_say(c, KIND_OBJECT, k->uri, "%" PRId64 " objects in this calendar in P8, %"
		    PRId64 " in the stream", k->in_p8, k->in_stream);
	k->id = 0;
	k->uuid[0] = '\0';
	return 0;
}

/* Its owner's instance tells the names by which people know the calendar. */
static int owner(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const struct jdoc *d = &c->l->si.doc;
	struct dbq *q = &k->calendar;
	struct unit_text name;
	unsigned done;
	int rc;

	if (compare_calendars_end(c, e) < 0)
		return -1;
	c->calendars++;
	calendar_uuid(c, k->uuid);
	snprintf(k->uri, sizeof(k->uri), "%s", member(c, "uri"));
	rc = one_row(q, &DB_STR(k->uuid), 1, e);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		compare_say(c, KIND_CALENDAR, k->uri, "not in P8");
		return 0;
	}
	k->id = dbq_int(q, 0);
	k->in_p8 = dbq_int(q, 4);
	k->in_stream = 0;
	if (davtext_fit(c->l, jr_get(d, NULL, "displayname"), DAV_NAME_CHARS, &k->name, &name,
	    &done, e) < 0)
		return -1;
	if (name.p == NULL)
		name.p = "";
	if (name.n != q->col[1].n || memcmp(name.p, dbq_str(q, 1), name.n) != 0)
		compare_say(c, KIND_CALENDAR, k->uri,
		    "its name is \"%s\" in P8, \"%.*s\" in the stream", dbq_str(q, 1),
		    (int)name.n, name.p);
	if (dbq_int(q, 2) != jr_int(d, NULL, "calendarorder", 0))
		compare_say(c, KIND_CALENDAR, k->uri, "its order is another one in P8");
	if ((dbq_int(q, 3) != 0) != (jr_int(d, NULL, "public", 0) != 0))
		compare_say(c, KIND_CALENDAR, k->uri, dbq_int(q, 3) != 0 ?
		    "it is public in P8, not in the stream" :
		    "it is public in the stream, not in P8");
	return 0;
}

/* Who is not in P8 waits for nothing that could be compared; what was revoked is P8's matter. */
static int share(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const char *sharee = member(c, "principaluri"), *name = sharee;
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
		compare_say(c, KIND_SHARE, sharee, "not in P8");
	else if (dbq_int(q, 2) < jr_int(&c->l->si.doc, NULL, "access", 0))
		compare_say(c, KIND_SHARE, sharee, "in P8 the sharee can only read it");
	else if (dbq_int(q, 2) > jr_int(&c->l->si.doc, NULL, "access", 0))
		compare_say(c, KIND_SHARE, sharee, "in P8 the sharee can write it");
	return 0;
}

static int object(struct compare *c, struct err *e)
{
	struct compare_calendars *k = &c->cal;
	const struct jdoc *d = &c->l->si.doc;
	const struct jval *data = jr_get(d, NULL, "calendardata");
	const char *uri = member(c, "uri"), *p = "";
	struct compare_object *o;
	char uuid[UUID_LEN + 1];
	size_t n = 0;

	buf_reset(&c->l->spare);
	if (data != NULL && data->type != J_NULL && jr_bytes(d, data, &c->l->spare, &p, &n) < 0)
		return err_set(e, EXIT_DATA, "line %" PRIu64 ": \"calendardata\" is not a text",
		    c->l->si.lineno);
	c->objects++;
	calendar_uuid(c, uuid);
	if (k->id == 0 || strcmp(uuid, k->uuid) != 0) {
		compare_say(c, KIND_OBJECT, uri, "not in P8");
		return 0;
	}
	k->in_stream++;
	o = &k->o[k->n++];
	*o = (struct compare_object){ .uri = k->uris.len, .bytes = (int64_t)n,
	    .crc = (uint32_t)crc32_z(0, (const unsigned char *)p, n) };
	buf_add(&k->uris, uri, strlen(uri) + 1);
	if (k->uris.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return k->n == COMPARE_OBJECTS ? flush(c, e) : 0;
}

int compare_calendars(struct compare *c, struct err *e)
{
	const char *kind = c->l->si.kind;

	if (strcmp(kind, KIND_INSTANCE) == 0)
		return jr_int(&c->l->si.doc, NULL, "access", 1) == 1 ? owner(c, e) : share(c, e);
	/* P8 sends reminders, and removes them: fewer are no difference. */
	return strcmp(kind, KIND_OBJECT) == 0 ? object(c, e) : 0;
}

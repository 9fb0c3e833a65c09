#include <stdio.h>
#include <string.h>

#include "davkind.h"
#include "journal.h"
#include "sql.h"
#include "stagedread.h"
#include "step.h"

#define APPLY "dav-schema-upgrade apply --with-public%s"
#define STAGE "dav-schema-upgrade stage%s, with this stream"

/* Kinds that come from the tables, so that the stream need not be parsed for them. */
static bool is_in_tables(const char *kind)
{
	return strcmp(kind, DAV_OBJECT) == 0 || strcmp(kind, DAV_SHARE) == 0;
}

static bool parses_outside(const char *kind)
{
	return strcmp(kind, DAV_REMINDER) == 0 || records_lifts(kind);
}

static bool parses_inside(const char *kind)
{
	return parses_outside(kind) && !is_in_tables(kind);
}

/* Is a calendar at hand that the tables have?  If not, its objects are like any records. */
static void set_open(struct records *s, bool open)
{
	s->staged->open = open;
	s->in.parses = open ? parses_inside : parses_outside;
}

/* Is it there whole, and of this stream? */
static int check_note(struct staged_reader *r, const struct stream_in *in, struct err *e)
{
	struct staged is;
	bool other;

	if (staged_of_header(&is, &in->header, in->io.name, e) < 0)
		return -1;
	if (!r->st.present)
		return err_set(e, EXIT_CONFIG, "nothing is staged under the prefix '%s' of"
		    " database %s; run: " STAGE, r->st.prefix, r->db->name, r->c->where);
	if (!r->st.whole)
		return err_set(e, EXIT_CONFIG, "the staging did not come to its end; run: " STAGE,
		    r->c->where);
	other = strcmp(is.source, r->st.source) != 0;
	if (other || strcmp(is.snapshot, r->st.snapshot) != 0)
		return err_set(e, EXIT_CONFIG, "what is staged is of another %s than this stream"
		    " (%s, not %s); take the stream that was staged, or run: " STAGE,
		    other ? "source" : "snapshot", other ? r->st.source : r->st.snapshot,
		    other ? is.source : is.snapshot, r->c->where);
	return 0;
}

/* Has the staged TABLE that COLUMN?  1, 0, -1; its whole name in NAME. */
static int has_column(struct staged_reader *r, const char *table, const char *column,
    char name[NAME_BUF], struct err *e)
{
	int64_t n = 0;

	snprintf(name, NAME_BUF, "%s%s", r->st.prefix, table);
	if (db_one_int(r->db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME=?",
	    (struct dbval[]){ DB_STR(name), DB_STR(column) }, 2, &n, e) < 0)
		return -1;
	return n > 0;
}

static int check_layout(struct staged_reader *r, struct err *e)
{
	static const char *const wanted[][2] = {
		{ "calendars", "synctoken" }, { "calendars", "components" },
		{ "calendarinstances", "calendarid" }, { "calendarinstances", "access" },
		{ "calendarinstances", "share_href" }, { "calendarobjects", "uid" },
		{ "calendarobjects", "lastoccurence" }, { "calendarshares", "principaluri" },
	};
	char table[NAME_BUF];
	size_t i;
	int rc;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		rc = has_column(r, wanted[i][0], wanted[i][1], table, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return err_set(e, EXIT_CONFIG, "the staged calendars are not at sabre/dav"
			    " %s: there is no table %s with a column %s; run: " APPLY, STEP_LAST,
			    table, wanted[i][1], r->c->where);
	}
	rc = has_column(r, "calendars", "principaluri", table, e);
	return rc <= 0 ? rc : err_set(e, EXIT_CONFIG, "the staged calendars are not at sabre/dav"
	    " %s: %s has a column principaluri still; run: " APPLY, STEP_LAST, table,
	    r->c->where);
}

static int check_journal(struct staged_reader *r, struct err *e)
{
	struct journal j;
	bool interrupted;

	if (journal_load(&j, r->db, r->st.prefix, e) < 0)
		return -1;
	interrupted = journal_interrupted(&j);
	journal_free(&j);
	return !interrupted ? 0 : err_set(e, EXIT_CONFIG, "the upgrade of the staged tables was"
	    " interrupted; run it again: " APPLY, r->c->where);
}

static int check_owners(struct staged_reader *r, struct err *e)
{
	int64_t n = 0;

	if (sql_numbers(r->db, r->st.prefix, &n, 1, e, "SELECT COUNT(*) FROM %T{calendars} c LEFT"
	    " JOIN %T{calendarinstances} i ON i.calendarid=c.id AND i.access=1 WHERE i.id IS NULL"
	    ) < 0)
		return -1;
	return n == 0 ? 0 : err_set(e, EXIT_CONFIG, "%lld of the staged calendars have no owner, as"
	    " sabre's script leaves them when it dies; run: " APPLY, (long long)n, r->c->where);
}

static int prepare(struct staged_reader *r, struct err *e)
{
	char table[NAME_BUF];
	const char *p = r->st.prefix;
	int public = has_column(r, "calendarinstances", "public", table, e);

	if (public < 0)
		return -1;
	if (sql_prepare(&r->calendar, r->db, p, e, "SELECT i.uri, i.displayname,"
	    " i.description, c.synctoken, i.calendarorder, i.calendarcolor, i.timezone,"
	    " c.components, i.transparent, %S"
	    " FROM %T{calendars} c JOIN %T{calendarinstances} i ON i.calendarid=c.id AND i.access=1"
	    " WHERE c.id=? ORDER BY i.id", public > 0 ? "i.public" : "0") < 0 ||
	    staged_prepare_count(&r->blocks, r->db, p, e) < 0 ||
	    sql_prepare(&r->shares, r->db, p, e, "SELECT id, principaluri, readonly, color FROM"
	    " %T{calendarshares} WHERE calendarid=? ORDER BY id") < 0)
		return -1;
	return sql_prepare(&r->objects, r->db, p, e, "SELECT id, uri, lastmodified, calendardata,"
	    " etag, size, componenttype, firstoccurence, lastoccurence, uid FROM"
	    " %T{calendarobjects} WHERE calendarid=? ORDER BY id");
}

int staged_open(struct staged_reader *r, struct db *db, const struct command *c,
    const struct stream_in *in, struct err *e)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->uris, BUF_RECORD_MAX);
	buf_init(&r->seen, BUF_RECORD_MAX);
	r->db = db;
	r->c = c;
	if (staged_wait(db, e) < 0 || staged_find(&r->st, db, c->prefix, e) < 0 ||
	    check_note(r, in, e) < 0 || check_journal(r, e) < 0 || check_layout(r, e) < 0 ||
	    check_owners(r, e) < 0)
		return -1;
	return prepare(r, e);
}

void staged_close(struct staged_reader *r)
{
	dbq_close(&r->blocks);
	dbq_close(&r->calendar);
	dbq_close(&r->shares);
	dbq_close(&r->objects);
	buf_free(&r->uris);
	buf_free(&r->seen);
}

/* A reminder names its calendar by the URI. */
static void note_uri(struct staged_reader *r, const struct jval *was, const struct dbval *is)
{
	if (was == NULL || was->type != J_STR || is->p == NULL ||
	    (was->n == is->n && memcmp(was->s, is->p, is->n) == 0))
		return;
	buf_add(&r->uris, was->s, strlen(was->s) + 1);
	buf_add(&r->uris, is->p, is->n + 1);
}

/*
 * How a column becomes a member: a number; a text; a text that is none when it is blank; a text
 * that is the stream's when the column is NULL, for sabre's script loses it.
 */
enum how { NUMBER, TEXT, VALUE, KEPT };

/* The columns of a query, in their order. */
struct staged_member {
	const char *key;
	enum how how;
};

static const struct staged_member calendar_members[] = {
	{ "uri", TEXT }, { "displayname", TEXT }, { "description", TEXT },
	{ "synctoken", NUMBER }, { "calendarorder", NUMBER }, { "calendarcolor", TEXT },
	{ "timezone", KEPT }, { "components", TEXT }, { "transparent", NUMBER },
}, share_members[] = {
	{ "id", NUMBER }, { "principaluri", TEXT }, { "readonly", NUMBER }, { "color", TEXT },
}, object_members[] = {
	{ "id", NUMBER }, { "uri", TEXT }, { "lastmodified", NUMBER }, { "calendardata", TEXT },
	{ "etag", VALUE }, { "size", NUMBER }, { "componenttype", TEXT },
	{ "firstoccurence", NUMBER }, { "lastoccurence", NUMBER }, { "uid", VALUE },
};
#define MEMBERS(m) (m), sizeof(m) / sizeof(*(m))

/* Columns FROM to N - 1 of the row at hand. */
static void put(struct records *s, const struct dbq *q, const struct staged_member *m,
    unsigned from, unsigned n)
{
	const struct dbval *v;
	unsigned i;

	for (i = from; i < n; i++) {
		v = &q->col[i];
		if (m[i].how == NUMBER)
			records_row_number(s, m[i].key, v->p);
		else if (m[i].how == KEPT && v->p == NULL)
			records_row_member(s, m[i].key);
		else
			records_row_text(s, m[i].key, m[i].how != VALUE ||
			    dbq_str(q, i)[strspn(dbq_str(q, i), " ")] != '\0' ? v->p : NULL, v->n);
	}
}

/* The row of the stream's current CALENDAR, in the layout that the last step takes. */
static int put_calendar(struct records *s, struct staged_reader *r, struct err *e)
{
	const struct dbq *q = &r->calendar;
	bool public = jr_bool(&s->in.doc, NULL, "public", false) || dbq_int(q, 9) != 0;

	note_uri(r, jr_get(&s->in.doc, NULL, "uri"), &q->col[0]);
	records_row(s, DAV_CALENDAR);
	records_row_text(s, "uuid", r->uuid, UUID_LEN);
	records_row_member(s, "id");
	records_row_member(s, "principaluri");
	put(s, q, calendar_members, 0, sizeof(calendar_members) / sizeof(*calendar_members));
	records_row_number(s, "public", public ? "1" : "0");
	return records_row_end(s, e);
}

/* The rows of calendar ID that Q finds, as records of KIND; counted in *ROWS. */
static int put_rows(struct records *s, struct dbq *q, const struct dbval *id, const char *kind,
    const struct staged_member *m, unsigned n, uint64_t *rows, struct err *e)
{
	int rc = dbq_run(q, id, 1, e);

	while (rc == 0 && (rc = dbq_next(q, e)) == 1) {
		(*rows)++;
		records_row(s, kind);
		put(s, q, m, 0, 1);
		records_row_text(s, "calendar", s->staged->uuid, UUID_LEN);
		put(s, q, m, 1, n);
		rc = records_row_end(s, e);
	}
	return rc;
}

/* Rows that were deleted from the tables are not lost without a word. */
static int missing(struct records *s, const char *code, const char *table, const char *reason,
    uint64_t in_stream, uint64_t in_tables, struct err *e)
{
	const struct report_item i = { .reject = true, .code = code, .user = s->user,
	    .table = table, .id = -1, .reason = reason,
	    .action = "stage the stream again (dav-schema-upgrade stage), run the steps, take back"
	    " what was loaded of this user, and load that; if they were deleted on purpose, there"
	    " is nothing to do",
	    .count = in_stream - in_tables };

	return in_stream > in_tables ? report_add(&s->report, &i, e) : 0;
}

static int end_calendar(struct records *s, struct staged_reader *r, struct err *e)
{
	bool open = r->open;

	set_open(s, false);
	if (!open)
		return 0;
	return missing(s, "shares-not-staged", "calendarshares", "shares of a calendar are in the"
	    " stream, but not in the staged tables", r->shares_in_stream, r->shares_in_tables,
	    e) < 0 ? -1 : missing(s, "objects-not-staged", "calendarobjects", "objects of a"
	    " calendar are in the stream, but not in the staged tables", r->objects_in_stream,
	    r->objects_in_tables, e);
}

static int begin_calendar(struct records *s, struct staged_reader *r, struct err *e)
{
	struct dbval id = DB_INT(0);
	int rc;

	if (end_calendar(s, r, e) < 0)
		return -1;
	r->objects_in_stream = r->objects_in_tables = 0;
	r->shares_in_stream = r->shares_in_tables = 0;
	if (r->again || !staged_calendar(&s->in.doc, &id.i, r->uuid))
		return 0;
	rc = dbq_run(&r->calendar, &id, 1, e) < 0 ? -1 : dbq_next(&r->calendar, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, EXIT_CONFIG, "calendar %lld of %s is in the stream, but not in"
		    " the staged tables; run: " STAGE, (long long)id.i, s->user, r->c->where);
	set_open(s, true);
	if (put_calendar(s, r, e) < 0)
		return -1;
	while ((rc = dbq_next(&r->calendar, e)) == 1)
		;
	if (rc < 0 || put_rows(s, &r->shares, &id, DAV_SHARE, MEMBERS(share_members),
	    &r->shares_in_tables, e) < 0 || put_rows(s, &r->objects, &id, DAV_OBJECT,
	    MEMBERS(object_members), &r->objects_in_tables, e) < 0)
		return -1;
	return 1;
}

/* Of blocks with one name the first is in the tables.  Only names that come again are kept. */
static bool is_again(struct staged_reader *r, const char *key, int64_t blocks)
{
	size_t at;

	if (blocks < 2)
		return false;
	for (at = 0; at < r->seen.len; at += STAGED_KEY - 1)
		if (memcmp(r->seen.data + at, key, STAGED_KEY - 1) == 0)
			return true;
	buf_add(&r->seen, key, STAGED_KEY - 1);
	return false;
}

static int begin_block(struct records *s, struct staged_reader *r, struct err *e)
{
	const char *name = staged_block_name(&s->in.doc);
	const struct report_item i = { .reject = true, .code = "user-not-staged", .user = name,
	    .id = -1, .reason = "the staged tables are of other users: there are no calendars of"
	    " this one", .action = "stage a stream that has them (dav-schema-upgrade stage), run"
	    " the steps, and go on with that stream" };
	char key[STAGED_KEY];
	int64_t n;

	buf_reset(&r->uris);
	set_open(s, false);
	staged_key(name, key);
	if (staged_count(&r->blocks, key, &n, e) < 0)
		return -1;
	r->held = n == 0;
	r->again = is_again(r, key, n);
	if (r->seen.failed)
		return err_memory(e);
	return !r->held ? 0 : report_add(&s->report, &i, e) < 0 ? -1 : 1;
}

static int reminder(struct records *s, struct staged_reader *r, struct err *e)
{
	const char *uri = jr_str(&s->in.doc, NULL, "calendaruri", NULL);
	const char *p = r->uris.data, *end = p + r->uris.len;

	for (; uri != NULL && p < end && strcmp(p, uri) != 0; p += strlen(p) + 1)
		p += strlen(p) + 1;
	if (uri == NULL || p == end || p == NULL)
		return 0;
	if (record_read(&s->r, &s->in, e) < 0)
		return -1;
	p += strlen(p) + 1;
	record_set_str(&s->r, "calendaruri", p, strlen(p));
	return record_write(&s->r, &s->out, e) < 0 ? -1 : 1;
}

int staged_record(struct records *s, struct err *e)
{
	struct staged_reader *r = s->staged;
	const char *kind = s->in.kind;

	if (strcmp(kind, "USER_BEGIN") == 0 || strcmp(kind, "PRINCIPAL_BEGIN") == 0)
		return begin_block(s, r, e);
	if (strcmp(kind, "USER_END") == 0 || strcmp(kind, "PRINCIPAL_END") == 0) {
		if (r->held) {
			r->held = false;
			return 1;
		}
		return end_calendar(s, r, e);
	}
	if (r->held)
		return 1;
	if (strcmp(kind, DAV_CALENDAR) == 0)
		return begin_calendar(s, r, e);
	if (r->open && is_in_tables(kind)) {
		r->objects_in_stream += strcmp(kind, DAV_OBJECT) == 0;
		r->shares_in_stream += strcmp(kind, DAV_SHARE) == 0;
		return 1;
	}
	return strcmp(kind, DAV_REMINDER) == 0 ? reminder(s, r, e) : 0;
}

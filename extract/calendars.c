#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calendars.h"
#include "calsql.h"
#include "count.h"
#include "kinds.h"

#define PUBLIC_PRINCIPAL "'principals/caldav_public_user@localhost'"
/* The first columns of each statement; then come those of the form. */
enum { COL_UNIT, COL_KEY, COL_NAME, COL_PUBLIC, COL_FORM };

/* P7's shares, or, as the table of an older release, the column that names the member. */
static const struct cat_table *shares_of(const struct run *r, const char **member)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendarshares");

	*member = t != NULL ? "member" : "principalid";
	return t != NULL ? t : catalog_table(&r->cat, "adav_delegates");
}

/* The rows of a statement into the spool TO. */
static int fill(struct calendars *c, struct run *r, struct spool *to, const struct rows *rows,
    const struct form *f, struct buf *text, struct err *e)
{
	int64_t unit = rows_int(rows, COL_UNIT);

	if (rows->v[COL_UNIT] == NULL) {
		c->orphans++;
		return 0;
	}
	if (unit >= CAL_NOBODY ? !r->sel.all : !selection_wants(&r->sel, unit))
		return 0;
	/* Calendars come first: a principal of theirs is known when its reminders come. */
	if (unit >= CAL_NOBODY && unit > c->last) {
		c->last = unit;
		if (spool_add(&c->nobody, unit, 0, rows_str(rows, COL_NAME),
		    strlen(rows_str(rows, COL_NAME)) + 1, e) < 0)
			return -1;
	}
	buf_reset(text);
	form_put(f, rows, text);
	if (rows_int(rows, COL_PUBLIC) != 0)
		buf_adds(text, ",\"public\":true");
	if (text->failed)
		return err_set(e, EXIT_DATA, "a row is larger than %zu bytes", BUF_RECORD_MAX);
	return spool_add(to, unit, rows_int(rows, COL_KEY), text->data, text->len, e);
}

static int read_rows(struct calendars *c, struct run *r, struct spool *to, const struct buf *sql,
    struct form *f, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows = { .res = NULL };
	int rc = sql->failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    rows_open(&rows, &r->db, sql->data, e);

	if (rc == 0)
		form_bind(f, &rows, COL_FORM);
	selection_rewind(&r->sel);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = fill(c, r, to, &rows, f, &text, e);
	rows_close(&rows, rc);
	selection_rewind(&r->sel);
	buf_free(&text);
	spool_rewind(to);
	return rc;
}

/* SQL: the calendars that have a share with the public principal as v. */
static void sql_public(struct buf *sql, const struct run *r)
{
	const struct cat_table *principals = catalog_table(&r->cat, "adav_principals");
	const char *member;
	const struct cat_table *t = shares_of(r, &member);

	if (t == NULL || principals == NULL) {
		buf_adds(sql, "(SELECT NULL calendarid) v");
		return;
	}
	buf_adds(sql, "(SELECT DISTINCT s.calendarid FROM");
	sql_table(sql, principals, "p", NULL);
	buf_adds(sql, " STRAIGHT_JOIN");
	sql_table(sql, t, "s", NULL);
	buf_addf(sql, " ON s.%s=p.id WHERE p.uri=" PUBLIC_PRINCIPAL ") v", member);
}

static int read_calendars(struct calendars *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendars");
	struct buf sql = BUF_INIT(1 << 16);
	struct form f;
	int rc;

	if (t == NULL)
		return 0;
	buf_adds(&sql, "SELECT c.unit,t.id,");
	calsql_name(&sql, "principaluri");
	buf_adds(&sql, ",v.calendarid IS NOT NULL");
	rc = form_make(&f, cols_calendar, t, &sql, e);
	buf_adds(&sql, " FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " STRAIGHT_JOIN ");
	calsql_calendars(&sql, r);
	buf_addf(&sql, " ON c.id=t.id%s LEFT JOIN ", c->only);
	sql_public(&sql, r);
	buf_adds(&sql, " ON v.calendarid=t.id ORDER BY c.unit,t.id");
	if (rc == 0)
		rc = read_rows(c, r, &c->calendars, &sql, &f, e);
	form_free(&f);
	buf_free(&sql);
	return rc;
}

/* SQL: the member's principal as p, and the default account of whose it is as a. */
static void sql_member(struct buf *sql, const struct run *r, const char *member)
{
	const struct cat_table *principals = catalog_table(&r->cat, "adav_principals");

	buf_adds(sql, " LEFT JOIN");
	if (principals != NULL)
		sql_table(sql, principals, "p", NULL);
	else
		buf_adds(sql, " (SELECT NULL id,NULL uri) p");
	buf_addf(sql, " ON p.id=t.%s LEFT JOIN ", member);
	if (principals != NULL)
		calsql_members(sql, r);
	else
		buf_adds(sql, "(SELECT NULL id,NULL v) m");
	buf_addf(sql, " ON m.id=t.%s LEFT JOIN", member);
	sql_table(sql, catalog_table(&r->cat, "awm_accounts"), "a", NULL);
	buf_adds(sql, " ON a.id_acct=" CALSQL_ACCOUNT);
}

static int read_shares(struct calendars *c, struct run *r, struct err *e)
{
	const char *member;
	const struct cat_table *t = shares_of(r, &member);
	struct buf sql = BUF_INIT(1 << 16);
	struct form f;
	int rc;

	if (t == NULL || catalog_table(&r->cat, "adav_calendars") == NULL)
		return 0;
	buf_adds(&sql, "SELECT c.unit,t.calendarid,'',0");
	rc = form_make(&f, strcmp(member, "member") == 0 ? cols_calendar_share :
	    cols_calendar_delegate, t, &sql, e);
	buf_adds(&sql, " FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " STRAIGHT_JOIN ");
	calsql_calendars(&sql, r);
	buf_addf(&sql, " ON c.id=t.calendarid%s", c->only);
	sql_member(&sql, r, member);
	buf_adds(&sql, " WHERE COALESCE(p.uri,'')<>" PUBLIC_PRINCIPAL
	    " ORDER BY c.unit,t.calendarid,t.id");
	if (rc == 0)
		rc = read_rows(c, r, &c->shares, &sql, &f, e);
	form_free(&f);
	buf_free(&sql);
	return rc;
}

static int read_reminders(struct calendars *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_reminders");
	struct buf sql = BUF_INIT(1 << 16);
	struct form f;
	int rc;

	if (t == NULL)
		return 0;
	buf_adds(&sql, "SELECT c.unit,t.id,");
	calsql_name(&sql, "user");
	buf_adds(&sql, ",0");
	rc = form_make(&f, cols_reminder, t, &sql, e);
	buf_adds(&sql, " FROM");
	sql_table(&sql, t, "t", NULL);
	/* All rows, also those whose user is nowhere: they are counted. */
	buf_addf(&sql, " %s JOIN ", c->only[0] == '\0' ? "LEFT" : "INNER");
	calsql_reminders(&sql, r);
	buf_addf(&sql, " ON c.id=t.id%s ORDER BY c.unit,t.id", c->only);
	if (rc == 0)
		rc = read_rows(c, r, &c->reminders, &sql, &f, e);
	form_free(&f);
	buf_free(&sql);
	return rc;
}

int calendars_open(struct calendars *c, struct run *r, struct rows_ids *ids, struct err *e)
{
	memset(c, 0, sizeof(*c));
	spool_init(&c->calendars);
	spool_init(&c->shares);
	spool_init(&c->reminders);
	spool_init(&c->nobody);
	calobjects_init(&c->objects);
	c->present = (r->o->families & F_CALENDARS) && (r->sel.all || r->sel.n > 0);
	if (!c->present)
		return 0;
	/* Few users are left to the server to choose; of more what is not wanted is dropped. */
	if (!r->sel.all && r->sel.n <= ROWS_BATCH) {
		snprintf(c->only, sizeof(c->only), " AND c.unit IN %s", ids->list);
		if (rows_ids_set(ids, r->sel.id, (unsigned)r->sel.n, e) < 0)
			return -1;
	}
	if (read_calendars(c, r, e) < 0 || read_shares(c, r, e) < 0 ||
	    read_reminders(c, r, e) < 0)
		return -1;
	spool_rewind(&c->nobody);
	return calobjects_open(&c->objects, r, c->only, e);
}

int calendars_begin(struct calendars *c, struct run *r, const int64_t *unit, unsigned n,
    struct err *e)
{
	return c->present ? calobjects_begin(&c->objects, r, unit, n, e) : 0;
}

static int put(struct run *r, const char *kind, const struct srow *row, struct err *e)
{
	so_begin(&r->so, kind);
	buf_addc(&r->so.line, ',');
	buf_add(&r->so.line, row->p, row->n);
	return so_put(&r->so, kind, e);
}

static int put_shares(struct calendars *c, struct run *r, int64_t unit, int64_t calendar,
    struct err *e)
{
	struct srow row;
	int rc;

	while ((rc = spool_seek(&c->shares, unit, calendar, &row, e)) > 0 && row.key == unit &&
	    row.key2 == calendar) {
		if (put(r, "CALENDAR_SHARE", &row, e) < 0)
			return -1;
		spool_skip(&c->shares, &row);
	}
	return rc < 0 ? -1 : 0;
}

int calendars_write(struct calendars *c, struct run *r, int64_t unit, struct err *e)
{
	struct srow row;
	int64_t id;
	int rc;

	if (!c->present)
		return 0;
	while ((rc = spool_seek(&c->calendars, unit, INT64_MIN, &row, e)) > 0 && row.key == unit) {
		id = row.key2;
		if (put(r, "CALENDAR", &row, e) < 0)
			return -1;
		spool_skip(&c->calendars, &row);
		if (put_shares(c, r, unit, id, e) < 0 ||
		    calobjects_write(&c->objects, r, unit, id, NULL, e) < 0)
			return -1;
	}
	while (rc >= 0 && (rc = spool_seek(&c->reminders, unit, INT64_MIN, &row, e)) > 0 &&
	    row.key == unit) {
		if (put(r, "REMINDER", &row, e) < 0)
			return -1;
		spool_skip(&c->reminders, &row);
	}
	return rc < 0 ? -1 : 0;
}

int calendars_reject(struct calendars *c, struct run *r, int64_t unit, const char *email,
    struct err *e)
{
	char reason[160];
	struct report_item item = {
		.reject = true, .code = "calendars-of-rejected-user", .user = email,
		.table = "adav_calendars", .id = -1, .reason = reason,
		.action = "mend the user's account as the record before this one says, and run"
		    " again: the calendars come with the user",
	};
	uint64_t calendars = 0, objects = 0;
	struct srow row;
	int64_t id;
	int rc;

	if (!c->present)
		return 0;
	while ((rc = spool_seek(&c->calendars, unit, INT64_MIN, &row, e)) > 0 && row.key == unit) {
		id = row.key2;
		calendars++;
		spool_skip(&c->calendars, &row);
		if (calobjects_write(&c->objects, r, unit, id, &objects, e) < 0)
			return -1;
	}
	if (rc < 0 || calendars == 0)
		return rc < 0 ? -1 : 0;
	snprintf(reason, sizeof(reason), "%s with %s of a user who cannot be brought",
	    COUNT((int64_t)calendars, "calendar"), COUNT((int64_t)objects, "object"));
	item.count = calendars + objects;
	return report_add(&r->rep, &item, e);
}

static int put_nobody(struct calendars *c, struct run *r, int64_t unit, const char *name,
    struct err *e)
{
	char principal[1100];
	struct jsonw *w;

	snprintf(principal, sizeof(principal), "principals/%s", name);
	w = so_block_begin(&r->so, "PRINCIPAL");
	jw_kv_str(w, "principal", principal);
	if (so_block_put(&r->so, e) < 0 || calendars_write(c, r, unit, e) < 0)
		return -1;
	return so_block_end(&r->so, "principal", principal, e);
}

/* A batch of principals, taken from their spool into a spool of its own. */
static int next_batch(struct calendars *c, struct run *r, struct spool *batch, int64_t *unit,
    struct err *e)
{
	struct srow row;
	int n = 0, rc = 0;

	spool_clear(batch);
	while (n < ROWS_BATCH && (rc = spool_peek(&c->nobody, &row, e)) > 0) {
		if (selection_in_shard(&r->sel, row.p)) {
			unit[n++] = row.key;
			if (spool_add(batch, row.key, 0, row.p, row.n, e) < 0)
				return -1;
		}
		spool_skip(&c->nobody, &row);
	}
	spool_rewind(batch);
	return rc < 0 ? -1 : n;
}

int calendars_nobody(struct calendars *c, struct run *r, struct err *e)
{
	int64_t unit[ROWS_BATCH];
	struct spool batch;
	struct srow row;
	int n, rc = 0;

	if (!c->present || !r->sel.all)
		return 0;
	spool_init(&batch);
	while (rc == 0 && (n = next_batch(c, r, &batch, unit, e)) != 0) {
		rc = n < 0 ? -1 : calendars_begin(c, r, unit, (unsigned)n, e);
		while (rc == 0 && (rc = spool_peek(&batch, &row, e)) > 0) {
			rc = put_nobody(c, r, row.key, row.p, e);
			spool_skip(&batch, &row);
		}
	}
	spool_free(&batch);
	return rc;
}

int calendars_report(struct calendars *c, struct run *r, struct err *e)
{
	char reason[120];
	struct report_item item = { .code = "orphan-rows", .table = "adav_reminders", .id = -1,
	    .field = "user",
	    .reason = reason, .action = "left out" };

	if (c->orphans == 0 || !r->sel.all || r->sel.shard > 1)
		return 0;
	snprintf(reason, sizeof(reason), "rows that name users that are not there: %" PRIu64,
	    c->orphans);
	return report_add(&r->rep, &item, e);
}

void calendars_close(struct calendars *c)
{
	calobjects_close(&c->objects);
	spool_free(&c->calendars);
	spool_free(&c->shares);
	spool_free(&c->reminders);
	spool_free(&c->nobody);
}

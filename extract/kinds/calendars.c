#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kinds/calendars.h"
#include "kinds/calsql.h"
#include "kinds/outside.h"
#include "count.h"

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

/* Rows on their way into a spool. */
struct reading {
	struct calendars *c;
	struct run *r;
	struct spool *to;
	struct form form;
};

static int take_row(void *arg, const struct rows *rows, struct err *e)
{
	struct reading *g = arg;
	struct calendars *c = g->c;
	int64_t unit = rows_int(rows, COL_UNIT);
	const char *name = rows_str(rows, COL_NAME);
	struct buf *text = form_text(&g->form);

	if (rows->v[COL_UNIT] == NULL) {
		c->orphans++;
		return 0;
	}
	if (unit >= CAL_OTHERS ? !g->r->sel.all : !selection_wants(&g->r->sel, unit))
		return 0;
	/* Calendars come first: a principal of theirs is known when its reminders come. */
	if (unit >= CAL_OTHERS && unit > c->last) {
		c->last = unit;
		if (spool_add(&c->principals, unit, 0, name, strlen(name) + 1, e) < 0)
			return -1;
	}
	form_put(&g->form, rows, text);
	if (rows_int(rows, COL_PUBLIC) != 0)
		buf_adds(text, ",\"public\":true");
	return form_spool(&g->form, g->to, unit, rows_int(rows, COL_KEY), e);
}

/*
 * The rows t of a table into the spool TO: COLUMNS are those before the form's, FROM, which is
 * freed, ends in a condition, and KEY orders the rows of a unit.
 */
static int read_rows(struct calendars *c, struct run *r, struct spool *to,
    const struct cat_table *t, const char *columns, struct buf *from, const char *key,
    struct err *e)
{
	struct reading g = { .c = c, .r = r, .to = to };
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	buf_addf(&sql, "SELECT c.unit,%s", columns);
	rc = form_make(&g.form, COL_FORM, t, &sql, e);
	buf_add(&sql, from->data, from->len);
	sql_add(&sql, &r->cat, c->only);
	buf_addf(&sql, " ORDER BY c.unit,%s", key);
	sql.failed |= from->failed;
	selection_rewind(&r->sel);
	if (rc == 0)
		rc = rows_each(&r->db, &sql, take_row, &g, e);
	selection_rewind(&r->sel);
	form_free(&g.form);
	buf_free(&sql);
	buf_free(from);
	spool_rewind(to);
	return rc;
}

/* SQL: the calendars that have a share with the public principal as v. */
static void sql_public(struct buf *sql, const struct run *r)
{
	const char *member;
	const struct cat_table *t = shares_of(r, &member);

	if (t == NULL || catalog_table(&r->cat, "adav_principals") == NULL)
		buf_adds(sql, "(SELECT NULL calendarid) v");
	else
		sql_addf(sql, &r->cat, "(SELECT DISTINCT s.calendarid FROM {adav_principals p}"
		    " STRAIGHT_JOIN {%s s} ON s.%s=p.id WHERE p.uri=" PUBLIC_PRINCIPAL ") v",
		    t->name, member);
}

static int read_calendars(struct calendars *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_calendars");
	struct buf from = BUF_INIT(1 << 16);

	if (t == NULL)
		return 0;
	sql_add(&from, &r->cat, " FROM {adav_calendars t} STRAIGHT_JOIN ");
	sql_add(&from, &r->cat, calsql_calendars);
	buf_adds(&from, " ON c.id=t.id LEFT JOIN ");
	sql_public(&from, r);
	buf_adds(&from, " ON v.calendarid=t.id WHERE 1");
	return read_rows(c, r, &c->calendars, t, "t.id," CALSQL_NAME("principaluri")
	    ",v.calendarid IS NOT NULL", &from, "t.id", e);
}

/* SQL: the member's principal as p, and the default account of its user as a. */
static void sql_member(struct buf *sql, const struct run *r, const char *member)
{
	bool principals = catalog_table(&r->cat, "adav_principals") != NULL;

	sql_addf(sql, &r->cat, " LEFT JOIN %s ON p.id=t.%s LEFT JOIN ", principals ?
	    "{adav_principals p}" : "(SELECT NULL id,NULL uri) p", member);
	sql_add(sql, &r->cat, principals ? calsql_members : "(SELECT NULL id,NULL v) m");
	sql_addf(sql, &r->cat, " ON m.id=t.%s LEFT JOIN {awm_accounts a} ON a.id_acct="
	    CALSQL_ACCOUNT, member);
}

static int read_shares(struct calendars *c, struct run *r, struct err *e)
{
	const char *member;
	const struct cat_table *t = shares_of(r, &member);
	struct buf from = BUF_INIT(1 << 16);

	if (t == NULL || catalog_table(&r->cat, "adav_calendars") == NULL)
		return 0;
	sql_addf(&from, &r->cat, " FROM {%s t} STRAIGHT_JOIN ", t->name);
	sql_add(&from, &r->cat, calsql_calendars);
	buf_adds(&from, " ON c.id=t.calendarid");
	sql_member(&from, r, member);
	buf_adds(&from, " WHERE COALESCE(p.uri,'')<>" PUBLIC_PRINCIPAL);
	return read_rows(c, r, &c->shares, t, "t.calendarid,'',0", &from, "t.calendarid,t.id", e);
}

static int read_reminders(struct calendars *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_reminders");
	struct buf from = BUF_INIT(1 << 16);

	if (t == NULL)
		return 0;
	/* All rows, also those whose user is nowhere: they are counted. */
	sql_add(&from, &r->cat, " FROM {adav_reminders t} LEFT JOIN ");
	calsql_reminders(&from, &r->cat);
	buf_adds(&from, " ON c.id=t.id WHERE 1");
	return read_rows(c, r, &c->reminders, t, "t.id," CALSQL_NAME("user") ",0", &from, "t.id",
	    e);
}

int calendars_open(struct calendars *c, struct run *r, struct dbq *ids, struct err *e)
{
	const struct ids *users = &r->sel.list;

	memset(c, 0, sizeof(*c));
	spool_init(&c->calendars);
	spool_init(&c->shares);
	spool_init(&c->reminders);
	spool_init(&c->principals);
	calobjects_init(&c->objects);
	c->present = (r->o->families & F_CALENDARS) && (r->sel.all || users->n > 0);
	if (!c->present)
		return 0;
	/* Few users are left to the server to choose; of more what is not wanted is dropped. */
	c->only = "";
	if (!r->sel.all && users->n <= ROWS_BATCH) {
		c->only = " AND c.unit IN {ids}";
		if (rows_ids_set(ids, users->v, (unsigned)users->n, e) < 0)
			return -1;
	}
	if (read_calendars(c, r, e) < 0 || read_shares(c, r, e) < 0 ||
	    read_reminders(c, r, e) < 0)
		return -1;
	spool_rewind(&c->principals);
	return calobjects_open(&c->objects, r, c->only, e);
}

int calendars_begin(struct calendars *c, struct run *r, const int64_t *unit, unsigned n,
    struct err *e)
{
	return c->present ? calobjects_begin(&c->objects, r, unit, n, e) : 0;
}

int calendars_write(struct calendars *c, struct run *r, int64_t unit, struct err *e)
{
	struct srow row;
	int rc;

	if (!c->present)
		return 0;
	while ((rc = spool_of(&c->calendars, unit, SPOOL_ANY, &row, e)) > 0)
		if (run_put(r, "CALENDAR", &row, e) < 0 ||
		    run_put_all(r, "CALENDAR_SHARE", &c->shares, unit, row.key2, e) < 0 ||
		    calobjects_write(&c->objects, r, unit, row.key2, e) < 0)
			return -1;
	return rc < 0 ? -1 : run_put_all(r, "REMINDER", &c->reminders, unit, SPOOL_ANY, e);
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
	int rc;

	if (!c->present)
		return 0;
	while ((rc = spool_of(&c->calendars, unit, SPOOL_ANY, &row, e)) > 0) {
		calendars++;
		if (calobjects_count(&c->objects, unit, row.key2, &objects, e) < 0)
			return -1;
	}
	if (rc < 0 || calendars == 0)
		return rc;
	snprintf(reason, sizeof(reason), "%s with %s of a user who cannot be brought",
	    COUNT((int64_t)calendars, "calendar"), COUNT((int64_t)objects, "object"));
	item.count = calendars + objects;
	return report_add(&r->rep, &item, e);
}

static int put_principal(struct calendars *c, struct run *r, int64_t unit, const char *name,
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
	while (n < ROWS_BATCH && (rc = spool_next(&c->principals, &row, e)) > 0) {
		if (!selection_in_shard(&r->sel, row.p))
			continue;
		unit[n++] = row.key;
		if (spool_add(batch, row.key, 0, row.p, row.n, e) < 0)
			return -1;
	}
	spool_rewind(batch);
	return rc < 0 ? -1 : n;
}

int calendars_principals(struct calendars *c, struct run *r, struct err *e)
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
		while (rc == 0 && (rc = spool_next(&batch, &row, e)) > 0)
			rc = put_principal(c, r, row.key, row.p, e);
	}
	spool_free(&batch);
	return rc;
}

int calendars_report(struct calendars *c, struct run *r, struct err *e)
{
	char reason[120];

	if (c->orphans == 0 || !run_tells_all(r))
		return 0;
	snprintf(reason, sizeof(reason), "rows that name users that are not there: %" PRIu64,
	    c->orphans);
	return lost_report(r, "adav_reminders", "user", reason, "left out", e);
}

void calendars_close(struct calendars *c)
{
	calobjects_close(&c->objects);
	spool_free(&c->calendars);
	spool_free(&c->shares);
	spool_free(&c->reminders);
	spool_free(&c->principals);
}

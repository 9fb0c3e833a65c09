#include <string.h>
#include <strings.h>

#include "count.h"
#include "loss.h"
#include "sql.h"
#include "step.h"

struct loss {
	struct plan *p;
	struct db *db;
	struct err *e;
};

/* Add the number that a query gives.  -1 or 0. */
static int count(struct loss *l, int64_t *rows, const char *fmt, ...)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	int64_t n = 0;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	sql_addv(&sql, l->p->s->prefix, fmt, ap);
	va_end(ap);
	rc = buf_check(&sql, l->e) < 0 ? -1 : db_one_int(l->db, sql.data, NULL, 0, &n, l->e);
	buf_free(&sql);
	*rows += n;
	return rc < 0 ? -1 : 0;
}

static void tell(struct loss *l, const char *what, int64_t rows)
{
	if (rows > 0)
		plan_note(l->p, "%s: %s added, altered or deleted since", what, COUNT(rows, "row"));
}

/* Tables that a step makes empty; propertystorage by whichever found it missing. */
static int made(struct loss *l)
{
	static const char *const base[] = { "calendarchanges", "addressbookchanges",
	    "calendarsubscriptions", "schedulingobjects" };
	const struct table *t;
	int64_t rows;
	size_t i;

	for (i = 0; i < sizeof(base) / sizeof(*base); i++) {
		t = schema_table(l->p->s, base[i]);
		if (t == NULL || plan_state(l->p, "%s.create", base[i]) == STATE_NONE)
			continue;
		rows = 0;
		if (count(l, &rows, "SELECT COUNT(*) FROM %I", t->name) < 0)
			return -1;
		tell(l, t->name, rows);
	}
	return 0;
}

static void equal(struct buf *out, const struct table *t, const struct table *b, const char *col)
{
	buf_adds(out, " AND ");
	schema_bytes(out, t, "t", col);
	buf_adds(out, "<=>");
	schema_bytes(out, b, "b", col);
}

/* The condition that row t of T is as the step made it of row b of B. */
static void as_made(struct buf *out, const struct table *t, const struct table *b)
{
	const char *name;
	unsigned i;

	buf_adds(out, "b.`id` IS NOT NULL");
	for (i = 0; i < t->cols; i++) {
		name = t->col[i]->name;
		if (strcasecmp(name, "synctoken") == 0)
			buf_addf(out, " AND t.`synctoken`<=>%s", table_has(b, name) ?
			    "COALESCE(b.`synctoken`, 1)" : "1");
		else if (strcasecmp(name, "components") == 0 && !table_has(t, "principaluri"))
			buf_adds(out, " AND (b.`components` IS NULL OR"
			    " CAST(t.`components` AS BINARY)<=>CAST(b.`components` AS BINARY))");
		else if (table_has(b, name) && !t->col[i]->generated && !t->col[i]->touched)
			equal(out, t, b, name);
	}
}

/* Rows of BASE that are not as in B, which they were made of; EXCEPT (" AND ...") narrows them. */
static int differ(struct loss *l, const char *base, const struct table *b, const char *except)
{
	const struct table *t = schema_table(l->p->s, base);
	struct buf same = BUF_INIT(1 << 16);
	int64_t rows = 0;
	int rc;

	if (t == NULL || b == NULL)
		return 0;
	as_made(&same, t, b);
	rc = buf_check(&same, l->e) < 0 ? -1 : count(l, &rows, "SELECT COUNT(*) FROM %I t LEFT JOIN"
	    " %I b ON b.`id`=t.`id` WHERE NOT (%S)%S", t->name, b->name, same.data, except);
	buf_free(&same);
	if (rc < 0 || count(l, &rows, "SELECT COUNT(*) FROM %I b LEFT JOIN %I t ON t.`id`=b.`id`"
	    " WHERE t.`id` IS NULL", b->name, t->name) < 0)
		return -1;
	tell(l, t->name, rows);
	return 0;
}

/* The backup of BASE, or NULL when there is none, or one that was not finished. */
static const struct table *backup(const struct loss *l, const char *base, const char *suffix)
{
	enum state copied = plan_state(l->p, "%s%s.copy", base, suffix);

	return copied == STATE_NONE || copied == STATE_DONE ?
	    schema_kept(l->p->s, base, suffix) : NULL;
}

/* Instances that step 3.2 made of the calendars in B, which may be calendars itself. */
static int instances(struct loss *l, const struct table *b)
{
	static const char *const cols[] = { "principaluri", "displayname", "description",
	    "calendarcolor", "timezone" };
	const struct table *t = schema_table(l->p->s, "calendarinstances");
	struct buf same = BUF_INIT(1 << 16);
	int64_t rows = 0;
	size_t i;
	int rc;

	if (t == NULL || b == NULL ||
	    plan_state(l->p, "calendarinstances.create") == STATE_NONE)
		return 0;
	for (i = 0; i < sizeof(cols) / sizeof(*cols); i++)
		if (table_has(b, cols[i]))
			equal(&same, t, b, cols[i]);
	if (table_has(b, "calendarorder"))
		buf_adds(&same, " AND t.`calendarorder`=LEAST(GREATEST(COALESCE(b.`calendarorder`,"
		    " 0), 0), 4294967295)");
	if (table_has(b, "transparent"))
		buf_adds(&same, " AND t.`transparent`=(COALESCE(b.`transparent`, 0)<>0)");
	rc = buf_check(&same, l->e) < 0 ? -1 : count(l, &rows, "SELECT COUNT(*) FROM %I t LEFT JOIN"
	    " %I b ON b.`id`=t.`calendarid` WHERE NOT (t.`access`=1 AND b.`id` IS NOT NULL%S)",
	    t->name, b->name, same.len > 0 ? same.data : "");
	buf_free(&same);
	tell(l, t->name, rows);
	return rc;
}

/* calendars, if the step made or replaced it, and its instances. */
static int step_32_loss(struct loss *l)
{
	const struct table *t = schema_table(l->p->s, "calendars");
	const struct table *b = backup(l, "calendars", SUFFIX_32);
	bool replaced = b != NULL || plan_state(l->p, "calendars.create") != STATE_NONE;

	if (b == NULL)
		b = table_has(t, "principaluri") ? t : schema_named(l->p->s, l->p->f->source);
	if (b != t && replaced && differ(l, "calendars", b, "") < 0)
		return -1;
	return instances(l, b);
}

int loss_notes(struct plan *p, struct db *db, struct err *e)
{
	struct loss l = { p, db, e };

	if (made(&l) < 0)
		return -1;
	if (strcmp(p->step, "2.0") == 0)
		return differ(&l, "calendars", backup(&l, "calendars", SUFFIX_20), "") < 0 ||
		    differ(&l, "cards", backup(&l, "cards", SUFFIX_20), "") < 0 ? -1 :
		    differ(&l, "addressbooks", backup(&l, "addressbooks", SUFFIX_20), "");
	if (strcmp(p->step, "3.0") == 0)
		return differ(&l, "propertystorage", backup(&l, "propertystorage", SUFFIX_30),
		    " AND NOT (b.`id` IS NULL AND"
		    " t.`name`='{http://calendarserver.org/ns/}me-card' AND t.`valuetype`<=>3)");
	return strcmp(p->step, "3.2") == 0 ? step_32_loss(&l) : 0;
}

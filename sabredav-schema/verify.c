/* verify: what must be true after the steps that were done. */
#include <string.h>

#include "command.h"
#include "count.h"
#include "etag.h"
#include "shown.h"
#include "sql.h"
#include "step.h"
#include "uidread.h"

#define SHOWN 20	/* rows that a failed check names */
#define UNKNOWN UINT64_MAX	/* how many rows were so before */

struct verify {
	struct db *db;
	const struct schema *s;
	const struct journal *j;
	const struct facts *f;
	unsigned failed;
	struct err *e;
	bool broken;		/* *E is filled: no further check is made */
};

static void conclude(struct verify *v, const char *what, uint64_t rows, uint64_t before,
    const char *remedy)
{
	if (rows == 0) {
		shown_fprintf(stdout, "ok      %s\n", what);
	} else if (rows <= before) {
		shown_fprintf(stdout, "note    %s: not so for %s%s%s%s\n", what, COUNT(rows, "row"),
		    before == UNKNOWN ? "; no step alters them" : ", as before the upgrade",
		    remedy[0] ? "; " : "", remedy);
	} else {
		shown_fprintf(stdout, "FAILED  %s: not so for %s%s%s\n", what, COUNT(rows, "row"),
		    remedy[0] ? "; " : "", remedy);
		v->failed++;
	}
}

static void show(const char *what, const char *id, uint64_t nth)
{
	if (nth <= SHOWN)
		shown_fprintf(stdout, "row     %s: id %s\n", what, id);
	else if (nth == SHOWN + 1)
		shown_fprintf(stdout, "row     %s: more\n", what);
}

/* The statement shows the ids of the rows that are not as they should be. */
static void check(struct verify *v, const char *what, uint64_t before, const char *remedy,
    const char *fmt, ...)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	uint64_t rows = 0;
	struct dbq q;
	va_list ap;
	int rc;

	if (v->broken)
		return;
	va_start(ap, fmt);
	sql_addv(&sql, v->s->prefix, fmt, ap);
	va_end(ap);
	v->broken = buf_check(&sql, v->e) < 0 || dbq_prepare(&q, v->db, sql.data, v->e) < 0;
	buf_free(&sql);
	if (v->broken)
		return;
	rc = dbq_run(&q, NULL, 0, v->e);
	while (rc >= 0 && (rc = dbq_next(&q, v->e)) == 1)
		show(what, dbq_str(&q, 0), ++rows);
	dbq_close(&q);
	v->broken = rc < 0;
	if (rc >= 0)
		conclude(v, what, rows, before, remedy);
}

/* Nothing that was planned is left undone. */
static void check_journal(struct verify *v)
{
	unsigned i, n = 0;

	/* Backups that a cleanup has still to drop do not concern apply. */
	for (i = 0; i < v->j->n; i++)
		if (v->j->v[i].state != STATE_DONE && strstr(v->j->v[i].action, ".drop") == NULL) {
			shown_fprintf(stdout, "row     the journal: %s %s is not done\n",
			    v->j->v[i].step, v->j->v[i].action);
			n++;
		}
	conclude(v, "the last apply ended", n, 0, "run it again");
}

static void check_count(struct verify *v, const char *step, const char *base)
{
	char action[ACTION_SIZE], what[100];
	const struct entry *en;
	const struct table *t = schema_table(v->s, base);
	int64_t rows = 0;

	snprintf(action, sizeof(action), "%s.count", base);
	en = journal_find(v->j, step, action);
	if (en == NULL || en->state != STATE_DONE || t == NULL || v->broken)
		return;
	v->broken = sql_numbers(v->db, "", &rows, 1, v->e, "SELECT COUNT(*) FROM %I", t->name) < 0;
	if (v->broken)
		return;
	snprintf(what, sizeof(what), "%s has its %s of before step %s", base,
	    COUNT(en->rows_seen, "row"), step);
	conclude(v, what, rows < en->rows_seen ? (uint64_t)(en->rows_seen - rows) : 0, 0, "");
	if (rows > en->rows_seen)
		shown_fprintf(stdout, "note    %s has %s more: it has been used since\n", base,
		    COUNT(rows - en->rows_seen, "row"));
}

/* Rows that are read one by one because no statement finds those that are wrong. */
struct by_hand {
	const char *what;
	const struct column *uid;
	bool null_counts;
	uint64_t wrong;
};

static void wrong_row(struct by_hand *h, int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)id);
	show(h->what, text, ++h->wrong);
}

static void true_etag(void *arg, const struct etag_row *row)
{
	struct by_hand *h = arg;

	if (row->untrue && (!row->null || h->null_counts))
		wrong_row(h, row->id);
}

/* On a server without MD5(). */
static void read_etags(struct verify *v, const struct table *t, const char *data,
    struct by_hand *h, uint64_t before, const char *remedy)
{
	struct etag_reader r;
	int rc;

	if (v->broken)
		return;
	rc = etag_reader_open(&r, v->db, t, data, false, v->e);
	while (rc == 0 && (rc = etag_reader_batch(&r, r.last, true_etag, h, v->e)) == 0 &&
	    r.seen > 0)
		;
	etag_reader_close(&r);
	v->broken = rc < 0;
	if (rc == 0)
		conclude(v, h->what, h->wrong, before, remedy);
}

static void check_etags(struct verify *v, const char *base, const char *data, bool null_counts,
    uint64_t before, const char *remedy)
{
	const struct table *t = schema_table(v->s, base);
	struct buf bytes = BUF_INIT(1024);
	char what[100];
	struct by_hand h = { .what = what, .null_counts = null_counts };

	if (!table_has(t, "etag") || !table_has(t, "size"))
		return;
	snprintf(what, sizeof(what), "%s: etag and size are true", base);
	if (!v->f->md5) {
		read_etags(v, t, data, &h, before, remedy);
		return;
	}
	sql_add(&bytes, "", null_counts ? "COALESCE(%X, '')" : "%X", t, data);
	check(v, what, before, remedy, "SELECT t.`id` FROM %I t WHERE %S IS NOT"
	    " NULL AND NOT (%B<=>CAST(MD5(%S) AS BINARY) AND t.`size`<=>OCTET_LENGTH(%S))"
	    " ORDER BY t.`id`", t->name, bytes.data, t, "etag", bytes.data, bytes.data);
	buf_free(&bytes);
}

static bool same_uid(void *arg, const struct uid_object *o)
{
	struct by_hand *h = arg;
	char want[UID_SIZE] = "";

	if (o->found->len > 0)
		uid_fit(h->uid, o->found, want);
	/* An object without a UID may have anything there. */
	if (want[0] != '\0' && (o->stored == NULL || strcmp(o->stored, want) != 0))
		wrong_row(h, o->id);
	return true;
}

static void check_uids(struct verify *v)
{
	const struct table *t = schema_table(v->s, "calendarobjects");
	struct uid_reader r;
	struct by_hand h = { "calendarobjects: every object has the uid that its data have",
	    &r.col, false, 0 };
	int rc;

	if (!table_has(t, "uid") || v->broken)
		return;
	rc = uid_reader_open(&r, v->db, t, false, v->e);
	while (rc == 0 && (rc = uid_reader_batch(&r, r.last, same_uid, &h, v->e)) == 0 &&
	    r.seen > 0)
		;
	uid_reader_close(&r);
	v->broken = rc < 0;
	if (rc == 0)
		conclude(v, h.what, h.wrong, 0, "");
}

static void check_properties(struct verify *v)
{
	const struct table *store = schema_table(v->s, "propertystorage");
	const struct table *who = schema_table(v->s, "principals");

	if (!table_has(store, "valuetype"))
		return;
	check(v, "propertystorage: every value has a type", 0, "",
	    "SELECT t.`id` FROM %I t WHERE t.`valuetype` IS NULL ORDER BY t.`id`", store->name);
	if (!table_has(who, "vcardurl"))
		return;
	check(v, "principals: everybody's own card is a property", 0, "",
	    "SELECT t.`id` FROM %I t LEFT JOIN %I s ON s.`path`=CONCAT('addressbooks/',"
	    " SUBSTRING_INDEX(TRIM(TRAILING '/' FROM %B), '/', -1)) AND"
	    " s.`name`='{http://calendarserver.org/ns/}me-card' WHERE t.`vcardurl` IS NOT NULL"
	    " AND s.`id` IS NULL ORDER BY t.`id`", who->name, store->name, who, "uri");
}

/* Where the calendars were before step 3.2: each must have come through. */
static void check_source(struct verify *v, const char *source)
{
	const struct table *t = schema_named(v->s, source);

	if (!table_has(t, "principaluri"))
		return;
	check(v, "every calendar of before step 3.2 is there", 0, "",
	    "SELECT t.`id` FROM %I t LEFT JOIN %T{calendars} c ON c.`id`=t.`id`"
	    " WHERE c.`id` IS NULL ORDER BY t.`id`", source);
	check(v, "every calendar has the owner of before step 3.2", 0, "",
	    "SELECT t.`id` FROM %I t LEFT JOIN %T{calendarinstances} i ON i.`calendarid`=t.`id`"
	    " AND i.`access`=1 AND i.`principaluri`<=>%B WHERE i.`id` IS NULL ORDER BY t.`id`",
	    source, t, "principaluri");
	if (table_has(t, "timezone"))
		check(v, "every calendar has the time zone of before step 3.2", 0, "",
		    "SELECT t.`id` FROM %I t JOIN %T{calendarinstances} i ON"
		    " i.`calendarid`=t.`id` AND i.`access`=1 WHERE t.`timezone` IS NOT NULL AND"
		    " i.`timezone` IS NULL ORDER BY t.`id`", source);
}

static void check_calendars(struct verify *v, const struct facts *f)
{
	const struct table *t = schema_table(v->s, "calendars");
	const struct table *backup = schema_kept(v->s, "calendars", SUFFIX_32);

	if (t == NULL || table_has(t, "principaluri") ||
	    schema_table(v->s, "calendarinstances") == NULL)
		return;
	check(v, "every calendar has an owner instance", 0, "",
	    "SELECT t.`id` FROM %T{calendars} t LEFT JOIN %T{calendarinstances} i ON"
	    " i.`calendarid`=t.`id` AND i.`access`=1 WHERE i.`id` IS NULL ORDER BY t.`id`");
	check(v, "no calendar has two owner instances", 0, "",
	    "SELECT `calendarid` FROM %T{calendarinstances} WHERE `access`=1 GROUP BY"
	    " `calendarid` HAVING COUNT(*)>1 ORDER BY `calendarid`");
	check(v, "every instance has a calendar", 0, "", "SELECT t.`id` FROM"
	    " %T{calendarinstances} t LEFT JOIN %T{calendars} c ON c.`id`=t.`calendarid`"
	    " WHERE c.`id` IS NULL ORDER BY t.`id`");
	if (backup != NULL)
		check_source(v, backup->name);
	else if (f->moved)
		check_source(v, f->source);
}

static const char *reached(const struct schema *s)
{
	const struct table *c = schema_table(s, "calendars");

	if (c != NULL && !table_has(c, "principaluri") && schema_table(s, "calendarinstances"))
		return "3.2";
	if (table_has(schema_table(s, "propertystorage"), "valuetype"))
		return "3.0";
	if (table_has(schema_table(s, "calendarobjects"), "uid"))
		return "2.1";
	return table_has(schema_table(s, "cards"), "etag") && table_has(c, "synctoken") ? "2.0" :
	    "1.8";
}

int verify(struct db *db, struct look *l, unsigned *failed, struct err *e)
{
	struct verify v = { .db = db, .s = &l->schema, .j = &l->journal, .f = &l->facts, .e = e };
	const struct entry *uid = journal_find(v.j, "2.1", "calendarobjects.uid");
	/* Else some objects had their uid before, and were not looked at. */
	bool added = journal_state(v.j, "2.1", "calendarobjects.alter") != STATE_NONE;

	shown_fprintf(stdout, "schema  %s\n", reached(v.s));
	check_journal(&v);
	check_count(&v, "2.0", "addressbooks");
	check_count(&v, "2.0", "cards");
	check_count(&v, "2.0", "calendars");
	check_count(&v, "2.1", "calendarobjects");
	check_count(&v, "3.2", "calendars");
	check_etags(&v, "cards", "carddata", true, 0, "");
	check_etags(&v, "calendarobjects", "calendardata", false,
	    uid == NULL || !added ? UNKNOWN :
	    uid->state == STATE_DONE ? (uint64_t)uid->rows_off : 0,
	    "apply --fix-etags corrects them");
	check_uids(&v);
	check_properties(&v);
	check_calendars(&v, &l->facts);
	*failed = v.failed;
	return v.broken ? -1 : 0;
}

int command_verify(struct run *r, const struct command *c, struct look *l, int *status,
    struct err *e)
{
	unsigned failed = 0;
	int rc = verify(r->db, l, &failed, e);

	(void)c;
	if (rc == 0 && failed > 0)
		shown_fprintf(stdout, "%s failed; %s\n", COUNT(failed, "check"),
		    journal_interrupted(&l->journal) ?
		    "apply has not ended: run it again" : "restore undoes the last step");
	else if (rc == 0)
		puts("every check held; cleanup drops the backups when you do not need them");
	*status = failed > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return rc;
}

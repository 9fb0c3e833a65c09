/* verify: what must be true after the steps that were done. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "count.h"
#include "etag.h"
#include "shown.h"
#include "step.h"
#include "uidread.h"

#define SHOWN 20	/* rows that a failed check names */
#define UNKNOWN UINT64_MAX	/* how many rows were so before */

struct verify {
	struct db *db;
	const struct schema *s;
	const struct journal *j;
	struct plan p;		/* for its way of writing statements */
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

/* SQL shows the ids of the rows that are not as they should be; it is freed. */
static void check(struct verify *v, const char *what, uint64_t before, const char *remedy,
    char *sql)
{
	struct dbq q;
	uint64_t rows = 0;
	int rc;

	if (v->broken || sql == NULL) {
		free(sql);
		return;
	}
	rc = dbq_prepare(&q, v->db, sql, v->e);
	free(sql);
	if (rc < 0) {
		v->broken = true;
		return;
	}
	rc = dbq_run(&q, NULL, 0, v->e);
	while (rc >= 0 && (rc = dbq_next(&q, v->e)) == 1)
		show(what, dbq_str(&q, 0), ++rows);
	dbq_close(&q);
	if (rc < 0)
		v->broken = true;
	else
		conclude(v, what, rows, before, remedy);
}

/* Nothing that was planned is left undone. */
static void check_journal(struct verify *v)
{
	unsigned i, n = 0;

	/* What a cleanup left to be dropped is no matter of apply's. */
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
	char *sql;

	snprintf(action, sizeof(action), "%s.count", base);
	en = journal_find(v->j, step, action);
	if (en == NULL || en->state != STATE_DONE || t == NULL || v->broken)
		return;
	sql = plan_text(&v->p, "SELECT COUNT(*) FROM %I", t->name);
	if (sql == NULL || db_one_int(v->db, sql, NULL, 0, &rows, v->e) < 0)
		v->broken = true;
	free(sql);
	if (v->broken)
		return;
	snprintf(what, sizeof(what), "%s has its %s of before step %s", base,
	    COUNT(en->rows_seen, "row"), step);
	conclude(v, what, rows < en->rows_seen ? (uint64_t)(en->rows_seen - rows) : 0, 0, "");
	if (rows > en->rows_seen)
		shown_fprintf(stdout, "note    %s has %s more: it has been used since\n", base,
		    COUNT(rows - en->rows_seen, "row"));
}

struct etags {
	const char *what;
	bool null_counts;
	uint64_t wrong;
};

static void true_etag(void *arg, const struct etag_row *row)
{
	struct etags *t = arg;
	char id[24];

	if (!row->untrue || (row->null && !t->null_counts))
		return;
	snprintf(id, sizeof(id), "%lld", (long long)row->id);
	show(t->what, id, ++t->wrong);
}

/* On a server without MD5(). */
static void read_etags(struct verify *v, const struct table *t, const char *data,
    struct etags *result, uint64_t before, const char *remedy)
{
	struct etag_reader r;
	int64_t from = 0;
	int rc;

	if (v->broken)
		return;
	rc = etag_reader_open(&r, v->db, t, data, false, v->e);
	while (rc == 0) {
		rc = etag_reader_batch(&r, from, true_etag, result, v->e);
		if (r.seen == 0)
			break;
		from = r.last;
	}
	etag_reader_close(&r);
	v->broken = rc < 0;
	if (rc == 0)
		conclude(v, result->what, result->wrong, before, remedy);
}

static void check_etags(struct verify *v, const char *base, const char *data, bool null_counts,
    uint64_t before, const char *remedy)
{
	const struct table *t = schema_table(v->s, base);
	struct buf bytes = BUF_INIT(1024), etag = BUF_INIT(256);
	char what[100];
	struct etags result = { what, null_counts, 0 };

	if (!table_has(t, "etag") || !table_has(t, "size"))
		return;
	snprintf(what, sizeof(what), "%s: etag and size are true", base);
	if (!v->p.f->md5) {
		read_etags(v, t, data, &result, before, remedy);
		return;
	}
	if (null_counts)
		buf_adds(&bytes, "COALESCE(");
	schema_text(&bytes, t, "t", data);
	if (null_counts)
		buf_adds(&bytes, ", '')");
	schema_bytes(&etag, t, "t", "etag");
	check(v, what, before, remedy, plan_text(&v->p, "SELECT t.`id` FROM %I t WHERE %S IS NOT"
	    " NULL AND NOT (%S<=>CAST(MD5(%S) AS BINARY) AND t.`size`<=>OCTET_LENGTH(%S))"
	    " ORDER BY t.`id`", t->name, bytes.data, etag.data, bytes.data, bytes.data));
	buf_free(&bytes);
	buf_free(&etag);
}

struct uids {
	const struct column *col;
	uint64_t wrong;
};

static bool same_uid(void *arg, const struct uid_object *o)
{
	struct uids *u = arg;
	char want[UID_SIZE] = "", id[24];

	if (o->found->len > 0)
		uid_fit(u->col, o->found, want);
	/* What an object without a UID has there is nobody's loss. */
	if (want[0] != '\0' && (o->stored == NULL || strcmp(o->stored, want) != 0)) {
		snprintf(id, sizeof(id), "%lld", (long long)o->id);
		show("calendarobjects: every object has the uid that its data have", id,
		    ++u->wrong);
	}
	return true;
}

static void check_uids(struct verify *v)
{
	const struct table *t = schema_table(v->s, "calendarobjects");
	struct uid_reader r;
	struct uids u = { .wrong = 0 };
	int64_t from = 0;
	int rc;

	if (!table_has(t, "uid") || v->broken)
		return;
	rc = uid_reader_open(&r, v->db, t, false, v->e);
	u.col = &r.col;
	while (rc == 0) {
		rc = uid_reader_batch(&r, from, same_uid, &u, v->e);
		if (r.seen == 0)
			break;
		from = r.last;
	}
	uid_reader_close(&r);
	v->broken = rc < 0;
	if (rc == 0)
		conclude(v, "calendarobjects: every object has the uid that its data have",
		    u.wrong, 0, "");
}

static void check_properties(struct verify *v)
{
	const struct table *store = schema_table(v->s, "propertystorage");
	const struct table *who = schema_table(v->s, "principals");
	struct buf uri = BUF_INIT(1024);

	if (!table_has(store, "valuetype"))
		return;
	check(v, "propertystorage: every value has a type", 0, "", plan_text(&v->p,
	    "SELECT t.`id` FROM %I t WHERE t.`valuetype` IS NULL ORDER BY t.`id`", store->name));
	if (!table_has(who, "vcardurl"))
		return;
	schema_bytes(&uri, who, "t", "uri");
	check(v, "principals: everybody's own card is a property", 0, "", plan_text(&v->p,
	    "SELECT t.`id` FROM %I t LEFT JOIN %I s ON s.`path`=CONCAT('addressbooks/',"
	    " SUBSTRING_INDEX(TRIM(TRAILING '/' FROM %S), '/', -1)) AND"
	    " s.`name`='{http://calendarserver.org/ns/}me-card' WHERE t.`vcardurl` IS NOT NULL"
	    " AND s.`id` IS NULL ORDER BY t.`id`", who->name, store->name, uri.data));
	buf_free(&uri);
}

/* Where the calendars were before step 3.2: each must have come through. */
static void check_source(struct verify *v, const char *source)
{
	const struct table *t = schema_named(v->s, source);
	struct buf uri = BUF_INIT(1024);

	if (!table_has(t, "principaluri"))
		return;
	check(v, "every calendar of before step 3.2 is there", 0, "", plan_text(&v->p,
	    "SELECT t.`id` FROM %I t LEFT JOIN %T{calendars} c ON c.`id`=t.`id`"
	    " WHERE c.`id` IS NULL ORDER BY t.`id`", source));
	schema_bytes(&uri, t, "t", "principaluri");
	check(v, "every calendar has the owner of before step 3.2", 0, "", plan_text(&v->p,
	    "SELECT t.`id` FROM %I t LEFT JOIN %T{calendarinstances} i ON i.`calendarid`=t.`id`"
	    " AND i.`access`=1 AND i.`principaluri`<=>%S WHERE i.`id` IS NULL ORDER BY t.`id`",
	    source, uri.data));
	if (table_has(t, "timezone"))
		check(v, "every calendar has the time zone of before step 3.2", 0, "",
		    plan_text(&v->p, "SELECT t.`id` FROM %I t JOIN %T{calendarinstances} i ON"
		    " i.`calendarid`=t.`id` AND i.`access`=1 WHERE t.`timezone` IS NOT NULL AND"
		    " i.`timezone` IS NULL ORDER BY t.`id`", source));
	buf_free(&uri);
}

static void check_calendars(struct verify *v, const struct facts *f)
{
	const struct table *t = schema_table(v->s, "calendars");
	char backup[NAME_BUF];

	if (t == NULL || table_has(t, "principaluri") ||
	    schema_table(v->s, "calendarinstances") == NULL)
		return;
	check(v, "every calendar has an owner instance", 0, "", plan_text(&v->p,
	    "SELECT t.`id` FROM %T{calendars} t LEFT JOIN %T{calendarinstances} i ON"
	    " i.`calendarid`=t.`id` AND i.`access`=1 WHERE i.`id` IS NULL ORDER BY t.`id`"));
	check(v, "no calendar has two owner instances", 0, "", plan_text(&v->p,
	    "SELECT `calendarid` FROM %T{calendarinstances} WHERE `access`=1 GROUP BY"
	    " `calendarid` HAVING COUNT(*)>1 ORDER BY `calendarid`"));
	check(v, "every instance has a calendar", 0, "", plan_text(&v->p, "SELECT t.`id` FROM"
	    " %T{calendarinstances} t LEFT JOIN %T{calendars} c ON c.`id`=t.`calendarid`"
	    " WHERE c.`id` IS NULL ORDER BY t.`id`"));
	snprintf(backup, sizeof(backup), "%scalendars" SUFFIX_32, v->s->prefix);
	if (schema_named(v->s, backup) != NULL)
		check_source(v, backup);
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
	struct verify v = { .db = db, .s = &l->schema, .j = &l->journal, .e = e };
	const struct entry *uid = journal_find(v.j, "2.1", "calendarobjects.uid");
	/* Else some objects had their uid before, and were not looked at. */
	bool added = journal_state(v.j, "2.1", "calendarobjects.alter") != STATE_NONE;

	plan_init(&v.p, &l->schema, &l->journal, &l->facts);
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
	if (!v.broken && plan_end(&v.p, e) < 0)
		v.broken = true;
	plan_free(&v.p);
	*failed = v.failed;
	return v.broken ? -1 : 0;
}

int command_verify(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct look l;
	unsigned failed = 0;
	int rc;

	if (look(&l, db, c->prefix, e) < 0)
		return -1;
	rc = verify(db, &l, &failed, e);
	if (rc == 0 && failed > 0)
		shown_fprintf(stdout, "%s failed; %s\n", COUNT(failed, "check"),
		    journal_interrupted(&l.journal) ?
		    "apply has not ended: run it again" : "restore undoes the last step");
	else if (rc == 0)
		puts("every check held; cleanup drops the backups when you do not need them");
	look_free(&l);
	*status = failed > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return rc;
}

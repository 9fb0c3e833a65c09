/* stage, unstage: the DAV records of a stream in tables of sabre/dav 1.8 (staged.h). */
#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "count.h"
#include "davkind.h"
#include "davobject.h"
#include "records.h"
#include "rows.h"
#include "shown.h"
#include "sql.h"
#include "staged.h"
#include "step.h"
#include "stream.h"
#include "utf8.h"

#define SENT_MAX ((size_t)4 << 20)	/* bytes of rows in one transaction, about */
#define TEXTS 7		/* of a calendar, which has the most of them */

struct stage {
	struct run *run;
	struct staged st;
	struct stream_in in;
	struct dbq calendar_row, owner;	/* of calendars: a new one; whose is that of an id */
	struct rows objects, shares;
	struct dbq block;		/* a row for it */
	struct dbq blocks;		/* how many have its name */
	struct buf bytes[TEXTS];	/* of members that are base64 */
	unsigned used;			/* of them, in this record */
	struct buf text;
	int64_t packet;			/* max_allowed_packet */
	size_t sent;
	char uuid[UUID_LEN + 1];	/* the calendar that is read, "": none */
	int64_t calendar;
	bool again;			/* a block of this name was there before */
	uint64_t n_users, n_calendars, n_objects, n_shares, left;
};

/* Rows are of these kinds; blocks have marks, and everything else stays in the stream. */
static bool is_staged(const char *kind)
{
	return strcmp(kind, DAV_CALENDAR) == 0 || strcmp(kind, DAV_OBJECT) == 0 ||
	    strcmp(kind, DAV_SHARE) == 0 || strcmp(kind, DAV_INSTANCE) == 0;
}

/* A record, or a member of one, that stays out of the tables. */
static void tell_left(struct stage *s, const char *what, const char *why, const char *done)
{
	s->left++;
	shown_fprintf(stderr, "dav-schema-upgrade: %s, line %llu: a %s %s%s; %s\n", s->in.io.name,
	    (unsigned long long)s->in.lineno, s->in.kind, what, why, done);
}

/* The next stage will find that it is missing. */
static int leave_out(struct stage *s, const char *why)
{
	tell_left(s, "", why, "it is left out");
	return 0;
}

/* A member whose WHY tells what is wrong with it. */
static void tell_odd(struct stage *s, const char *key, const char *why)
{
	char what[64];

	snprintf(what, sizeof(what), "has a %s, but ", key);
	tell_left(s, what, why, "the tables have no value of it");
}

/* Member KEY; NULL: it is absent, null, or not what it should be. */
static const struct jval *member(struct stage *s, const char *key)
{
	const struct jval *v = jr_get(&s->in.doc, NULL, key);
	const char *why = v != NULL ? records_odd(&s->in.doc, v, key, strlen(key)) : NULL;

	if (why != NULL)
		tell_odd(s, key, why);
	return v != NULL && v->type != J_NULL && why == NULL ? v : NULL;
}

static struct dbval number_or_null(struct stage *s, const char *key)
{
	const struct jval *v = member(s, key);

	return v == NULL ? DB_NULL : v->type == J_BOOL ? DB_INT(v->b) : v->type == J_INT ?
	    DB_INT(v->i) : DB_NULL;
}

static struct dbval number(struct stage *s, const char *key, int64_t none)
{
	struct dbval v = number_or_null(s, key);

	return v.is_int ? v : DB_INT(none);
}

/* A text, or bytes, which only a column of BYTES can hold when they are not UTF-8. */
static struct dbval text(struct stage *s, const char *key, bool bytes)
{
	const struct jval *v = member(s, key);
	struct buf *b = &s->bytes[s->used % TEXTS];
	const char *p;
	size_t n;

	if (v == NULL)
		return DB_NULL;
	if (v->type == J_OBJECT) {
		s->used++;
		buf_reset(b);
	}
	if (jr_bytes(&s->in.doc, v, b, &p, &n) < 0)
		return DB_NULL;
	if (!bytes && !utf8_valid(p, n)) {
		tell_odd(s, key, "it is not UTF-8");
		return DB_NULL;
	}
	return n > 0 ? DB_BYTES(p, n) : DB_STR("");
}

/* The current calendar, which OWNER has, has the id of one before. */
static int same_id(struct stage *s, const struct dbval *owner, struct err *e)
{
	const char *first = "nobody", *second = owner->p != NULL ? owner->p : "nobody";
	int rc;

	if (dbq_run(&s->owner, &DB_INT(s->calendar), 1, e) < 0 || (rc = dbq_next(&s->owner, e)) < 0)
		return -1;
	if (rc == 1 && s->owner.col[0].p != NULL)
		first = dbq_str(&s->owner, 0);
	return err_set(e, EXIT_DATA, "calendar %lld of %s has the id of a calendar of %s before it,"
	    " and an id is of one calendar; stage streams of several P7 each under a prefix of its"
	    " own, or give one of the two, in an edited stream, another id",
	    (long long)s->calendar, second, first);
}

static int calendar(struct stage *s, struct err *e)
{
	struct dbval v[11], owner;

	if (!staged_calendar(&s->in.doc, &s->calendar, s->uuid))
		return leave_out(s, "has no id or no UUID");
	s->n_calendars++;
	v[0] = DB_INT(s->calendar);
	v[1] = text(s, "principaluri", false);
	v[2] = text(s, "displayname", false);
	v[3] = text(s, "uri", true);
	v[4] = number(s, "ctag", 0);
	v[5] = text(s, "description", false);
	v[6] = number(s, "calendarorder", 0);
	v[7] = text(s, "calendarcolor", false);
	v[8] = text(s, "timezone", false);
	v[9] = text(s, "components", false);
	v[10] = DB_INT(number(s, "transparent", 0).i != 0);
	owner = v[1];
	if (dbq_run(&s->calendar_row, v, 11, e) == 0)
		return 0;
	return e->db == ER_DUP_ENTRY ? same_id(s, &owner, e) : -1;
}

/* Does the record stand behind its calendar? */
static bool is_behind(const struct stage *s)
{
	return record_of_calendar(jr_get(&s->in.doc, NULL, "calendar"), s->uuid);
}

static int share(struct stage *s, struct err *e)
{
	struct dbval v[5];

	if (!is_behind(s))
		return leave_out(s, "does not stand behind its calendar");
	s->n_shares++;
	v[0] = number_or_null(s, "id");
	v[1] = DB_INT(s->calendar);
	v[2] = text(s, "principaluri", false);
	v[3] = number_or_null(s, "readonly");
	v[3].i = v[3].i != 0;
	v[4] = text(s, "color", false);
	return rows_add(&s->shares, v, e);
}

/* Facts of the bytes that sabre/dav 1.8 keeps, where the record does not have them. */
static void put_facts(struct stage *s, struct dbval v[10], struct ical_facts *f, char etag[33])
{
	const struct jdoc *d = &s->in.doc;
	const char *data = v[1].p;

	if (v[5].p == NULL) {
		davobject_etag(data, v[1].n, etag);
		v[5] = DB_STR(etag);
	}
	if (jr_get(d, NULL, "size") == NULL || jr_get(d, NULL, "size")->type != J_INT)
		v[6] = DB_INT((int64_t)v[1].n);
	if (v[7].p != NULL && v[8].is_int && v[9].is_int)
		return;
	ical_look(data, v[1].n, f);
	if (v[7].p == NULL)
		v[7] = DB_STR(f->component);
	if (!v[8].is_int && f->timed)
		v[8] = DB_INT(f->first);
	if (!v[9].is_int && f->timed)
		v[9] = DB_INT(f->last);
}

static int object(struct stage *s, struct err *e)
{
	const struct jval *data = jr_get(&s->in.doc, NULL, "calendardata");
	struct ical_facts f;
	struct dbval v[10];
	char etag[33];

	if (!is_behind(s))
		return leave_out(s, "does not stand behind its calendar");
	v[0] = number_or_null(s, "id");
	v[1] = text(s, "calendardata", true);
	if (v[1].p == NULL && data != NULL && data->type != J_NULL)
		return leave_out(s, "has data that are neither text nor base64");
	if ((int64_t)v[1].n > s->packet - 4096)
		return err_set(e, EXIT_CONFIG, "calendar object %lld has %zu bytes, and the server"
		    " takes no statement over %lld; set its max_allowed_packet to 32M or more",
		    (long long)v[0].i, v[1].n, (long long)s->packet);
	s->n_objects++;
	v[2] = text(s, "uri", true);
	v[3] = DB_INT(s->calendar);
	v[4] = number_or_null(s, "lastmodified");
	v[5] = text(s, "etag", false);
	v[6] = number(s, "size", 0);
	v[7] = text(s, "componenttype", false);
	v[8] = number_or_null(s, "firstoccurence");
	v[9] = number_or_null(s, "lastoccurence");
	put_facts(s, v, &f, etag);
	s->sent += v[1].n + 256;
	return rows_add(&s->objects, v, e);
}

/* Of a name that comes again, p8-load takes the first block: the other ones need no tables. */
static int block(struct stage *s, struct err *e)
{
	const char *name = staged_block_name(&s->in.doc);
	char key[STAGED_KEY];
	int64_t n;

	s->uuid[0] = '\0';
	staged_key(name, key);
	if (dbq_run(&s->block, &DB_STR(key), 1, e) < 0 ||
	    staged_count(&s->blocks, key, &n, e) < 0)
		return -1;
	s->again = n > 1;
	s->n_users += !s->again;
	if (s->again)
		shown_fprintf(stderr, "dav-schema-upgrade: %s, line %llu: %s has a block in the"
		    " stream already; the tables are of the first one, and records --staged takes"
		    " this one from the stream\n", s->in.io.name,
		    (unsigned long long)s->in.lineno, name);
	return 0;
}

static int send(struct stage *s, struct err *e)
{
	s->sent = 0;
	if (rows_send(&s->shares, e) < 0 || rows_send(&s->objects, e) < 0)
		return -1;
	return db_exec(s->run->db, "COMMIT", e);
}

static int one_record(struct stage *s, struct err *e)
{
	const char *kind = s->in.kind;
	int rc = 0;

	s->used = 0;
	if (strcmp(kind, "USER_BEGIN") == 0 || strcmp(kind, "PRINCIPAL_BEGIN") == 0)
		rc = block(s, e);
	else if (s->again)
		return 0;
	else if (strcmp(kind, DAV_CALENDAR) == 0)
		rc = calendar(s, e);
	else if (strcmp(kind, DAV_OBJECT) == 0)
		rc = object(s, e);
	else if (strcmp(kind, DAV_SHARE) == 0)
		rc = share(s, e);
	else if (strcmp(kind, DAV_INSTANCE) == 0)
		return err_set(e, EXIT_DATA, "%s is at sabre/dav %s already: there is nothing to"
		    " do by hand; give p8-load the stream as it is, or stage what p7-transform"
		    " wrote", s->in.io.name, STEP_LAST);
	if (rc < 0)
		return err_prefix(e, "%s, line %llu (%s %lld)", s->in.io.name,
		    (unsigned long long)s->in.lineno, kind,
		    (long long)jr_int(&s->in.doc, NULL, "id", -1));
	if (s->sent < SENT_MAX)
		return 0;
	return send(s, e) < 0 ? -1 : db_exec(s->run->db, "START TRANSACTION", e);
}

static int open_rows(struct stage *s, struct err *e)
{
	const char *p = s->st.prefix;
	struct db *db = s->run->db;

	if (sql_prepare(&s->block, db, p, e, "INSERT INTO %T{dsu_users} (name) VALUES (?)") < 0 ||
	    staged_prepare_count(&s->blocks, db, p, e) < 0 ||
	    sql_prepare(&s->calendar_row, db, p, e, "INSERT INTO %T{calendars} (id, principaluri,"
	    " displayname, uri, ctag, description, calendarorder, calendarcolor, timezone,"
	    " components, transparent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") < 0 ||
	    sql_prepare(&s->owner, db, p, e, "SELECT principaluri FROM %T{calendars} WHERE id=?"
	    ) < 0 ||
	    rows_open(&s->shares, db, p, "calendarshares", "id, calendarid, principaluri,"
	    " readonly, color", 5, e) < 0)
		return -1;
	return rows_open(&s->objects, db, p, "calendarobjects", "id, calendardata, uri,"
	    " calendarid, lastmodified, etag, size, componenttype, firstoccurence, lastoccurence",
	    10, e);
}

static int fill(struct stage *s, struct err *e)
{
	int rc;

	if (staged_wait(&s->run->lock, e) < 0 ||
	    staged_create(s->run->db, &s->st, e) < 0 || open_rows(s, e) < 0 ||
	    db_one_int(s->run->db, "SELECT @@max_allowed_packet", NULL, 0, &s->packet, e) < 0 ||
	    db_exec(s->run->db, "START TRANSACTION", e) < 0)
		return -1;
	s->in.parses = is_staged;
	while ((rc = si_next(&s->in, e)) == 1)
		if (one_record(s, e) < 0)
			return -1;
	if (rc < 0 || send(s, e) < 0)
		return -1;
	return sql_run(s->run->db, s->st.prefix, NULL, 0, e, "UPDATE %T{dsu_stage} SET whole=1");
}

static void tell(const struct stage *s, const struct command *c)
{
	printf("staged under the prefix '%s' of database %s: %s, %s and %s in %s\n", c->prefix,
	    s->run->db->name, COUNT(s->n_calendars, "calendar"), COUNT(s->n_objects, "object"),
	    COUNT(s->n_shares, "share"), COUNT(s->n_users, "block"));
	if (!c->quiet)
		printf("next: dav-schema-upgrade apply --with-public%s (or sabre's scripts), then"
		    " dav-schema-upgrade records --staged '%s'%s, with the same stream\n",
		    c->where, c->prefix, c->database);
}

static int stage_stream(struct stage *s, const struct command *c, struct err *e)
{
	const char *dav = jr_str(&s->in.header, NULL, "dav", "1.8");

	if (strcmp(dav, "1.8") != 0)
		return err_set(e, EXIT_DATA, "%s: its calendars are at sabre/dav %s, and what is"
		    " staged is at 1.8: stage what p7-transform wrote", s->in.io.name, dav);
	if (staged_of_header(&s->st, &s->in.header, s->in.io.name, e) < 0)
		return -1;
	s->st.prefix = c->prefix;
	return fill(s, e);
}

int command_stage(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct stage *s = calloc(1, sizeof(*s));
	struct run r;
	unsigned i;
	int rc;

	if (s == NULL)
		return err_memory(e);
	for (i = 0; i < TEXTS; i++)
		buf_init(&s->bytes[i], BUF_RECORD_MAX);
	s->run = &r;
	if (io_in_is_terminal(c->input))
		fputs("dav-schema-upgrade: waiting for P8's records from this terminal; give it a"
		    " FILE, or a pipe from p7-transform\n", stderr);
	rc = si_open(&s->in, c->input, "p8", c->edited, e);
	if (rc == 0) {
		rc = run_open(&r, db, &c->db, c->prefix, e);
		if (rc == 0) {
			rc = stage_stream(s, c, e);
			run_close(&r);
		}
		si_close(&s->in);
	}
	if (rc == 0) {
		tell(s, c);
		*status = s->left > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	}
	dbq_close(&s->block);
	dbq_close(&s->blocks);
	dbq_close(&s->calendar_row);
	dbq_close(&s->owner);
	rows_close(&s->shares);
	rows_close(&s->objects);
	for (i = 0; i < TEXTS; i++)
		buf_free(&s->bytes[i]);
	free(s);
	return rc;
}

/* sabre's script gives what it puts aside no prefix: it may be another site's. */
static int tell_put_aside(struct db *db, const char *prefix, struct err *e)
{
	struct dbq q;
	int rc;

	if (prefix[0] == '\0')
		return 0;
	if (dbq_prepare(&q, db, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME LIKE 'calendars!_3!_1!_%' ESCAPE '!'"
	    " ORDER BY 1", e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		shown_fprintf(stdout, "%s (put aside by sabre's script) is left; drop it if it is"
		    " of these tables\n", dbq_str(&q, 0));
		rc = 0;
	}
	dbq_close(&q);
	return rc;
}

int command_unstage(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct staged st;
	struct run r;
	int rc;

	(void)status;
	if (run_open(&r, db, &c->db, c->prefix, e) < 0)
		return -1;
	rc = staged_find(&st, db, c->prefix, e);
	if (rc == 0 && !st.present)
		printf("nothing is staged under the prefix '%s' of database %s\n", c->prefix,
		    db->name);
	else if (rc == 0)
		rc = staged_drop(db, c->prefix, e);
	if (rc == 0 && st.present) {
		printf("dropped: the staged tables under the prefix '%s' of database %s\n",
		    c->prefix, db->name);
		rc = tell_put_aside(db, c->prefix, e);
	}
	run_close(&r);
	return rc;
}

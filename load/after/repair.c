#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/hold.h"
#include "kinds/kinds.h"
#include "count.h"
#include "io.h"
#include "run/late.h"
#include "kinds/links.h"
#include "base/names.h"
#include "target/preflight.h"
#include "base/print.h"
#include "kinds/entity.h"
#include "kinds/file.h"
#include "after/repair.h"
#include "after/repairdav.h"

/* The line at hand stays a reject; WHY says what else is to be done. */
static int leave(struct repair *r, const char *why)
{
	r->left++;
	print("! %s %s: %s\n", jr_str(&r->reject, NULL, "user", "-"),
	    jr_str(&r->reject, NULL, "code", ""), why);
	return 0;
}

/* The same, with what the reject itself says is to be done. */
static int leave_remedy(struct repair *r, const char *why)
{
	const char *remedy = jr_str(&r->reject, NULL, "remedy", "");
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s", why, remedy[0] ? ": " : "", remedy);
	return leave(r, text);
}

/* The address books that the loader knows while it reads a user, now from P8 (as late_refs). */
static int recall_books(struct load *l, struct err *e)
{
	char uri[USER_PRINCIPAL_LEN];
	struct dbval v = DB_STR(uri);
	struct user_book *b;
	struct dbq q;
	int rc;

	user_principal(&l->user, uri);
	v.n = strlen(uri);
	if (sql_prepare(l->s.t, &q, "SELECT id, uri, {:dav displayname} FROM {adav_addressbooks}"
	    " WHERE principaluri=? LIMIT 256", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		b = user_add_book(&l->user, dbq_str(&q, 1), dbq_str(&q, 2), NULL, e);
		rc = b == NULL ? -1 : 0;
		if (b != NULL) {
			b->id = dbq_int(&q, 0);
			b->unit = -1;		/* it is there */
		}
	}
	dbq_close(&q);
	return rc;
}

/* 1: the user is loaded, and in l->user now; 0: the user is not in P8. */
static int recall(struct load *l, const char *email, struct err *e)
{
	struct dbval v[] = { DB_STR(email), DB_STR(email) };
	struct user *u = &l->user;
	struct dbq q;
	int rc, kind = kind_index(&l->kinds, KIND_USER, e);

	if (kind < 0 || (u->open && strcmp(u->email, email) == 0))
		return kind < 0 ? -1 : 1;
	user_unlock(l);
	user_reset(u);
	if (sql_prepare(l->s.t, &q, "SELECT id, uuid, IF(principal, " LEDGER_PRINCIPAL
	    ", COALESCE(public_id, '')), entity, source_user, files, principal FROM {p7m_users}"
	    " WHERE (email=? OR principal=1 AND email=CONCAT('" PRINCIPAL_UNIT PRINCIPAL_PREFIX
	    "', ?)) AND state='done' ORDER BY id LIMIT 1", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		*u = (struct user){ .open = true, .mode = UM_THERE, .kind = (unsigned)kind,
		    .row = dbq_int(&q, 0), .row_committed = true, .has_user = true, .units = 1,
		    .entity = dbq_int(&q, 3), .id_user = dbq_int(&q, 4), .refs = u->refs,
		    .refs_size = u->refs_size, .principal = dbq_int(&q, 6) != 0,
		    .heir_known = true };
		stage_init(&u->stage);
		snprintf(u->email, sizeof(u->email), "%s", email);
		snprintf(u->uuid, sizeof(u->uuid), "%s", dbq_str(&q, 1));
		snprintf(u->public_id, sizeof(u->public_id), "%s", dbq_str(&q, 2));
		lock_name(l->s.t, u->uuid, u->lock);
	}
	dbq_close(&q);
	if (rc == 1 && (user_lock(l, e) < 0 || late_refs(l, e) < 0 || recall_books(l, e) < 0 ||
	    repairdav_recall(l, e) < 0))
		return -1;
	return rc;
}

/* The current record of the load becomes the N bytes of JSON in r->record. */
int repair_take_record(struct repair *r, struct err *e)
{
	struct stream_in *si = &r->l->in.si;

	buf_reset(&r->work);
	buf_add(&r->work, r->record.data, r->record.len);
	if (buf_check(&r->record, e) < 0 || buf_check(&r->work, e) < 0 ||
	    jr_parse(&si->doc, r->work.data, r->work.len, e) < 0)
		return -1;
	si->line = r->record.data;
	si->len = r->record.len;
	snprintf(si->kind, sizeof(si->kind), "%s", jr_str(&si->doc, NULL, "kind", KIND_USER));
	return 0;
}

/* The entity of the current record, if it is in P8: 1, 0, -1. */
static int find_entity(struct repair *r, const char *uuid, struct fix *f, char type[256],
    struct err *e)
{
	struct dbval v[] = { DB_STR(uuid), DB_INT(r->l->user.row) };
	struct dbq q;
	int rc;

	if (sql_prepare(r->l->s.t, &q, "SELECT e.id, e.entity_type FROM {eav_entities} e JOIN"
	    " {p7m_own} o ON o.what='e' AND " LEDGER_OWNS("e.id")
	    " WHERE e.uuid=? AND o.user_id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		f->id = dbq_int(&q, 0);
		snprintf(type, 256, "%s", dbq_str(&q, 1));
	}
	dbq_close(&q);
	return rc;
}

/* The value that F names, alone in a record of its entity: 1, 0: it was left, -1. */
static int one_value(struct repair *r, struct fix *f, const char *uuid, const char *type,
    struct err *e)
{
	const struct jdoc *d = &r->reject;
	const struct jval *o, *v = NULL;
	char kind[STREAM_KIND_LEN];
	struct jsonw w;

	if (strcmp(f->field, ATTR_PUBLIC_ID) == 0)
		return leave(r, "P8 knows the user by it: take the user back (p8-load --p8 DIR "
		    "--undo EMAIL), correct it in P7, and run again");
	for (o = jr_first(d, jr_get(d, NULL, "record")); o != NULL; o = jr_next(d, o)) {
		f->type = o->keylen == 3 && memcmp(o->key, "ref", 3) == 0 ? AT_INT :
		    attr_type_of(o->key, o->keylen);
		v = o->type == J_OBJECT && f->type != AT_COUNT ? jr_get(d, o, f->field) : NULL;
		if (v != NULL)
			break;
	}
	if (v == NULL)
		return leave(r, "the record does not have the field");
	strcpy(kind, r->l->in.si.kind);
	buf_reset(&r->record);
	jw_begin(&w, &r->record);
	jw_object(&w);
	jw_kv_str(&w, "kind", kind);
	jw_kv_str(&w, "entity", type);
	jw_kv_str(&w, "uuid", uuid);
	jw_key_n(&w, o->key, o->keylen);
	jw_object(&w);
	jw_key_n(&w, v->key, v->keylen);
	jr_write(d, v, &w);
	jw_object_end(&w);
	jw_object_end(&w);
	return repair_take_record(r, e) < 0 || entity_take(&r->l->x, e) < 0 ? -1 : 1;
}

static int entity(struct repair *r, struct fix *f, struct err *e)
{
	const char *uuid = jr_str(&r->l->in.si.doc, NULL, "uuid", r->l->user.uuid);
	char type[256], text[UUID_LEN + 1];
	int rc;

	if (!uuid_parse(uuid, strlen(uuid), text))
		return leave(r, "\"uuid\" is not a UUID");
	rc = find_entity(r, text, f, type, e);
	if (rc < 0)
		return -1;
	if (rc == 1 && f->field != NULL)
		return one_value(r, f, text, type, e);
	if (rc == 1 || f->field != NULL)
		return leave(r, rc == 1 ? "it is in P8 already" : "its entity is not in P8");
	if (!entity_is(&r->l->x))
		return leave(r, "the record is not an entity");
	return entity_take(&r->l->x, e) < 0 ? -1 : 1;
}

/*
 * Kinds that are not entities come whole: those of which P8 has none.  The values of the query that
 * looks for one are members of the record; the first is what belongs to the user.
 */
static const struct whole {
	const char *kind, *there, *query, *member[2];
	enum { OF_ROW, OF_PRINCIPAL, OF_PUBLIC_ID } of;
	bool facts;		/* of its bytes, as they are now */
} wholes[] = {
	{ "CARD", "P8 has a card of that URI already", "SELECT 1 FROM {adav_cards} c JOIN"
	    " {adav_addressbooks} b ON b.id=c.addressbookid WHERE b.principaluri=? AND b.uri=? AND"
	    " c.uri=? LIMIT 1", { "book", "uri" }, OF_PRINCIPAL, true },
	{ DAV_OBJECT, "P8 has an object of that URI already", "SELECT 1 FROM {p7m_calendars} k JOIN"
	    " {adav_calendarobjects} o ON o.calendarid=k.calendarid WHERE k.user_id=? AND"
	    " k.uuid=LOWER(?) AND o.uri=? LIMIT 1", { "calendar", "uri" }, OF_ROW, true },
	{ DAV_REMINDER, "P8 has that reminder already", "SELECT 1 FROM {adav_reminders} WHERE"
	    " user={:davtext} AND calendaruri={:davtext} AND eventid={:davtext} LIMIT 1",
	    { "calendaruri", "eventid" }, OF_PUBLIC_ID, false },
	{ "FILE", "it is in P8 already", "SELECT 1 FROM {p7m_files} WHERE user_id=? AND path=?"
	    " LIMIT 1", { "path", NULL }, OF_ROW, false },
	{ .kind = "ADDRESSBOOK" },
	{ .kind = KIND_LINK },
};

static const struct whole *whole_of(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(wholes) / sizeof(*wholes); i++)
		if (strcmp(wholes[i].kind, kind) == 0)
			return &wholes[i];
	return NULL;
}

static int is_there(struct load *l, const struct whole *w, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[3];
	int64_t one;
	unsigned i;

	if (w->query == NULL)
		return 0;
	principal_uri(l->user.public_id, principal);
	v[0] = w->of == OF_ROW ? DB_INT(l->user.row) : w->of == OF_PRINCIPAL ? DB_STR(principal) :
	    DB_STR(l->user.public_id);
	for (i = 0; i < 2 && w->member[i] != NULL; i++)
		v[i + 1] = DB_STR(jr_str(&l->in.si.doc, NULL, w->member[i], ""));
	return sql_int(l->s.t, w->query, v, i + 1, &one, e);
}

/* Into the unit: 1, 0: it was left, -1. */
static int take(struct repair *r, struct fix *f, struct err *e)
{
	const char *kind = r->l->in.si.kind;
	const struct whole *w = whole_of(kind);
	int rc;

	if (strcmp(kind, DAV_CALENDAR) == 0 || strcmp(kind, DAV_INSTANCE) == 0)
		return leave_remedy(r, "a calendar comes with all that is in it");
	if (w == NULL)
		return entity(r, f, e);
	f->field = NULL;
	if (strcmp(kind, "FILE") == 0 && r->l->o->files_from == NULL)
		return leave(r, "use --files-from with the directory that has it");
	rc = is_there(r->l, w, e);
	if (rc != 0)
		return rc < 0 ? -1 : leave(r, w->there);
	if (w->facts && repairdav_facts(r, e) < 0)
		return -1;
	if (kinds_take(&r->l->x, e) < 0 ||
	    (strcmp(kind, "FILE") == 0 && files_sync(&r->l->x, e) < 0))
		return -1;
	return 1;
}

/* 1: the ledger has the reject; 0: it was repaired before, or the user was loaded anew since. */
static int known(struct repair *r, const char *key, struct err *e)
{
	int64_t one;
	int rc;

	rc = sql_int(r->l->s.t, "SELECT 1 FROM {p7m_rejects} WHERE id=?", &DB_STR(key), 1, &one, e);
	if (rc == 0 && !r->l->o->quiet)
		print("%s: %s is not a reject any more, nothing to do\n",
		    jr_str(&r->reject, NULL, "user", "-"), jr_str(&r->reject, NULL, "code", ""));
	return rc;
}

static int repair_record(struct repair *r, const struct jval *record, struct err *e)
{
	struct fix f = { .field = jr_str(&r->reject, NULL, "field", NULL) };
	struct jsonw w;
	int rc;

	ledger_note_id(&r->reject, r->text.data, r->text.len, f.key);
	rc = known(r, f.key, e);
	if (rc <= 0)
		return rc;
	buf_reset(&r->record);
	jw_begin(&w, &r->record);
	jr_write(&r->reject, record, &w);
	if (repair_take_record(r, e) < 0)
		return -1;
	rc = take(r, &f, e);
	if (rc <= 0)
		return rc;
	rc = repair_store(r, &f, e);
	if (rc == 0)
		return leave(r, "it still does not fit");
	if (rc < 0)
		return -1;
	r->repaired++;
	if (!r->l->o->quiet)
		print("%s: %s repaired%s%s\n", r->l->user.email, r->l->in.si.kind,
		    f.field ? ": " : "", f.field ? f.field : "");
	return 0;
}

static int one_reject(struct repair *r, struct err *e)
{
	const struct jval *record = jr_get(&r->reject, NULL, "record");
	const char *email = jr_str(&r->reject, NULL, "user", NULL);
	int rc;

	/* Nothing of these is here to be corrected: their own remedy is the one that fits. */
	if (strncmp(jr_str(&r->reject, NULL, "code", ""), "user-", 5) == 0)
		return leave_remedy(r, "the whole user was rejected");
	if (record == NULL || record->type != J_OBJECT)
		return leave_remedy(r, "it has no record that could be corrected");
	if (strcmp(jr_str(&r->reject, NULL, "stage", ""), "p8-load") != 0)
		return leave(r, "it is of an earlier stage: take the user back (p8-load --p8 DIR "
		    "--undo EMAIL), then run the stages with p7-transform --corrected FILE and,"
		    " at last, p7-migrate; p7-migration(7) shows how");
	if (email == NULL)
		return leave(r, "it belongs to no user: correct it in P8");
	rc = recall(r->l, email, e);
	if (rc == 0)
		return leave(r, "the user is not in P8: run the migration again first");
	return rc < 0 ? -1 : repair_record(r, record, e);
}

static int one_line(struct repair *r, char *line, size_t n, uint64_t lineno, struct err *e)
{
	const char *kind;

	buf_reset(&r->text);
	buf_add(&r->text, line, n);
	if (buf_check(&r->text, e) < 0)
		return -1;
	if (jr_parse(&r->reject, r->text.data, n, e) < 0)
		return err_prefix(e, "line %" PRIu64, lineno);
	kind = jr_str(&r->reject, NULL, "kind", "");
	if (strcmp(kind, "WARN") == 0)
		return 0;
	if (strcmp(kind, "REJECT") != 0)
		return err_set(e, EXIT_DATA, "line %" PRIu64 " is a %s record; --repair needs a "
		    "file of rejects", lineno, kind[0] ? kind : "nameless");
	return one_reject(r, e);
}

static int all_lines(struct repair *r, struct err *e)
{
	struct io_in in;
	uint64_t lineno = 0;
	bool whole;
	char *line;
	size_t n;
	int rc;

	if (io_in_open(&in, r->l->o->input, e) < 0)
		return -1;
	r->l->in.si.io.name = in.name;
	while ((rc = io_in_line(&in, &line, &n, &whole, e)) == 1) {
		rc = one_line(r, line, n, ++lineno, e);
		if (rc == 0 && load_stop)
			rc = err_set(e, EXIT_TEMPORARY, "stopped by a signal; run again to go on");
		if (rc < 0)
			break;
	}
	io_in_close(&in);
	return rc;
}

/* Dates that P7 does not know are those of the last load. */
static int recall_header(struct load *l, struct err *e)
{
	struct dbq q;
	int rc;

	if (sql_prepare(l->s.t, &q, "SELECT header FROM {p7m_runs} WHERE header IS NOT NULL"
	    " ORDER BY started DESC, run LIMIT 1", e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		buf_add(&l->in.si.header_text, dbq_str(&q, 0), q.col[0].n);
		rc = buf_check(&l->in.si.header_text, e) < 0 ? -1 :
		    jr_parse(&l->in.si.header, l->in.si.header_text.data,
		    l->in.si.header_text.len, e);
	}
	dbq_close(&q);
	if (rc < 0)
		return -1;
	load_header(l);
	return 0;
}

static int run(struct repair *r, struct target *t, const struct load_opts *o, struct err *e)
{
	if (ledger_needed(t, e) < 0 || load_prepare(r->l, t, o, e) < 0)
		return -1;
	r->l->s.has_ledger = true;
	buf_init(&r->l->in.si.header_text, BUF_RECORD_MAX);
	if (links_open(&r->l->x, e) < 0 || attrread_open(&r->attrs, t, e) < 0 ||
	    recall_header(r->l, e) < 0 || all_lines(r, e) < 0)
		return -1;
	user_unlock(r->l);
	print("%s repaired, %" PRIu64 " left\n", COUNT(r->repaired, "reject"), r->left);
	return io_std_flush(e);
}

int repair_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e)
{
	struct load *l = calloc(1, sizeof(*l));
	struct repair r = { .l = l, .text = BUF_INIT(BUF_RECORD_MAX),
	    .record = BUF_INIT(BUF_RECORD_MAX), .work = BUF_INIT(BUF_RECORD_MAX) };
	int rc;

	if (l == NULL)
		return err_memory(e);
	rc = run(&r, t, o, e);
	*status = r.left + l->counts.own_rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	rc = report_end(&l->rejects.file, rc, e);
	attrread_close(&r.attrs);
	jr_free(&l->in.si.doc);
	jr_free(&l->in.si.header);
	buf_free(&l->in.si.header_text);
	load_close(l);
	jr_free(&r.reject);
	buf_free(&r.text);
	buf_free(&r.record);
	buf_free(&r.work);
	free(l);
	return rc;
}

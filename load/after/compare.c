#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "after/compare.h"
#include "count.h"
#include "io.h"
#include "run/late.h"
#include "run/principal.h"
#include "kinds/links.h"
#include "base/names.h"
#include "kinds/nodav.h"
#include "base/print.h"
#include "disk/readfiles.h"
#include "kinds/record.h"
#include "kinds/schema.h"
#include "disk/tree.h"

#define LIST64 "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?," \
	"?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"

void compare_say(struct compare *c, const char *kind, const char *key, const char *fmt, ...)
{
	va_list ap;

	if (++c->differences > COMPARE_SHOWN)
		return;
	print("! %s %s %s: ", c->l->user.open ? user_name(&c->l->user) : "-", kind, key);
	va_start(ap, fmt);
	vprint(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static int prepare(struct compare *c, struct err *e)
{
	struct target *t = c->l->s.t;
	char text[320];
	unsigned i;

	if (sql_prepare(t, &c->ents,
		"SELECT e.id, e.uuid, e.parent_uuid, e.entity_type, e.module_name"
		" FROM {eav_entities} e LEFT JOIN {p7m_own} o ON o.user_id=? AND o.what='e'"
		" AND " LEDGER_OWNS("e.id") " WHERE e.uuid IN (" LIST64 ")"
		" ORDER BY o.first IS NULL, e.id",
		e) < 0 ||
	    sql_prepare(t, &c->cards,
		"SELECT id, uri, carddata, lastmodified FROM {adav_cards}"
		" WHERE id BETWEEN ? AND ?",
		e) < 0 ||
	    sql_prepare(t, &c->card_list,
		"SELECT c.id, b.uri, c.uri FROM {p7m_own} o JOIN"
		" {adav_cards} c ON " LEDGER_OWNS("c.id") " JOIN {adav_addressbooks} b ON"
		" b.id=c.addressbookid WHERE o.user_id=? AND o.what='c'",
		e) < 0)
		return -1;
	for (i = 0; i < AT_COUNT; i++) {
		snprintf(text, sizeof(text),
		    "SELECT id_entity, name, value FROM {eav_attributes_%s}"
		    " WHERE id_entity IN (" LIST64 ")",
		    attr_type_name[i]);
		if (sql_prepare(t, &c->attrs[i], text, e) < 0)
			return -1;
	}
	return compare_books_open(c, e) < 0 || compare_calendars_open(c, e) < 0 ? -1 :
	    attrread_open(&c->ranges, t, e);
}

static void compare_close(struct compare *c)
{
	unsigned i;

	dbq_close(&c->ents);
	dbq_close(&c->books);
	dbq_close(&c->cards);
	dbq_close(&c->card_list);
	for (i = 0; i < AT_COUNT; i++)
		dbq_close(&c->attrs[i]);
	attrread_close(&c->ranges);
	compare_calendars_close(c);
	lookup_free(&c->uuids);
	lookup_free(&c->ids);
	lookup_free(&c->values);
	lookup_free(&c->card_ids);
	free(c->card_id);
	free(c->seen);
	if (c->base >= 0)
		close(c->base);
}

/* The unit is full, or the user is at his end. */
static int compare_unit(struct compare *c, struct err *e)
{
	struct user *u = &c->l->user;
	size_t i;

	if (compare_entities(c, e) < 0 || (u->open && compare_cards(c, e) < 0))
		return -1;
	for (i = 0; u->open && i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].id = c->l->unit.ents.id[u->refs[i].ent];
	u->units++;
	progress_rows(c->l->progress, c->l->unit.rows);
	unit_reset(&c->l->unit);
	return 0;
}

static int begin(struct compare *c, struct err *e)
{
	struct load *l = c->l;

	if (user_begin(l, e) < 0)
		return -1;
	if (l->user.mode != UM_THERE) {
		compare_say(c, KIND_USER, l->user.uuid, "not loaded");
		return 0;
	}
	c->users++;
	c->base = -1;
	c->named = c->skips[0] = c->skips[1] = false;
	if (l->s.t->data == NULL)
		return compare_card_list(c, e);
	if (readfiles_user(l->s.t->data, l->user.uuid, &c->base, e) < 0)
		return -1;
	return compare_card_list(c, e);
}

static int end(struct compare *c, struct err *e)
{
	struct user *u = &c->l->user;
	const struct interned *name = intern(c->l->names, ATTR_PUBLIC_ID, strlen(ATTR_PUBLIC_ID));
	int rc = 0;

	if (name == NULL)
		return err_set(e, EXIT_DATA, "too many different attribute names");
	if (u->mode == UM_THERE) {
		if (c->named)
			rc = unit_attr_val(&c->l->unit, AT_STRING, UNIT_USER, name, u->public_id,
			    strlen(u->public_id), e);
		if (rc == 0)
			rc = compare_books(c, e);
		if (rc == 0)
			rc = compare_unit(c, e);
		if (rc == 0)
			rc = compare_calendars_end(c, e);
	}
	if (c->base >= 0)
		close(c->base);
	c->base = -1;
	progress_user(c->l->progress, &(struct progress_user){ .email = u->email,
	    .verdict = "compared", .event = "compared" });
	u->open = false;
	return rc;
}

static void say_file(struct compare *c, enum readfiles_is is, const struct readfiles_want *w,
    const struct stat *st)
{
	struct buf why = BUF_INIT(1000);

	readfiles_why(&why, is, w, st);
	compare_say(c, "FILE", w->path, "%s", why.failed ? "other in P8" : why.data);
	buf_free(&why);
}

static int compare_file(struct compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->in.si.doc;
	const struct jval *v = jr_get(d, NULL, "path");
	struct readfiles_want w = { NULL, jr_bool(d, NULL, "directory", false),
	    jr_int(d, NULL, "size", 0), jr_int(d, NULL, "mtime", 0),
	    c->o->deep ? jr_str(d, NULL, "sha256", "") : "" };
	struct stat st = { 0 };
	size_t n;
	int is;

	buf_reset(&c->l->in.spare);
	if (!c->l->user.led.files || v == NULL || c->l->s.t->data == NULL ||
	    jr_bytes(d, v, &c->l->in.spare, &w.path, &n) < 0 || !tree_path_ok(w.path, n))
		return 0;
	is = readfiles_below(c->base, &w, &st, e);
	if (is < 0)
		return -1;
	if (is != READFILES_SAME)
		say_file(c, is, &w, &st);
	else
		c->by_time += c->o->deep && !w.directory && w.sha[0] == '\0';
	return 0;
}

/* A change tag that P8 had made itself took the place of the stream's. */
static int has_own_tag(struct compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->in.si.doc;
	struct dbval v[] = { DB_STR(TYPE_CTAG), DB_INT(c->l->user.led.entity),
	    DB_STR(jr_str(d, jr_get(d, NULL, "string"), "Storage", "")),
	    DB_STR(jr_str(d, NULL, "uuid", "")) };
	int64_t id;

	return sql_int(c->l->s.t, "SELECT e.id FROM {eav_entities} e JOIN {eav_attributes_int} i ON"
	    " i.id_entity=e.id AND i.name='UserId' JOIN {eav_attributes_string} s ON"
	    " s.id_entity=e.id AND s.name='Storage' WHERE e.entity_type=? AND i.value=?"
	    " AND s.value=? AND e.uuid<>? LIMIT 1", v, 4, &id, e);
}

/* A principal that is not a user has calendars only. */
static int begin_principal(struct compare *c, struct err *e)
{
	const char *name = jr_str(&c->l->in.si.doc, NULL, "principal", "");
	struct ledger_user led;
	int rc = ledger_user_get(&c->l->s.sql, jr_str(&c->l->in.si.doc, NULL, "uuid", ""), &led, e);

	c->l->user.open = false;
	if (rc < 0 || led.state == US_DONE)
		return rc < 0 ? -1 : principal_begin(c->l, e);
	compare_say(c, DAV_CALENDAR, name, "not loaded");
	return 0;
}

static int end_principal(struct compare *c, struct err *e)
{
	int rc = compare_calendars_end(c, e);

	c->l->user.open = false;
	return rc;
}

static int left_out(struct compare *c, unsigned part)
{
	c->skipped[part] += !c->skips[part];
	c->skips[part] = true;
	return 1;
}

/* 1: the record is not to be compared: its part was left out, as the ledger knows. */
static int passed_over(struct compare *c, struct err *e)
{
	struct load *l = c->l;
	const char *kind = l->in.si.kind;
	int rc;

	if (part_of(kind) == PART_CONTACTS && l->user.led.contacts != PART_THERE &&
	    l->user.led.contacts != PART_NONE)
		return left_out(c, 0);
	if (part_of(kind) == PART_CALENDARS && l->user.led.calendars == PART_LEFT)
		return left_out(c, 1);
	if (strcmp(kind, KIND_USER) == 0)
		c->named = true;
	/* A stream of one part does not say who the user is. */
	if (!c->named && !l->user.has_user && part_of(kind) == PART_CONTACTS) {
		rc = late_recall(l, e);
		if (rc <= 0)
			return rc < 0 ? -1 : 1;
	}
	return strcmp(kind, "CTAG") == 0 ? has_own_tag(c, e) : 0;
}

static int user_thing(struct compare *c, struct err *e)
{
	struct load *l = c->l;
	const char *kind = l->in.si.kind;
	int rc = 0;

	if (l->user.mode != UM_THERE)
		return 0;
	rc = passed_over(c, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (strcmp(kind, "FILE") == 0)
		rc = compare_file(c, e);
	else if (nodav_takes(&l->x))
		return 0;
	else if (part_of(kind) == PART_CALENDARS)
		rc = compare_calendars(c, e);
	else if (strcmp(kind, "ADDRESSBOOK") == 0)
		rc = record_addressbook(&l->x, e);
	else if (strcmp(kind, "CARD") == 0)
		rc = record_card(&l->x, e);
	else if (strcmp(kind, KIND_LINK) == 0)
		rc = links_compare(c, e);
	else if (record_is_entity(&l->x))
		rc = record_entity(&l->x, e);
	if (rc == 0 && (l->unit.rows >= l->o->transaction_rows || l->unit.a.bytes >= LOAD_BYTES))
		rc = compare_unit(c, e);
	return rc;
}

static int one_record(struct compare *c, struct err *e)
{
	struct load *l = c->l;

	if (strcmp(l->in.si.kind, "USER_BEGIN") == 0)
		return begin(c, e);
	if (strcmp(l->in.si.kind, "USER_END") == 0)
		return end(c, e);
	if (strcmp(l->in.si.kind, "PRINCIPAL_BEGIN") == 0)
		return begin_principal(c, e);
	if (strcmp(l->in.si.kind, "PRINCIPAL_END") == 0)
		return end_principal(c, e);
	if (schema_check(&l->in.si, e) < 0)
		return -1;
	if (l->user.open)
		return user_thing(c, e);
	if (!record_is_entity(&l->x))
		return 0;
	return record_entity(&l->x, e) < 0 ? -1 : compare_unit(c, e);
}

static int run(struct compare *c, struct err *e)
{
	int rc;

	if (prepare(c, e) < 0)
		return -1;
	while ((rc = si_next(&c->l->in.si, e)) == 1)
		if (one_record(c, e) < 0)
			return -1;
	return rc;
}

static int say(struct compare *c, struct err *e)
{
	unsigned i;

	if (c->differences > COMPARE_SHOWN)
		print("(the first %d differences are shown)\n", COMPARE_SHOWN);
	for (i = 0; i < 2; i++)
		if (c->skipped[i] > 0)
			print("not compared: %s of %s, which were left out (p8-load --list"
			    " left-out)\n", i == 0 ? "contacts" : "calendars",
			    COUNT(c->skipped[i], "user"));
	if (c->differences > 0)
		print("%s between P8 and the stream\n", COUNT(c->differences, "difference"));
	else
		print("verified: P8 holds what the stream says of %s, %s",
		    COUNT(c->users, "user"), COUNT(c->values_n, "value"));
	if (c->calendars > 0 && c->differences == 0)
		print(", %s, %s, %s", COUNT(c->calendars, "calendar"),
		    COUNT(c->objects, "calendar object"), COUNT(c->shares, "share"));
	if (c->by_time > 0)
		print("%sof %s only size and time were compared: the stream does not have their"
		    " contents; use one of p7-extract without --files-by-reference",
		    c->differences > 0 ? "" : "; ", COUNT(c->by_time, "file"));
	if (c->by_time > 0 || c->differences == 0)
		print("\n");
	return io_std_flush(e);
}

static int compare_all(struct compare *c, enum exitcode *status, struct err *e)
{
	if (run(c, e) < 0 || say(c, e) < 0)
		return -1;
	*status = c->differences > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return 0;
}

int verify_stream(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e)
{
	struct load_opts lo = { .input = o->input, .edited = o->edited, .dry_run = true,
	    .compare = true, .quiet = true, .transaction_rows = LOAD_ROWS,
	    .progress = o->progress };
	struct load *l = calloc(1, sizeof(*l));
	struct compare c = { .l = l, .o = o, .base = -1 };
	int rc;

	if (l == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = ledger_needed(t, e);
	if (rc == 0) {
		rc = load_open(l, t, &lo, e);
		if (rc == 0)
			rc = compare_all(&c, status, e);
		compare_close(&c);
		load_close(l);
	}
	free(l);
	return rc;
}

/*
 * --verify FILE: the sums of each user's records, made as a load makes them, beside those of what
 * P8 has, read back as --verify does.  Where they differ, the kinds name the differences (kind.h);
 * a user with several units is looked at unit by unit at once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "after/blocks.h"
#include "after/verify.h"
#include "base/names.h"
#include "base/print.h"
#include "count.h"
#include "disk/readfiles.h"
#include "disk/tree.h"
#include "io.h"
#include "kinds/differs.h"
#include "kinds/kinds.h"
#include "kinds/calendar.h"
#include "kinds/links.h"
#include "kinds/nodav.h"
#include "kinds/entity.h"
#include "run/late.h"
#include "store/eav.h"

struct compare {
	struct load *l;
	const struct verify_opts *o;
	struct readback r;
	struct differs d;
	int base;			/* the user's files, -1 */
	bool named;			/* the user's USER record was read */
	uint64_t skipped[2];		/* users whose contacts, whose calendars were left out */
	bool skips[2];			/* this is one of them */
	uint64_t users, values, calendars, objects, shares;
	uint64_t by_time;		/* with deep: files of which the stream has no checksum */
};

/* The id of the entity UUID that the ledger has of the user; 0: none. */
static int64_t known_id(const struct user *u, const char *uuid)
{
	size_t i;

	for (i = 0; i < u->nrefs; i++)
		if (u->refs[i].id != 0 && strcmp(u->refs[i].uuid, uuid) == 0)
			return u->refs[i].id;
	return 0;
}

/* References to entities of the block are to those of P8, as after a load. */
static void resolve(struct load *l)
{
	struct unit *n = &l->unit;
	struct user *u = &l->user;
	size_t i;

	for (i = 0; i < n->refs.n; i++)
		n->r[TABLE_ATTRS + AT_INT].col[ATTR_VALUE].num[n->refs.v[i].row] =
		    known_id(u, n->r[TABLE_ENTITIES].col[ENTITY_UUID].p[n->refs.v[i].ent]);
	for (i = 0; i < u->nrefs; i++)
		if (u->refs[i].id == 0)
			u->refs[i].id = known_id(u, u->refs[i].uuid);
}

/* Name what differs of the kinds that d.look tells. */
static int name(struct compare *c, struct err *e)
{
	const struct kind_ops *const *k;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->differs != NULL && (*k)->differs(&c->d, e) < 0)
			return -1;
	return 0;
}

/* The kinds whose sums P8 has are as the stream says: the others are looked at. */
static int look_by_sums(struct compare *c, const struct sums *sums, struct err *e)
{
	const struct user *u = &c->l->user;
	const struct readback_user ru = { u->row, u->email, u->public_id, u->uuid };
	struct readback_kind *k;
	unsigned i;

	if (kinds_read(&c->r, &ru, e) < 0)
		return -1;
	for (i = 0; i < c->l->kinds.n; i++) {
		k = readback_kind(&c->r, c->l->kinds.name[i], e);
		if (k == NULL)
			return -1;
		k->want = sums->k[i];
		c->d.look[i] = !readback_same(k);
	}
	return 0;
}

/* The unit is full, or it is the user's LAST one. */
static int compare_unit(struct compare *c, bool last, struct err *e)
{
	struct sums sums = { 0 };
	struct load *l = c->l;
	unsigned i;

	resolve(l);
	kinds_sum(&l->x, &sums);
	for (i = 0; i < l->kinds.n; i++)
		c->values += part_of(l->kinds.name[i]) == PART_CALENDARS ? 0 : sums.k[i].rows;
	c->values += entities_empty(&c->d);
	memset(c->d.look, true, sizeof(c->d.look));
	if ((last && l->user.units == 0 && look_by_sums(c, &sums, e) < 0) || name(c, e) < 0)
		return -1;
	l->user.units++;
	progress_rows(l->progress, l->unit.rows);
	unit_reset(&l->unit);
	return 0;
}

/* A user, or a principal that is not a user and has calendars only. */
static int begin(void *arg, struct err *e)
{
	struct compare *c = arg;
	struct load *l = c->l;
	struct user *u = &l->user;

	c->named = c->skips[0] = c->skips[1] = false;
	differs_user(&c->d);
	if (!u->open) {
		differs_print(&c->d, DAV_CALENDAR, jr_str(&l->in.si.doc, NULL, "principal", ""),
		    "not loaded");
		return 0;
	}
	if (u->mode != UM_THERE) {
		differs_print(&c->d, KIND_USER, u->uuid, "not loaded");
		return 0;
	}
	u->heir_known = true;	/* what came is the user's */
	c->users += !u->principal;
	if (!u->principal && l->s.t->data != NULL &&
	    readfiles_user(l->s.t->data, u->uuid, &c->base, e) < 0)
		return -1;
	return late_refs(l, e);
}

/* P8 makes the user visible by it: the loader writes it last. */
static int add_public_id(struct compare *c, struct err *e)
{
	const struct interned *id = intern(c->l->names, ATTR_PUBLIC_ID, strlen(ATTR_PUBLIC_ID));
	const struct user *u = &c->l->user;

	if (!c->named)
		return 0;
	if (id == NULL)
		return err_set(e, EXIT_DATA, "too many different attribute names");
	return eav_text(&c->l->unit, AT_STRING, EAV_USER, id, u->public_id,
	    strlen(u->public_id), e);
}

static int end(void *arg, struct err *e)
{
	struct compare *c = arg;
	struct user *u = &c->l->user;
	int rc = 0;

	if (u->open && u->mode == UM_THERE && (add_public_id(c, e) < 0 ||
	    compare_unit(c, true, e) < 0 || objects_differ_more(&c->d, e) < 0))
		rc = -1;
	if (u->open && !u->principal)
		progress_user(c->l->progress, &(struct progress_user){ .email = u->email,
		    .verdict = "compared", .event = "compared" });
	if (c->base >= 0)
		close(c->base);
	c->base = -1;
	buf_reset(&c->l->x.dry_shares);
	return rc;
}

static int compare_file(struct compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->in.si.doc;
	const struct jval *v = jr_get(d, NULL, "path");
	struct readfiles_want w = { NULL, jr_bool(d, NULL, "directory", false),
	    jr_int(d, NULL, "size", 0), jr_int(d, NULL, "mtime", 0),
	    c->o->deep ? jr_str(d, NULL, "sha256", "") : "" };
	struct buf why = BUF_INIT(1000);
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
	if (is == READFILES_SAME) {
		c->by_time += c->o->deep && !w.directory && w.sha[0] == '\0';
		return 0;
	}
	readfiles_why(&why, is, &w, &st);
	differs_print(&c->d, "FILE", w.path, "%s", why.failed ? "other in P8" : why.data);
	buf_free(&why);
	return 0;
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
	/* A stream of one part lacks the user's own record. */
	if (!c->named && !l->user.has_user && part_of(kind) == PART_CONTACTS) {
		rc = late_recall(l, e);
		return rc < 0 ? -1 : rc == 0;
	}
	return 0;
}

/* What the load has rejected of the calendar at hand, too, is not in P8. */
static int calendar_rejected(struct compare *c, struct err *e)
{
	const struct jdoc *d = &c->l->in.si.doc;
	const char *kind = c->l->in.si.kind;
	const struct jval *data = jr_get(d, NULL, "calendardata");
	struct user_calendar *k;
	const char *p;
	size_t n;

	buf_reset(&c->l->in.spare);
	if (strcmp(kind, DAV_OBJECT) == 0) {
		differs_print(&c->d, DAV_OBJECT, jr_str(d, NULL, "uri", ""), data == NULL ||
		    (data->type != J_NULL && jr_bytes(d, data, &c->l->in.spare, &p, &n) < 0) ?
		    "not loaded, because its \"calendardata\" is not a text in the stream" :
		    "not in P8");
		return 0;
	}
	if (jr_int(d, NULL, "access", 1) != 1) {
		differs_print(&c->d, DAV_SHARE, jr_str(d, NULL, "principaluri", ""), "not in P8");
		return 0;
	}
	if (calendar_of(&c->l->x, jr_str(d, NULL, "calendar", ""), &k, e) < 0)
		return -1;
	differs_print(&c->d, DAV_CALENDAR, jr_str(d, NULL, "uri", ""), k != NULL &&
	    k->state == UC_THERE ? "in P8 it is not its owner's any more" : "not in P8");
	return 0;
}

static int compare_calendar(struct compare *c, struct err *e)
{
	struct load *l = c->l;
	const char *kind = l->in.si.kind;
	bool instance = strcmp(kind, DAV_INSTANCE) == 0, object = strcmp(kind, DAV_OBJECT) == 0;
	bool owner = instance && jr_int(&l->in.si.doc, NULL, "access", 1) == 1;
	size_t notes = l->unit.notes.n, calendars = l->unit.r[TABLE_CALENDARS].n, i;
	uint64_t lost = l->user.calendars_lost;
	bool rejected;

	c->calendars += owner;
	c->shares += instance && !owner;
	c->objects += object;
	if (kinds_take(&l->x, e) < 0)
		return -1;
	rejected = owner ? l->unit.r[TABLE_CALENDARS].n == calendars :
	    l->user.calendars_lost > lost;
	for (i = notes; i < l->unit.notes.n && !rejected; i++)
		rejected = l->unit.notes.v[i].reject;
	return rejected && (instance || object) ? calendar_rejected(c, e) : 0;
}

static int record(void *arg, struct err *e)
{
	struct compare *c = arg;
	struct load *l = c->l;
	const char *kind = l->in.si.kind;
	int rc = passed_over(c, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (part_of(kind) == PART_FILES)
		rc = strcmp(kind, "FILE") == 0 ? compare_file(c, e) : 0;
	else if (nodav_takes(&l->x))
		return 0;
	else if (part_of(kind) == PART_CALENDARS)
		rc = compare_calendar(c, e);
	else if (strcmp(kind, KIND_LINK) == 0)
		rc = link_differs(&c->d, &l->s.sql, &l->in.si.doc, e);
	else
		rc = kinds_take(&l->x, e) < 0 ? -1 : 0;
	if (rc == 0 && (l->unit.rows >= l->o->transaction_rows || l->unit.a.bytes >= LOAD_BYTES))
		rc = compare_unit(c, false, e);
	return rc;
}

static int global(void *arg, struct err *e)
{
	struct compare *c = arg;

	if (!entity_is(&c->l->x))
		return 0;
	return entity_take(&c->l->x, e) < 0 ? -1 : compare_unit(c, false, e);
}

static int print_end(struct compare *c, struct err *e)
{
	unsigned i;

	if (c->d.found > DIFFERS_SHOWN)
		print("(the first %d differences are shown)\n", DIFFERS_SHOWN);
	for (i = 0; i < 2; i++)
		if (c->skipped[i] > 0)
			print("not compared: %s of %s, which were left out (p8-load --list"
			    " left-out)\n", i == 0 ? "contacts" : "calendars",
			    COUNT(c->skipped[i], "user"));
	if (c->d.found > 0)
		print("%s between P8 and the stream\n", COUNT(c->d.found, "difference"));
	else
		print("verified: P8 holds what the stream says of %s, %s",
		    COUNT(c->users, "user"), COUNT(c->values, "value"));
	if (c->calendars > 0 && c->d.found == 0)
		print(", %s, %s, %s", COUNT(c->calendars, "calendar"),
		    COUNT(c->objects, "calendar object"), COUNT(c->shares, "share"));
	if (c->by_time > 0)
		print("%sof %s only size and time were compared: the stream does not have their"
		    " contents; use one of p7-extract without --files-by-reference",
		    c->d.found > 0 ? "" : "; ", COUNT(c->by_time, "file"));
	if (c->by_time > 0 || c->d.found == 0)
		print("\n");
	return io_std_flush(e);
}

static int run(void *arg, struct load *l, struct err *e)
{
	static const struct blocks blocks = { begin, record, end, global };
	struct compare *c = arg;

	c->l = l;
	if (readback_open(&c->r, l->s.t, e) < 0)
		return -1;
	c->r.without_singles = true;
	c->d = (struct differs){ .t = l->s.t, .unit = &l->unit, .user = &l->user,
	    .kinds = &l->kinds,
	    .snapshot = l->in.snapshot, .source = l->in.source, .attrs = &c->r.attrs };
	return blocks_read(l, &blocks, c, e) < 0 || print_end(c, e) < 0 ? -1 : 0;
}

int verify_stream(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e)
{
	const struct load_opts lo = { .input = o->input, .edited = o->edited,
	    .progress = o->progress };
	struct compare c = { .o = o, .base = -1 };
	int rc = blocks_run(t, &lo, run, &c, e);

	if (rc == 0)
		*status = c.d.found > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	differs_close(&c.d);
	readback_close(&c.r);
	if (c.base >= 0)
		close(c.base);
	return rc;
}

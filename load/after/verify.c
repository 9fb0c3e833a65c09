#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/file.h"
#include "kinds/kinds.h"
#include "count.h"
#include "io.h"
#include "ledger/ledger.h"
#include "ledger/users.h"
#include "base/names.h"
#include "base/print.h"
#include "after/verify.h"

#define SHOWN 100		/* differences that are printed */

struct verify {
	const struct verify_opts *o;
	struct readback r;
	struct kind_counts kinds;
	uint64_t users, differences, unfinished;
};

/* Files are named one by one. */
static void show_files(struct verify *v, const char *email)
{
	const char *at = NULL, *line;
	uint64_t shown = v->differences;
	size_t n;

	while (shown++ < SHOWN && (line = readback_line(&v->r, &at, &n)) != NULL)
		print("! %s FILE %.*s\n", email, (int)n, line);
	v->differences += v->r.differing;
}

/* They are none of those that were loaded, and in no count. */
static bool tally_shared(struct verify *v, const char *email)
{
	if (v->r.shared == 0)
		return false;
	if (++v->differences <= SHOWN)
		print("! %s " DAV_SHARE ": %s added in P8\n", email,
		    COUNT(v->r.shared, "share"));
	return true;
}

/* The next load makes them: its end looks for them. */
static bool tally_overdue(struct verify *v, const char *email)
{
	if (v->r.overdue == 0)
		return false;
	if (++v->differences <= SHOWN)
		print("! %s " DAV_SHARE ": %s, though who it is for is in P8; run the migration"
		    " again, and it is made\n", email, COUNT(v->r.overdue, "waiting share"));
	return true;
}

static void show(struct verify *v, const char *email, const struct readback_kind *k)
{
	const struct kind_sum *w = &k->want, *g = &k->got;

	if (++v->differences > SHOWN)
		return;
	print("! %s %s: ", email, k->name);
	if (w->things != g->things)
		print("loaded %" PRIu64 ", found %" PRIu64 "\n", w->things, g->things);
	else if (w->rows != g->rows)
		print("loaded %s, found %" PRIu64 "\n", COUNT(w->rows, "value"), g->rows);
	else
		print("as many as were loaded, but not the same\n");
}

/* 1: something differs. */
static bool tally(struct verify *v, const char *email)
{
	bool differs = false;
	unsigned i;

	for (i = 0; i < v->r.n; i++) {
		kinds_add(&v->kinds, v->r.k[i].name, v->r.k[i].got.things);
		if (!readback_differs(&v->r.k[i]))
			continue;
		if (v->r.differing > 0 && strcmp(v->r.k[i].name, "FILE") == 0)
			show_files(v, email);
		else
			show(v, email, &v->r.k[i]);
		differs = true;
	}
	return differs;
}

static void tally_user(struct verify *v, const char *email)
{
	struct progress_user line = { .email = email, .verdict = "as loaded", .event = "same" };
	bool differs = tally(v, email);
	unsigned i;

	if (tally_overdue(v, email))
		differs = true;
	if (tally_shared(v, email))
		differs = true;
	if (differs) {
		line.verdict = "differs";
		line.event = "differs";
	}
	for (i = 0; i < v->r.n; i++) {
		line.things += v->r.k[i].got.things;
		line.rows += v->r.k[i].got.rows;
	}
	progress_rows(v->o->progress, line.rows);
	progress_user(v->o->progress, &line);
}

static int verify_user(struct verify *v, const struct known_user *u, struct err *e)
{
	const char *name = u->principal ? u->public_id : u->email;
	const struct readback_user ru = { u->id, name, u->public_id, u->uuid };

	if (strcmp(u->state, "done") != 0) {
		v->unfinished += !u->principal;
		return 0;
	}
	v->users += !u->principal;
	progress_begin(v->o->progress, name);
	if (kinds_read(&v->r, &ru, e) < 0)
		return -1;
	tally_user(v, name);
	return 0;
}

static int verify_users(struct verify *v, struct err *e)
{
	struct known_user u;
	int64_t after = 0;
	int rc;

	while ((rc = known_user_find(v->r.t, "id>?", DB_INT(after), NULL, &u, e)) == 1) {
		after = u.id;
		rc = verify_user(v, &u, e);
		known_user_free(&u);
		if (rc < 0)
			return -1;
	}
	known_user_free(&u);
	return rc;
}

struct global {
	char uuid[UUID_LEN + 1], kind[STREAM_KIND_LEN];
	int64_t entity;
	struct kind_sum want;
};

/* The next global entity behind *G: 1, 0, -1. */
static int global_next(struct dbq *q, struct global *g, struct err *e)
{
	struct dbval v = DB_STR(g->uuid);
	int rc;

	rc = dbq_run(q, &v, 1, e);
	if (rc == 0)
		rc = dbq_next(q, e);
	if (rc != 1)
		return rc;
	snprintf(g->uuid, sizeof(g->uuid), "%s", dbq_str(q, 0));
	snprintf(g->kind, sizeof(g->kind), "%s", dbq_str(q, 1));
	g->entity = dbq_int(q, 2);
	g->want = (struct kind_sum){ 1, (uint64_t)dbq_int(q, 3),
	    strtoull(dbq_str(q, 4), NULL, 10) };
	return dbq_next(q, e) < 0 ? -1 : 1;
}

/* Servers and the team's CTag: the ledger has a sum for each. */
static int verify_entities(struct verify *v, struct err *e)
{
	struct global g = { .uuid = "" };
	struct dbq q;
	int rc;

	if (sql_prepare(v->r.t, &q, "SELECT uuid, kind, entity, value_rows, hash FROM {p7m_globals}"
	    " WHERE uuid>? ORDER BY uuid LIMIT 1", e) < 0)
		return -1;
	while ((rc = global_next(&q, &g, e)) == 1) {
		rc = kinds_read_entity(&v->r, g.entity, g.kind, e);
		if (rc < 0)
			break;
		v->r.k[0].want = g.want;
		tally(v, g.uuid);
	}
	dbq_close(&q);
	return rc;
}

static int verify_globals(struct verify *v, struct err *e)
{
	static const struct readback_user installation = { 0, "-", "", "" };

	if (verify_entities(v, e) < 0)
		return -1;
	v->r.n = 0;
	v->r.user = &installation;
	if (files_read(&v->r, e) < 0)
		return -1;
	tally(v, "-");
	return 0;
}

static int print_end(struct verify *v, struct err *e)
{
	unsigned i;

	for (i = 0; i < v->kinds.n; i++)
		if (v->kinds.k[i].n > 0)
			print("%-16s %10" PRIu64 "\n", v->kinds.k[i].kind, v->kinds.k[i].n);
	if (v->unfinished > 0)
		print("not loaded: %s (p8-load --list not-migrated)\n",
		    COUNT(v->unfinished, "user"));
	if (v->differences > SHOWN)
		print("(the first %d differences are shown)\n", SHOWN);
	if (v->differences > 0)
		print("%s; a user who was edited in P8 since normally looks like this, and needs"
		    " nothing; to have P7's state again, and lose what P8 changed: p8-load"
		    " --p8 DIR --undo EMAIL --force, then run the migration again\n",
		    COUNT(v->differences, "difference"));
	else
		print("verified: P8 holds what was loaded of %s", COUNT(v->users, "user"));
	if (v->r.by_time > 0)
		print("%sof %s only size and time were compared: the ledger has no checksum of"
		    " files that were copied from P7's data directory; --verify FILE --deep"
		    " compares their contents with a stream that has them (p7-extract without"
		    " --files-by-reference)", v->differences > 0 ? "" : "; ",
		    COUNT(v->r.by_time, "file"));
	if (v->r.by_time > 0 || v->differences == 0)
		print("\n");
	return io_std_flush(e);
}

int verify_ledger(struct target *t, const struct verify_opts *o, enum exitcode *status,
    struct err *e)
{
	struct verify v = { .o = o };
	int rc;

	if (ledger_needed(t, e) < 0)
		return -1;
	rc = readback_open(&v.r, t, e);
	v.r.deep = o->deep;
	if (rc == 0 && (verify_users(&v, e) < 0 || verify_globals(&v, e) < 0 ||
	    print_end(&v, e) < 0))
		rc = -1;
	if (rc == 0)
		*status = v.differences ? EXIT_REJECTS : EXIT_BALANCED;
	readback_close(&v.r);
	return rc;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/dry.h"
#include "run/parts.h"
#include "run/user.h"
#include "run/note.h"
#include "run/global.h"
#include "kinds/file.h"
#include "kinds/filecopy.h"
#include "kinds/links.h"
#include "kinds/schema.h"
#include "kinds/sharemake.h"
#include "count.h"
#include "run/load.h"
#include "base/names.h"
#include "kinds/note.h"
#include "ledger/sources.h"
#include "run/principal.h"
#include "run/summary.h"
#include "run/write.h"

#define DRY_SHARES_MAX ((size_t)256 << 20)

void load_header(struct load *l)
{
	const struct jval *source = jr_get(&l->in.si.header, NULL, "source");
	const char *id = jr_str(&l->in.si.header, source, "id", "");

	parts_header(l);
	if (source == NULL)
		return;
	snprintf(l->in.snapshot, sizeof(l->in.snapshot), "%s",
	    jr_str(&l->in.si.header, source, "snapshot", ""));
	if (!uuid_parse(id, strlen(id), l->in.source))
		l->in.source[0] = '\0';
}

bool load_has_all(const struct load *l)
{
	const struct jdoc *h = &l->in.si.header;
	const struct jval *sel = jr_get(h, NULL, "selection"), *shard = jr_get(h, NULL, "shard");

	return sel != NULL && strcmp(jr_str(h, sel, "users", ""), "all") == 0 &&
	    (shard == NULL || shard->type == J_NULL);
}

static int check_header(struct load *l, struct err *e)
{
	load_header(l);
	if (strlen(l->in.snapshot) != 19)
		return err_set(e, EXIT_DATA, "%s: its HEADER has no source.snapshot "
		    "\"YYYY-MM-DD HH:MM:SS\"", l->in.si.io.name);
	return 0;
}

/* What the kinds know of the load. */
static void init_context(struct load *l)
{
	const struct load_opts *o = l->o;

	l->x = (struct context){ .s = &l->s, .in = &l->in, .rejects = &l->rejects,
	    .counts = &l->counts, .kinds = &l->kinds, .names = l->names, .globals = &l->globals,
	    .unit = &l->unit, .own = &l->own, .user = &l->user,
	    .itemize = (o->itemize || o->dry_run) && !o->compare,
	    .without_files = o->without_files, .without_cards = o->without_cards,
	    .files_from = o->files_from, .run = l->run, .commit = global_flush, .driver = l };
	buf_init(&l->x.dry_shares, DRY_SHARES_MAX);
}

static int init(struct load *l, struct target *t, const struct load_opts *o, struct err *e)
{
	char host[64] = "?";

	memset(l, 0, sizeof(*l));
	l->o = o;
	stage_init(&l->user.stage);
	buf_init(&l->in.spare, BUF_RECORD_MAX);
	l->progress = o->progress;
	session_init(&l->s, t, o->progress, o->dry_run);
	srandom((unsigned)getpid());
	uuid_random(l->run);
	gethostname(host, sizeof(host) - 1);
	snprintf(l->owner, sizeof(l->owner), "%s %d %s", host, (int)getpid(), l->run);
	l->names = calloc(1, sizeof(*l->names));
	init_context(l);
	if (l->names == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return files_check_source(o->files_from, e);
}

static int tools(struct load *l, struct err *e)
{
	if (report_open(&l->rejects.maker, TOOL, NULL, e) < 0 ||
	    report_open(&l->rejects.file, TOOL, l->o->rejects, e) < 0)
		return -1;
	return session_open(&l->s, e);
}

int load_prepare(struct load *l, struct target *t, const struct load_opts *o, struct err *e)
{
	return init(l, t, o, e) < 0 || tools(l, e) < 0 ? -1 : 0;
}

int load_open(struct load *l, struct target *t, const struct load_opts *o, struct err *e)
{
	int rc;

	if (init(l, t, o, e) < 0 || si_open(&l->in.si, o->input, "p8", o->edited, e) < 0)
		return -1;
	l->in.reading = true;
	if (check_header(l, e) < 0 || tools(l, e) < 0)
		return -1;
	if (!o->dry_run && ledger_create(t, e) < 0)
		return -1;
	if (o->dry_run && dry_open(&l->s, e) < 0)
		return -1;
	rc = ledger_exists(t, e);
	l->s.has_ledger = rc == 1;
	if (rc == 1)
		rc = sources_check(t, &l->in.si.header, e);
	return rc < 0 ? -1 : links_open(&l->x, e);
}

static int one_record(struct load *l, struct err *e)
{
	if (strcmp(l->in.si.kind, "USER_BEGIN") == 0)
		return files_close_one(&l->x, e) < 0 || global_flush(l, e) < 0 ? -1 :
		    user_begin(l, e);
	if (strcmp(l->in.si.kind, "PRINCIPAL_BEGIN") == 0)
		return files_close_one(&l->x, e) < 0 || global_flush(l, e) < 0 ? -1 :
		    principal_begin(l, e);
	if (strcmp(l->in.si.kind, "USER_END") == 0 || strcmp(l->in.si.kind, "PRINCIPAL_END") == 0) {
		if (user_end(l, e) < 0)
			return -1;
		if (l->o->block_done != NULL)
			l->o->block_done(l->o->arg, l);
		return 0;
	}
	if (schema_check(&l->in.si, e) < 0)
		return -1;
	if (l->user.open)
		return user_record(l, e);
	return global_record(l, e);
}

int load_balance(const struct load *l, enum exitcode *status, struct err *e)
{
	const struct load_counts *c = &l->counts;
	const struct jval *shard = jr_get(&l->in.si.header, NULL, "shard");
	const struct jval *sel = jr_get(&l->in.si.header, NULL, "selection");

	if (c->read != c->loaded + c->there + c->rejected)
		return err_set(e, EXIT_BUG, "the counts do not balance: %" PRIu64 " users read, %"
		    PRIu64 " loaded, %" PRIu64 " already there, %" PRIu64 " rejected", c->read,
		    c->loaded, c->there, c->rejected);
	if (l->o->role == LOAD_WHOLE && c->read == 0 &&
	    kinds_get(&l->in.si.totals, "PRINCIPAL_BEGIN") == 0 && c->stream_rejects == 0 &&
	    (shard == NULL || shard->type == J_NULL) &&
	    jr_int(&l->in.si.header, sel, "except", 0) == 0)
		return err_set(e, EXIT_DATA,
		    "%s holds no user; look at the selection of p7-extract", l->in.si.io.name);
	*status = c->own_rejects + c->stream_rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return 0;
}

static int stopped(const struct load *l, struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "stopped by a signal after %s; run again to go on",
	    l->in.si.last_user[0] ? l->in.si.last_user : "no user");
}

/* A stream that is refused in its middle: whoever came before is in P8. */
static int refused(const struct load *l, struct err *e)
{
	uint64_t n = l->counts.loaded + l->counts.there;
	size_t len = strlen(e->msg);

	if (e->status == EXIT_DATA && n > 0 && !l->o->dry_run && !l->o->compare)
		snprintf(e->msg + len, sizeof(e->msg) - len, "; the %s before it %s loaded and"
		    " %s in P8", COUNT(n, "user"), n == 1 ? "is" : "are", n == 1 ? "stays" :
		    "stay");
	return -1;
}

/* Of several loaders the last one does it. */
static int sweep(struct load *l, struct err *e)
{
	if (l->o->role == LOAD_COMMON || l->o->role == LOAD_SHARE)
		return 0;
	return shares_sweep(&l->x, load_has_all(l), e);
}

static int read_stream(struct load *l, enum exitcode *status, struct err *e)
{
	int rc;

	while ((rc = si_next(&l->in.si, e)) == 1) {
		if (strcmp(l->in.si.kind, "USER_BEGIN") == 0 ||
		    strcmp(l->in.si.kind, "PRINCIPAL_BEGIN") == 0)
			progress_pause(l->progress);
		if ((!load_stop || l->user.open) && one_record(l, e) < 0)
			return refused(l, e);
		if (load_stop && !l->user.open)
			return stopped(l, e);
	}
	/* Ctrl-C ends the stages before this one, too. */
	if (rc < 0 && load_stop)
		return stopped(l, e);
	if (rc < 0)
		return refused(l, e);
	if (files_close_one(&l->x, e) < 0 || global_flush(l, e) < 0 || sweep(l, e) < 0)
		return -1;
	return load_balance(l, status, e);
}

static int end_run(struct load *l, enum exitcode status, struct err *e)
{
	struct buf text = BUF_INIT(1 << 20);
	struct dbval v[] = { DB_INT(status), DB_NULL, DB_STR(l->run) };
	int rc = 0;

	summary_json(l, &text);
	summary_log(l);
	v[1] = DB_BYTES(text.data, text.len);
	if (l->run_noted && l->s.t->connected)
		rc = sql_run(&l->s.sql, SQL_RUN_END, v, 3, e);
	buf_free(&text);
	return rc;
}

int load_stream(struct load *l, enum exitcode *status, struct err *e)
{
	struct err ignored = { .msg = "" };
	int rc;

	rc = read_stream(l, status, e);
	if (rc < 0) {
		user_abandon(l);
		end_run(l, e->status, &ignored);
	} else
		rc = end_run(l, *status, e);
	if (fflush(stdout) != 0 && rc == 0)
		rc = err_sys(e, EXIT_IO, "cannot write the change list");
	return rc;
}

void load_close(struct load *l)
{
	struct err ignored = { .msg = "" };

	user_abandon(l);
	stage_free(&l->user.stage);
	session_close(&l->s);
	if (l->in.reading)
		si_close(&l->in.si);
	report_close(&l->rejects.maker, &ignored);
	unit_free(&l->unit);
	own_free(&l->own);
	buf_free(&l->in.spare);
	buf_free(&l->x.dry_shares);
	if (l->names != NULL)
		intern_free(l->names);
	free(l->names);
}

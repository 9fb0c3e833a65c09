/* plan, apply, and what they share with the other commands. */
#include <string.h>

#include "command.h"
#include "count.h"
#include "step.h"

int look(struct look *l, struct db *db, const char *prefix, struct err *e)
{
	memset(l, 0, sizeof(*l));
	if (schema_load(&l->schema, db, prefix, e) < 0)
		return -1;
	if (journal_load(&l->journal, db, prefix, e) < 0 ||
	    facts_load(&l->facts, db, &l->schema, e) < 0) {
		look_free(l);
		return -1;
	}
	return 0;
}

void look_free(struct look *l)
{
	schema_free(&l->schema);
	journal_free(&l->journal);
}

int plan_to(struct plan *p, struct look *l, const struct command *c, struct err *e)
{
	unsigned i;

	plan_init(p, &l->schema, &l->journal, &l->facts);
	p->with_public = c->with_public;
	p->fix_etags = c->fix_etags;
	for (i = 0; i <= c->to; i++) {
		p->step = steps[i].name;
		if (p->err.msg[0] == '\0')
			steps[i].plan(p);
	}
	return plan_end(p, e);
}

int command_plan(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct look l;
	struct plan p;
	int rc;

	(void)status;
	if (look(&l, db, c->prefix, e) < 0)
		return -1;
	rc = plan_to(&p, &l, c, e);
	if (rc == 0)
		plan_print(&p, stdout);
	plan_free(&p);
	look_free(&l);
	return rc;
}

static bool planned(void *arg, const char *step, const char *action)
{
	const struct plan *p = arg;
	unsigned i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].step, step) == 0 && strcmp(p->v[i].action, action) == 0)
			return true;
	return false;
}

static int apply(struct run *r, const struct command *c, struct look *l, struct err *e)
{
	struct plan p;
	unsigned i;
	int rc = plan_to(&p, l, c, e);

	for (i = 0; rc == 0 && i < p.notes; i++)
		fprintf(r->out, "note: %s\n", p.note[i]);
	if (rc == 0 && l->journal.exists)
		rc = journal_settle(&l->journal, steps[c->to].name, planned, &p, e);
	if (rc == 0)
		rc = run_plan(r, &p, e);
	if (rc == 0 && p.n == 0)
		fprintf(r->out, "nothing to do: the tables are at %s or later\n",
		    steps[c->to].name);
	else if (rc == 0)
		fprintf(r->out, "done: %s, %s to look at (above); next: verify, before the"
		    " CalDAV server is started: dav-schema-upgrade verify%s\n",
		    COUNT(p.n, "statement"), COUNT(r->reported, "row"), c->where);
	plan_free(&p);
	return rc;
}

int under_lock(struct db *db, const struct command *c,
    int (*work)(struct run *r, const struct command *c, struct look *l, struct err *e),
    struct err *e)
{
	struct look l;
	struct run r;
	int rc;

	if (run_open(&r, db, &c->db, c->prefix, e) < 0)
		return -1;
	r.stop_after = c->stop_after;
	rc = look(&l, db, c->prefix, e);
	if (rc == 0) {
		r.j = &l.journal;
		rc = work(&r, c, &l, e);
		look_free(&l);
	}
	run_close(&r);
	return rc;
}

int command_apply(struct db *db, const struct command *c, int *status, struct err *e)
{
	(void)status;
	return under_lock(db, c, apply, e);
}

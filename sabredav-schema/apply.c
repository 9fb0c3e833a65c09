/* plan, apply. */
#include <string.h>

#include "command.h"
#include "count.h"
#include "execute.h"
#include "step.h"

int command_plan(struct run *r, const struct command *c, struct look *l, int *status, struct err *e)
{
	struct plan p;
	int rc = plan_to(&p, l, c, c->to, e);

	(void)status;
	if (rc == 0)
		plan_print(&p, r->out);
	plan_free(&p);
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

int command_apply(struct run *r, const struct command *c, struct look *l, int *status,
    struct err *e)
{
	struct plan p;
	unsigned i;
	int rc = plan_to(&p, l, c, c->to, e);

	(void)status;
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

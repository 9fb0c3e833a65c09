/* Shared by the commands on tables: a look at the database, its lock, a plan. */
#include <string.h>

#include "command.h"
#include "step.h"

static int look(struct look *l, struct db *db, const char *prefix, struct err *e)
{
	memset(l, 0, sizeof(*l));
	if (schema_load(&l->schema, db, prefix, e) < 0)
		return -1;
	return journal_load(&l->journal, db, prefix, e) < 0 ? -1 :
	    facts_load(&l->facts, db, &l->schema, e);
}

int plan_to(struct plan *p, struct look *l, const struct command *c, unsigned to, struct err *e)
{
	unsigned i;

	plan_init(p, &l->schema, &l->journal, &l->facts);
	p->with_public = c->with_public;
	p->fix_etags = c->fix_etags;
	for (i = 0; i <= to && p->err.msg[0] == '\0'; i++) {
		p->step = steps[i].name;
		steps[i].plan(p);
	}
	return plan_end(p, e);
}

int on_tables(struct db *db, const struct command *c, bool alters, int (*work)(struct run *r,
    const struct command *c, struct look *l, int *status, struct err *e), int *status,
    struct err *e)
{
	struct run r = { .db = db, .out = stdout };
	struct look l;
	int rc;

	if (alters && run_open(&r, db, &c->db, c->prefix, e) < 0)
		return -1;
	r.stop_after = c->stop_after;
	r.j = &l.journal;
	rc = look(&l, db, c->prefix, e) < 0 ? -1 : work(&r, c, &l, status, e);
	schema_free(&l.schema);
	journal_free(&l.journal);
	if (alters)
		run_close(&r);
	return rc;
}

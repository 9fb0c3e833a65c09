/* Shared by the steps: how what they made is undone, and how reserved room ends. */
#include <stdio.h>

#include "step.h"

void plan_unreserve(struct plan *p, const char *base, const char *col)
{
	const struct table *t = schema_table(p->s, base);
	struct column *c = table_column(t, col);

	if (c == NULL || !c->reserved)
		return;
	plan_ddl(p, plan_action(p, "%s.%s-default", base, col),
	    "ALTER TABLE %I ALTER COLUMN %I SET DEFAULT NULL", t->name, col);
	c->reserved = false;
}

static void drop_table(struct plan *p, struct table *t, const char *action)
{
	plan_ddl(p, action, "DROP TABLE %I", t->name);
	schema_drop(p->s, t);
}

void undo_create(struct plan *p, const char *base)
{
	struct table *t = schema_table(p->s, base);

	if (t != NULL && plan_state(p, "%s.create", base) >= STATE_STARTED)
		drop_table(p, t, plan_action(p, "%s.undo", base));
}

/* The table that we put aside or copied is gone, and not by a restore: cleanup dropped it. */
static void backup_gone(struct plan *p, const char *base, const char *suffix, const char *away)
{
	if (plan_state(p, "%s%s.create", base, suffix) == STATE_DONE &&
	    plan_state(p, "%s%s.undo", base, suffix) == STATE_NONE &&
	    schema_kept(p->s, base, away) == NULL)
		plan_fail(p, EXIT_CONFIG, "step %s cannot be undone: its backup %s%s%s has been"
		    " dropped; only a dump of before can bring it back", p->step, p->s->prefix,
		    base, suffix);
}

void undo_backup(struct plan *p, const char *base, const char *suffix)
{
	struct table *t = schema_table(p->s, base), *old = schema_kept(p->s, base, suffix), *gone;
	enum state copied = plan_state(p, "%s%s.copy", base, suffix);
	char away[32], from[NAME_BUF], to[NAME_BUF];

	snprintf(away, sizeof(away), "%sundo", suffix);
	snprintf(to, sizeof(to), "%s%s", p->s->prefix, base);
	snprintf(from, sizeof(from), "%s%s%s", p->s->prefix, base, away);
	if (old == NULL) {
		backup_gone(p, base, suffix, away);
	} else {
		plan_untied(p, t, false);
		plan_untied(p, old, false);
		plan_action(p, "%s%s.undo", base, suffix);
		/* A copy that did not end: the table itself was not touched yet. */
		if (copied != STATE_NONE && copied != STATE_DONE) {
			drop_table(p, old, p->action);
		} else {
			if (t != NULL)
				plan_ddl(p, p->action, "RENAME TABLE %I TO %I, %I TO %I", to, from,
				    old->name, to);
			else
				plan_ddl(p, p->action, "RENAME TABLE %I TO %I", old->name, to);
			schema_rename(p->s, base, "", away);
			schema_rename(p->s, base, suffix, "");
		}
	}
	gone = schema_kept(p->s, base, away);
	if (gone != NULL)
		drop_table(p, gone, plan_action(p, "%s%s.drop", base, away));
}

void undo_column(struct plan *p, const char *base, const char *col, const char *action)
{
	struct table *t = schema_table(p->s, base);

	if (!table_has(t, col) || journal_state(p->j, p->step, action) < STATE_STARTED)
		return;
	plan_ddl(p, plan_action(p, "%s.%s.undo", base, col), "ALTER TABLE %I DROP COLUMN %I",
	    t->name, col);
	table_drop(t, col);
}

/* The table of steps, and what their undoing shares. */
#include <assert.h>
#include <string.h>

#include "records.h"
#include "step.h"

const struct step steps[] = {
	{ "2.0", step_20, step_20_undo, step_20_record },
	{ "2.1", step_21, step_21_undo, step_21_record },
	{ "3.0", step_30, step_30_undo, NULL },
	{ "3.2", step_32, step_32_undo, step_32_record },
};
static_assert(sizeof(steps) / sizeof(*steps) == STEPS, "STEPS is the number of entries");

const char *const step_versions[] = { "2.0", "2.1", "3.0", "3.2", NULL };

const char *bytes_of(struct plan *p, struct buf *b, const char *base, const char *col)
{
	schema_bytes(b, schema_table(p->s, base), "t", col);
	if (b->failed)
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
	return b->failed ? "" : b->data;
}

const char *text_of(struct plan *p, struct buf *b, const char *base, const char *col)
{
	schema_text(b, schema_table(p->s, base), "t", col);
	if (b->failed)
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
	return b->failed ? "" : b->data;
}

const char *untouched_of(struct plan *p, struct buf *b, const char *base)
{
	schema_untouched(b, schema_table(p->s, base));
	if (b->failed)
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
	return b->failed || b->data == NULL ? "" : b->data;
}

void plan_unreserve(struct plan *p, const char *base, const char *col)
{
	const struct table *t = schema_table(p->s, base);
	struct column *c = table_column(t, col);
	char action[ACTION_SIZE];

	if (c == NULL || !c->reserved)
		return;
	snprintf(action, sizeof(action), "%s.%s-default", base, col);
	plan_add(p, STMT_DDL, NULL, action, "ALTER TABLE %I ALTER COLUMN %I SET DEFAULT NULL",
	    t->name, col);
	c->reserved = false;
}

void undo_create(struct plan *p, const char *base)
{
	const struct table *t = schema_table(p->s, base);
	char action[ACTION_SIZE];
	char name[NAME_SIZE];

	snprintf(action, sizeof(action), "%s.create", base);
	if (t == NULL || journal_state(p->j, p->step, action) < STATE_STARTED)
		return;
	snprintf(name, sizeof(name), "%s", t->name);
	snprintf(action, sizeof(action), "%s.undo", base);
	plan_add(p, STMT_DDL, NULL, action, "DROP TABLE %I", name);
	schema_drop(p->s, name);
}

/* OLD, put aside or copied by us, is there no more, and no restore took it: cleanup did. */
static void backup_gone(struct plan *p, const char *base, const char *suffix, const char *old,
    const char *away)
{
	char action[ACTION_SIZE];

	snprintf(action, sizeof(action), "%s%s.create", base, suffix);
	if (journal_state(p->j, p->step, action) != STATE_DONE)
		return;
	snprintf(action, sizeof(action), "%s%s.undo", base, suffix);
	if (journal_state(p->j, p->step, action) == STATE_NONE && !schema_named(p->s, away))
		plan_fail(p, EXIT_CONFIG, "step %s cannot be undone: its backup %s has been"
		    " dropped; only a dump of before can bring it back", p->step, old);
}

void undo_backup(struct plan *p, const char *base, const char *suffix)
{
	char old[NAME_BUF], away[NAME_BUF], action[ACTION_SIZE];
	char name[NAME_BUF];
	enum state copied;

	snprintf(name, sizeof(name), "%s%s", p->s->prefix, base);
	snprintf(old, sizeof(old), "%s%s%s", p->s->prefix, base, suffix);
	snprintf(away, sizeof(away), "%s%s%sundo", p->s->prefix, base, suffix);
	snprintf(action, sizeof(action), "%s%s.copy", base, suffix);
	copied = journal_state(p->j, p->step, action);
	if (schema_named(p->s, old) != NULL) {
		plan_untied(p, schema_named(p->s, name), false);
		plan_untied(p, schema_named(p->s, old), false);
	}
	if (schema_named(p->s, old) != NULL && (copied == STATE_NONE || copied == STATE_DONE)) {
		snprintf(action, sizeof(action), "%s%s.undo", base, suffix);
		if (schema_named(p->s, name) != NULL)
			plan_add(p, STMT_DDL, NULL, action, "RENAME TABLE %I TO %I, %I TO %I",
			    name, away, old, name);
		else
			plan_add(p, STMT_DDL, NULL, action, "RENAME TABLE %I TO %I", old, name);
		schema_rename(p->s, name, away);
		schema_rename(p->s, old, name);
	} else if (schema_named(p->s, old) != NULL) {
		/* A copy that did not end: the table itself was not touched yet. */
		snprintf(action, sizeof(action), "%s%s.undo", base, suffix);
		plan_add(p, STMT_DDL, NULL, action, "DROP TABLE %I", old);
		schema_drop(p->s, old);
	} else {
		backup_gone(p, base, suffix, old, away);
	}
	if (schema_named(p->s, away) != NULL) {
		snprintf(action, sizeof(action), "%s%sundo.drop", base, suffix);
		plan_add(p, STMT_DDL, NULL, action, "DROP TABLE %I", away);
		schema_drop(p->s, away);
	}
}

void undo_column(struct plan *p, const char *base, const char *col, const char *action)
{
	struct table *t = schema_table(p->s, base);
	char undo[ACTION_SIZE];

	if (!table_has(t, col) || journal_state(p->j, p->step, action) < STATE_STARTED)
		return;
	snprintf(undo, sizeof(undo), "%s.%s.undo", base, col);
	plan_add(p, STMT_DDL, NULL, undo, "ALTER TABLE %I DROP COLUMN %I", t->name, col);
	table_drop(t, col);
}

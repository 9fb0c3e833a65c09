/* restore: back to before the last step; cleanup: the backups go. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "count.h"
#include "step.h"

/* The last step of which something was done and not undone. */
static const struct step *last_step(const struct journal *j)
{
	unsigned i, k;

	for (i = STEPS; i-- > 0;)
		for (k = 0; k < j->n; k++)
			if (strcmp(j->v[k].step, steps[i].name) == 0 &&
			    j->v[k].state >= STATE_STARTED)
				return &steps[i];
	return NULL;
}

/* How many rows would be lost that the step did not make. */
static int lost_rows(struct db *db, struct plan *p, char *sql, const char *what, struct err *e)
{
	int64_t n = 0;
	int rc = sql != NULL ? db_one_int(db, sql, NULL, 0, &n, e) : 0;

	free(sql);
	if (rc >= 0 && n > 0)
		plan_note(p, "%s: %s written since", what, COUNT(n, "row"));
	return rc < 0 ? -1 : 0;
}

/* Tables that a step makes empty; propertystorage by whichever found it missing. */
static int check_made(struct db *db, struct plan *p, struct err *e)
{
	static const char *const made[] = { "calendarchanges", "addressbookchanges",
	    "calendarsubscriptions", "schedulingobjects" };
	char action[ACTION_SIZE];
	const struct table *t;
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(*made); i++) {
		t = schema_table(p->s, made[i]);
		snprintf(action, sizeof(action), "%s.create", made[i]);
		if (t != NULL && journal_state(p->j, p->step, action) != STATE_NONE &&
		    lost_rows(db, p, plan_text(p, "SELECT COUNT(*) FROM %I", t->name), t->name,
		    e) < 0)
			return -1;
	}
	return 0;
}

/* Rows of BASE that its backup does not have. */
static int check_backup(struct db *db, struct plan *p, const char *base, const char *suffix,
    const char *where, struct err *e)
{
	const struct table *t = schema_table(p->s, base);
	char backup[NAME_BUF];

	snprintf(backup, sizeof(backup), "%s%s%s", p->s->prefix, base, suffix);
	if (t == NULL || schema_named(p->s, backup) == NULL)
		return 0;
	return lost_rows(db, p, plan_text(p, "SELECT COUNT(*) FROM %I t LEFT JOIN %I b ON"
	    " b.`id`=t.`id` WHERE b.`id` IS NULL%S", t->name, backup, where), t->name, e);
}

static int check_instances(struct db *db, struct plan *p, struct err *e)
{
	if (schema_table(p->s, "calendarinstances") == NULL ||
	    journal_state(p->j, p->step, "calendarinstances.create") == STATE_NONE)
		return 0;
	return lost_rows(db, p, plan_text(p, "SELECT COUNT(*) FROM %T{calendarinstances} WHERE"
	    " `access`<>1"), "calendarinstances (shares)", e);
}

/* What would be lost becomes notes of the plan. */
static int check_loss(struct db *db, struct plan *p, struct err *e)
{
	if (check_made(db, p, e) < 0)
		return -1;
	if (strcmp(p->step, "2.0") == 0)
		return check_backup(db, p, "calendars", SUFFIX_20, "", e) < 0 ||
		    check_backup(db, p, "cards", SUFFIX_20, "", e) < 0 ? -1 :
		    check_backup(db, p, "addressbooks", SUFFIX_20, "", e);
	if (strcmp(p->step, "3.0") == 0)
		return check_backup(db, p, "propertystorage", SUFFIX_30,
		    " AND NOT (t.`name`='{http://calendarserver.org/ns/}me-card'"
		    " AND t.`valuetype`<=>3)", e);
	if (strcmp(p->step, "3.2") == 0)
		return check_backup(db, p, "calendars", SUFFIX_32, "", e) < 0 ? -1 :
		    check_instances(db, p, e);
	return 0;
}

static int undo(struct run *r, const struct command *c, struct look *l, struct err *e)
{
	const struct step *s = last_step(&l->journal);
	struct plan p;
	unsigned i;
	int rc;

	if (s == NULL)
		return err_set(e, EXIT_CONFIG, "the journal knows of no step to undo");
	plan_init(&p, &l->schema, &l->journal, &l->facts);
	p.step = s->name;
	rc = check_loss(r->db, &p, e);
	for (i = 0; rc == 0 && i < p.notes; i++)
		fprintf(r->out, "note: %s\n", p.note[i]);
	if (rc == 0 && p.notes > 0 && !c->discard)
		rc = err_set(e, EXIT_CONFIG, "step %s is not undone: rows written since (see above)"
		    " would be lost; --discard throws them away", s->name);
	if (rc == 0) {
		s->undo(&p);
		rc = plan_end(&p, e);
	}
	if (rc == 0)
		rc = run_plan(r, &p, e);
	if (rc == 0) {
		rc = journal_forget(&l->journal, s->name, e);
		/* Another restore would undo the step before, if this was written all the same. */
		if (rc < 0) {
			e->status = EXIT_UNAVAILABLE;
			err_prefix(e, "step %s is undone, but perhaps not the journal: look with"
			    " status before you run restore again", s->name);
		}
	}
	if (rc == 0)
		fprintf(r->out, p.n > 0 ? "step %s is undone\n" :
		    "step %s had changed no table: nothing to undo\n", s->name);
	plan_free(&p);
	return rc;
}

/* Backups are known by their names and by the journal's word that this program made them. */
static void plan_cleanup(struct plan *p)
{
	static const char *const backups[][3] = {
		{ "2.0", "calendars", SUFFIX_20 }, { "2.0", "addressbooks", SUFFIX_20 },
		{ "2.0", "cards", SUFFIX_20 }, { "2.0", "calendars", SUFFIX_20 "new" },
		{ "2.0", "addressbooks", SUFFIX_20 "new" }, { "2.0", "cards", SUFFIX_20 "new" },
		{ "3.0", "propertystorage", SUFFIX_30 }, { "3.2", "calendars", SUFFIX_32 },
		{ "3.2", "calendars", SUFFIX_32 "new" },
	};
	char name[NAME_BUF], action[ACTION_SIZE];
	size_t i;

	for (i = 0; i < sizeof(backups) / sizeof(*backups); i++) {
		snprintf(name, sizeof(name), "%s%s%s", p->s->prefix, backups[i][1], backups[i][2]);
		snprintf(action, sizeof(action), "%s%s.create", backups[i][1], backups[i][2]);
		if (schema_named(p->s, name) == NULL ||
		    journal_state(p->j, backups[i][0], action) == STATE_NONE)
			continue;
		p->step = backups[i][0];
		plan_free_name(p, backups[i][1], backups[i][2]);
	}
	for (i = 0; i < p->s->n; i++)
		if (strstr(p->s->t[i]->name, "_3_1_") || strstr(p->s->t[i]->name, "_old"))
			plan_note(p, "%s was left by a stock script; drop it by hand when you do"
			    " not need it", p->s->t[i]->name);
}

static int cleanup(struct run *r, const struct command *c, struct look *l, struct err *e)
{
	unsigned failed = 0, i;
	struct plan p;
	int rc = 0;

	if (!c->force)
		rc = verify(r->db, l, &failed, e);
	if (rc == 0 && failed > 0)
		return err_set(e, EXIT_REJECTS, "%s failed: the backups stay (--force drops them"
		    " all the same)", COUNT(failed, "check"));
	plan_init(&p, &l->schema, &l->journal, &l->facts);
	plan_cleanup(&p);
	rc = rc < 0 ? -1 : plan_end(&p, e);
	for (i = 0; rc == 0 && i < p.notes; i++)
		fprintf(r->out, "note: %s\n", p.note[i]);
	if (rc == 0)
		rc = run_plan(r, &p, e);
	if (rc == 0 && c->drop_journal)
		rc = journal_drop(&l->journal, e);
	if (rc == 0)
		fprintf(r->out, "%s dropped%s\n", COUNT(p.n, "backup"), c->drop_journal ?
		    ", and the journal" : "");
	plan_free(&p);
	return rc;
}

int command_restore(struct db *db, const struct command *c, int *status, struct err *e)
{
	(void)status;
	return under_lock(db, c, undo, e);
}

int command_cleanup(struct db *db, const struct command *c, int *status, struct err *e)
{
	(void)status;
	return under_lock(db, c, cleanup, e);
}

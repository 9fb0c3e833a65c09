/* restore: back to before the last step; cleanup: the backups go. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "count.h"
#include "execute.h"
#include "loss.h"
#include "shown.h"
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

int command_restore(struct run *r, const struct command *c, struct look *l, int *status,
    struct err *e)
{
	const struct step *s = last_step(&l->journal);
	struct plan p;
	unsigned i;
	int rc;

	(void)status;
	if (s == NULL)
		return err_set(e, EXIT_CONFIG, "the journal knows of no step to undo");
	plan_init(&p, &l->schema, &l->journal, &l->facts);
	p.step = s->name;
	rc = loss_notes(&p, r->db, e);
	for (i = 0; rc == 0 && i < p.notes; i++)
		shown_fprintf(r->out, "note: %s\n", p.note[i]);
	if (rc == 0 && p.notes > 0 && !c->discard)
		rc = err_set(e, EXIT_CONFIG, "step %s is not undone: what was written since (see"
		    " above) would be lost; --discard throws it away", s->name);
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
		if (strncmp(schema_suffix(p->s, p->s->t[i]), "_3_1_", 5) == 0 ||
		    strncmp(schema_suffix(p->s, p->s->t[i]), "_old", 4) == 0)
			plan_note(p, "%s was left by a stock script; drop it by hand when you do"
			    " not need it", p->s->t[i]->name);
}

/* Columns that the site added to calendars are in its backup only. */
static int keep_others(const struct look *l, struct err *e)
{
	struct buf others = BUF_INIT(1 << 16);

	step_32_others(&others, &l->schema);
	if (others.len > 0)
		err_set(e, EXIT_REJECTS, "only the backup %scalendars" SUFFIX_32 " has the columns"
		    " %s, which are not sabre's: the backups stay; copy what you need of them,"
		    " then cleanup --force", l->schema.prefix, others.data);
	buf_free(&others);
	return e->msg[0] != '\0' ? -1 : 0;
}

int command_cleanup(struct run *r, const struct command *c, struct look *l, int *status,
    struct err *e)
{
	unsigned failed = 0, i;
	struct plan p;
	int rc = 0;

	(void)status;
	if (!c->force)
		rc = verify(r->db, l, &failed, e);
	if (rc == 0 && failed > 0)
		return err_set(e, EXIT_REJECTS, "%s failed: the backups stay (--force drops them"
		    " all the same)", COUNT(failed, "check"));
	if (rc == 0 && !c->force && keep_others(l, e) < 0)
		return -1;
	plan_init(&p, &l->schema, &l->journal, &l->facts);
	plan_cleanup(&p);
	rc = rc < 0 ? -1 : plan_end(&p, e);
	for (i = 0; rc == 0 && i < p.notes; i++)
		shown_fprintf(r->out, "note: %s\n", p.note[i]);
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

/* status: what each table is like, what is pending, what earlier runs left behind. */
#include <string.h>

#include "command.h"
#include "count.h"
#include "shown.h"
#include "step.h"

static const char *table_version(const struct table *t, const char *base)
{
	if (t == NULL)
		return "missing";
	if (strcmp(base, "calendars") == 0 && !table_has(t, "principaluri"))
		return "3.2";
	if (strcmp(base, "calendars") == 0 || strcmp(base, "addressbooks") == 0)
		return !table_has(t, "synctoken") ? "1.8" : table_has(t, "ctag") ?
		    "1.8, half-way to 2.0" : "2.0";
	if (strcmp(base, "cards") == 0)
		return table_has(t, "etag") && table_has(t, "size") ? "2.0" :
		    table_has(t, "etag") || table_has(t, "size") ? "1.8, half-way to 2.0" : "1.8";
	if (strcmp(base, "calendarobjects") == 0)
		return table_has(t, "uid") ? "2.1" : "1.8";
	if (strcmp(base, "schedulingobjects") == 0)
		return "2.1";
	if (strcmp(base, "propertystorage") == 0)
		return table_has(t, "valuetype") ? "3.0" : "2.0";
	if (strcmp(base, "calendarinstances") == 0)
		return table_has(t, "public") ? "3.2, with public" : "3.2";
	return strcmp(base, "principals") == 0 ? "1.8" : "2.0";
}

static void print_tables(const struct schema *s)
{
	static const char *const base[] = { "principals", "calendars", "calendarobjects",
	    "addressbooks", "cards", "calendarchanges", "addressbookchanges",
	    "calendarsubscriptions", "propertystorage", "schedulingobjects",
	    "calendarinstances" };
	const struct table *t;
	size_t i;

	for (i = 0; i < sizeof(base) / sizeof(*base); i++) {
		t = schema_table(s, base[i]);
		shown_fprintf(stdout, "table    %s%-22s %-22s %s\n", s->prefix, base[i],
		    table_version(t, base[i]), t != NULL ? t->engine : "");
	}
}

/* Names that neither sabre's schema nor a later step has. */
static void print_left(const struct schema *s)
{
	const char *suffix, *what;
	unsigned i;

	for (i = 0; i < s->n; i++) {
		suffix = schema_suffix(s, s->t[i]);
		what = strncmp(suffix, "_dsu", 4) == 0 ?
		    "backup of this program (cleanup drops it)" :
		    strncmp(suffix, "_3_1_", 5) == 0 ? "calendars before a stock migrateto32" :
		    suffix[0] != '\0' ? "an empty table put aside by a stock script" : NULL;
		if (what != NULL)
			shown_fprintf(stdout, "left     %-32s %s\n", s->t[i]->name, what);
	}
}

static void print_journal(const struct journal *j)
{
	static const char *const names[] = { "", "planned", "started", "done" };
	unsigned i, n[4] = { 0, 0, 0, 0 };

	if (!j->exists) {
		puts("journal  none: this program has changed nothing here");
		return;
	}
	for (i = 0; i < j->n; i++)
		n[j->v[i].state]++;
	shown_fprintf(stdout, "journal  %s: %s done, %u started, %u planned\n", j->name,
	    COUNT(n[STATE_DONE], "statement"), n[STATE_STARTED], n[STATE_PLANNED]);
	for (i = 0; i < j->n; i++)
		if (j->v[i].state == STATE_STARTED)
			shown_fprintf(stdout, "journal  %s %s was %s and not ended%s\n",
			    j->v[i].step, j->v[i].action, names[j->v[i].state],
			    j->v[i].position > 0 ? " (it goes on where it was)" : "");
}

static bool has_backups(const struct schema *s)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (strncmp(schema_suffix(s, s->t[i]), "_dsu", 4) == 0)
			return true;
	return false;
}

static void print_next(const struct look *l, const struct plan *p, const char *where)
{
	if (journal_interrupted(&l->journal))
		puts("next     the interrupted command again, it goes on where it stopped");
	else if (p->n > 0)
		printf("next     dump the database, stop the CalDAV server, apply:"
		    " dav-schema-upgrade apply%s\n", where);
	else if (has_backups(&l->schema))
		printf("next     verify; cleanup, when the backups are not needed any more:"
		    " dav-schema-upgrade verify%s\n", where);
}

/* A step whose tables are there is reached, even if data are still to be looked through. */
static bool schema_pending(const struct plan *p, const char *step)
{
	unsigned i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].step, step) == 0 &&
		    (p->v[i].kind == STMT_DDL || p->v[i].kind == STMT_SWAP))
			return true;
	return false;
}

static void print_pending(const struct plan *p)
{
	const char *version = "1.8";
	unsigned i, n, pending = 0;

	for (i = 0; i < STEPS && !schema_pending(p, steps[i].name); i++)
		version = steps[i].name;
	shown_fprintf(stdout, "schema   %s\n", version);
	for (i = 0; i < STEPS; i++) {
		n = plan_count(p, steps[i].name);
		pending += n;
		if (n > 0)
			shown_fprintf(stdout, "pending  %s: %s%s\n",
			    steps[i].name, COUNT(n, "statement"),
			    schema_pending(p, steps[i].name) ? "" :
			    " (tables are there; apply looks through their rows)");
	}
	if (pending == 0)
		puts("pending  nothing");
	for (i = 0; i < p->notes; i++)
		shown_fprintf(stdout, "note     %s\n", p->note[i]);
}

int command_status(struct run *r, const struct command *c, struct look *l, int *status,
    struct err *e)
{
	struct plan p;
	int rc;

	(void)r;
	(void)status;
	print_tables(&l->schema);
	print_left(&l->schema);
	print_journal(&l->journal);
	rc = plan_to(&p, l, c, STEPS - 1, e);
	if (rc == 0) {
		print_pending(&p);
		print_next(l, &p, c->where);
	}
	plan_free(&p);
	return rc;
}

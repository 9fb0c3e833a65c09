#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "source/required.h"

/* The oldest release whose database this can be: plugins and CalDAV clients may be newer. */
static enum p7_release release_of(const struct catalog *c)
{
	enum p7_release release = P6_4;
	const struct cat_table *t;
	const struct p7_column *k;

	for (t = c->table; t < c->table + P7_TABLES; t++) {
		if (!t->there || t->p7->part == P7_DAV || t->p7->part == P7_PLUGIN)
			continue;
		for (k = t->p7->col; k < t->p7->col + t->p7->cols; k++)
			if (k->since > release && cat_has(t, k->name))
				release = k->since;
	}
	return release;
}

/*
 * Must a database of RELEASE have the table?  Of one that took another's place a word for either is
 * enough.
 */
static bool expected(const struct catalog *c, const struct p7_table *p7, enum p7_release release)
{
	return p7->later != NULL ? release < p7_table(p7->later)->since &&
	    catalog_table(c, p7->later) == NULL : release >= p7->since;
}

/* What --absent names, and is missing indeed. */
static int take_absent(struct catalog *c, const char *name, enum p7_release release,
    struct err *e)
{
	struct cat_table *t;

	for (t = c->table; t < c->table + P7_TABLES; t++)
		if (strcasecmp(t->full, name) == 0)
			break;
	if (t == c->table + P7_TABLES)
		return err_set(e, EXIT_USAGE, "--absent %s: no table of this name is read; give one"
		    " that was said to be missing, with its prefix", name);
	if (t->there)
		return err_set(e, EXIT_USAGE, "--absent %s: this table is there; leave out the"
		    " option", name);
	if (!expected(c, t->p7, release))
		return err_set(e, EXIT_USAGE, "--absent %s: P7 does not need this table in its"
		    " release, so it is not missing; leave out the option", name);
	if (t->p7->part == P7_VITAL)
		return err_set(e, EXIT_USAGE, "--absent %s: users cannot be read without this"
		    " table; restore it from a backup", name);
	t->lacking = true;
	return 0;
}

/* Tables NAMES, N of them; FIRST is one of them, and VITAL, or "", one of those of users. */
static int missing(const struct run *r, const char *names, const char *first, const char *vital,
    unsigned n, struct err *e)
{
	const char *list = n > 1 ? "tables: " : "", *it = n > 1 ? "them" : "it";

	if (vital[0] != '\0')
		return err_set(e, EXIT_CONFIG, "database %s lacks %s%s, which a P7 of its release"
		    " has; restore %s from a backup: users cannot be read without %s",
		    r->db.name, list, names, it, vital);
	return err_set(e, EXIT_CONFIG, "database %s lacks %s%s, which a P7 of its release has, and"
	    " which would count as empty; restore %s from a backup, or, if P8 can do without, add "
	    "--absent %s%s", r->db.name, list, names, it, first,
	    n > 1 ? ", and --absent for each other" : "");
}

static int find(struct run *r, enum p7_release release, struct err *e)
{
	char first[CAT_NAME] = "", vital[CAT_NAME] = "", names[600] = "";
	struct catalog *c = &r->cat;
	struct cat_table *t;
	unsigned n = 0;

	for (t = c->table; t < c->table + P7_TABLES; t++) {
		if (t->there || t->lacking || (t->p7->part == P7_DAV && !c->dav) ||
		    !expected(c, t->p7, release))
			continue;
		if (t->p7->part == P7_PLUGIN) {
			t->lacking = true;
			continue;
		}
		if (n++ == 0)
			snprintf(first, sizeof(first), "%s", t->full);
		if (t->p7->part == P7_VITAL && vital[0] == '\0')
			snprintf(vital, sizeof(vital), "%s", t->full);
		if (strlen(names) < sizeof(names) - CAT_NAME - 8)
			sprintf(names + strlen(names), "%s%s", n > 1 ? ", " : "", t->full);
		else if (names[strlen(names) - 1] != '.')
			strcat(names, " ...");
	}
	return n == 0 ? 0 : missing(r, names, first, vital, n, e);
}

int required_check(struct run *r, struct err *e)
{
	enum p7_release release = release_of(&r->cat);
	size_t i;

	for (i = 0; i < r->o->absent.n; i++)
		if (take_absent(&r->cat, r->o->absent.v[i], release, e) < 0)
			return -1;
	return find(r, release, e);
}

int required_write(struct run *r, struct err *e)
{
	struct report_item item = { .code = "table-missing", .id = -1,
	    .reason = "P7 has no such table: nothing of it is in P8",
	    .action = "nothing needs to be done if it was never in use; else restore it and migrate"
	    " anew" };
	const struct cat_table *t;

	if (r->sel.shard > 1)
		return 0;
	for (t = r->cat.table; t < r->cat.table + P7_TABLES; t++) {
		if (!t->lacking || !(r->o->families &
		    (t->p7->part == P7_DAV ? F_CALENDARS : F_SETTINGS)))
			continue;
		item.table = t->name;
		if (report_add(&r->rep, &item, e) < 0)
			return -1;
	}
	return 0;
}

/* Tables made, put aside and replaced: the part of a plan that every step needs. */
#include <string.h>
#include <strings.h>

#include "plan.h"

const char *layout_type(const struct layout *l, const struct width *w, unsigned n, const char *col)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (strcmp(w[i].col, col) == 0)
			return w[i].type;
	for (i = 0; l->col[i][0] != NULL; i++)
		if (strcmp(l->col[i][0], col) == 0)
			return l->col[i][1];
	return "";
}

static void create_text(struct buf *b, const struct plan *p, const struct layout *l,
    uint64_t auto_increment, const struct width *w, unsigned n)
{
	const char *collation = p->s->utf8[l->mb4];
	unsigned i;

	buf_addc(b, '(');
	for (i = 0; l->col[i][0] != NULL; i++) {
		db_ident(b, l->col[i][0]);
		buf_addf(b, " %s, ", layout_type(l, w, n, l->col[i][0]));
	}
	buf_addf(b, "PRIMARY KEY (`id`)%s) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=%.*s"
	    " COLLATE=%s", l->keys, (int)strcspn(collation, "_"), collation, collation);
	if (auto_increment > 1)
		buf_addf(b, " AUTO_INCREMENT=%llu", (unsigned long long)auto_increment);
}

void plan_create(struct plan *p, const struct layout *l, const char *name, const char *action,
    uint64_t auto_increment, const struct width *w, unsigned n)
{
	struct buf b = BUF_INIT(1 << 16);
	struct table *t;
	unsigned i;

	create_text(&b, p, l, auto_increment, w, n);
	plan_add(p, STMT_DDL, NULL, action, "CREATE TABLE %I %S", name, b.failed ? "" : b.data);
	buf_free(&b);
	if (!schema_add(p->s, name)) {
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
		return;
	}
	t = schema_named(p->s, name);
	t->auto_increment = auto_increment;
	for (i = 0; l->col[i][0] != NULL; i++)
		if (!table_add(t, l->col[i][0], layout_type(l, w, n, l->col[i][0]),
		    l->mb4 ? "utf8mb4" : "utf8mb3"))
			plan_fail(p, EXIT_TEMPORARY, "out of memory");
}

static void name_of(char out[NAME_BUF], const struct plan *p, const char *base,
    const char *suffix)
{
	snprintf(out, NAME_BUF, "%s%s%s", p->s->prefix, base, suffix);
}

void plan_free_name(struct plan *p, const char *base, const char *suffix)
{
	char name[NAME_BUF], action[ACTION_SIZE];

	name_of(name, p, base, suffix);
	if (schema_named(p->s, name) == NULL)
		return;
	snprintf(action, sizeof(action), "%s%s.create", base, suffix);
	if (journal_state(p->j, p->step, action) == STATE_NONE) {
		plan_fail(p, EXIT_CONFIG, "there is a table %s that this program did not make;"
		    " rename it and run this again", name);
		return;
	}
	snprintf(action, sizeof(action), "%s%s.drop", base, suffix);
	plan_add(p, STMT_DDL, NULL, action, "DROP TABLE %I", name);
	schema_drop(p->s, name);
}

void plan_untied(struct plan *p, const struct table *t, bool rows)
{
	const char *what = t == NULL ? "" : rows ? t->update_triggers : t->ties;

	if (what[0] != '\0')
		plan_fail(p, EXIT_CONFIG, "the site has tied something to table %s (%s); note it"
		    " down (SHOW CREATE TABLE, SHOW CREATE TRIGGER), drop it (ALTER TABLE ... DROP"
		    " FOREIGN KEY, DROP TRIGGER), run this again, and make it anew in the end",
		    t->name, what);
}

void layout_others(struct buf *out, const struct layout *l, const struct table *t)
{
	unsigned i, k;

	for (i = 0; t != NULL && i < t->cols; i++) {
		for (k = 0; l->col[k][0] != NULL; k++)
			if (strcasecmp(l->col[k][0], t->col[i]->name) == 0)
				break;
		if (l->col[k][0] == NULL && strcasecmp(t->col[i]->name, "ctag") != 0)
			buf_addf(out, "%s%s", out->len > 0 ? ", " : "", t->col[i]->name);
	}
}

void plan_backup(struct plan *p, const char *base, const char *suffix)
{
	char name[NAME_BUF], action[ACTION_SIZE];

	struct buf cols = BUF_INIT(1 << 16);

	plan_untied(p, schema_table(p->s, base), false);
	plan_free_name(p, base, suffix);
	name_of(name, p, base, suffix);
	snprintf(action, sizeof(action), "%s%s.create", base, suffix);
	plan_add(p, STMT_DDL, NULL, action, "CREATE TABLE %I LIKE %I", name,
	    schema_table(p->s, base)->name);
	/* "*" would leave invisible columns out, and have those that the server computes. */
	schema_columns(&cols, schema_table(p->s, base));
	if (cols.failed)
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
	snprintf(action, sizeof(action), "%s%s.copy", base, suffix);
	plan_add(p, STMT_DATA, NULL, action, "INSERT INTO %I (%S) SELECT %S FROM %I", name,
	    cols.data, cols.data, schema_table(p->s, base)->name);
	buf_free(&cols);
	if (!schema_add(p->s, name))
		plan_fail(p, EXIT_TEMPORARY, "out of memory");
}

void plan_swap(struct plan *p, const struct layout *l, const char *suffix)
{
	char old[NAME_BUF], fresh[NAME_BUF], action[ACTION_SIZE];
	char name[NAME_SIZE], suffix_new[32];

	plan_untied(p, schema_table(p->s, l->base), false);
	snprintf(suffix_new, sizeof(suffix_new), "%snew", suffix);
	plan_free_name(p, l->base, suffix);
	plan_free_name(p, l->base, suffix_new);
	name_of(old, p, l->base, suffix);
	name_of(fresh, p, l->base, suffix_new);
	snprintf(name, sizeof(name), "%s", schema_table(p->s, l->base)->name);
	snprintf(action, sizeof(action), "%s%s.create", l->base, suffix_new);
	plan_create(p, l, fresh, action, schema_table(p->s, l->base)->auto_increment, NULL, 0);
	/* Under this key plan_free_name finds the table that was put aside. */
	snprintf(action, sizeof(action), "%s%s.create", l->base, suffix);
	plan_add(p, STMT_SWAP, name, action, "RENAME TABLE %I TO %I, %I TO %I", name, old, fresh,
	    name);
	schema_rename(p->s, name, old);
	schema_rename(p->s, fresh, name);
}

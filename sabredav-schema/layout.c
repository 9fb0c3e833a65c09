/* Tables made, put aside and replaced: the part of a plan that every step needs. */
#include <string.h>
#include <strings.h>

#include "plan.h"

static const char *type_of(const char *const col[2], const struct width *w)
{
	for (; w != NULL && w->col != NULL; w++)
		if (strcmp(w->col, col[0]) == 0)
			return w->type;
	return col[1];
}

static void create_text(struct buf *b, const struct plan *p, const struct layout *l,
    uint64_t auto_increment, const struct width *w)
{
	const char *collation = p->s->utf8[l->mb4];
	unsigned i;

	buf_addc(b, '(');
	for (i = 0; l->col[i][0] != NULL; i++) {
		db_ident(b, l->col[i][0]);
		buf_addf(b, " %s, ", type_of(l->col[i], w));
	}
	buf_addf(b, "PRIMARY KEY (`id`)%s) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=%.*s"
	    " COLLATE=%s", l->keys, (int)strcspn(collation, "_"), collation, collation);
	if (auto_increment > 1)
		buf_addf(b, " AUTO_INCREMENT=%llu", (unsigned long long)auto_increment);
}

static void name_of(char out[NAME_BUF], const struct plan *p, const char *base,
    const char *suffix)
{
	snprintf(out, NAME_BUF, "%s%s%s", p->s->prefix, base, suffix);
}

struct column *plan_column(struct plan *p, struct table *t, const char *name, const char *type,
    const char *charset)
{
	return table_add(t, name, type, charset, &p->err);
}

void plan_create(struct plan *p, const struct layout *l, const char *suffix,
    uint64_t auto_increment, const struct width *w)
{
	struct buf b = BUF_INIT(1 << 16);
	char name[NAME_BUF];
	struct table *t;
	unsigned i;

	name_of(name, p, l->base, suffix);
	create_text(&b, p, l, auto_increment, w);
	plan_ddl(p, plan_action(p, "%s%s.create", l->base, suffix), "CREATE TABLE %I %S", name,
	    b.failed ? "" : b.data);
	buf_free(&b);
	t = schema_add(p->s, name, &p->err);
	if (t == NULL)
		return;
	t->auto_increment = auto_increment;
	for (i = 0; l->col[i][0] != NULL; i++)
		plan_column(p, t, l->col[i][0], type_of(l->col[i], w),
		    l->mb4 ? "utf8mb4" : "utf8mb3");
}

bool plan_missing(struct plan *p, const struct layout *l, bool tell)
{
	if (schema_table(p->s, l->base) != NULL)
		return false;
	if (tell)
		plan_note(p, "table %s%s is missing and is made, empty", p->s->prefix, l->base);
	plan_create(p, l, "", 0, NULL);
	return true;
}

void plan_free_name(struct plan *p, const char *base, const char *suffix)
{
	struct table *t = schema_kept(p->s, base, suffix);

	if (t == NULL)
		return;
	if (plan_state(p, "%s%s.create", base, suffix) == STATE_NONE) {
		plan_fail(p, EXIT_CONFIG, "there is a table %s that this program did not make;"
		    " rename it and run this again", t->name);
		return;
	}
	plan_ddl(p, plan_action(p, "%s%s.drop", base, suffix), "DROP TABLE %I", t->name);
	schema_drop(p->s, t);
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
	const struct table *t = schema_table(p->s, base);
	char name[NAME_BUF];

	plan_untied(p, t, false);
	plan_free_name(p, base, suffix);
	name_of(name, p, base, suffix);
	plan_ddl(p, plan_action(p, "%s%s.create", base, suffix), "CREATE TABLE %I LIKE %I", name,
	    t->name);
	/* "*" would leave invisible columns out, and have those that the server computes. */
	plan_data(p, STMT_DATA, true, NULL, plan_action(p, "%s%s.copy", base, suffix),
	    "INSERT INTO %I (%L) SELECT %L FROM %I", name, t, t, t->name);
	schema_add(p->s, name, &p->err);
}

void plan_swap(struct plan *p, const struct layout *l, const char *suffix)
{
	char old[NAME_BUF], fresh[NAME_BUF], made[32];
	const struct table *t = schema_table(p->s, l->base);

	plan_untied(p, t, false);
	snprintf(made, sizeof(made), "%snew", suffix);
	plan_free_name(p, l->base, suffix);
	plan_free_name(p, l->base, made);
	name_of(old, p, l->base, suffix);
	name_of(fresh, p, l->base, made);
	plan_create(p, l, made, t->auto_increment, NULL);
	/* Under this key plan_free_name finds the table that was put aside. */
	plan_data(p, STMT_SWAP, true, t->name, plan_action(p, "%s%s.create", l->base, suffix),
	    "RENAME TABLE %I TO %I, %I TO %I", t->name, old, fresh, t->name);
	schema_rename(p->s, l->base, "", suffix);
	schema_rename(p->s, l->base, made, "");
}

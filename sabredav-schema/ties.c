#include <stdio.h>
#include <string.h>

#include "ties.h"

static void append(char *out, size_t size, const char *kind, const char *name, const char *of)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s %s%s%s", n > 0 ? ", " : "", kind, name,
	    of[0] ? " of " : "", of);
}

/* Calls TAKE with each row of SQL whose first column names a table of S. */
static int each(struct schema *s, struct db *db, const char *sql,
    void (*take)(struct schema *s, struct table *t, const struct dbq *q), struct err *e)
{
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, db, sql, e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
		take(s, schema_named(s, dbq_str(&q, 0)), &q);
	dbq_close(&q);
	return rc;
}

static void foreign_key(struct schema *s, struct table *t, const struct dbq *q)
{
	struct table *to = schema_named(s, dbq_str(q, 1));

	if (t != NULL)
		append(t->ties, sizeof(t->ties), "foreign key", dbq_str(q, 2), t->name);
	if (to != NULL && to != t)
		append(to->ties, sizeof(to->ties), "foreign key", dbq_str(q, 2), dbq_str(q, 0));
}

static void trigger(struct schema *s, struct table *t, const struct dbq *q)
{
	(void)s;
	if (t == NULL)
		return;
	append(t->ties, sizeof(t->ties), "trigger", dbq_str(q, 1), "");
	if (strcmp(dbq_str(q, 2), "UPDATE") == 0)
		append(t->update_triggers, sizeof(t->update_triggers), "trigger", dbq_str(q, 1),
		    "");
}

static void key(struct schema *s, struct table *t, const struct dbq *q)
{
	(void)s;
	(void)q;
	if (t != NULL)
		t->key = true;
}

int ties_load(struct schema *s, struct db *db, struct err *e)
{
	if (each(s, db, "SELECT TABLE_NAME, REFERENCED_TABLE_NAME, CONSTRAINT_NAME FROM"
	    " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA=DATABASE()"
	    " ORDER BY 1, 3", foreign_key, e) < 0 ||
	    each(s, db, "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION FROM"
	    " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=DATABASE() ORDER BY 1, 2", trigger,
	    e) < 0)
		return -1;
	return each(s, db, "SELECT TABLE_NAME FROM information_schema.STATISTICS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND NON_UNIQUE=0 GROUP BY TABLE_NAME, INDEX_NAME"
	    " HAVING COUNT(*)=1 AND LOWER(MAX(COLUMN_NAME))='id' ORDER BY 1", key, e);
}

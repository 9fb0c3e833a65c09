#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grow.h"
#include "schema.h"
#include "sql.h"
#include "ties.h"

const char *const schema_tables[] = { "principals", "calendars", "calendarobjects",
    "addressbooks", "cards", "calendarchanges", "addressbookchanges", "calendarsubscriptions",
    "propertystorage", "schedulingobjects", "calendarinstances", NULL };

static int name_cmp(const struct schema *s, const char *a, const char *b)
{
	return s->fold_case ? strcasecmp(a, b) : strcmp(a, b);
}

/* REST is a table's name behind the prefix: what it has behind sabre's, or NULL. */
static const char *suffix(const char *rest)
{
	size_t i, n;

	for (i = 0; schema_tables[i] != NULL; i++) {
		n = strlen(schema_tables[i]);
		if (strncasecmp(rest, schema_tables[i], n) == 0 && (rest[n] == '\0' ||
		    strncmp(rest + n, "_dsu", 4) == 0 || strncmp(rest + n, "_old", 4) == 0 ||
		    strncmp(rest + n, "_3_1_", 5) == 0))
			return rest + n;
	}
	return NULL;
}

static bool has_prefix(const struct schema *s, const char *name)
{
	size_t n = strlen(s->prefix);

	return (s->fold_case ? strncasecmp(name, s->prefix, n) :
	    strncmp(name, s->prefix, n)) == 0;
}

const char *schema_suffix(const struct schema *s, const struct table *t)
{
	const char *found = has_prefix(s, t->name) ? suffix(t->name + strlen(s->prefix)) : NULL;

	if (found == NULL)
		found = suffix(t->name);
	return found != NULL ? found : "";
}

static bool wanted(const struct schema *s, const char *name)
{
	if (strlen(name) >= NAME_SIZE)
		return false;
	if (has_prefix(s, name) && suffix(name + strlen(s->prefix)) != NULL)
		return true;
	/* A variant of a stock script that is about leaves the prefix out of this name. */
	return strncmp(name, "calendars_3_1_", 14) == 0;
}

struct table *schema_add(struct schema *s, const char *name, struct err *e)
{
	struct table *t;

	if ((s->n == s->size && grow_array(&s->t, sizeof(struct table *), s->n, &s->size, e) < 0) ||
	    (t = calloc(1, sizeof(*t))) == NULL) {
		err_memory(e);
		return NULL;
	}
	s->t[s->n++] = t;
	snprintf(t->name, sizeof(t->name), "%s", name);
	return t;
}

static struct column *column_new(struct table *t, const char *name, struct err *e)
{
	struct column *c;

	if ((t->cols == t->size &&
	    grow_array(&t->col, sizeof(struct column *), t->cols, &t->size, e) < 0) ||
	    (c = calloc(1, sizeof(*c))) == NULL) {
		err_memory(e);
		return NULL;
	}
	t->col[t->cols++] = c;
	snprintf(c->name, sizeof(c->name), "%s", name);
	return c;
}

static int load_columns(struct dbq *q, struct table *t, struct err *e)
{
	struct dbval v = DB_STR(t->name);
	struct column *c;
	int rc = dbq_run(q, &v, 1, e);

	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		c = column_new(t, dbq_str(q, 0), e);
		if (c == NULL)
			return -1;
		snprintf(c->type, sizeof(c->type), "%s", dbq_str(q, 1));
		snprintf(c->charset, sizeof(c->charset), "%s", dbq_str(q, 2));
		snprintf(c->collation, sizeof(c->collation), "%s", dbq_str(q, 3));
		c->chars = (uint64_t)dbq_int(q, 4);
		c->nullable = strcmp(dbq_str(q, 5), "YES") == 0;
		/* MySQL shows the default of a binary column in hexadecimal. */
		c->reserved = strstr(dbq_str(q, 6), "  ") != NULL ||
		    strncmp(dbq_str(q, 6), "0x2020", 6) == 0;
		c->generated = strstr(dbq_str(q, 7), "STORED GENERATED") != NULL ||
		    strstr(dbq_str(q, 7), "VIRTUAL GENERATED") != NULL;
		c->touched = strstr(dbq_str(q, 7), "on update") != NULL;
	}
	return rc;
}

static int load_tables(struct schema *s, struct db *db, struct err *e)
{
	struct dbq q;
	struct table *t;
	const char *rest;
	bool bare = false;
	unsigned i;
	int rc;

	if (dbq_prepare(&q, db, "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, AUTO_INCREMENT"
	    " FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() ORDER BY TABLE_NAME",
	    e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		rest = suffix(dbq_str(&q, 0));
		bare = bare || (s->prefix[0] != '\0' && rest != NULL && rest[0] == '\0');
		if (!wanted(s, dbq_str(&q, 0)))
			continue;
		t = schema_add(s, dbq_str(&q, 0), e);
		if (t == NULL) {
			rc = -1;
			break;
		}
		t->view = strcmp(dbq_str(&q, 1), "VIEW") == 0;
		snprintf(t->engine, sizeof(t->engine), "%s", dbq_str(&q, 2));
		t->auto_increment = (uint64_t)dbq_int(&q, 3);
	}
	dbq_close(&q);
	for (i = s->n; bare && i-- > 0;)
		if (!has_prefix(s, s->t[i]->name))
			schema_drop(s, s->t[i]);
	if (rc < 0 || dbq_prepare(&q, db, "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME,"
	    " COLLATION_NAME, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE,"
	    " COLUMN_DEFAULT, EXTRA FROM information_schema.COLUMNS WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? ORDER BY ORDINAL_POSITION", e) < 0)
		return -1;
	for (i = 0; rc >= 0 && i < s->n; i++)
		rc = load_columns(&q, s->t[i], e);
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

/* Old servers call utf8mb3_unicode_ci by its former name, new ones know both or only the new. */
static int load_collations(struct schema *s, struct db *db, struct err *e)
{
	int64_t v[2] = { 0, 0 };

	if (sql_numbers(db, "", v, 2, e, "SELECT COUNT(*), @@lower_case_table_names FROM"
	    " information_schema.COLLATIONS WHERE COLLATION_NAME='utf8mb3_unicode_ci'") < 0)
		return -1;
	snprintf(s->utf8[0], sizeof(s->utf8[0]), "utf8%s_unicode_ci", v[0] > 0 ? "mb3" : "");
	snprintf(s->utf8[1], sizeof(s->utf8[1]), "utf8mb4_unicode_ci");
	s->fold_case = v[1] != 0;
	return 0;
}

int schema_load(struct schema *s, struct db *db, const char *prefix, struct err *e)
{
	memset(s, 0, sizeof(*s));
	if (strlen(prefix) > PREFIX_MAX)
		return err_set(e, EXIT_USAGE, "the prefix %s is longer than %d characters", prefix,
		    PREFIX_MAX);
	snprintf(s->prefix, sizeof(s->prefix), "%s", prefix);
	/* MySQL 8 answers AUTO_INCREMENT from a cache that is a day old. */
	if (!db->mariadb && db->version >= 80000 &&
	    db_exec(db, "SET SESSION information_schema_stats_expiry=0", e) < 0)
		return -1;
	if (load_collations(s, db, e) < 0 || load_tables(s, db, e) < 0 || ties_load(s, db, e) < 0) {
		schema_free(s);
		return -1;
	}
	return 0;
}

static void table_free(struct table *t)
{
	unsigned i;

	for (i = 0; i < t->cols; i++)
		free(t->col[i]);
	free(t->col);
	free(t);
}

void schema_free(struct schema *s)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		table_free(s->t[i]);
	free(s->t);
	s->t = NULL;
	s->n = 0;
}

struct table *schema_named(const struct schema *s, const char *name)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (name_cmp(s, s->t[i]->name, name) == 0)
			return s->t[i];
	return NULL;
}

struct table *schema_kept(const struct schema *s, const char *base, const char *suffix)
{
	char name[NAME_BUF];

	snprintf(name, sizeof(name), "%s%s%s", s->prefix, base, suffix);
	return schema_named(s, name);
}

struct table *schema_table(const struct schema *s, const char *base)
{
	return schema_kept(s, base, "");
}

struct column *table_column(const struct table *t, const char *name)
{
	unsigned i;

	for (i = 0; t != NULL && i < t->cols; i++)
		if (strcasecmp(t->col[i]->name, name) == 0)
			return t->col[i];
	return NULL;
}

bool table_has(const struct table *t, const char *name)
{
	return table_column(t, name) != NULL;
}

void schema_drop(struct schema *s, struct table *t)
{
	unsigned i;

	for (i = 0; s->t[i] != t; i++)
		;
	table_free(t);
	s->t[i] = s->t[--s->n];
}

void schema_rename(struct schema *s, const char *base, const char *from, const char *to)
{
	struct table *t = schema_kept(s, base, from);
	char name[NAME_BUF];

	snprintf(name, sizeof(name), "%s%s%s", s->prefix, base, to);
	if (t != NULL)
		snprintf(t->name, sizeof(t->name), "%.64s", name);
}

struct column *table_add(struct table *t, const char *name, const char *type, const char *charset,
    struct err *e)
{
	struct column *c = column_new(t, name, e);
	const char *open = strchr(type, '(');

	if (c == NULL)
		return NULL;
	snprintf(c->type, sizeof(c->type), "%.*s", (int)strcspn(type, " ("), type);
	if (strncmp(type, "VARCHAR", 7) == 0 || strncmp(type, "TEXT", 4) == 0)
		snprintf(c->charset, sizeof(c->charset), "%s", charset);
	if (strncmp(type, "VAR", 3) == 0 && open != NULL)
		c->chars = strtoull(open + 1, NULL, 10);
	c->nullable = strstr(type, "NOT NULL") == NULL;
	return c;
}

void table_drop(struct table *t, const char *name)
{
	unsigned i;

	for (i = 0; i < t->cols && strcasecmp(t->col[i]->name, name) != 0; i++)
		;
	if (i == t->cols)
		return;
	free(t->col[i]);
	t->col[i] = t->col[--t->cols];
}

void schema_columns(struct buf *out, const struct table *t)
{
	const char *comma = "";
	unsigned i;

	for (i = 0; i < t->cols; i++) {
		if (t->col[i]->generated)
			continue;
		buf_adds(out, comma);
		db_ident(out, t->col[i]->name);
		comma = ", ";
	}
}

void schema_untouched(struct buf *out, const struct table *t)
{
	unsigned i;

	for (i = 0; t != NULL && i < t->cols; i++) {
		if (!t->col[i]->touched)
			continue;
		buf_adds(out, ", t.");
		db_ident(out, t->col[i]->name);
		buf_adds(out, "=t.");
		db_ident(out, t->col[i]->name);
	}
}

void schema_text(struct buf *out, const struct table *t, const char *alias, const char *col)
{
	const struct column *c = table_column(t, col);
	bool other = c != NULL && c->charset[0] != '\0' && strncmp(c->charset, "utf8", 4) != 0;

	buf_addf(out, "%s%s.", other ? "CONVERT(" : "", alias);
	db_ident(out, col);
	if (other)
		buf_adds(out, " USING utf8mb4)");
}

void schema_bytes(struct buf *out, const struct table *t, const char *alias, const char *col)
{
	const struct column *c = table_column(t, col);
	bool text = c != NULL && c->charset[0] != '\0';

	if (text)
		buf_adds(out, "CAST(");
	schema_text(out, t, alias, col);
	if (text)
		buf_adds(out, " AS BINARY)");
}

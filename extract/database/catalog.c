#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "database/catalog.h"
#include "database/sql.h"

static struct cat_table *find(const struct catalog *c, const char *full, bool exact)
{
	unsigned i;

	for (i = 0; i < c->tables; i++)
		if (exact ? strcmp(c->table[i].full, full) == 0 :
		    strcasecmp(c->table[i].full, full) == 0)
			return &c->table[i];
	return NULL;
}

/* Run SQL with the tables' names as parameters; TAKE gets each row. */
static int each_row(struct catalog *c, struct db *db, const char *select, const char *order,
    int (*take)(struct catalog *, const struct dbq *, struct err *), struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct dbval v[CAT_TABLES];
	struct dbq q;
	unsigned i;
	int rc;

	buf_addf(&sql, "%s WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME IN (", select);
	for (i = 0; i < c->tables; i++) {
		buf_adds(&sql, i == 0 ? "?" : ",?");
		v[i] = DB_STR(c->table[i].full);
	}
	buf_addf(&sql, ") ORDER BY %s", order);
	rc = sql_check(&sql, e);
	if (rc == 0)
		rc = dbq_prepare(&q, db, sql.data, e);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	rc = dbq_run(&q, v, c->tables, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) > 0)
		rc = take(c, &q, e);
	dbq_close(&q);
	return rc;
}

/*
 * information_schema compares without regard to case, tables may not: only a table of exactly this
 * name counts, unless the server itself ignores case.
 */
static struct cat_table *row_table(struct catalog *c, const struct dbq *q)
{
	const char *name = dbq_str(q, 0);
	struct cat_table *t = find(c, name, true);

	return t == NULL && dbq_int(q, 1) != 0 ? find(c, name, false) : t;
}

static bool is_read(const struct catalog *c, const struct cat_table *t)
{
	return t->p7 != NULL && (c->dav || t->p7->part != P7_DAV);
}

static int take_table(struct catalog *c, const struct dbq *q, struct err *e)
{
	struct cat_table *t = row_table(c, q);
	size_t n = strlen(c->other);

	if (t == NULL)
		return 0;
	if (strcasecmp(dbq_str(q, 2), "BLACKHOLE") == 0)
		return err_set(e, EXIT_CONFIG, "%s is in the engine BLACKHOLE, which keeps no rows:"
		    " name the server that has the data of P7", dbq_str(q, 0));
	snprintf(t->full, sizeof(t->full), "%.64s", dbq_str(q, 0));
	t->there = true;
	t->transactional = strcasecmp(dbq_str(q, 2), "InnoDB") == 0;
	if (is_read(c, t) && !t->transactional && n + 80 < sizeof(c->other))
		snprintf(c->other + n, sizeof(c->other) - n, "%s%.60s", n > 0 ? ", " : "",
		    t->full);
	return 0;
}

/* Without the display width of numbers, which newer servers do not keep. */
static void plain_type(const char *type, char out[CAT_TYPE])
{
	const char *open = strchr(type, '('), *close = strchr(type, ')');
	size_t n = open != NULL ? (size_t)(open - type) : 0;

	if (open != NULL && close != NULL && n >= 3 && strncasecmp(open - 3, "int", 3) == 0)
		snprintf(out, CAT_TYPE, "%.*s%s", (int)n, type, close + 1);
	else
		snprintf(out, CAT_TYPE, "%s", type);
}

static int take_column(struct catalog *c, const struct dbq *q, struct err *e)
{
	struct cat_table *t = row_table(c, q);

	if (t == NULL)
		return 0;
	if (t->columns == CAT_COLUMNS)
		return err_set(e, EXIT_CONFIG, "%s has more than %d columns", t->full,
		    CAT_COLUMNS);
	snprintf(t->column[t->columns].name, CAT_NAME, "%.64s", dbq_str(q, 2));
	plain_type(dbq_str(q, 4), t->column[t->columns++].type);
	if (is_read(c, t) && q->col[3].p != NULL &&
	    strncasecmp(dbq_str(q, 3), "utf8", 4) != 0)
		c->utf8 = false;
	return 0;
}

static int take_index(struct catalog *c, const struct dbq *q, struct err *e)
{
	struct cat_table *t = row_table(c, q);
	unsigned i;

	(void)e;
	if (t == NULL)
		return 0;
	if (dbq_int(q, 4) == 1) {
		if (t->indexes == CAT_INDEXES)
			return 0;
		i = t->indexes++;
		snprintf(t->index[i].name, CAT_NAME, "%.64s", dbq_str(q, 2));
		snprintf(t->index[i].first, CAT_NAME, "%.64s", dbq_str(q, 3));
		t->index[i].parts = 1;
	} else if (t->indexes > 0 &&
	    strcmp(t->index[t->indexes - 1].name, dbq_str(q, 2)) == 0)
		t->index[t->indexes - 1].parts++;
	return 0;
}

/* Why is there no accounts table?  Look what there is instead. */
static int explain(struct db *db, const char *prefix, struct err *e)
{
	static const char name[] = "awm_accounts";
	char like[CAT_NAME + 2], found[300] = "";
	struct dbval v;
	struct dbq q;
	int64_t n = 0;
	int rc;

	snprintf(like, sizeof(like), "%%%s", name);
	v = DB_STR(like);
	if (dbq_prepare(&q, db, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME LIKE ? ORDER BY TABLE_NAME", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc == 0 && dbq_next(&q, e) > 0)
		if (strlen(found) + 80 < sizeof(found))
			sprintf(found + strlen(found), "%s'%.*s'", found[0] ? ", " : "",
			    (int)(strlen(dbq_str(&q, 0)) - strlen(name)), dbq_str(&q, 0));
	dbq_close(&q);
	if (rc < 0)
		return -1;
	if (found[0] != '\0')
		return err_set(e, EXIT_CONFIG, "database %s has no table %s%s; found were P7"
		    " tables with prefix %s: put the right one into Common/DBPrefix of"
		    " settings.xml, or give it to p7-extract with --prefix", db->name, prefix,
		    name, found);
	v = DB_STR("%eav_entities");
	if (db_one_int(db, "SELECT COUNT(*) FROM information_schema.TABLES WHERE"
	    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME LIKE ?", &v, 1, &n, e) < 0)
		return -1;
	return err_set(e, EXIT_CONFIG, "database %s is not a P7 database: it has no table %s%s%s",
	    db->name, prefix, name, n > 0 ? ", but those of a P8; name the database of P7" : "");
}

static void add_table(struct catalog *c, const char *prefix, const char *name,
    const struct p7_table *p7)
{
	struct cat_table *t = &c->table[c->tables++];

	t->name = name;
	t->p7 = p7;
	t->used = p7 == NULL || is_read(c, t);
	snprintf(t->full, CAT_NAME, "%.40s%.24s", prefix, name);
}

int catalog_open(struct catalog *c, const char *prefix, bool dav, struct err *e)
{
	const struct p7_left *l;
	unsigned i;

	memset(c, 0, sizeof(*c));
	c->dav = dav;
	c->utf8 = true;
	c->table = calloc(CAT_TABLES, sizeof(*c->table));
	if (c->table == NULL)
		return err_memory(e);
	for (i = 0; i < P7_TABLES; i++)
		add_table(c, prefix, p7_tables[i].name, &p7_tables[i]);
	for (l = p7_left; l->table != NULL; l++) {
		for (i = 0; i < c->tables && strcmp(c->table[i].name, l->table) != 0; i++)
			;
		if (i == CAT_TABLES)
			return err_set(e, EXIT_BUG, "CAT_TABLES is too small");
		if (i == c->tables)
			add_table(c, prefix, l->table, NULL);
		c->table[i].used = true;
	}
	return 0;
}

int catalog_read(struct catalog *c, struct db *db, const char *prefix, struct err *e)
{
	if (each_row(c, db, "SELECT TABLE_NAME,@@lower_case_table_names,ENGINE"
	    " FROM information_schema.TABLES", "TABLE_NAME", take_table, e) < 0)
		return -1;
	if (catalog_table(c, "awm_accounts") == NULL)
		return explain(db, prefix, e);
	if (each_row(c, db, "SELECT TABLE_NAME,@@lower_case_table_names,COLUMN_NAME,"
	    "CHARACTER_SET_NAME,COLUMN_TYPE FROM information_schema.COLUMNS",
	    "TABLE_NAME,ORDINAL_POSITION", take_column, e) < 0)
		return -1;
	return each_row(c, db, "SELECT TABLE_NAME,@@lower_case_table_names,INDEX_NAME,"
	    "COLUMN_NAME,SEQ_IN_INDEX FROM information_schema.STATISTICS",
	    "TABLE_NAME,INDEX_NAME,SEQ_IN_INDEX", take_index, e);
}

void catalog_free(struct catalog *c)
{
	free(c->table);
	memset(c, 0, sizeof(*c));
}

const struct cat_table *catalog_table(const struct catalog *c, const char *name)
{
	unsigned i;

	for (i = 0; i < c->tables; i++)
		if (strcmp(c->table[i].name, name) == 0)
			return c->table[i].there ? &c->table[i] : NULL;
	return NULL;
}

bool cat_has(const struct cat_table *t, const char *column)
{
	unsigned i;

	for (i = 0; i < t->columns; i++)
		if (strcasecmp(t->column[i].name, column) == 0)
			return true;
	return false;
}

const char *cat_index(const struct cat_table *t, const char *column)
{
	const char *best = NULL;
	unsigned i, parts = 0;

	for (i = 0; i < t->indexes; i++)
		if (strcasecmp(t->index[i].first, column) == 0 &&
		    (best == NULL || t->index[i].parts < parts)) {
			best = t->index[i].name;
			parts = t->index[i].parts;
		}
	return best;
}

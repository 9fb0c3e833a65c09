#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "database/sql.h"

/* A table, which stands in braces as P, N bytes. */
static void add_table(struct buf *sql, const struct catalog *c, const char *p, size_t n)
{
	char text[3 * CAT_NAME], name[CAT_NAME] = "", alias[CAT_NAME] = "", column[CAT_NAME] = "";
	const struct cat_table *t;
	const char *index;

	snprintf(text, sizeof(text), "%.*s", (int)n, p);
	sscanf(text, "%64s %64s %64s", name, alias, column);
	t = catalog_table(c, name);
	if (t == NULL) {
		sql->failed = true;
		return;
	}
	db_ident(sql, t->full);
	buf_addf(sql, "%s%s", alias[0] != '\0' ? " " : "", alias);
	index = column[0] != '\0' ? cat_index(t, column) : NULL;
	if (index != NULL) {
		buf_adds(sql, " FORCE INDEX (");
		db_ident(sql, index);
		buf_addc(sql, ')');
	}
}

void sql_add(struct buf *sql, const struct catalog *c, const char *text)
{
	const char *open;
	size_t n;

	for (; (open = strchr(text, '{')) != NULL; text = open + n + 2) {
		buf_add(sql, text, (size_t)(open - text));
		n = strcspn(open + 1, "}");
		if (n == 3 && memcmp(open + 1, "ids", 3) == 0) {
			buf_addc(sql, '(');
			sql_repeat(sql, c, ",", "@u#", SQL_IDS);
			buf_addc(sql, ')');
		} else
			add_table(sql, c, open + 1, n);
	}
	buf_adds(sql, text);
}

void sql_addf(struct buf *sql, const struct catalog *c, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || n >= (int)sizeof(text))
		sql->failed = true;
	else
		sql_add(sql, c, text);
}

void sql_repeat(struct buf *sql, const struct catalog *c, const char *sep, const char *text,
    unsigned n)
{
	struct buf one = BUF_INIT(1024);
	const char *p;
	unsigned i;

	for (i = 0; i < n; i++) {
		buf_reset(&one);
		buf_adds(&one, i > 0 ? sep : "");
		for (p = text; *p != '\0'; p++)
			if (*p == '#')
				buf_addf(&one, "%u", i);
			else
				buf_addc(&one, *p);
		sql_add(sql, c, one.failed ? "{}" : one.data);
	}
	buf_free(&one);
}

int sql_check(const struct buf *sql, struct err *e)
{
	return sql->failed ? err_set(e, EXIT_BUG, "a statement is too long, or names a table that"
	    " is not there") : 0;
}

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "extract.h"
#include "io.h"
#include "kinds.h"
#include "release.h"
#include "shown.h"

#define TYPE_MAX 80

/* How far the walk through the installation's columns is, table by table. */
struct drift {
	struct run *r;
	const struct release_table *t;	/* the table in hand, or NULL: none that is read */
	bool *seen;			/* by index in release_tables */
	char full[CAT_NAME];		/* its name with prefix */
	char rest[4096];		/* columns of T that were not met yet */
	unsigned found;			/* lines that were printed */
};

__attribute__((format(printf, 2, 3)))
static void line(const char *what, const char *fmt, ...)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	va_list ap;

	va_start(ap, fmt);
	shown_format(&text, fmt, ap);
	va_end(ap);
	printf("%-14s %s\n", what, text.len > 0 ? text.data : "");
	buf_free(&text);
}

/* Without the display width of numbers, which newer servers do not keep. */
static void plain_type(const char *type, char out[TYPE_MAX])
{
	const char *open = strchr(type, '('), *close = strchr(type, ')');
	size_t n = open != NULL ? (size_t)(open - type) : 0;

	if (open != NULL && close != NULL && n >= 3 && strncasecmp(open - 3, "int", 3) == 0)
		snprintf(out, TYPE_MAX, "%.*s%s", (int)n, type, close + 1);
	else
		snprintf(out, TYPE_MAX, "%s", type);
}

/* Columns that the last table should have had. */
static void end_table(struct drift *d)
{
	char *p, *end;

	for (p = d->rest; d->t != NULL && *p != '\0'; p = end) {
		end = p + strcspn(p, ",");
		if (*end != '\0')
			*end++ = '\0';
		if (*p == '\0')
			continue;
		p[strcspn(p, " ")] = '\0';
		line("drift", "%s has no column %s: P7's default is taken", d->full, p);
		d->found++;
	}
	d->t = NULL;
}

static bool is_other(const char *name)
{
	size_t i;

	for (i = 0; release_others[i] != NULL; i++)
		if (strcasecmp(release_others[i], name) == 0)
			return true;
	return false;
}

static void begin_table(struct drift *d, const char *full)
{
	const char *name = full + strlen(d->r->site.prefix);
	size_t i;

	end_table(d);
	snprintf(d->full, sizeof(d->full), "%s", full);
	for (i = 0; release_tables[i].name != NULL; i++)
		if (strcasecmp(release_tables[i].name, name) == 0) {
			d->t = &release_tables[i];
			d->seen[i] = true;
			snprintf(d->rest, sizeof(d->rest), "%s", d->t->columns);
			return;
		}
	if (!is_other(name) && d->r->site.prefix[0] != '\0') {
		line("drift", "%s is no table of P7: passed over", full);
		d->found++;
	}
}

/* One column of the table in hand: is it the release's, of the same type? */
static void column(struct drift *d, const char *name, const char *type)
{
	size_t n = strlen(name), len;
	char is[TYPE_MAX], *p = d->rest;

	plain_type(type, is);
	while (*p != '\0' && !(strncasecmp(p, name, n) == 0 && p[n] == ' ')) {
		p += strcspn(p, ",");
		p += *p == ',';
	}
	if (*p == '\0') {
		line("drift", "%s has a column %s that P7 7.7.9 has not: passed over", d->full,
		    name);
		d->found++;
		return;
	}
	len = strcspn(p, ",");
	if (strlen(is) != len - n - 1 || strncasecmp(p + n + 1, is, len - n - 1) != 0) {
		line("drift", "%s.%s is %s, not %.*s", d->full, name, is, (int)(len - n - 1),
		    p + n + 1);
		d->found++;
	}
	/* Blanked: end_table skips it. */
	memset(p, ',', len);
}

static int print_drift(struct run *r, struct err *e)
{
	struct drift d = { .r = r };
	const char *prefix = r->site.prefix;
	struct dbval v[] = { DB_INT((int64_t)strlen(prefix)), DB_STR(prefix) };
	bool seen[64] = { false };
	struct dbq q;
	size_t i;
	int rc;

	d.seen = seen;
	if (dbq_prepare(&q, &r->db, "SELECT TABLE_NAME,COLUMN_NAME,COLUMN_TYPE FROM"
	    " information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND"
	    " LEFT(TABLE_NAME,?)=? ORDER BY TABLE_NAME,ORDINAL_POSITION", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		if (strcmp(d.full, dbq_str(&q, 0)) != 0)
			begin_table(&d, dbq_str(&q, 0));
		if (d.t != NULL)
			column(&d, dbq_str(&q, 1), dbq_str(&q, 2));
		rc = 0;
	}
	end_table(&d);
	dbq_close(&q);
	for (i = 0; rc == 0 && release_tables[i].name != NULL; i++)
		if (!seen[i]) {
			line("drift", "there is no table %s%s: it counts as empty", prefix,
			    release_tables[i].name);
			d.found++;
		}
	if (rc == 0)
		line("schema", d.found == 0 ? "that of P7 7.7.9" : "%s from P7 7.7.9, above",
		    COUNT(d.found, "difference"));
	return rc;
}

/* Engines of all tables under the prefix, and how much they hold. */
static int print_storage(struct run *r, struct err *e)
{
	struct dbval v[] = { DB_INT((int64_t)strlen(r->site.prefix)), DB_STR(r->site.prefix) };
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, &r->db, "SELECT COALESCE(ENGINE,'?'),COUNT(*),"
	    "CAST(COALESCE(SUM(DATA_LENGTH+INDEX_LENGTH),0) AS SIGNED) FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND LEFT(TABLE_NAME,?)=?"
	    " GROUP BY 1 ORDER BY 1", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		line("engine", "%s: %s, %s", dbq_str(&q, 0), COUNT(dbq_int(&q, 1), "table"),
		    COUNT(dbq_int(&q, 2), "byte"));
		rc = 0;
	}
	dbq_close(&q);
	if (rc == 0)
		line("snapshot", r->cat.other[0] == '\0' ? "one, of all that is read" :
		    "none: let nobody use P7 while it is read (%s)", r->cat.other);
	return rc;
}

static int print_counts(struct run *r, struct err *e)
{
	static const char *const names[] = { "awm_accounts", "awm_addr_book", "awm_addr_groups",
		"adav_calendars", "adav_calendarobjects", NULL };
	static const char *const what[] = { "accounts", "contacts", "groups", "calendars",
		"events" };
	struct catalog c;
	struct buf sql;
	int64_t n;
	size_t i;
	int rc = catalog_read(&c, &r->db, r->site.prefix, names, e);

	for (i = 0; rc == 0 && names[i] != NULL; i++) {
		n = 0;
		buf_init(&sql, 4096);
		buf_adds(&sql, "SELECT COUNT(*) FROM");
		if (catalog_table(&c, names[i]) != NULL) {
			sql_table(&sql, catalog_table(&c, names[i]), "t", NULL);
			if (i == 0)
				buf_adds(&sql, " WHERE t.mailing_list=0");
			rc = db_one_int(&r->db, sql.data, NULL, 0, &n, e) < 0 ? -1 : 0;
		}
		buf_free(&sql);
		if (rc == 0)
			line(what[i], "%" PRId64, n);
	}
	catalog_free(&c);
	return rc;
}

int check_print(struct run *r, struct err *e)
{
	struct site *s = &r->site;

	line("P7", "%s%s%s", s->version[0] != '\0' ? s->version : "of unknown version",
	    r->o->p7 != NULL ? " " : "", r->o->p7 != NULL ? r->o->p7 : "");
	line("server", "%s, character_set_server %s", r->db.version_text, r->db.server_charset);
	line("database", "%s, prefix \"%s\", text %s", r->db.name, s->prefix,
	    r->cat.utf8 ? "as UTF-8" : "not only as UTF-8");
	if (print_storage(r, e) < 0 || print_drift(r, e) < 0 || print_counts(r, e) < 0)
		return -1;
	line("ready", "P7 can be read");
	return io_std_flush(e);
}

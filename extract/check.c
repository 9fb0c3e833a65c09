#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "extract.h"
#include "filedirs.h"
#include "io.h"
#include "kinds.h"
#include "probe.h"
#include "release.h"
#include "shown.h"

#define TYPE_MAX 80
#define ENGINES 16

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
	va_list ap;

	printf("%-14s ", what);
	va_start(ap, fmt);
	shown_vfprintf(stdout, fmt, ap);
	va_end(ap);
	putchar('\n');
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
	if (!release_knows(name) && d->r->site.prefix[0] != '\0') {
		line("drift", "%s is not a table of P7: passed over", full);
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

/* What there is of P7, by engine. */
struct storage {
	struct {
		char name[PROBE_NAME];
		int64_t tables, bytes;
	} engine[ENGINES];
	unsigned engines;
	struct buf names;	/* of P7's tables, a NUL behind each */
};

static void add_engine(struct storage *s, const char *name, int64_t bytes)
{
	unsigned i;

	for (i = 0; i < s->engines; i++)
		if (strcmp(s->engine[i].name, name) == 0)
			break;
	if (i == ENGINES)
		i--;	/* nobody has so many; the sums are right nevertheless */
	else if (i == s->engines)
		snprintf(s->engine[s->engines++].name, PROBE_NAME, "%.64s", name);
	s->engine[i].tables++;
	s->engine[i].bytes += bytes;
}

/* Other applications may be in the same database, and P7's prefix may be empty. */
static int read_storage(struct run *r, struct storage *s, struct err *e)
{
	size_t prefix = strlen(r->site.prefix);
	struct dbval v[] = { DB_INT((int64_t)prefix), DB_STR(r->site.prefix) };
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, &r->db, "SELECT TABLE_NAME,COALESCE(ENGINE,IF(TABLE_TYPE LIKE '%VIEW',"
	    "'view','damaged')),CAST(COALESCE(DATA_LENGTH+INDEX_LENGTH,0) AS SIGNED) FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND LEFT(TABLE_NAME,?)=?"
	    " ORDER BY ENGINE,TABLE_NAME", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		rc = 0;
		if (!release_knows(dbq_str(&q, 0) + prefix))
			continue;
		add_engine(s, dbq_str(&q, 1), dbq_int(&q, 2));
		buf_add(&s->names, dbq_str(&q, 0), strlen(dbq_str(&q, 0)) + 1);
	}
	dbq_close(&q);
	return rc;
}

/* Those that nothing is read of: run_open has read the others. */
static int print_unread(struct run *r, const struct storage *s, struct err *e)
{
	struct err why = { .msg = "" };
	size_t i;

	for (i = 0; i < s->names.len; i += strlen(s->names.data + i) + 1) {
		if (probe_read(&r->db, s->names.data + i, &why) >= 0)
			continue;
		if (why.status != EXIT_UNAVAILABLE)
			return err_set(e, why.status, "%s", why.msg);
		line("damaged", "%s cannot be read; P8 has no use for it, so it does no harm",
		    s->names.data + i);
	}
	return 0;
}

static int print_storage(struct run *r, struct err *e)
{
	struct storage s = { .names = BUF_INIT(1 << 16) };
	unsigned i;
	int rc = read_storage(r, &s, e);

	for (i = 0; i < s.engines && rc == 0; i++)
		line("engine", "%s: %s, %s", s.engine[i].name, COUNT(s.engine[i].tables, "table"),
		    COUNT(s.engine[i].bytes, "byte"));
	if (rc == 0)
		rc = print_unread(r, &s, e);
	buf_free(&s.names);
	if (rc == 0)
		line("snapshot", r->cat.other[0] == '\0' ? "one, of all that is read" :
		    "none: let nobody use P7 while it is read (%s)%s", r->cat.other,
		    r->checked ? RUN_CHECKED : "");
	return rc;
}

#define OF_USERS "IN (SELECT u.id_user FROM {a} u WHERE u.def_acct=1 AND u.mailing_list=0)"
#define POP3 "(t.mail_protocol=0 OR t.mail_inc_port IN (110,995))"

/* Numbers of what a run brings.  Of cards without a contact p7-transform makes contacts, too. */
static const struct number {
	const char *table, *what, *where;	/* {a}: the table of accounts */
	const char *if_has;			/* a condition on a column that 6.x has not */
	const char *column;
} numbers[] = {
	{ "awm_accounts", "accounts", "t.mailing_list=0", NULL, NULL },
	{ "awm_addr_book", "contacts", "t.deleted=0 AND t.id_user " OF_USERS, " AND t.type=0",
	  "type" },
	{ "awm_addr_groups", "groups", "t.id_user " OF_USERS, NULL, NULL },
	{ "adav_calendars", "calendars", "1", NULL, NULL },
	{ "adav_calendarobjects", "events", "1", NULL, NULL },
};

static const struct number pop3_accounts = { "awm_accounts", NULL, "t.mailing_list=0 AND " POP3,
    NULL, NULL };
static const struct number pop3_domains = { "awm_domains", NULL, POP3, NULL, NULL };

static int count(struct run *r, const struct catalog *c, const struct number *k, int64_t *n,
    struct err *e)
{
	const struct cat_table *t = catalog_table(c, k->table);
	const char *mark = strstr(k->where, "{a}");
	struct buf sql = BUF_INIT(4096);
	int rc;

	*n = 0;
	if (t == NULL)
		return 0;
	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " WHERE ");
	buf_add(&sql, k->where, mark != NULL ? (size_t)(mark - k->where) : strlen(k->where));
	if (mark != NULL) {
		db_ident(&sql, catalog_table(c, "awm_accounts")->full);
		buf_adds(&sql, mark + 3);
	}
	if (k->column != NULL && cat_has(t, k->column))
		buf_adds(&sql, k->if_has);
	rc = db_one_int(&r->db, sql.data, NULL, 0, n, e);
	buf_free(&sql);
	return rc < 0 ? -1 : 0;
}

static int print_pop3(struct run *r, const struct catalog *c, struct err *e)
{
	int64_t accounts, domains, port = settings_number(&r->site.set,
	    "WebMail/IncomingMailPort");

	if (count(r, c, &pop3_accounts, &accounts, e) < 0 ||
	    count(r, c, &pop3_domains, &domains, e) < 0)
		return -1;
	domains += settings_number(&r->site.set, "WebMail/IncomingMailProtocol") == 0 ||
	    port == 110 || port == 995;
	if (accounts > 0 || domains > 0)
		line("POP3", "%s, %s: P8 speaks IMAP only; give them the IMAP port of their "
		    "server in P8 (143, or 993 with SSL), or move their mail to one that has IMAP",
		    COUNT(accounts, "account"), COUNT(domains, "domain"));
	return 0;
}

static int print_counts(struct run *r, struct err *e)
{
	static const char *const names[] = { "awm_accounts", "awm_addr_book", "awm_addr_groups",
		"awm_domains", "adav_calendars", "adav_calendarobjects", NULL };
	struct catalog c;
	int64_t n;
	size_t i;
	int rc = catalog_read(&c, &r->db, r->site.prefix, names, e);

	for (i = 0; rc == 0 && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		rc = count(r, &c, &numbers[i], &n, e);
		if (rc == 0)
			line(numbers[i].what, "%" PRId64, n);
	}
	if (rc == 0)
		rc = print_pop3(r, &c, e);
	catalog_free(&c);
	return rc;
}

static int tell_owners(struct run *r, struct filedirs *dirs, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc;

	buf_adds(&sql, "SELECT a.email FROM ");
	sql_users(&sql, &r->cat);
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = filedirs_owner(dirs, rows_str(&rows, 0), e);
	rows_close(&rows, rc);
	return rc;
}

/* Directories of nobody are not read: whether they could be does not matter. */
static int look_at_private(struct run *r, struct err *e)
{
	struct filedirs dirs;
	int rc = filedirs_open(&dirs, r->site.files, e);

	if (rc == 0)
		rc = tell_owners(r, &dirs, e);
	if (rc == 0)
		rc = filedirs_look_owned(&dirs, r->site.files, e);
	filedirs_close(&dirs);
	return rc;
}

/* What a run would end at: files of P7 that may not be read. */
static int look_at_files(struct run *r, struct err *e)
{
	char path[SITE_PATH + 32];

	if (r->site.files[0] == '\0')
		return 0;
	if ((r->o->families & F_FILES) && look_at_private(r, e) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/files/corporate", r->site.files);
	return r->o->families & F_CORPORATE ? filedirs_look(path, e) : 0;
}

int check_print(struct run *r, struct err *e)
{
	struct site *s = &r->site;

	line("P7", "%s%s%s", s->version[0] != '\0' ? s->version : "of unknown version",
	    r->o->p7 != NULL ? " " : "", r->o->p7 != NULL ? r->o->p7 : "");
	line("server", "%s, character_set_server %s", r->db.version_text, r->db.server_charset);
	line("database", "%s, prefix \"%s\", text %s", r->db.name, s->prefix,
	    r->cat.utf8 ? "as UTF-8" : "not only as UTF-8");
	if (print_storage(r, e) < 0 || print_drift(r, e) < 0 || print_counts(r, e) < 0 ||
	    look_at_files(r, e) < 0)
		return -1;
	line("ready", "P7 can be read");
	return io_std_flush(e);
}

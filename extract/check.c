#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "count.h"
#include "program.h"
#include "kinds/filedirs.h"
#include "io.h"
#include "database/probe.h"
#include "shown.h"

#define ENGINES 16

/* What there is in the database, by engine. */
struct storage {
	struct {
		char name[CAT_NAME];
		int64_t tables, bytes;
	} engine[ENGINES];
	unsigned engines;
	struct buf names;	/* of P7's tables, a NUL behind each */
	struct buf others;	/* likewise: tables with its prefix that are not P7's */
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

static void add_engine(struct storage *s, const char *name, int64_t bytes)
{
	unsigned i;

	for (i = 0; i < s->engines; i++)
		if (strcmp(s->engine[i].name, name) == 0)
			break;
	if (i == ENGINES)
		i--;	/* no server has so many; the sums are right nevertheless */
	else if (i == s->engines)
		snprintf(s->engine[s->engines++].name, CAT_NAME, "%.64s", name);
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
		const char *name = dbq_str(&q, 0);
		bool ours = p7_knows(name + prefix);

		rc = 0;
		if (ours)
			add_engine(s, dbq_str(&q, 1), dbq_int(&q, 2));
		buf_add(ours ? &s->names : &s->others, name, strlen(name) + 1);
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

static int print_storage(struct run *r, const struct storage *s, struct err *e)
{
	unsigned i;

	for (i = 0; i < s->engines; i++)
		line("engine", "%s: %s, %s", s->engine[i].name,
		    COUNT(s->engine[i].tables, "table"), COUNT(s->engine[i].bytes, "byte"));
	if (print_unread(r, s, e) < 0)
		return -1;
	line("snapshot", r->cat.other[0] == '\0' ? "one, of all that is read" :
	    "none: let nobody use P7 while it is read (%s)%s", r->cat.other,
	    r->checked ? RUN_CHECKED : "");
	return 0;
}

/* Of 7.7.9, the last release; NULL: it has no such column. */
static const struct p7_column *released(const struct p7_table *p7, const char *name)
{
	const struct p7_column *k;

	for (k = p7->col; k < p7->col + p7->cols; k++)
		if (k->type != NULL && strcasecmp(k->name, name) == 0)
			return k;
	return NULL;
}

/* How a table differs from that of 7.7.9; the number of differences. */
static unsigned table_drift(const struct cat_table *t)
{
	const struct p7_column *k;
	unsigned found = 0, i;

	for (i = 0; i < t->columns; i++) {
		k = released(t->p7, t->column[i].name);
		if (k == NULL)
			line("drift", "%s has a column %s, which P7 7.7.9 does not have: passed"
			    " over", t->full, t->column[i].name);
		else if (strcasecmp(k->type, t->column[i].type) != 0)
			line("drift", "%s.%s is %s, not %s", t->full, t->column[i].name,
			    t->column[i].type, k->type);
		else
			continue;
		found++;
	}
	for (k = t->p7->col; k < t->p7->col + t->p7->cols; k++)
		if (k->type != NULL && !cat_has(t, k->name)) {
			line("drift", "%s has no column %s: P7's default is taken", t->full,
			    k->name);
			found++;
		}
	return found;
}

static void print_drift(const struct run *r, const struct storage *s)
{
	const struct cat_table *t;
	unsigned found = 0;
	size_t i;

	for (t = r->cat.table; t < r->cat.table + P7_TABLES; t++)
		if (t->p7->col[0].type != NULL && t->there)
			found += table_drift(t);
		else if (t->p7->col[0].type != NULL) {
			line("drift", "there is no table %s: it counts as empty", t->full);
			found++;
		}
	for (i = 0; r->site.prefix[0] != '\0' && i < s->others.len;
	    i += strlen(s->others.data + i) + 1) {
		line("drift", "%s is not a table of P7: passed over", s->others.data + i);
		found++;
	}
	line("schema", found == 0 ? "that of P7 7.7.9" : "%s from P7 7.7.9, above",
	    COUNT(found, "difference"));
}

static int print_tables(struct run *r, struct err *e)
{
	struct storage s = { .names = BUF_INIT(1 << 20), .others = BUF_INIT(1 << 20) };
	int rc = read_storage(r, &s, e);

	if (rc == 0)
		rc = print_storage(r, &s, e);
	if (rc == 0)
		print_drift(r, &s);
	buf_free(&s.names);
	buf_free(&s.others);
	return rc;
}

static int count(struct run *r, const char *table, const char *where, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);

	sql_addf(&sql, &r->cat, "SELECT COUNT(*) FROM {%s t} WHERE %s", table, where);
	return rows_count(&r->db, &sql, n, e);
}

#define POP3 "(t.mail_protocol=0 OR t.mail_inc_port IN (110,995))"

static int print_pop3(struct run *r, struct err *e)
{
	int64_t accounts, domains, port = settings_number(&r->site.set,
	    "WebMail/IncomingMailPort");

	if (count(r, "awm_accounts", "t.mailing_list=0 AND " POP3, &accounts, e) < 0 ||
	    count(r, "awm_domains", POP3, &domains, e) < 0)
		return -1;
	domains += settings_number(&r->site.set, "WebMail/IncomingMailProtocol") == 0 ||
	    port == 110 || port == 995;
	if (accounts > 0 || domains > 0)
		line("POP3", "%s, %s: P8 speaks IMAP only; give them the IMAP port of their "
		    "server in P8 (143, or 993 with SSL), or move their mail to one that has IMAP",
		    COUNT(accounts, "account"), COUNT(domains, "domain"));
	return 0;
}

/* Numbers of what a run brings.  Of cards without a contact p7-transform makes contacts, too. */
static int print_counts(struct run *r, struct err *e)
{
	const struct cat_table *t;
	char where[400];
	int64_t n;

	for (t = r->cat.table; t < r->cat.table + P7_TABLES; t++) {
		if (t->p7->counted == NULL)
			continue;
		n = 0;
		/* Before 7.0 all contacts are personal ones. */
		snprintf(where, sizeof(where), "%s%s", t->p7->counted_where,
		    t->p7->entry != NULL && cat_has(t, "type") ? " AND t.type=0" : "");
		if (t->there && count(r, t->name, where, &n, e) < 0)
			return -1;
		line(t->p7->counted, "%" PRId64, n);
	}
	return print_pop3(r, e);
}

static int take_owner(void *arg, const struct rows *rows, struct err *e)
{
	return filedirs_owner(arg, rows_str(rows, 0), e);
}

static int tell_owners(struct run *r, struct filedirs *dirs, struct err *e)
{
	struct buf sql = BUF_INIT(8192);

	sql_add(&sql, &r->cat, "SELECT a.email FROM " SQL_USERS);
	return rows_once(&r->db, &sql, take_owner, dirs, e);
}

/* Directories that belong to no user are not read: whether they could be does not matter. */
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
	if (print_tables(r, e) < 0 || print_counts(r, e) < 0 || look_at_files(r, e) < 0)
		return -1;
	line("ready", "P7 can be read");
	return io_std_flush(e);
}

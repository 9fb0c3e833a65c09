#include <stdio.h>
#include <string.h>

#include "extract.h"
#include "identity.h"
#include "kinds.h"
#include "probe.h"
#include "required.h"
#include "say.h"
#include "shown.h"

/* The first one has to be there. */
static const char *const tables[] = {
	"awm_accounts", "awm_settings", "awm_domains", "awm_tenants", "awm_system_folders",
	"awm_folders_order", "awm_identities", "awm_social", "awm_addr_book", "awm_addr_groups",
	"awm_addr_groups_contacts", "acal_users_data", "awm_senders", "twofa_accounts", "awm_min",
	"adav_addressbooks", "adav_cards", "awm_folders", NULL
};

static const char *const calendar_tables[] = {
	"adav_principals", "adav_calendars", "adav_calendarobjects", "adav_calendarshares",
	"adav_delegates", "adav_reminders", NULL
};

/*
 * Columns that lead to the rows of a table; every release from 6.4 on has them.  Without one, all
 * rows would be passed over as if there were none.
 */
static const struct { const char *table, *columns; } keys[] = {
	{ "awm_accounts", "id_acct id_user id_domain def_acct mailing_list email" },
	{ "awm_settings", "id_user id_setting" }, { "awm_domains", "id_domain" },
	{ "awm_tenants", "id_tenant" }, { "awm_system_folders", "id_acct id" },
	{ "awm_folders", "id_acct id_folder" }, { "awm_folders_order", "id_acct id" },
	{ "awm_identities", "id_acct id_identity" },
	{ "awm_social", "id_acct id" }, { "awm_senders", "id_user id" },
	{ "awm_addr_book", "id_addr id_user deleted auto_create" },
	{ "awm_addr_groups", "id_user id_group" },
	{ "awm_addr_groups_contacts", "id_addr id_group" },
	{ "acal_users_data", "user_id settings_id" }, { "twofa_accounts", "account_id id" },
	{ "awm_min", "data hash" }, { "adav_addressbooks", "id principaluri" },
	{ "adav_cards", "id addressbookid" }, { "adav_principals", "id uri" },
	{ "adav_calendars", "id principaluri" }, { "adav_calendarobjects", "id calendarid uri" },
	{ "adav_calendarshares", "id calendarid member" },
	{ "adav_delegates", "id calendarid principalid mode" }, { "adav_reminders", "id user" },
};

static int check_keys(const struct catalog *c, struct err *e)
{
	const struct cat_table *t;
	const char *p;
	char name[CAT_NAME];
	size_t i, n;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		t = catalog_table(c, keys[i].table);
		for (p = keys[i].columns; t != NULL && *p != '\0'; p += n + (p[n] == ' ')) {
			n = strcspn(p, " ");
			snprintf(name, sizeof(name), "%.*s", (int)n, p);
			if (!cat_has(t, name))
				return err_set(e, EXIT_CONFIG, i == 0 ? "%s has no column %s: this"
				    " is a P7 older than 6.4, which has to be upgraded to 7.7"
				    " first, or"
				    " a table of P8's module MtaConnector; name P7's database" :
				    "%s has no column %s, so it is not P7's, and nothing of it "
				    "could"
				    " be read; restore P7's own table", t->full, name);
		}
	}
	return 0;
}

#define WANTED (2 * CAT_TABLES + LEFTOUT_TABLES)

/* The tables of users; those of calendars too, unless they are left out.  Returns their number. */
static size_t wanted_tables(const struct opts *o, const char **names)
{
	size_t n = 0, i;

	for (i = 0; tables[i] != NULL; i++)
		names[n++] = tables[i];
	for (i = 0; calendar_tables[i] != NULL && !(o->without & F_CALENDARS); i++)
		names[n++] = calendar_tables[i];
	names[n] = NULL;
	return n;
}

/*
 * All that a run reads of P7, whatever this call is for: the first of its calls is to find what
 * the others would stumble over.
 */
static int probe(struct run *r, struct err *e)
{
	const char *names[WANTED];

	leftout_tables(names + wanted_tables(r->o, names));
	return probe_tables(&r->db, r->site.prefix, names,
	    r->o->again || r->o->unchecked ? NULL : &r->checked, e);
}

static int check_users(struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_accounts");
	struct buf sql = BUF_INIT(1024);
	int64_t one;
	int rc;

	buf_adds(&sql, "SELECT 1 FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " WHERE t.def_acct=1 AND t.mailing_list=0 LIMIT 1");
	rc = db_one_int(&r->db, sql.data, NULL, 0, &one, e);
	buf_free(&sql);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return err_set(e, EXIT_CONFIG, "P7 has no users: %s in database %s has no default account;"
	    " is it the right database and prefix?", t->full, r->db.name);
}

/*
 * A slow reader of the stream must not cost the snapshot: the server would otherwise hang up on a
 * client that does not read for a while.
 */
static int begin_snapshot(struct run *r, struct err *e)
{
	struct err old = { .msg = "" };
	struct dbq q;

	if (db_exec(&r->db, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", e) < 0 ||
	    db_exec(&r->db, "SET SESSION net_write_timeout=86400,wait_timeout=604800", e) < 0)
		return -1;
	if (db_exec(&r->db, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", &old) < 0 &&
	    db_exec(&r->db, "START TRANSACTION WITH CONSISTENT SNAPSHOT", e) < 0)
		return -1;
	if (dbq_prepare(&q, &r->db, "SELECT DATE_FORMAT(UTC_TIMESTAMP(),'%Y-%m-%d %H:%i:%s')",
	    e) < 0)
		return -1;
	if (dbq_run(&q, NULL, 0, e) < 0 || dbq_next(&q, e) != 1) {
		dbq_close(&q);
		return -1;
	}
	snprintf(r->snapshot, sizeof(r->snapshot), "%s", dbq_str(&q, 0));
	dbq_close(&q);
	return 0;
}

int run_open(struct run *r, const struct opts *o, struct err *e)
{
	const char *names[WANTED];

	memset(r, 0, sizeof(*r));
	r->o = o;
	wanted_tables(o, names);
	r->sel.unknown.fd = -1;
	say_quiet = o->again;
	if (site_open(&r->site, o, e) < 0 || db_open(&r->db, &r->site.db, e) < 0)
		return -1;
	/* Rights first: who may read nothing sees no tables, as in an empty database. */
	if (probe(r, e) < 0 ||
	    catalog_read(&r->cat, &r->db, r->site.prefix, names, e) < 0 ||
	    check_keys(&r->cat, e) < 0 || required_check(r, e) < 0 || check_users(r, e) < 0 ||
	    begin_snapshot(r, e) < 0)
		return -1;
	if (identity_make(&r->id, &r->site, o, &r->db, &r->cat, e) < 0)
		return -1;
	/* What is UTF-8 already need not be converted, which is a sixth of the server's work. */
	if (r->cat.utf8 && db_results_as_stored(&r->db, e) < 0)
		return -1;
	/* --check has a line about it. */
	if (r->cat.other[0] != '\0' && !o->check)
		say("no consistent snapshot of tables that are not InnoDB (%s): let nobody use P7"
		    " while this runs%s", r->cat.other, r->checked ? RUN_CHECKED : "");
	return selection_open(&r->sel, o, r->site.source_id, &r->db, &r->cat, e);
}

void run_close(struct run *r)
{
	selection_close(&r->sel);
	catalog_free(&r->cat);
	if (r->db.c != NULL)
		db_close(&r->db);
	site_close(&r->site);
}

/* A list is read back line by line: would this e-mail come back? */
static bool listable(const char *email)
{
	return email[0] != '#' && email[0] != '\0' && strchr(email, ' ') == NULL &&
	    shown_as_is(email, strlen(email));
}

/* One that would not is a comment, so that it is counted and nobody takes it for another name. */
static int list_email(struct io_out *out, const char *email, struct err *e)
{
	struct buf line = BUF_INIT(1 << 16);
	int rc;

	if (!listable(email))
		buf_adds(&line, "# ");
	shown_put(&line, email, strlen(email));
	buf_addc(&line, '\n');
	rc = line.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    io_out_write(out, line.data, line.len, e);
	buf_free(&line);
	return rc;
}

/* With --ids: source and number of the user, as the ledger of p8-load has them. */
static int list_id(struct run *r, const struct rows *rows, struct io_out *out, struct err *e)
{
	char text[UUID_LEN + 32];
	int n = snprintf(text, sizeof(text), "%s\t%s\t", r->site.source_id, rows_str(rows, 2));

	return io_out_write(out, text, (size_t)n, e);
}

static int list_rows(struct run *r, struct rows *rows, struct io_out *out, struct err *e)
{
	const char *email;
	int rc;

	while ((rc = rows_next(rows, e)) > 0) {
		email = rows_str(rows, 0);
		if (!selection_in_shard(&r->sel, email))
			continue;
		if (!listable(email))
			say("account %s: the e-mail '%s' cannot stand in a list; a run for all"
			    " users brings it", rows_str(rows, 1), email);
		if ((r->o->ids && list_id(r, rows, out, e) < 0) || list_email(out, email, e) < 0)
			return -1;
	}
	return rc;
}

int run_list(struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	struct io_out out;
	struct rows rows;
	int rc;

	buf_adds(&sql, "SELECT a.email,a.id_acct,a.id_user FROM ");
	sql_users(&sql, &r->cat);
	buf_adds(&sql, " ORDER BY a.email,a.id_acct");
	rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	rc = io_out_open(&out, r->o->out, r->o->gz, e);
	if (rc == 0) {
		rc = list_rows(r, &rows, &out, e);
		if (rc == 0)
			rc = io_out_close(&out, e);
		else
			io_out_abort(&out);
	}
	rows_close(&rows, rc);
	return rc;
}

static void put_families(struct jsonw *w, const char *key, unsigned bits)
{
	int i;

	jw_key(w, key);
	jw_array(w);
	for (i = 0; i < FAMILIES; i++)
		if (bits & 1u << i)
			jw_str(w, family_names[i]);
	jw_array_end(w);
}

static void put_source(struct run *r, struct jsonw *w)
{
	const struct db_opts *d = &r->site.db;

	jw_key(w, "source");
	jw_object(w);
	jw_kv_str(w, "id", r->site.source_id);
	source_put(w, &r->id);
	jw_kv_str(w, "host", d->socket != NULL ? d->socket : d->host != NULL ? d->host :
	    "localhost");
	jw_kv_str(w, "database", r->db.name);
	jw_kv_str(w, "prefix", r->site.prefix);
	jw_kv_str(w, "server", r->db.version_text);
	jw_kv_str(w, "charset", r->db.server_charset);
	jw_kv_str(w, "p7_version", r->site.version[0] != '\0' ? r->site.version : NULL);
	jw_kv_str(w, "snapshot", r->snapshot);
	jw_kv_bool(w, "consistent", r->cat.other[0] == '\0');
	jw_object_end(w);
}

static void put_selection(struct run *r, struct jsonw *w)
{
	char shard[32];

	jw_key(w, "selection");
	jw_object(w);
	if (r->sel.all)
		jw_kv_str(w, "users", "all");
	else
		jw_kv_int(w, "users", (int64_t)(r->sel.n + r->sel.unknowns));
	if (r->o->except != NULL)
		jw_kv_int(w, "except", (int64_t)r->sel.except.n);
	put_families(w, "only", r->o->only);
	put_families(w, "without", r->o->without);
	jw_object_end(w);
	snprintf(shard, sizeof(shard), "%u/%u", r->sel.shard, r->sel.shards);
	jw_kv_str(w, "shard", r->sel.shards > 0 ? shard : NULL);
}

int run_outputs(struct run *r, struct err *e)
{
	if (report_open(&r->rep, "p7-extract", r->o->rejects, e) < 0)
		return -1;
	if (so_open(&r->so, r->o->out, r->o->gz, e) < 0) {
		report_abort(&r->rep);
		return -1;
	}
	r->rep.to = &r->so;
	return 0;
}

int run_header(struct run *r, struct err *e)
{
	char id[UUID_LEN + 1];
	struct jsonw *w;

	uuid_random(id);
	w = so_begin(&r->so, "HEADER");
	jw_kv_str(w, "stream", "p7");
	jw_kv_int(w, "version", STREAM_VERSION);
	/* The schema of sabre/dav that P7's tables have. */
	jw_kv_str(w, "dav", "1.8");
	jw_kv_str(w, "tool", "p7-extract " VERSION);
	jw_kv_str(w, "run", id);
	put_source(r, w);
	put_selection(r, w);
	return so_put(&r->so, "HEADER", e);
}

int run_unknown(struct run *r, struct err *e)
{
	struct report_item item = {
		.reject = true, .code = "user-unknown", .table = "awm_accounts", .id = -1,
		.reason = "P7 has no default account with this e-mail",
		.action = "correct the name; p7-migrate --p7 DIR --list-users lists P7's users",
	};
	struct srow row;
	int rc;

	while ((rc = spool_peek(&r->sel.unknown, &row, e)) > 0) {
		item.user = row.p;
		if (report_add(&r->rep, &item, e) < 0)
			return -1;
		spool_skip(&r->sel.unknown, &row);
	}
	return rc;
}

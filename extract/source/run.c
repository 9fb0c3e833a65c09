#include <stdio.h>
#include <string.h>

#include "source/run.h"
#include "source/identity.h"
#include "database/probe.h"
#include "source/required.h"
#include "base/warning.h"

/* Of the first table, awm_accounts, and of others. */
#define TOO_OLD "%s has no column %s: this is a P7 older than 6.4, which has to be upgraded to" \
	" 7.7 first, or a table of P8's module MtaConnector; name P7's database"
#define NOT_P7S "%s has no column %s, so it is not P7's, and nothing of it could be read; restore" \
	" P7's own table"

/*
 * Every release has the columns that lead to the rows of a table.  Without one, all rows would be
 * passed over as if there were none.
 */
static int check_keys(const struct catalog *c, struct err *e)
{
	const struct cat_table *t;
	const struct p7_column *k;

	for (t = c->table; t < c->table + P7_TABLES; t++) {
		if (!t->there || (t->p7->later != NULL && catalog_table(c, t->p7->later) != NULL))
			continue;
		for (k = t->p7->col; k < t->p7->col + t->p7->cols; k++)
			if (k->key && !cat_has(t, k->name))
				return err_set(e, EXIT_CONFIG, t == c->table ? TOO_OLD : NOT_P7S,
				    t->full, k->name);
	}
	return 0;
}

static int check_users(struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1024);
	int64_t one;

	sql_add(&sql, &r->cat, "SELECT 1 FROM {awm_accounts t} WHERE t.def_acct=1 AND"
	    " t.mailing_list=0 LIMIT 1");
	if (rows_count(&r->db, &sql, &one, e) < 0)
		return -1;
	return one != 0 ? 0 : err_set(e, EXIT_CONFIG, "P7 has no users: %s in database %s has no"
	    " default account; is it the right database and prefix?",
	    catalog_table(&r->cat, "awm_accounts")->full, r->db.name);
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

/*
 * The tables: all that a run reads of P7 is looked at, whatever this call is for, because the first
 * of a run's calls is to find what the others would stumble over.
 */
static int look(struct run *r, struct err *e)
{
	const struct opts *o = r->o;
	const char *prefix = r->site.prefix;

	if (catalog_open(&r->cat, prefix, !(o->without & F_CALENDARS), e) < 0)
		return -1;
	/* Rights first: who may read nothing sees no tables, as in an empty database. */
	if (probe_tables(&r->db, &r->cat, o->again || o->unchecked ? NULL : &r->checked, e) < 0)
		return -1;
	if (catalog_read(&r->cat, &r->db, prefix, e) < 0 || check_keys(&r->cat, e) < 0)
		return -1;
	return required_check(r, e) < 0 ? -1 : check_users(r, e);
}

int run_open(struct run *r, const struct opts *o, struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	r->sel.unknown.fd = -1;
	warning_quiet = o->again;
	if (site_open(&r->site, o, e) < 0 || db_open(&r->db, &r->site.db, e) < 0 ||
	    look(r, e) < 0 || begin_snapshot(r, e) < 0 ||
	    identity_make(&r->id, &r->site, o, &r->db, &r->cat, e) < 0)
		return -1;
	/* What is UTF-8 already need not be converted, which is a sixth of the server's work. */
	if (r->cat.utf8 && db_results_as_stored(&r->db, e) < 0)
		return -1;
	/* --check has a line about it. */
	if (r->cat.other[0] != '\0' && !o->check)
		warning("no consistent snapshot of tables that are not InnoDB (%s): let nobody use"
		    " P7 while this runs%s", r->cat.other, r->checked ? RUN_CHECKED : "");
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

bool run_tells_all(const struct run *r)
{
	return r->sel.all && r->sel.shard <= 1;
}

int run_put(struct run *r, const char *kind, const struct srow *row, struct err *e)
{
	struct jsonw *w = so_begin(&r->so, kind);

	jw_raw(w, row->p, row->n);
	return so_put(&r->so, kind, e);
}

int run_put_all(struct run *r, const char *kind, struct spool *s, int64_t key, int64_t key2,
    struct err *e)
{
	struct srow row;
	int rc;

	while ((rc = spool_of(s, key, key2, &row, e)) > 0)
		if (run_put(r, kind, &row, e) < 0)
			return -1;
	return rc;
}

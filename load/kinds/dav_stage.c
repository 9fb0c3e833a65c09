#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kinds/dav_batch.h"
#include "kinds/dav_sql.h"
#include "kinds/dav_list.h"
#include "kinds/dav_stage.h"
#include "kinds/dav_tables.h"
#include "ledger/sources.h"
#include "stream.h"

void dav_stage_table(const struct dav_stage *st, struct buf *out, const char *name)
{
	char full[160];

	snprintf(full, sizeof(full), "%s%s", st->prefix, name);
	db_ident(out, full);
}

static int execb(struct target *t, struct buf *sql, struct err *e)
{
	int rc = sql->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    db_exec(&t->db, sql->data, e);

	buf_free(sql);
	return rc;
}

int dav_tables_create(struct target *t, struct err *e)
{
	static const struct {
		const char *name, *columns;
	} own[] = {
		{ "p7m_dav_stage",
		  "one tinyint NOT NULL PRIMARY KEY, prefix varchar(64) NOT NULL,"
		  " source char(36) NOT NULL, snapshot varchar(19) NOT NULL,"
		  " all_users tinyint NOT NULL, whole tinyint NOT NULL DEFAULT 0" },
		{ "p7m_dav_calendar",
		  "source char(36) NOT NULL, id int unsigned NOT NULL, principal varchar(255)"
		  " COLLATE utf8mb4_general_ci, uri varchar(255) COLLATE utf8mb4_bin,"
		  " calendarid int unsigned,"
		  " PRIMARY KEY (source,id), KEY principal (principal(191)),"
		  " KEY calendarid (calendarid)" },
		{ "p7m_dav_share",
		  "source char(36) NOT NULL, id int unsigned NOT NULL, share int unsigned NOT NULL,"
		  " member_uri varchar(255) COLLATE utf8mb4_general_ci,"
		  " readonly tinyint NOT NULL, done tinyint NOT NULL DEFAULT 0,"
		  " PRIMARY KEY (source,share), KEY calendar (source,id)" },
	};
	struct buf sql;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		buf_init(&sql, 4096);
		buf_adds(&sql, "CREATE TABLE IF NOT EXISTS ");
		target_table(t, &sql, own[i].name);
		buf_addf(&sql, " (%s) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4", own[i].columns);
		if (execb(t, &sql, e) < 0)
			return -1;
	}
	return 0;
}

int dav_stage_find(struct target *t, struct dav_stage *st, struct err *e)
{
	char name[96];
	struct dbq q;
	int rc;

	memset(st, 0, sizeof(*st));
	snprintf(name, sizeof(name), "%sp7m_dav_stage", t->prefix);
	rc = db_has_table(&t->db, name, e);
	if (rc <= 0)
		return rc;
	if (dav_prepare(&q, t, NULL,
	    "SELECT prefix, source, snapshot, all_users, whole FROM {p7m_dav_stage}", e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		st->present = true;
		snprintf(st->prefix, sizeof(st->prefix), "%s", dbq_str(&q, 0));
		snprintf(st->source, sizeof(st->source), "%s", dbq_str(&q, 1));
		snprintf(st->snapshot, sizeof(st->snapshot), "%s", dbq_str(&q, 2));
		st->all_users = dbq_int(&q, 3) != 0;
		st->whole = dbq_int(&q, 4) != 0;
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

/*
 * Names of the tables under PREFIX that are or could be part of a stage, NUL after each, into OUT.
 * With a prefix of its own that is every table under it, except P8's and our own.  A server that
 * ignores the case of names shows them in small letters.
 */
static int stage_tables(struct target *t, const char *prefix, struct buf *out, struct err *e)
{
	size_t n = strlen(prefix);
	const char *name;
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, &t->db, "SELECT TABLE_NAME,@@lower_case_table_names FROM"
	    " information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND LEFT(TABLE_NAME,?)=?"
	    " ORDER BY 1", e) < 0)
		return -1;
	rc = dbq_run(&q, (struct dbval[]){ DB_INT((int64_t)n), DB_STR(prefix) }, 2, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		name = dbq_str(&q, 0);
		if ((dbq_int(&q, 1) != 0 ? strncasecmp(name, prefix, n) :
		    strncmp(name, prefix, n)) == 0 && dav_table_of_site(name + n))
			buf_add(out, name, strlen(name) + 1);
		rc = 0;
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

int dav_stage_drop(struct target *t, struct err *e)
{
	struct buf names = BUF_INIT(1 << 20), sql;
	struct dav_stage st;
	const char *p;
	int rc;

	if (dav_stage_find(t, &st, e) < 0)
		return -1;
	if (!st.present)
		return 0;
	rc = stage_tables(t, st.prefix, &names, e);
	for (p = names.data; rc == 0 && p < names.data + names.len; p += strlen(p) + 1) {
		buf_init(&sql, 1024);
		buf_adds(&sql, "DROP TABLE IF EXISTS ");
		db_ident(&sql, p);
		rc = execb(t, &sql, e);
	}
	buf_free(&names);
	if (rc < 0)
		return -1;
	return dav_run(t, &st, "DELETE FROM {p7m_dav_stage}", NULL, 0, e);
}

/* Nothing that is not ours may bear a name of the stage. */
static int check_names(struct target *t, const char *prefix, struct err *e)
{
	struct buf names = BUF_INIT(1 << 20);
	int rc = stage_tables(t, prefix, &names, e);

	if (rc == 0 && names.len > 0)
		rc = err_set(e, EXIT_CONFIG,
		    "the table %s is in the target already and is not ours; choose another "
		    "--dav-stage-prefix, or move it away", names.data);
	buf_free(&names);
	return rc;
}

static int note_stage(struct target *t, const struct dav_stage *st, struct err *e)
{
	struct dbval v[] = { DB_STR(st->prefix), DB_STR(st->source), DB_STR(st->snapshot),
	    DB_INT(st->all_users) };

	return dav_run(t, st, "INSERT INTO {p7m_dav_stage} (one,prefix,source,snapshot,all_users)"
	    " VALUES (1,?,?,?,?)", v, 4, e);
}

static int create_tables(struct target *t, const struct dav_stage *st, struct err *e)
{
	struct buf sql;
	unsigned i;

	for (i = 0; i < dav_tables_n; i++) {
		buf_init(&sql, 4096);
		buf_adds(&sql, "CREATE TABLE ");
		dav_stage_table(st, &sql, dav_tables[i].name);
		buf_addf(&sql, " (%s) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"
		    " COLLATE utf8mb4_general_ci", dav_tables[i].columns);
		if (execb(t, &sql, e) < 0)
			return -1;
	}
	return 0;
}

static const struct dav_table *table_of(const char *kind)
{
	unsigned i;

	for (i = 0; i < dav_tables_n; i++)
		if (dav_tables[i].kind != NULL && strcmp(dav_tables[i].kind, kind) == 0)
			return &dav_tables[i];
	return NULL;
}

static int note_line(struct report *r, const struct stream_in *si, struct err *e)
{
	if (strcmp(si->kind, "REJECT") == 0)
		r->rejects++;
	else
		r->warnings++;
	return report_copy(r, si->line, si->len, e);
}

/* A dry run: the change list is all. */
static int list_records(struct dav_list *list, const struct dav_stage *st, struct stream_in *si,
    struct report *r, struct progress *p, struct err *e)
{
	int rc;

	while ((rc = si_next(si, e)) == 1) {
		rc = table_of(si->kind) == NULL ? note_line(r, si, e) :
		    dav_list_record(list, st->source, si, e);
		if (rc < 0)
			break;
		progress_rows(p, 1);
	}
	return rc;
}

/* All records of the stream; tables follow one another, so one batch at a time is enough. */
static int fill_tables(struct target *t, const struct dav_stage *st, struct stream_in *si,
    struct report *r, struct progress *p, struct dav_list *list, struct err *e)
{
	const struct dav_table *table;
	struct dav_batch *b = NULL;
	int rc;

	while ((rc = si_next(si, e)) == 1) {
		table = table_of(si->kind);
		if (table == NULL) {
			rc = note_line(r, si, e);
		} else if (b == NULL || dav_batch_table(b) != table) {
			rc = b != NULL ? dav_batch_send(b, e) : 0;
			if (b != NULL)
				dav_batch_free(b);
			b = rc == 0 ? dav_batch_new(t, st, table, r) : NULL;
			if (rc == 0 && b == NULL)
				rc = err_set(e, EXIT_TEMPORARY, "out of memory");
		}
		if (rc >= 0 && table != NULL)
			rc = dav_batch_add(b, &si->doc, e);
		if (rc >= 0 && list != NULL)
			rc = dav_list_record(list, st->source, si, e);
		if (rc < 0)
			break;
		progress_rows(p, 1);
	}
	if (rc == 0 && b != NULL)
		rc = dav_batch_send(b, e);
	if (b != NULL)
		dav_batch_free(b);
	return rc;
}

/* Note calendars and shares in our own tables; take out what is in P8 already. */
static int note_contents(struct target *t, const struct dav_stage *st, struct err *e)
{
	static const char *const statements[] = {
		"INSERT INTO {p7m_dav_calendar} (source,id,principal)"
		" SELECT s.source, c.id, c.principaluri FROM [calendars] c JOIN {p7m_dav_stage} s"
		" LEFT JOIN {p7m_dav_calendar} m ON m.source=s.source AND m.id=c.id"
		" WHERE m.id IS NULL",
		/* P7's URI: the upgrade of the stage shortens and numbers URIs by its own rules. */
		"UPDATE {p7m_dav_calendar} m JOIN [calendars] c ON c.id=m.id SET m.uri=c.uri"
		" WHERE m.source=? AND m.calendarid IS NULL",
		"INSERT INTO {p7m_dav_share} (source,id,share,member_uri,readonly)"
		" SELECT s.source, h.calendarid, h.id, h.member_uri, h.readonly"
		" FROM [calendarshares] h JOIN {p7m_dav_stage} s"
		" LEFT JOIN {p7m_dav_share} m ON m.source=s.source AND m.share=h.id"
		" WHERE m.share IS NULL AND h.calendarid IS NOT NULL",
		/* Users may have other names than in the stage before. */
		"UPDATE {p7m_dav_calendar} m JOIN [calendars] c ON c.id=m.id"
		" SET m.principal=c.principaluri WHERE m.source=? AND m.calendarid IS NULL",
		"UPDATE {p7m_dav_share} m JOIN [calendarshares] h ON h.id=m.share"
		" SET m.member_uri=h.member_uri WHERE m.source=? AND m.done=0",
		"DELETE o FROM [calendarobjects] o JOIN {p7m_dav_calendar} m ON m.id=o.calendarid"
		" WHERE m.source=? AND m.calendarid IS NOT NULL",
		"DELETE c FROM [calendars] c JOIN {p7m_dav_calendar} m ON m.id=c.id"
		" WHERE m.source=? AND m.calendarid IS NOT NULL",
		"UPDATE {p7m_dav_stage} SET whole=1 WHERE source=?",
	};
	struct dbval source = DB_STR(st->source);
	size_t i;

	for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (dav_run(t, st, statements[i], &source, strchr(statements[i], '?') != NULL,
		    e) < 0)
			return -1;
	return 0;
}

int dav_stage_ready(struct target *t, const struct dav_stage *st, struct err *e)
{
	static const char *const wanted[][2] = {
		{ "calendars", "synctoken" }, { "calendars", "components" },
		{ "calendarinstances", "calendarid" }, { "calendarinstances", "principaluri" },
		{ "calendarinstances", "access" }, { "calendarinstances", "share_href" },
		{ "calendarobjects", "uid" }, { "calendarobjects", "lastoccurence" },
		/* no step alters these, but they may have been taken away */
		{ "reminders", "eventid" }, { "principals", "uri" },
	};
	char table[160];
	int64_t n;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		snprintf(table, sizeof(table), "%s%s", st->prefix, wanted[i][0]);
		rc = db_has_table(&t->db, table, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return err_set(e, EXIT_CONFIG, "the staged calendars are not at sabre/dav"
			    " 3.2: there is no table %s; run: dav-schema-upgrade apply --to 3.2"
			    " --prefix '%s'; or, when it was dropped, stage them again", table,
			    st->prefix);
		if (db_one_int(&t->db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE"
		    " TABLE_SCHEMA=DATABASE() AND TABLE_NAME=? AND COLUMN_NAME=?",
		    (struct dbval[]){ DB_STR(table), DB_STR(wanted[i][1]) }, 2, &n, e) < 0)
			return -1;
		if (n == 0)
			return err_set(e, EXIT_CONFIG, "the staged calendars are not at sabre/dav"
			    " 3.2: %s has no column %s; run: dav-schema-upgrade apply --to 3.2"
			    " --prefix '%s'", table, wanted[i][1], st->prefix);
	}
	return 0;
}

static int read_header(struct target *t, const struct dav_stage_opts *o,
    const struct stream_in *si, struct dav_stage *st, struct err *e)
{
	const struct jval *source = jr_get(&si->header, NULL, "source");
	const struct jval *sel = jr_get(&si->header, NULL, "selection");
	const char *id = source != NULL ? jr_str(&si->header, source, "id", "") : "";

	memset(st, 0, sizeof(*st));
	if (!uuid_parse(id, strlen(id), st->source))
		return err_set(e, EXIT_DATA, "%s: the header names no source.id", si->io.name);
	if (jr_get(&si->header, NULL, "transform") == NULL)
		return err_set(e, EXIT_DATA, "%s comes straight from p7-extract; put p7-transform "
		    "in between", si->io.name);
	snprintf(st->snapshot, sizeof(st->snapshot), "%s",
	    jr_str(&si->header, source, "snapshot", ""));
	st->all_users = sel != NULL && strcmp(jr_str(&si->header, sel, "users", ""), "all") == 0 &&
	    jr_str(&si->header, NULL, "shard", NULL) == NULL;
	if (o->prefix != NULL && strlen(o->prefix) > 32)
		return err_set(e, EXIT_USAGE, "--dav-stage-prefix is longer than 32 characters");
	if (o->prefix != NULL)
		snprintf(st->prefix, sizeof(st->prefix), "%s", o->prefix);
	else
		snprintf(st->prefix, sizeof(st->prefix), "%sp7dav_", t->prefix);
	return 0;
}

/* Fresh tables with what is in the stream. */
static int fill(struct target *t, const struct dav_stage_opts *o, struct dav_stage *st,
    struct stream_in *si, struct report *r, struct dav_list *list, struct err *e)
{
	int rc = dav_tables_create(t, e);

	if (rc == 0)
		rc = dav_stage_drop(t, e);
	if (rc == 0)
		rc = check_names(t, st->prefix, e);
	if (rc == 0)
		rc = note_stage(t, st, e);
	if (rc == 0)
		rc = create_tables(t, st, e);
	if (rc == 0)
		rc = fill_tables(t, st, si, r, o->progress, o->itemize ? list : NULL,
		    e);
	if (rc == 0)
		rc = note_contents(t, st, e);
	return rc;
}

int dav_stage_load(struct target *t, const struct dav_stage_opts *o, struct report *r,
    struct err *e)
{
	struct dav_list list = { .known = false };
	struct dav_stage st;
	struct stream_in si;
	int rc;

	if (si_open(&si, o->input, "dav", o->edited, e) < 0)
		return -1;
	rc = read_header(t, o, &si, &st, e);
	if (rc == 0)
		rc = sources_check(t, &si.header, e);
	if (rc == 0 && (o->itemize || o->dry_run))
		rc = dav_list_open(&list, t, e);
	if (rc == 0 && o->dry_run)
		rc = list_records(&list, &st, &si, r, o->progress, e);
	if (rc == 0 && !o->dry_run)
		rc = fill(t, o, &st, &si, r, &list, e);
	dav_list_close(&list);
	si_close(&si);
	if (rc == 0 && fflush(stdout) != 0)
		rc = err_sys(e, EXIT_IO, "cannot write the change list");
	return rc;
}

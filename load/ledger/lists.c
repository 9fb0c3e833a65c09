#include <string.h>

#include "io.h"
#include "ledger/ledger.h"
#include "ledger/lists.h"
#include "ledger/sources.h"
#include "shown.h"

#define COLUMNS 6		/* of a list, at most */

#define STAYING "SELECT COUNT(*) FROM {p7m_users} u JOIN {eav_entities} n ON n.id=u.entity AND" \
    " n.uuid=u.uuid WHERE u.state='done'"
#define PARTLY "SELECT COUNT(*) FROM {p7m_users} WHERE state IN ('loading', 'rows', 'undoing')"

static const struct {
	const char *what, *sql;
} lists[] = {
{ "migrated", "SELECT email FROM {p7m_users} WHERE state='done' AND principal=0 ORDER BY email" },
{ "loaded", "SELECT source, source_user, email, IF(files>0,'files','-'),"
    " IF(calendars>0,'calendars','-'), CASE WHEN " LEDGER_CONTACTS_LACK " THEN '-' WHEN"
    " contacts<32 THEN 'contacts' ELSE 'some' END FROM {p7m_users} u"
    " WHERE state='done' AND principal=0 AND source_user IS NOT NULL"
    " ORDER BY source, source_user" },
{ "renamed", "SELECT u.source, u.source_user, u.email, m.value FROM {p7m_users} u JOIN {p7m_meta}"
    " m ON m.name=CONCAT('p7-name ', u.id) WHERE u.source_user IS NOT NULL ORDER BY 1, 2" },
{ "left-out", "SELECT email, CONCAT_WS(', ', IF(contacts=0,'contacts',NULL),"
    " IF(contacts & 36=36,'some contacts',NULL), IF(contacts & 33=33,'collected',NULL),"
    " IF(contacts & 34=34,'groups',NULL), IF(calendars=0,'calendars',NULL),"
    " IF(files=0,'files',NULL)) FROM {p7m_users} WHERE state='done' AND principal=0 AND"
    " (contacts=0 OR contacts & 32 OR calendars=0 OR files=0) ORDER BY email" },
{ "not-migrated",
    "SELECT email, COALESCE(reason, IF(state='undoing', 'an undo was interrupted',"
    " 'the load was interrupted')), COALESCE(remedy, IF(state='undoing', '" LIST_UNDO_FIRST "',"
    " 'run it again, it goes on')) FROM {p7m_users} WHERE state<>'done' AND"
    " principal=0 UNION SELECT r.email, r.reason, r.remedy FROM {p7m_rejects} r WHERE r.is_reject=1"
    " AND r.code LIKE 'user-%' AND r.email IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM {p7m_users} u WHERE u.email=r.email) ORDER BY 1" },
{ "known", "SELECT source, COALESCE(source_user, '-'), email FROM {p7m_users} WHERE state IN"
    " ('done', 'rows', 'undoing') ORDER BY id" },
{ "amounts", "SELECT COALESCE(email, ''), kind, SUM(n) FROM ("
    "SELECT u.email, k.kind, k.things n FROM {p7m_kinds} k JOIN {p7m_users} u ON u.id=k.user_id"
    " WHERE u.state='done'"
    " UNION ALL SELECT u.email, 'files', 1 FROM {p7m_files} f LEFT JOIN {p7m_users} u ON"
    " u.id=f.user_id WHERE directory=0"
    " UNION ALL SELECT u.email, 'bytes', size FROM {p7m_files} f LEFT JOIN {p7m_users} u ON"
    " u.id=f.user_id WHERE directory=0"
    " UNION ALL SELECT '', kind, 1 FROM {p7m_globals}"
    " UNION ALL SELECT '', 'FILE', 1 FROM {p7m_files} WHERE user_id=0"
    " UNION ALL SELECT '', 'waiting', 1 FROM {p7m_shares} WHERE state='waiting') a"
    " GROUP BY 1, 2 ORDER BY 1, 2" },
/* Of which P7 a run has read all corporate files to their end. */
{ "corporate", "SELECT DISTINCT SUBSTRING(SUBSTRING_INDEX(header, '\"source\":', -1), 8, 36)"
    " FROM {p7m_runs} WHERE status IN (0, 1) AND header LIKE '%\"users\":\"all\"%'"
    " AND header LIKE '%\"only\":[]%' AND header NOT LIKE '%\"corporate\"%' AND"
    " (header LIKE '%\"shard\":null%' OR header LIKE '%\"shard\":\"1/%') AND EXISTS (SELECT 1 FROM"
    " {p7m_files} WHERE user_id=0)" },
{ "rejects", "SELECT record FROM {p7m_rejects} WHERE record IS NOT NULL"
    " ORDER BY is_reject DESC, email, id" },
};

/* What the ledger is asked for WHAT, or NULL. */
static const char *list_sql(const char *what)
{
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (strcmp(lists[i].what, what) == 0)
			return lists[i].sql;
	return NULL;
}

int list_staying(struct target *t, int64_t *users, int64_t *parts, struct err *e)
{
	return sql_int(t, STAYING, NULL, 0, users, e) < 0 ||
	    sql_int(t, PARTLY, NULL, 0, parts, e) < 0 ? -1 : 0;
}

bool list_known(const char *what)
{
	return list_sql(what) != NULL || strcmp(what, "target") == 0;
}

/*
 * What needs no ledger, for whoever calls the stages: where P8 is, and which P7 it knows.  The
 * prefix, which can be empty, stands last: a shell takes several tabs for one.
 */
static int write_target(struct target *t, const char *path, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct sources known = { 0 };
	struct io_out out;
	struct jsonw w;
	int rc = ledger_exists(t, e);

	buf_addf(&text, "%s\t%s\t%s\t", t->db.name, t->no_dav ? "-" : "dav",
	    rc == 1 ? "ledger" : "-");
	if (rc >= 0 && (rc = sources_read(t, &known, e)) == 0) {
		jw_begin(&w, &text);
		sources_array(&w, &known);
		buf_addf(&text, "\t%s\n", t->prefix);
	}
	sources_free(&known);
	if (rc == 0 && (rc = buf_check(&text, e)) == 0 &&
	    (rc = io_out_open(&out, path, false, e)) == 0) {
		rc = io_out_write(&out, text.data, text.len, e);
		if (rc == 0)
			rc = io_out_close(&out, e);
		else
			io_out_abort(&out);
	}
	buf_free(&text);
	return rc;
}

/* RAW: the only column is a record, which holds nothing that JSON does not allow. */
static int cut(struct dbq *q, bool raw, struct buf *text, char *column[COLUMNS + 1],
    struct err *e)
{
	size_t at[COLUMNS];
	unsigned i;

	buf_reset(text);
	for (i = 0; i < q->cols && i < COLUMNS; i++) {
		at[i] = text->len;
		if (raw)
			buf_adds(text, dbq_str(q, i));
		else
			shown_put(text, dbq_str(q, i), strlen(dbq_str(q, i)));
		buf_addc(text, '\0');
	}
	if (buf_check(text, e) < 0)
		return -1;
	for (i = 0; i < q->cols && i < COLUMNS; i++)
		column[i] = text->data + at[i];
	column[i] = NULL;
	return 0;
}

int list_each(struct target *t, const char *what,
    int (*take)(void *arg, char *const *column, struct err *e), void *arg, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	bool raw = strcmp(what, "rejects") == 0;
	char *column[COLUMNS + 1];
	struct dbq q;
	int rc = ledger_exists(t, e);

	if (rc <= 0)
		return rc;
	if (sql_prepare(t, &q, list_sql(what), e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		rc = cut(&q, raw, &text, column, e);
		if (rc == 0)
			rc = take(arg, column, e);
	}
	dbq_close(&q);
	buf_free(&text);
	return rc < 0 ? -1 : 0;
}

struct lines {
	struct io_out out;
	struct buf text;
};

static int write_row(void *arg, char *const *column, struct err *e)
{
	struct lines *l = arg;

	buf_reset(&l->text);
	for (; *column != NULL; column++) {
		buf_adds(&l->text, *column);
		buf_addc(&l->text, column[1] != NULL ? '\t' : '\n');
	}
	return buf_check(&l->text, e) < 0 ? -1 :
	    io_out_write(&l->out, l->text.data, l->text.len, e);
}

int list_write(struct target *t, const char *what, const char *path, struct err *e)
{
	struct lines l = { .text = BUF_INIT(BUF_RECORD_MAX) };
	int rc;

	if (list_sql(what) == NULL)
		return write_target(t, path, e);
	if (ledger_needed(t, e) < 0 || io_out_open(&l.out, path, false, e) < 0)
		return -1;
	rc = list_each(t, what, write_row, &l, e);
	buf_free(&l.text);
	if (rc == 0)
		return io_out_close(&l.out, e);
	io_out_abort(&l.out);
	return -1;
}

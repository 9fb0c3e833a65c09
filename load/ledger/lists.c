#include <string.h>

#include "io.h"
#include "ledger/ledger.h"
#include "ledger/lists.h"
#include "shown.h"

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
    "SELECT email, COALESCE(reason, 'the load was interrupted'),"
    " COALESCE(remedy, 'run it again, it goes on') FROM {p7m_users} WHERE state<>'done' AND"
    " principal=0 UNION SELECT r.email, r.reason, r.remedy FROM {p7m_rejects} r WHERE r.is_reject=1"
    " AND r.code LIKE 'user-%' AND r.email IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM {p7m_users} u WHERE u.email=r.email) ORDER BY 1" },
{ "staying", "SELECT (" STAYING "), (" PARTLY ")" },
{ "rejects", "SELECT record FROM {p7m_rejects} WHERE record IS NOT NULL"
    " ORDER BY is_reject DESC, email, id" },
};

static const char *sql_of(const char *what)
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
	return sql_of(what) != NULL;
}

/* RAW: the only column is a record, which holds nothing that JSON does not allow. */
static int write_rows(struct dbq *q, bool raw, struct io_out *out, struct err *e)
{
	struct buf line = BUF_INIT(BUF_RECORD_MAX);
	unsigned i;
	int rc;

	while ((rc = dbq_next(q, e)) == 1) {
		buf_reset(&line);
		for (i = 0; i < q->cols; i++) {
			if (i > 0)
				buf_addc(&line, '\t');
			if (raw)
				buf_adds(&line, dbq_str(q, i));
			else
				shown_put(&line, dbq_str(q, i), strlen(dbq_str(q, i)));
		}
		buf_addc(&line, '\n');
		if (line.failed)
			rc = err_memory(e);
		else
			rc = io_out_write(out, line.data, line.len, e);
		if (rc < 0)
			break;
	}
	buf_free(&line);
	return rc;
}

int list_write(struct target *t, const char *what, const char *path, struct err *e)
{
	struct io_out out;
	struct dbq q;
	int rc;

	if (ledger_needed(t, e) < 0 || io_out_open(&out, path, false, e) < 0)
		return -1;
	if (sql_prepare(t, &q, sql_of(what), e) < 0) {
		io_out_abort(&out);
		return -1;
	}
	rc = dbq_run(&q, NULL, 0, e);
	if (rc == 0)
		rc = write_rows(&q, strcmp(what, "rejects") == 0, &out, e);
	dbq_close(&q);
	if (rc == 0)
		return io_out_close(&out, e);
	io_out_abort(&out);
	return -1;
}

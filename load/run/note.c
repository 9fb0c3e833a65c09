#include <stdio.h>
#include <string.h>

#include "kinds/note.h"
#include "run/note.h"

int load_unknown(struct load *l, struct err *e)
{
	bool first = kinds_get(&l->unknown, l->in.si.kind) == 0;
	char reason[STREAM_KIND_LEN + 60];

	if (!kinds_add(&l->unknown, l->in.si.kind, 1))
		return err_set(e, EXIT_DATA, "more than %d kinds of records", STREAM_KINDS);
	if (!first)
		return 0;
	snprintf(reason, sizeof(reason), "this program does not know records of kind %s",
	    l->in.si.kind);
	return note_record(&l->x, (struct report_item){ .code = "unknown-kind", .reason = reason,
	    .action = "all of them are left out; the END summary counts them" }, e);
}

int load_note_run(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(l->run), DB_STR(TOOL " " VERSION), DB_STR(l->owner),
	    DB_BYTES(l->in.si.header_text.data, 0) };
	struct buf header = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	int rc;

	if (l->run_noted)
		return 0;
	jw_begin(&w, &header);
	jr_write(&l->in.si.header, &l->in.si.header.v[0], &w);
	v[3] = DB_BYTES(header.data, header.len);
	rc = header.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    sql_run(&l->s.sql, SQL_RUN_ADD, v, 4, e);
	buf_free(&header);
	l->run_noted = rc == 0;
	return rc;
}

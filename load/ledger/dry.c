#include <string.h>

#include "ledger/dry.h"
#include "target/session.h"
#include "target/sqlerr.h"

int dry_open(struct session *s, struct err *e)
{
	if (sql_run(&s->sql, SQL_DRY_CREATE, NULL, 0, e) == 0) {
		s->has_dry = true;
		return 0;
	}
	if (db_lost(e->db))
		return -1;
	progress_warn(s->progress, "duplicates inside of the stream are not found: %s", e->msg);
	*e = (struct err){ .msg = "" };
	return 0;
}

int dry_seen(struct session *s, const char *name, struct err *e)
{
	struct dbval v = DB_STR(name);

	if (!s->has_dry || sql_run(&s->sql, SQL_DRY_ADD, &v, 1, e) == 0)
		return 0;
	if (!sqlerr_is_duplicate(e->db))
		return -1;
	*e = (struct err){ .msg = "" };
	return 1;
}

int dry_knows(struct session *s, const char *name, struct err *e)
{
	struct dbval v = DB_STR(name);
	struct dbq *q;

	return s->has_dry ? sql_row(&s->sql, SQL_DRY_FIND, &v, 1, &q, e) : 0;
}

#include <string.h>

#include "target/reconnect.h"
#include "target/session.h"

void session_init(struct session *s, struct target *t, struct progress *p, bool dry_run)
{
	*s = (struct session){ .t = t, .progress = p, .dry_run = dry_run };
	sql_open(&s->sql, t);
}

int session_open(struct session *s, struct err *e)
{
	int64_t n = 0;

	if (db_one_int(&s->t->db, "SELECT @@max_allowed_packet", NULL, 0, &n, e) < 0)
		return -1;
	s->fit = (struct fit){ s->t->string_max, strcmp(s->t->charset, "utf8mb4") != 0,
	    (size_t)n };
	return writer_open(&s->w, s->t, s->fit.packet, e);
}

int session_reconnect(struct session *s, struct err *e)
{
	if (s->dry_run)
		return err_set(e, EXIT_TEMPORARY, "the connection to P8's database was lost;"
		    " nothing was written: run the dry run again");
	session_close(s);
	if (reconnect(s->t, s->progress, e) < 0)
		return -1;
	s->locked = false;
	return writer_open(&s->w, s->t, s->fit.packet, e);
}

void session_close(struct session *s)
{
	sql_close(&s->sql);
	writer_close(&s->w);
}

#include <stdio.h>
#include <string.h>

#include "program.h"
#include "base/warning.h"
#include "shown.h"

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
	rc = buf_check(&line, e);
	if (rc == 0)
		rc = io_out_write(out, line.data, line.len, e);
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

/* What the rows go to. */
struct list {
	struct run *r;
	struct io_out out;
};

static int list_row(void *arg, const struct rows *rows, struct err *e)
{
	struct list *l = arg;
	const char *email = rows_str(rows, 0);

	if (!selection_in_shard(&l->r->sel, email))
		return 0;
	if (!listable(email))
		warning("account %s: the e-mail '%s' cannot stand in a list; a run for all users"
		    " brings it", rows_str(rows, 1), email);
	if (l->r->o->ids && list_id(l->r, rows, &l->out, e) < 0)
		return -1;
	return list_email(&l->out, email, e);
}

int list_print(struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	struct list l = { .r = r };

	if (io_out_open(&l.out, r->o->out, r->o->gz, e) < 0)
		return -1;
	sql_add(&sql, &r->cat, "SELECT a.email,a.id_acct,a.id_user FROM " SQL_USERS
	    " ORDER BY a.email,a.id_acct");
	if (rows_once(&r->db, &sql, list_row, &l, e) == 0)
		return io_out_close(&l.out, e);
	io_out_abort(&l.out);
	return -1;
}

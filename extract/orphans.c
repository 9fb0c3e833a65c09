#include "extract.h"
#include "kinds.h"

/*
 * A linked account belongs to the user of a default account.  Without one nobody can log in, so
 * the account has no place in P8.
 */
static int report_account(struct run *r, const struct form *f, const struct rows *rows,
    struct buf *record, struct err *e)
{
	struct report_item item = {
		.reject = true, .code = "account-without-user", .user = rows_str(rows, 1),
		.table = "awm_accounts", .id = rows_int(rows, 0),
		.reason = "the account's user has no default account, so nobody can log in to it",
		.action = "make it a default account (def_acct 1) or delete it in P7, and run"
		    " again",
	};

	if (!selection_in_shard(&r->sel, item.user))
		return 0;
	buf_reset(record);
	buf_addc(record, '{');
	form_put(f, rows, record);
	buf_addc(record, '}');
	item.record = record->data;
	item.record_len = record->len;
	return report_add(&r->rep, &item, e);
}

int orphans_write(struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "awm_accounts");
	struct buf sql = BUF_INIT(1 << 16), record = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows = { .res = NULL };
	struct form f;
	int rc;

	if (!r->sel.all)
		return 0;
	buf_adds(&sql, "SELECT t.id_acct,t.email");
	rc = form_make(&f, cols_account, t, &sql, e);
	buf_adds(&sql, " FROM");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " LEFT JOIN ");
	sql_default_accounts(&sql, &r->cat, NULL);
	buf_adds(&sql, " ON d.id_user=t.id_user WHERE d.id_user IS NULL AND t.mailing_list=0"
	    " ORDER BY t.id_acct");
	if (rc == 0)
		rc = rows_open(&rows, &r->db, sql.data, e);
	if (rc == 0)
		form_bind(&f, &rows, 2);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = report_account(r, &f, &rows, &record, e);
	rows_close(&rows, rc);
	form_free(&f);
	buf_free(&record);
	buf_free(&sql);
	return rc;
}

#include "kinds/outside.h"
#include "database/form.h"

/* The accounts in question, on their way into the report. */
struct orphans {
	struct run *r;
	struct form form;
};

/*
 * A linked account belongs to the user of a default account.  Without one nobody can log in, so
 * the account has no place in P8.
 */
static int report_account(void *arg, const struct rows *rows, struct err *e)
{
	struct orphans *o = arg;
	struct buf *record = form_text(&o->form);
	struct report_item item = {
		.reject = true, .code = "account-without-user", .user = rows_str(rows, 1),
		.table = "awm_accounts", .id = rows_int(rows, 0),
		.reason = "the account's user has no default account, so nobody can log in to it",
		.action = "make it a default account (def_acct 1) or delete it in P7, and run"
		    " again",
	};

	if (!selection_in_shard(&o->r->sel, item.user))
		return 0;
	buf_addc(record, '{');
	form_put(&o->form, rows, record);
	buf_addc(record, '}');
	item.record = record->data;
	item.record_len = record->len;
	return report_add(&o->r->rep, &item, e);
}

int orphans_write(struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	struct orphans o = { .r = r };
	int rc;

	if (!r->sel.all)
		return 0;
	buf_adds(&sql, "SELECT t.id_acct,t.email");
	rc = form_make(&o.form, 2, catalog_table(&r->cat, "awm_accounts"), &sql, e);
	sql_add(&sql, &r->cat, " FROM {awm_accounts t} LEFT JOIN " SQL_DEFAULT_ACCOUNTS("")
	    " ON d.id_user=t.id_user WHERE d.id_user IS NULL AND t.mailing_list=0"
	    " ORDER BY t.id_acct");
	if (rc == 0)
		rc = rows_each(&r->db, &sql, report_account, &o, e);
	form_free(&o.form);
	buf_free(&sql);
	return rc;
}

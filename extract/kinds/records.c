#include <string.h>

#include "kinds/records.h"

/* The rows of a table that knows the user. */
static void from_user(struct records *s, const struct catalog *c)
{
	const struct p7_table *p7 = s->p7;

	if (s->batch)
		sql_addf(&s->sql, c, " FROM {%s t %s} WHERE t.%s IN {ids}", p7->name, p7->owner,
		    p7->owner);
	else
		sql_addf(&s->sql, c, " FROM {%s t}", p7->name);
	buf_addf(&s->sql, " ORDER BY t.%s,t.%s", p7->owner, p7->order);
}

/*
 * Accounts in the order of their users, the default account first, then their rows.  The order of
 * the join is given: without statistics the server may compare each row with each.
 */
static void from_account(struct records *s, const struct catalog *c)
{
	const struct p7_table *p7 = s->p7;

	if (s->batch)
		sql_addf(&s->sql, c, " FROM {awm_accounts a id_user} STRAIGHT_JOIN {%s t %s}",
		    p7->name, p7->owner);
	else
		sql_addf(&s->sql, c, " FROM {%s t} STRAIGHT_JOIN {awm_accounts a id_acct}",
		    p7->name);
	buf_addf(&s->sql, " ON t.%s=a.id_acct STRAIGHT_JOIN ", p7->owner);
	sql_add(&s->sql, c, s->batch ? SQL_DEFAULT_ACCOUNTS(" AND m.id_user IN {ids}") :
	    SQL_DEFAULT_ACCOUNTS(""));
	buf_adds(&s->sql, " ON d.id_user=a.id_user WHERE a.mailing_list=0");
	if (p7->where != NULL)
		buf_addf(&s->sql, " AND %s", p7->where);
	if (s->batch)
		sql_add(&s->sql, c, " AND a.id_user IN {ids}");
	buf_addf(&s->sql, " ORDER BY a.id_user,a.id_acct<>d.id_def,a.id_acct,t.%s", p7->order);
}

static int build(struct records *s, const struct cat_table *t, const struct catalog *c,
    struct err *e)
{
	const struct p7_table *p7 = s->p7;

	if (p7->entry != NULL)
		buf_addf(&s->sql, "SELECT CAST(t.%s AS SIGNED) k,t.%s", p7->entry, p7->order);
	else if (p7->of == OF_USER)
		buf_addf(&s->sql, "SELECT t.%s,t.%s", p7->owner, p7->order);
	else
		buf_adds(&s->sql, "SELECT a.id_user,a.id_acct");
	if (form_make(&s->form, 2, t, &s->sql, e) < 0)
		return -1;
	if (p7->entry != NULL)
		sql_addf(&s->sql, c, " FROM {%s t %s} WHERE t.%s=0 AND t.type=2 AND t.deleted=0"
		    " ORDER BY k,t.%s", p7->name, p7->owner, p7->owner, p7->order);
	else if (p7->of == OF_USER)
		from_user(s, c);
	else if (p7->of == OF_ACCOUNT)
		from_account(s, c);
	else	/* No index leads to public links. */
		sql_addf(&s->sql, c, " FROM {%s t} STRAIGHT_JOIN {awm_accounts a id_acct} ON"
		    " a.id_acct=%s WHERE a.mailing_list=0 ORDER BY a.id_user,a.id_acct,t.%s,"
		    "CAST(t.hash AS BINARY),CAST(t.data AS BINARY)", p7->name, SQL_LINK_ACCOUNT,
		    p7->order);
	return sql_check(&s->sql, e);
}

int records_open(struct records *s, const struct p7_table *p7, const struct catalog *c,
    struct err *e)
{
	const struct cat_table *t = catalog_table(c, p7->name);

	memset(s, 0, sizeof(*s));
	spool_init(&s->spool);
	buf_init(&s->sql, 1 << 16);
	s->p7 = p7;
	s->present = t != NULL && (p7->later == NULL || catalog_table(c, p7->later) == NULL) &&
	    (p7->entry == NULL || (cat_has(t, p7->entry) && cat_has(t, "type")));
	if (!s->present)
		return 0;
	s->batch = p7->entry == NULL && p7->of != OF_LINK && cat_index(t, p7->owner) != NULL &&
	    (p7->of == OF_USER || cat_index(catalog_table(c, "awm_accounts"), "id_user") != NULL);
	return build(s, t, c, e);
}

static int take(void *arg, const struct rows *r, struct err *e)
{
	struct records *s = arg;

	form_put(&s->form, r, form_text(&s->form));
	return form_spool(&s->form, &s->spool, rows_int(r, 0), rows_int(r, 1), e);
}

int records_load(struct records *s, struct db *db, struct err *e)
{
	int rc;

	if (!s->present || s->sql.len == 0)
		return 0;
	if (s->batch)
		spool_clear(&s->spool);
	rc = rows_each(db, &s->sql, take, s, e);
	spool_rewind(&s->spool);
	if (!s->batch)
		buf_free(&s->sql);
	return rc;
}

void records_close(struct records *s)
{
	if (s->p7 == NULL)
		return;
	form_free(&s->form);
	buf_free(&s->sql);
	spool_free(&s->spool);
}

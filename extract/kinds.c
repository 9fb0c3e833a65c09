#include <string.h>

#include "kinds.h"

const struct kind kinds[KINDS] = {
	[K_USER] = { "USER", "awm_settings", cols_user, BY_USER, "id_user", "id_setting", true,
	    NULL },
	[K_CALENDAR_SETTINGS] = { "CALENDAR_SETTINGS", "acal_users_data", cols_calendar_settings,
	    BY_USER, "user_id", "settings_id", true, NULL },
	[K_USER_CONTACT] = { "USER_CONTACT", "awm_addr_book", cols_contact, BY_ENTRY, "type_id",
	    "id_addr", true, NULL },
	[K_TWO_FACTOR] = { "TWO_FACTOR", "twofa_accounts", cols_two_factor, BY_ACCOUNT,
	    "account_id", "id", false, NULL },
	[K_ACCOUNT] = { "ACCOUNT", "awm_accounts", cols_account, BY_ACCOUNT, "id_acct", "id_acct",
	    false, NULL },
	[K_FOLDERS_ORDER] = { "FOLDERS_ORDER", "awm_folders_order", cols_folders_order,
	    BY_ACCOUNT, "id_acct", "id", true, NULL },
	[K_SYSTEM_FOLDER] = { "SYSTEM_FOLDER", "awm_system_folders", cols_system_folder,
	    BY_ACCOUNT, "id_acct", "id", false, NULL },
	[K_IDENTITY] = { "IDENTITY", "awm_identities", cols_identity, BY_ACCOUNT, "id_acct",
	    "id_identity", false, NULL },
	[K_SOCIAL] = { "SOCIAL", "awm_social", cols_social, BY_ACCOUNT, "id_acct", "id", false,
	    NULL },
	[K_SENDER] = { "SENDER", "awm_senders", cols_sender, BY_USER, "id_user", "id", false,
	    NULL },
	[K_LINK] = { "PUBLIC_LINK", "awm_min", cols_link, BY_LINK, "data", "hash", false, NULL },
	[K_GROUP] = { "GROUP", "awm_addr_groups", cols_group, BY_USER, "id_user", "id_group",
	    false, NULL },
};

static const struct kind old_folder = { "SYSTEM_FOLDER", "awm_folders", cols_old_folder, BY_ACCOUNT,
    "id_acct", "id_folder", false, SQL_OLD_SYSTEM_FOLDER };

const struct kind *kind_of(const struct catalog *c, enum kind_id k)
{
	const struct cat_table *t = catalog_table(c, "awm_folders");

	return k == K_SYSTEM_FOLDER && catalog_table(c, kinds[k].table) == NULL && t != NULL &&
	    cat_has(t, "full_path") && cat_has(t, "type") ? &old_folder : &kinds[k];
}

void sql_table(struct buf *sql, const struct cat_table *t, const char *alias, const char *index)
{
	buf_addc(sql, ' ');
	db_ident(sql, t->full);
	buf_addf(sql, " %s", alias);
	if (index != NULL) {
		buf_adds(sql, " FORCE INDEX (");
		db_ident(sql, index);
		buf_addc(sql, ')');
	}
}

void sql_default_accounts(struct buf *sql, const struct catalog *c, const char *id_list)
{
	buf_adds(sql, "(SELECT m.id_user,MIN(m.id_acct) id_def FROM");
	sql_table(sql, catalog_table(c, "awm_accounts"), "m", NULL);
	buf_adds(sql, " WHERE m.def_acct=1 AND m.mailing_list=0");
	if (id_list != NULL)
		buf_addf(sql, " AND m.id_user IN %s", id_list);
	buf_adds(sql, " GROUP BY m.id_user) d");
}

void sql_users(struct buf *sql, const struct catalog *c)
{
	const struct cat_table *a = catalog_table(c, "awm_accounts");

	sql_default_accounts(sql, c, NULL);
	buf_adds(sql, " STRAIGHT_JOIN");
	sql_table(sql, a, "a", cat_index(a, "id_acct"));
	buf_adds(sql, " ON a.id_acct=d.id_def");
}

/* The columns, and what the rows are ordered by, of a table that knows the user. */
static void from_user(struct source *s, const struct cat_table *t, const char *id_list)
{
	buf_adds(&s->sql, " FROM");
	sql_table(&s->sql, t, "t", s->batch ? cat_index(t, s->k->key) : NULL);
	if (s->batch)
		buf_addf(&s->sql, " WHERE t.%s IN %s", s->k->key, id_list);
	buf_addf(&s->sql, " ORDER BY t.%s,t.%s", s->k->key, s->k->order);
}

/*
 * Accounts in the order of their users, the default account first, then their rows.  The order of
 * the join is given: without statistics the server may compare each row with each.
 */
static void from_account(struct source *s, const struct cat_table *t, const struct catalog *c,
    const char *id_list)
{
	const struct cat_table *a = catalog_table(c, "awm_accounts");

	buf_adds(&s->sql, " FROM");
	if (s->batch)
		sql_table(&s->sql, a, "a", cat_index(a, "id_user"));
	else
		sql_table(&s->sql, t, "t", NULL);
	buf_adds(&s->sql, " STRAIGHT_JOIN");
	if (s->batch)
		sql_table(&s->sql, t, "t", cat_index(t, s->k->key));
	else
		sql_table(&s->sql, a, "a", cat_index(a, "id_acct"));
	buf_addf(&s->sql, " ON t.%s=a.id_acct STRAIGHT_JOIN ", s->k->key);
	sql_default_accounts(&s->sql, c, s->batch ? id_list : NULL);
	buf_adds(&s->sql, " ON d.id_user=a.id_user WHERE a.mailing_list=0");
	if (s->k->where != NULL)
		buf_addf(&s->sql, " AND %s", s->k->where);
	if (s->batch)
		buf_addf(&s->sql, " AND a.id_user IN %s", id_list);
	buf_addf(&s->sql, " ORDER BY a.id_user,a.id_acct<>d.id_def,a.id_acct,t.%s", s->k->order);
}

/* The whole table: no index leads to these rows. */
static void from_link(struct source *s, const struct cat_table *t, const struct catalog *c)
{
	const struct cat_table *a = catalog_table(c, "awm_accounts");

	buf_adds(&s->sql, " FROM");
	sql_table(&s->sql, t, "t", NULL);
	buf_adds(&s->sql, " STRAIGHT_JOIN");
	sql_table(&s->sql, a, "a", cat_index(a, "id_acct"));
	buf_adds(&s->sql, " ON a.id_acct=" SQL_LINK_ACCOUNT
	    " WHERE a.mailing_list=0 ORDER BY a.id_user,a.id_acct,t.hash,"
	    "CAST(t.hash AS BINARY),CAST(t.data AS BINARY)");
}

static int build(struct source *s, const struct cat_table *t, const struct catalog *c,
    const char *id_list, struct err *e)
{
	const struct kind *k = s->k;

	if (k->owner == BY_ACCOUNT || k->owner == BY_LINK)
		buf_adds(&s->sql, "SELECT a.id_user,a.id_acct");
	else if (k->owner == BY_ENTRY)
		buf_addf(&s->sql, "SELECT CAST(t.%s AS SIGNED) k,t.%s", k->key, k->order);
	else
		buf_addf(&s->sql, "SELECT t.%s,t.%s", k->key, k->order);
	if (form_make(&s->form, k->col, t, &s->sql, e) < 0)
		return -1;
	if (k->owner == BY_ACCOUNT)
		from_account(s, t, c, id_list);
	else if (k->owner == BY_USER)
		from_user(s, t, id_list);
	else if (k->owner == BY_LINK)
		from_link(s, t, c);
	else {
		buf_adds(&s->sql, " FROM");
		sql_table(&s->sql, t, "t", cat_index(t, "id_user"));
		buf_addf(&s->sql, " WHERE t.id_user=0 AND t.type=2 AND t.deleted=0"
		    " ORDER BY k,t.%s", k->order);
	}
	return s->sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") : 0;
}

int source_open(struct source *s, const struct kind *k, const struct catalog *c,
    const char *id_list, struct err *e)
{
	const struct cat_table *t = catalog_table(c, k->table);

	memset(s, 0, sizeof(*s));
	spool_init(&s->spool);
	buf_init(&s->sql, 1 << 16);
	s->k = k;
	s->present = t != NULL && cat_has(t, k->key) && cat_has(t, k->order) &&
	    (k->owner != BY_ENTRY || cat_has(t, "type"));
	if (!s->present)
		return 0;
	s->batch = k->owner < BY_LINK && cat_index(t, k->key) != NULL &&
	    (k->owner == BY_USER || cat_index(catalog_table(c, "awm_accounts"), "id_user"));
	return build(s, t, c, id_list, e);
}

static int fill(struct source *s, struct rows *r, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	int rc;

	form_bind(&s->form, r, 2);
	while ((rc = rows_next(r, e)) > 0) {
		buf_reset(&text);
		form_put(&s->form, r, &text);
		if (text.failed) {
			rc = err_set(e, EXIT_DATA, "a row of %s is larger than %zu bytes",
			    s->k->table, BUF_RECORD_MAX);
			break;
		}
		rc = spool_add(&s->spool, rows_int(r, 0), rows_int(r, 1), text.data, text.len, e);
		if (rc < 0)
			break;
	}
	buf_free(&text);
	return rc;
}

int source_load(struct source *s, struct db *db, struct err *e)
{
	struct rows r;
	int rc;

	if (!s->present || s->sql.len == 0)
		return 0;
	if (s->batch)
		spool_clear(&s->spool);
	if (rows_open(&r, db, s->sql.data, e) < 0)
		return -1;
	rc = fill(s, &r, e);
	rows_close(&r, rc);
	spool_rewind(&s->spool);
	if (!s->batch)
		buf_free(&s->sql);
	return rc;
}

void source_close(struct source *s)
{
	form_free(&s->form);
	buf_free(&s->sql);
	spool_free(&s->spool);
}

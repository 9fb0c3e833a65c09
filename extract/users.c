#include <stdlib.h>
#include <string.h>

#include "calendars.h"
#include "contacts.h"
#include "extract.h"
#include "files.h"
#include "kinds.h"

#define EMAIL_MAX 1021		/* 255 characters and NUL */
#define ANY (-1)		/* account of put_kind: all of the user's */

enum trouble { NO_SETTINGS = 1, NO_DOMAIN = 2, NO_EMAIL = 4 };

struct user {
	int64_t id, account;	/* id_user, id_acct of the default account */
	unsigned trouble;
	char email[EMAIL_MAX];
};

struct users {
	struct run *r;
	struct rows_ids ids;
	struct source source[KINDS];
	struct contacts contacts;
	struct calendars calendars;
	struct files files;
	struct spool list;	/* all users: id_user, id_acct: trouble, email */
	struct spool second;	/* id_user, id_acct of further default accounts of a user */
	struct user *batch;	/* ROWS_BATCH of them */
	unsigned n;
	int64_t id[ROWS_BATCH];
};

/* All default accounts, in the order of id_user, and whether what P7 needs with them is there. */
static void sql_list(struct buf *sql, const struct catalog *c)
{
	const struct cat_table *settings = catalog_table(c, "awm_settings");
	const struct cat_table *domains = catalog_table(c, "awm_domains");

	buf_addf(sql, "SELECT a.id_user,a.id_acct,a.email,%s,%s FROM ",
	    settings != NULL ? "s.id_user IS NULL" : "1",
	    domains != NULL ? "a.id_domain<>0 AND m.id_domain IS NULL" : "a.id_domain<>0");
	sql_users(sql, c);
	if (settings != NULL) {
		/* A derived table gets an index where the table has lost its own. */
		buf_adds(sql, " LEFT JOIN (SELECT DISTINCT id_user FROM");
		sql_table(sql, settings, "t", NULL);
		buf_adds(sql, ") s ON s.id_user=a.id_user");
	}
	if (domains != NULL) {
		buf_adds(sql, " LEFT JOIN");
		sql_table(sql, domains, "m", NULL);
		buf_adds(sql, " ON m.id_domain=a.id_domain");
	}
	buf_adds(sql, " ORDER BY a.id_user,a.id_acct");
}

static int take_user(struct users *u, const struct rows *rows, struct err *e)
{
	char row[1 + EMAIL_MAX];
	const char *email = rows_str(rows, 2);
	size_t n = strlen(email);
	unsigned trouble = (rows_int(rows, 3) ? NO_SETTINGS : 0) |
	    (rows_int(rows, 4) ? NO_DOMAIN : 0) | (n == 0 ? NO_EMAIL : 0);

	if (n >= EMAIL_MAX)
		n = EMAIL_MAX - 1;
	if (filedirs_owner(&u->files.dirs, email, e) < 0)
		return -1;
	row[0] = (char)trouble;
	memcpy(row + 1, email, n);
	row[1 + n] = '\0';
	return spool_add(&u->list, rows_int(rows, 0), rows_int(rows, 1), row, n + 2, e);
}

static int list_users(struct users *u, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc;

	sql_list(&sql, &u->r->cat);
	rc = rows_open(&rows, &u->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = take_user(u, &rows, e);
	rows_close(&rows, rc);
	spool_rewind(&u->list);
	return rc;
}

/* P7 lets a user log in with each of several default accounts; P8 knows one. */
static int list_second(struct users *u, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	struct rows rows;
	int rc;

	buf_adds(&sql, "SELECT a.id_user,a.id_acct FROM");
	sql_table(&sql, catalog_table(&u->r->cat, "awm_accounts"), "a", NULL);
	buf_adds(&sql, " STRAIGHT_JOIN ");
	sql_default_accounts(&sql, &u->r->cat, NULL);
	buf_adds(&sql, " ON d.id_user=a.id_user WHERE a.def_acct=1 AND a.mailing_list=0"
	    " AND a.id_acct<>d.id_def ORDER BY a.id_user,a.id_acct");
	rc = rows_open(&rows, &u->r->db, sql.data, e);
	buf_free(&sql);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0)
		rc = spool_add(&u->second, rows_int(&rows, 0), rows_int(&rows, 1), "", 0, e);
	rows_close(&rows, rc);
	spool_rewind(&u->second);
	return rc;
}

static bool wants_kind(const struct run *r, enum kind_id k)
{
	/* Accounts are read in any case: they say what a user that is rejected had. */
	return k == K_ACCOUNT ||
	    (r->o->families & (k == K_GROUP ? F_GROUPS : F_USERS)) != 0;
}

static int open_all(struct users *u, struct err *e)
{
	int k;

	u->batch = calloc(ROWS_BATCH, sizeof(*u->batch));
	if (u->batch == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (rows_ids_open(&u->ids, &u->r->db, e) < 0 || files_open(&u->files, u->r, e) < 0 ||
	    files_corporate(&u->files, e) < 0 || list_users(u, e) < 0 ||
	    list_second(u, e) < 0)
		return -1;
	for (k = 0; k < KINDS; k++)
		if (wants_kind(u->r, k) && source_open(&u->source[k], kind_of(&u->r->cat, k),
		    &u->r->cat, u->ids.list, e) < 0)
			return -1;
	return contacts_open(&u->contacts, u->r, u->ids.list, e) < 0 ? -1 :
	    calendars_open(&u->calendars, u->r, &u->ids, e);
}

static void close_all(struct users *u)
{
	int k;

	contacts_close(&u->contacts);
	calendars_close(&u->calendars);
	files_close(&u->files);
	for (k = 0; k < KINDS; k++)
		source_close(&u->source[k]);
	rows_ids_close(&u->ids);
	spool_free(&u->list);
	spool_free(&u->second);
	free(u->batch);
}

/* The next users that are wanted. */
static int next_batch(struct users *u, struct err *e)
{
	struct user *p;
	struct srow row;
	int rc = 0;

	u->n = 0;
	while (u->n < ROWS_BATCH && (rc = spool_peek(&u->list, &row, e)) > 0) {
		if (selection_wants(&u->r->sel, row.key) &&
		    selection_in_shard(&u->r->sel, row.p + 1)) {
			p = &u->batch[u->n];
			p->id = u->id[u->n++] = row.key;
			p->account = row.key2;
			p->trouble = (unsigned char)row.p[0];
			memcpy(p->email, row.p + 1, row.n - 1);
		}
		spool_skip(&u->list, &row);
	}
	return rc < 0 ? -1 : u->n > 0;
}

static int load_batch(struct users *u, struct err *e)
{
	int k;

	if (rows_ids_set(&u->ids, u->id, u->n, e) < 0)
		return -1;
	for (k = 0; k < KINDS; k++)
		if (source_load(&u->source[k], &u->r->db, e) < 0)
			return -1;
	/* The contacts come last: they keep the connection busy. */
	if (calendars_begin(&u->calendars, u->r, u->id, u->n, e) < 0)
		return -1;
	return contacts_begin(&u->contacts, u->r, u->id, u->n, e);
}

/* A user that P7 itself could not log in: each account is a REJECT, and one tells of calendars. */
static int reject(struct users *u, const struct user *p, struct err *e)
{
	struct report_item item = { .reject = true, .user = p->email, .table = "awm_accounts" };
	struct spool *s = &u->source[K_ACCOUNT].spool;
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	struct srow row;
	int rc;

	if (p->trouble & NO_EMAIL) {
		item.code = "user-without-email";
		item.reason = "the default account has no e-mail";
		item.action = "give it one in P7, or delete it, and run again";
	} else if (p->trouble & NO_SETTINGS) {
		item.code = "user-without-settings";
		item.reason = "awm_settings has no row for this user, so P7 cannot load the"
		    " account";
		item.action = "delete the account in P7, or add its row to awm_settings, and"
		    " run again";
	} else {
		item.code = "user-without-domain";
		item.reason = "awm_domains has no row for this account's domain, so P7 cannot load"
		    " the account";
		item.action = "set id_domain to an existing domain (0: the default domain), and"
		    " run again";
	}
	while ((rc = spool_seek(s, p->id, INT64_MIN, &row, e)) > 0 && row.key == p->id) {
		buf_reset(&record);
		buf_addc(&record, '{');
		buf_add(&record, row.p, row.n);
		buf_addc(&record, '}');
		item.id = row.key2;
		item.record = record.data;
		item.record_len = record.len;
		rc = report_add(&u->r->rep, &item, e);
		if (rc < 0)
			break;
		spool_skip(s, &row);
	}
	buf_free(&record);
	return rc < 0 ? -1 : calendars_reject(&u->calendars, u->r, p->id, p->email, e);
}

static int put_group_shared(struct users *u, struct jsonw *w, const struct srow *row,
    struct err *e)
{
	int shared = members_group_shared(&u->contacts.members, row->key, row->key2, e);

	if (shared > 0)
		jw_kv_bool(w, "group_str_id_shared", true);
	return shared < 0 ? -1 : 0;
}

/* Send the rows of a user; of kinds that belong to accounts those of ACCOUNT. */
static int put_kind(struct users *u, enum kind_id k, int64_t id_user, int64_t account,
    struct err *e)
{
	struct source *s = &u->source[k];
	const char *kind = kinds[k].kind;
	bool of_account = kinds[k].owner == BY_ACCOUNT;
	struct jsonw *w;
	struct srow row;
	unsigned n = 0;
	int rc;

	if (!s->present)
		return 0;
	while ((rc = spool_peek(&s->spool, &row, e)) > 0 && row.key <= id_user) {
		if (row.key == id_user && of_account && account != ANY && row.key2 != account)
			break;
		if (row.key == id_user && (n++ == 0 || !kinds[k].first)) {
			w = so_begin(&u->r->so, kind);
			jw_raw(w, row.p, row.n);
			if (k == K_GROUP && put_group_shared(u, w, &row, e) < 0)
				return -1;
			if (so_put(&u->r->so, kind, e) < 0)
				return -1;
		}
		spool_skip(&s->spool, &row);
	}
	return rc < 0 ? -1 : 0;
}

static int warn_second(struct users *u, const struct user *p, int64_t account, struct err *e)
{
	struct report_item item = {
		.code = "several-default-accounts", .user = p->email, .table = "awm_accounts",
		.id = account, .field = "def_acct",
		.reason = "the user has several default accounts, this is not the first of them",
		.action = "carried as a linked account: nobody logs in with it any more",
	};
	struct srow row;
	int rc = spool_seek(&u->second, p->id, account, &row, e);

	if (rc <= 0 || row.key != p->id || row.key2 != account)
		return rc < 0 ? -1 : 0;
	return report_add(&u->r->rep, &item, e);
}

static int put_accounts(struct users *u, const struct user *p, struct err *e)
{
	static const enum kind_id parts[] = { K_ACCOUNT, K_FOLDERS_ORDER, K_SYSTEM_FOLDER,
	    K_IDENTITY, K_SOCIAL };
	struct spool *s = &u->source[K_ACCOUNT].spool;
	struct srow row;
	int64_t account;
	size_t i;
	int rc;

	while ((rc = spool_seek(s, p->id, INT64_MIN, &row, e)) > 0 && row.key == p->id) {
		account = row.key2;
		if (warn_second(u, p, account, e) < 0)
			return -1;
		for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (put_kind(u, parts[i], p->id, account, e) < 0)
				return -1;
	}
	return rc < 0 ? -1 : 0;
}

static int put_user(struct users *u, const struct user *p, struct err *e)
{
	struct run *r = u->r;
	struct jsonw *w = so_block_begin(&r->so, "USER");

	jw_kv_str(w, "email", p->email);
	jw_kv_int(w, "id_user", p->id);
	jw_kv_int(w, "id_acct", p->account);
	if (so_block_put(&r->so, e) < 0)
		return -1;
	if ((r->o->families & F_USERS) && (put_kind(u, K_USER, p->id, 0, e) < 0 ||
	    put_kind(u, K_CALENDAR_SETTINGS, p->id, 0, e) < 0 ||
	    put_kind(u, K_USER_CONTACT, p->id, 0, e) < 0 ||
	    put_kind(u, K_TWO_FACTOR, p->id, ANY, e) < 0 || put_accounts(u, p, e) < 0 ||
	    put_kind(u, K_SENDER, p->id, 0, e) < 0 || put_kind(u, K_LINK, p->id, 0, e) < 0))
		return -1;
	if (put_kind(u, K_GROUP, p->id, 0, e) < 0 ||
	    contacts_write(&u->contacts, r, p->id, p->email, e) < 0 ||
	    calendars_write(&u->calendars, r, p->id, e) < 0 ||
	    files_user(&u->files, p->email, e) < 0)
		return -1;
	return so_block_end(&r->so, "email", p->email, e);
}

static int write_batch(struct users *u, struct err *e)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < u->n && rc == 0; i++)
		rc = u->batch[i].trouble ? reject(u, &u->batch[i], e) :
		    put_user(u, &u->batch[i], e);
	contacts_end(&u->contacts, rc);
	return rc;
}

int users_write(struct run *r, struct err *e)
{
	struct users *u = calloc(1, sizeof(*u));
	int rc;

	if (u == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	u->r = r;
	spool_init(&u->list);
	spool_init(&u->second);
	rc = open_all(u, e);
	while (rc == 0 && (rc = next_batch(u, e)) > 0) {
		rc = load_batch(u, e);
		if (rc == 0)
			rc = write_batch(u, e);
	}
	if (rc == 0)
		rc = calendars_nobody(&u->calendars, r, e);
	if (rc == 0)
		rc = orphans_write(r, e);
	if (rc == 0)
		rc = nobody_write(r, e);
	if (rc == 0)
		rc = calendars_report(&u->calendars, r, e);
	if (rc == 0)
		rc = members_report(&u->contacts.members, r, e);
	if (rc == 0)
		rc = cards_report(&u->contacts.cards, r, e);
	if (rc == 0)
		rc = files_stray(&u->files, e);
	close_all(u);
	free(u);
	return rc;
}

#include <stdlib.h>
#include <string.h>

#include "kinds/calendars.h"
#include "kinds/contacts.h"
#include "program.h"
#include "kinds/files.h"
#include "kinds/outside.h"
#include "kinds/records.h"

#define EMAIL_MAX 1021		/* 255 characters and NUL */
#define ANY (-1)		/* account of put_records: all of the user's */

/* Why P7 itself could not log a user in. */
enum trouble { NO_TROUBLE, NO_EMAIL, NO_SETTINGS, NO_DOMAIN };
static const struct {
	const char *code, *reason, *action;
} troubles[] = {
	[NO_EMAIL] = { "user-without-email", "the default account has no e-mail",
	    "give it one in P7, or delete it, and run again" },
	[NO_SETTINGS] = { "user-without-settings",
	    "awm_settings has no row for this user, so P7 cannot load the account",
	    "delete the account in P7, or add its row to awm_settings, and run again" },
	[NO_DOMAIN] = { "user-without-domain",
	    "awm_domains has no row for this account's domain, so P7 cannot load the account",
	    "set id_domain to an existing domain (0: the default domain), and run again" },
};

struct user {
	int64_t id, account;	/* id_user, id_acct of the default account */
	enum trouble trouble;
	char email[EMAIL_MAX];
};

struct users {
	struct run *r;
	struct dbq ids;			/* sets those of the batch */
	struct records records[P7_TABLES];	/* as p7_tables; the first are those of accounts */
	struct contacts contacts;
	struct calendars calendars;
	struct files files;
	struct spool list;	/* all users: id_user, id_acct: trouble, email */
	struct spool second;	/* id_user, id_acct of further default accounts of a user */
	struct user *batch;	/* ROWS_BATCH of them */
	unsigned n;
	int64_t id[ROWS_BATCH];
};

static int take_user(void *arg, const struct rows *rows, struct err *e)
{
	struct users *u = arg;
	char row[1 + EMAIL_MAX];
	const char *email = rows_str(rows, 2);
	size_t n = strlen(email);
	enum trouble trouble = n == 0 ? NO_EMAIL : rows_int(rows, 3) ? NO_SETTINGS :
	    rows_int(rows, 4) ? NO_DOMAIN : NO_TROUBLE;

	if (n >= EMAIL_MAX)
		n = EMAIL_MAX - 1;
	if (filedirs_owner(&u->files.dirs, email, e) < 0)
		return -1;
	row[0] = (char)trouble;
	memcpy(row + 1, email, n);
	row[1 + n] = '\0';
	return spool_add(&u->list, rows_int(rows, 0), rows_int(rows, 1), row, n + 2, e);
}

/*
 * All default accounts, in the order of id_user, and whether what P7 needs with them is there.  (A
 * derived table gets an index where the table has lost its own.)
 */
static int list_users(struct users *u, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	int rc;

	sql_add(&sql, &u->r->cat, "SELECT a.id_user,a.id_acct,a.email,s.id_user IS NULL,"
	    "a.id_domain<>0 AND m.id_domain IS NULL FROM " SQL_USERS
	    " LEFT JOIN (SELECT DISTINCT id_user FROM {awm_settings t}) s ON s.id_user=a.id_user"
	    " LEFT JOIN {awm_domains m} ON m.id_domain=a.id_domain"
	    " ORDER BY a.id_user,a.id_acct");
	rc = rows_once(&u->r->db, &sql, take_user, u, e);
	spool_rewind(&u->list);
	return rc;
}

static int take_second(void *arg, const struct rows *rows, struct err *e)
{
	struct users *u = arg;

	return spool_add(&u->second, rows_int(rows, 0), rows_int(rows, 1), "", 0, e);
}

/* P7 lets a user log in with each of several default accounts; P8 knows one. */
static int list_second(struct users *u, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	int rc;

	sql_add(&sql, &u->r->cat, "SELECT a.id_user,a.id_acct FROM {awm_accounts a}"
	    " STRAIGHT_JOIN " SQL_DEFAULT_ACCOUNTS("") " ON d.id_user=a.id_user"
	    " WHERE a.def_acct=1 AND a.mailing_list=0 AND a.id_acct<>d.id_def"
	    " ORDER BY a.id_user,a.id_acct");
	rc = rows_once(&u->r->db, &sql, take_second, u, e);
	spool_rewind(&u->second);
	return rc;
}

static bool is_group(const struct p7_table *p7)
{
	return strcmp(p7->record, "GROUP") == 0;
}

static bool wants_records(const struct users *u, size_t i)
{
	const struct p7_table *p7 = &p7_tables[i];

	/* Accounts are read in any case: they say what a user that is rejected had. */
	return p7->record != NULL && (i == 0 ||
	    (u->r->o->families & (is_group(p7) ? F_GROUPS : F_USERS)) != 0);
}

static int open_all(struct users *u, struct err *e)
{
	size_t i;

	u->batch = calloc(ROWS_BATCH, sizeof(*u->batch));
	if (u->batch == NULL)
		return err_memory(e);
	if (rows_ids_open(&u->ids, &u->r->db, e) < 0 || files_open(&u->files, u->r, e) < 0 ||
	    files_corporate(&u->files, e) < 0 || list_users(u, e) < 0 ||
	    list_second(u, e) < 0)
		return -1;
	for (i = 0; i < P7_TABLES; i++)
		if (wants_records(u, i) &&
		    records_open(&u->records[i], &p7_tables[i], &u->r->cat, e) < 0)
			return -1;
	return contacts_open(&u->contacts, u->r, e) < 0 ? -1 :
	    calendars_open(&u->calendars, u->r, &u->ids, e);
}

static void close_all(struct users *u)
{
	size_t i;

	contacts_close(&u->contacts);
	calendars_close(&u->calendars);
	files_close(&u->files);
	for (i = 0; i < P7_TABLES; i++)
		records_close(&u->records[i]);
	dbq_close(&u->ids);
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
	while (u->n < ROWS_BATCH && (rc = spool_next(&u->list, &row, e)) > 0) {
		if (!selection_wants(&u->r->sel, row.key) ||
		    !selection_in_shard(&u->r->sel, row.p + 1))
			continue;
		p = &u->batch[u->n];
		p->id = u->id[u->n++] = row.key;
		p->account = row.key2;
		p->trouble = (enum trouble)row.p[0];
		memcpy(p->email, row.p + 1, row.n - 1);
	}
	return rc < 0 ? -1 : u->n > 0;
}

static int load_batch(struct users *u, struct err *e)
{
	size_t i;

	if (rows_ids_set(&u->ids, u->id, u->n, e) < 0)
		return -1;
	for (i = 0; i < P7_TABLES; i++)
		if (records_load(&u->records[i], &u->r->db, e) < 0)
			return -1;
	/* The contacts come last: they keep the connection busy. */
	if (calendars_begin(&u->calendars, u->r, u->id, u->n, e) < 0)
		return -1;
	return contacts_begin(&u->contacts, u->r, u->id, u->n, e);
}

/* Each account of such a user is a REJECT, and one tells of their calendars. */
static int reject(struct users *u, const struct user *p, struct err *e)
{
	struct report_item item = { .reject = true, .user = p->email, .table = "awm_accounts",
	    .code = troubles[p->trouble].code, .reason = troubles[p->trouble].reason,
	    .action = troubles[p->trouble].action };
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	struct srow row;
	int rc;

	while ((rc = spool_of(&u->records[0].spool, p->id, SPOOL_ANY, &row, e)) > 0) {
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

/* Send the records of a user; those of tables that belong to accounts only of ACCOUNT. */
static int put_records(struct users *u, struct records *s, int64_t id_user, int64_t account,
    struct err *e)
{
	struct jsonw *w;
	struct srow row;
	unsigned n = 0;
	int rc;

	if (!s->present)
		return 0;
	while ((rc = spool_peek(&s->spool, &row, e)) > 0 && row.key <= id_user) {
		if (row.key == id_user && account != ANY && row.key2 != account)
			break;
		if (row.key == id_user && (n++ == 0 || !s->p7->first)) {
			w = so_begin(&u->r->so, s->p7->record);
			jw_raw(w, row.p, row.n);
			if (is_group(s->p7) && put_group_shared(u, w, &row, e) < 0)
				return -1;
			if (so_put(&u->r->so, s->p7->record, e) < 0)
				return -1;
		}
		spool_skip(&s->spool, &row);
	}
	return rc < 0 ? -1 : 0;
}

static int put_place(struct users *u, enum p7_place place, int64_t id_user, int64_t account,
    struct err *e)
{
	size_t i;

	for (i = 0; i < P7_TABLES; i++)
		if (p7_tables[i].place == place &&
		    put_records(u, &u->records[i], id_user, account, e) < 0)
			return -1;
	return 0;
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
	int rc = spool_of(&u->second, p->id, account, &row, e);

	return rc <= 0 ? rc : report_add(&u->r->rep, &item, e);
}

static int put_accounts(struct users *u, const struct user *p, struct err *e)
{
	struct srow row;
	int rc;

	while ((rc = spool_seek(&u->records[0].spool, p->id, INT64_MIN, &row, e)) > 0 &&
	    row.key == p->id) {
		if (warn_second(u, p, row.key2, e) < 0 ||
		    put_place(u, WITH_ACCOUNT, p->id, row.key2, e) < 0)
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
	if (put_place(u, BEFORE_ACCOUNTS, p->id, ANY, e) < 0 ||
	    ((r->o->families & F_USERS) && put_accounts(u, p, e) < 0) ||
	    put_place(u, BEHIND_ACCOUNTS, p->id, ANY, e) < 0 ||
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

static int write_all(struct users *u, struct err *e)
{
	struct run *r = u->r;
	int rc;

	if (open_all(u, e) < 0)
		return -1;
	while ((rc = next_batch(u, e)) > 0)
		if (load_batch(u, e) < 0 || write_batch(u, e) < 0)
			return -1;
	if (rc < 0 || calendars_principals(&u->calendars, r, e) < 0 || orphans_write(r, e) < 0 ||
	    lost_write(r, e) < 0 || calendars_report(&u->calendars, r, e) < 0 ||
	    members_report(&u->contacts.members, r, e) < 0 ||
	    cards_report(&u->contacts.cards, r, e) < 0)
		return -1;
	return files_stray(&u->files, e);
}

int users_write(struct run *r, struct err *e)
{
	struct users *u = calloc(1, sizeof(*u));
	int rc;

	if (u == NULL)
		return err_memory(e);
	u->r = r;
	spool_init(&u->list);
	spool_init(&u->second);
	rc = write_all(u, e);
	close_all(u);
	free(u);
	return rc;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/dry.h"
#include "kinds/sharemake.h"
#include "ledger/ledger.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"
#include "target/tx.h"

/* A share of the ledger on its way. */
struct share {
	int64_t id, user;	/* p7m_shares, p7m_users */
	char sharee[USER_EMAIL_MAX];
};

/* The tenant of an owner: everybody is everybody of his. */
static int tenant_of(struct context *x, int64_t user, int64_t *tenant, struct err *e)
{
	struct dbval v = DB_INT(user);

	*tenant = 0;
	if (sql_int(x->s->t, "SELECT a.value FROM {p7m_users} u JOIN {eav_attributes_int} a ON"
	    " a.id_entity=u.entity AND a.name='IdTenant' WHERE u.id=?", &v, 1, tenant, e) < 0)
		return -1;
	if (*tenant <= 0)
		*tenant = x->s->t->tenant;
	return 0;
}

/* 1: the principal that P8 knows the sharee by; 0: they are not a user of P8 yet. */
static int sharee_of(struct context *x, const struct share *s, char *uri, size_t size,
    struct err *e)
{
	struct dbval v[] = { DB_STR(s->sharee), DB_STR(TYPE_USER) };
	int64_t tenant;
	struct dbq *q;
	int rc;

	if (strcmp(s->sharee, EVERYONE) == 0) {
		if (tenant_of(x, s->user, &tenant, e) < 0)
			return -1;
		snprintf(uri, size, PRINCIPAL_PREFIX "%" PRId64 TENANT_PRINCIPAL, tenant);
		return 1;
	}
	rc = sql_row(&x->s->sql, SQL_PUBLIC_ID, v, 2, &q, e);
	if (rc == 1)
		snprintf(uri, size, PRINCIPAL_PREFIX "%s", dbq_str(q, 2));
	return rc;
}

static int set_instance(struct context *x, int64_t share, int64_t instance, struct err *e)
{
	struct dbval v[] = { instance != 0 ? DB_INT(instance) : DB_NULL, DB_INT(share) };

	return sql_run(&x->s->sql, SQL_SHARE_MADE, v, 2, e);
}

/* The row of the ledger is ours: P8's row, unless P8 has one of that principal already. */
static int instance(struct context *x, const struct share *s, const char *uri, struct err *e)
{
	struct dbval of[] = { DB_STR(uri), DB_INT(s->id) };
	struct dbval make[] = { of[0], of[0], of[1] }, write[] = { of[1], of[0] };
	struct dbq *q;
	int rc;

	rc = sql_row(&x->s->sql, SQL_SHARE_ACCESS, of, 2, &q, e);
	if (rc < 0)
		return -1;
	if (rc == 1) {
		int64_t id = dbq_int(q, 1) == 1 ? 0 : dbq_int(q, 0);

		return sql_run(&x->s->sql, SQL_SHARE_WRITE, write, 2, e) < 0 ? -1 :
		    set_instance(x, s->id, id, e);
	}
	if (sql_run(&x->s->sql, SQL_SHARE_MAKE, make, 3, e) < 0)
		return -1;
	return set_instance(x, s->id,
	    (int64_t)mysql_stmt_insert_id(x->s->sql.q[SQL_SHARE_MAKE].st), e);
}

/* 1: made, or somebody else makes it; 0: the sharee is not there. */
static int make(struct context *x, const struct share *s, struct err *e)
{
	char uri[USER_PRINCIPAL_LEN + 40];
	struct dbval id = DB_INT(s->id);
	int rc = sharee_of(x, s, uri, sizeof(uri), e);

	if (rc != 1)
		return rc;
	if (sql_run(&x->s->sql, SQL_SHARE_TAKE, &id, 1, e) < 0)
		return -1;
	if (mysql_stmt_affected_rows(x->s->sql.q[SQL_SHARE_TAKE].st) != 1)
		return 1;
	return instance(x, s, uri, e) < 0 ? -1 : 1;
}

/* Each share that QUERY finds for KEY, behind the one before. */
static int make_each(struct context *x, enum sql_id query, struct dbval key, struct err *e)
{
	struct share s = { .id = 0 };
	struct dbq *q;
	int rc;

	for (;;) {
		struct dbval v[] = { key, DB_INT(s.id) };

		rc = sql_row(&x->s->sql, query, v, 2, &q, e);
		if (rc <= 0)
			return rc;
		s.id = dbq_int(q, 0);
		s.user = dbq_int(q, 1);
		snprintf(s.sharee, sizeof(s.sharee), "%s", dbq_str(q, 2));
		if (make(x, &s, e) < 0)
			return -1;
	}
}

int shares_make_owned(struct context *x, struct err *e)
{
	return x->user->ncals == 0 ? 0 : make_each(x, SQL_SHARES_OWNED, DB_INT(x->user->row), e);
}

int shares_make_waiting(struct context *x, struct err *e)
{
	return x->user->principal ? 0 :
	    make_each(x, SQL_SHARES_WAITING, DB_STR(x->user->public_id), e);
}

/* One share in a transaction of its own, as tx_retry passes it around. */
struct alone {
	struct context *x;
	const struct share *s;
	bool made;
};

static int make_one(void *arg, struct err *e)
{
	struct alone *a = arg;
	int rc = make(a->x, a->s, e);

	a->made = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* The share is made once, whether the COMMIT that broke off was done or not. */
static int reconnect_one(void *arg, struct err *e)
{
	return session_reconnect(((struct alone *)arg)->x->s, e);
}

/* A share that waits though all users were here. */
static int note_waiting(struct context *x, const char *owner, int64_t share, const char *sharee,
    struct err *e)
{
	char reason[USER_EMAIL_MAX + 100];
	struct report_item item = { .reject = true, .code = "sharee-not-in-p8", .user = owner,
	    .table = "adav_calendarshares", .id = share, .reason = reason,
	    .action = "bring that user, and the share comes with them (or leave it: in P8 the"
	    " owner can share the calendar again)" };
	struct ledger_note n = { .reject = true, .email = owner };

	snprintf(reason, sizeof(reason), "the calendar is shared with %s, who is not a user of P8",
	    sharee);
	if (note_item(x, item, e) < 0)
		return -1;
	n.line = x->rejects->maker.line.data;
	n.n = x->rejects->maker.line.len;
	return !x->s->dry_run && ledger_note(&x->s->sql, &n, e) < 0 ? -1 : note_publish(x, e);
}

/* The next share behind ID that waits for somebody, though its owner is whole; 1, 0, -1. */
static int next(struct context *x, struct share *s, int64_t *share, char owner[USER_EMAIL_MAX],
    struct err *e)
{
	struct dbval id = DB_INT(s->id);
	struct dbq *q;
	int rc = sql_row(&x->s->sql, SQL_SHARES_LEFT, &id, 1, &q, e);

	if (rc != 1)
		return rc;
	s->id = dbq_int(q, 0);
	s->user = dbq_int(q, 1);
	snprintf(s->sharee, sizeof(s->sharee), "%s", dbq_str(q, 2));
	*share = dbq_int(q, 3);
	snprintf(owner, USER_EMAIL_MAX, "%s", dbq_str(q, 4));
	if (strncmp(owner, PRINCIPAL_UNIT, strlen(PRINCIPAL_UNIT)) == 0)
		snprintf(owner, USER_EMAIL_MAX, "%s",
		    dbq_str(q, 4) + strlen(PRINCIPAL_UNIT PRINCIPAL_PREFIX));
	return 1;
}

static int sweep(struct context *x, bool all, struct err *e)
{
	char owner[USER_EMAIL_MAX];
	struct share s = { .id = 0 };
	int64_t share;
	int rc;

	/* What waited is looked at again, so that only what still waits is reported. */
	if (sql_run(&x->s->sql, SQL_SHARES_UNNOTE, NULL, 0, e) < 0)
		return -1;
	while ((rc = next(x, &s, &share, owner, e)) == 1) {
		struct alone a = { x, &s, false };
		const struct tx tx = { .t = x->s->t, .run = make_one, .reconnect = reconnect_one,
		    .arg = &a };

		if (tx_retry(&tx, e) < 0)
			return -1;
		/* Behind its commit: the transaction may have been repeated. */
		x->counts->shares_waiting += !a.made;
		if (!a.made && all && note_waiting(x, owner, share, s.sharee, e) < 0)
			return -1;
	}
	return rc;
}

int shares_dry_add(struct context *x, int64_t share, const char *sharee, struct err *e)
{
	if (!x->s->dry_run)
		return 0;
	buf_addf(&x->dry_shares, "%s%c%" PRId64 "%c%s%c", user_name(x->user), 0, share, 0, sharee,
	    0);
	return x->dry_shares.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
}

/* 1: P8 has the sharee, or this run would have brought him. */
static int dry_there(struct context *x, const char *sharee, struct err *e)
{
	struct dbval v[] = { DB_STR(sharee), DB_STR(TYPE_USER) };
	struct dbq *q;
	int rc;

	if (strcmp(sharee, EVERYONE) == 0)
		return 1;
	rc = sql_row(&x->s->sql, SQL_PUBLIC_ID, v, 2, &q, e);
	return rc != 0 ? rc : dry_knows(x->s, sharee, e);
}

static int dry_sweep(struct context *x, bool all, struct err *e)
{
	const char *p = x->dry_shares.data, *end = p + x->dry_shares.len;
	const char *owner, *id, *sharee;
	int rc;

	for (; p < end; p = sharee + strlen(sharee) + 1) {
		owner = p;
		id = owner + strlen(owner) + 1;
		sharee = id + strlen(id) + 1;
		rc = dry_there(x, sharee, e);
		if (rc < 0)
			return -1;
		x->counts->shares_waiting += rc == 0;
		if (rc == 0 && all && note_waiting(x, owner, strtoll(id, NULL, 10), sharee, e) < 0)
			return -1;
	}
	return 0;
}

int shares_sweep(struct context *x, bool all, struct err *e)
{
	if (x->s->dry_run)
		return dry_sweep(x, all, e);
	return x->s->has_ledger ? sweep(x, all, e) : 0;
}

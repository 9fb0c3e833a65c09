#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "count.h"
#include "kinds/dav_finish.h"
#include "kinds/dav_names.h"
#include "kinds/dav_sql.h"
#include "base/names.h"
#include "run/user.h"

#define TRIES 6

int dav_transaction(struct dav_finish *f, int (*fn)(struct dav_finish *f, void *arg,
    struct err *e), void *arg, struct err *e)
{
	const struct dav_finished before = f->n;
	struct err ignored;
	unsigned n;
	int rc;

	for (n = 0;; n++) {
		rc = db_exec(&f->mv.t->db, "START TRANSACTION", e);
		if (rc == 0)
			rc = fn(f, arg, e);
		if (rc == 0)
			rc = db_exec(&f->mv.t->db, "COMMIT", e);
		if (rc == 0)
			return f->ended(f->mv.arg, true, e);
		db_exec(&f->mv.t->db, "ROLLBACK", &ignored);
		f->n = before;
		if (f->ended(f->mv.arg, false, &ignored) < 0)
			return -1;
		if (e->status != EXIT_TEMPORARY || !db_transient(e->db) || db_lost(e->db) ||
		    n + 1 == TRIES)
			return -1;
		usleep(50000u << n);
	}
}

int dav_find_user(struct target *t, const char *email, struct dav_user *u, struct err *e)
{
	struct dbq q;
	int rc;

	memset(u, 0, sizeof(*u));
	if (dav_prepare(&q, t, NULL,
		"SELECT e.id, a.value, (SELECT COUNT(*) FROM {p7m_users} l"
		" WHERE l.entity=e.id AND l.state IN ('rows','done')) FROM "
		"{eav_attributes_string} a"
		" JOIN {eav_entities} e ON e.id=a.id_entity WHERE a.name='PublicId'"
		" AND a.value=CONVERT(? USING {:charset}) COLLATE {:collation}"
		" AND e.entity_type='Aurora\\\\Modules\\\\Core\\\\Classes\\\\User' ORDER BY e.id "
		"LIMIT 1",
		e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_STR(email), 1, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		u->entity = dbq_int(&q, 0);
		snprintf(u->public_id, sizeof(u->public_id), "%s", dbq_str(&q, 1));
		u->ours = dbq_int(&q, 2) > 0;
		rc = 0;
	}
	dbq_close(&q);
	return rc;
}

static int reject_owner(struct dav_finish *f, const char *email, const char *code,
    const char *reason, const char *remedy, struct err *e)
{
	struct report_item i = { .reject = true, .code = code, .user = email,
	    .table = "adav_calendars", .id = -1, .reason = reason, .action = remedy };

	return f->mv.note(f->mv.arg, &i, e);
}

static int warn_no_user(struct dav_finish *f, const char *email, struct err *e)
{
	struct report_item i = { .code = "principal-without-user", .user = email,
	    .table = "adav_principals", .id = -1,
	    .reason = "these calendars belong to no account of P7",
	    .action = "calendars, objects and reminders are in P8 under the same principal" };

	return f->mv.note(f->mv.arg, &i, e);
}

/* Did the ledger see this e-mail without bringing it into P8? */
static int was_rejected(struct dav_finish *f, const char *email, struct err *e)
{
	struct dbq q;
	int rc;

	if (dav_prepare(&q, f->mv.t, NULL, "SELECT 1 FROM {p7m_users} WHERE email=? AND state IN"
	    " ('failed','loading') UNION SELECT 1 FROM {p7m_rejects} WHERE email=? AND is_reject=1"
	    " AND stage<>'p8-load' LIMIT 1", e) < 0)
		return -1;
	rc = dbq_run(&q, (struct dbval[]){ DB_STR(email), DB_STR(email) }, 2, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	dbq_close(&q);
	return rc;
}

/* One owner that is left, inside a transaction. */
static int finish_owner(struct dav_finish *f, void *arg, struct err *e)
{
	const char *principal = arg, *email = dav_user_of(principal);
	char uri[400];
	struct dav_owner o = { .principal = principal, .uri = uri };
	struct dav_moved moved;
	struct dav_user u;
	int rc;

	o.email = email;
	if (dav_find_user(f->mv.t, email, &u, e) < 0)
		return -1;
	if (u.entity != 0 && !u.ours)
		return reject_owner(f, email, "calendars-of-foreign-user", "P8 had this user "
		    "before the migration", "export the calendars from P7 and import them in P8",
		    e);
	if (u.entity == 0) {
		rc = was_rejected(f, email, e);
		if (rc < 0)
			return -1;
		if (rc == 1 || !f->mv.st->all_users)
			return reject_owner(f, email, "calendars-without-user",
			    "the user of these calendars is not in P8",
			    "see why the user was not brought, mend that, and run again"
			    " (p7-migrate, or all the stages, those of calendars, too)", e);
		snprintf(uri, sizeof(uri), "%s", principal);
		if (strlen(uri) <= DAV_PRINCIPAL_MAX && warn_no_user(f, email, e) < 0)
			return -1;
	} else
		snprintf(uri, sizeof(uri), "principals/%s", u.public_id);
	if (dav_move_owner(&f->mv, &o, &moved, e) < 0)
		return -1;
	f->n.owners += moved.calendars > 0;
	return u.entity != 0 ? f->moved(f->mv.arg, u.public_id, &moved, e) : 0;
}

int dav_finish_owners(struct dav_finish *f, struct err *e)
{
	struct buf owners = BUF_INIT(64 << 20);
	struct dbq q;
	const char *p;
	int rc;

	if (dav_prepare(&q, f->mv.t, f->mv.st, "SELECT DISTINCT m.principal FROM"
	    " {p7m_dav_calendar} m JOIN [calendars] c ON c.id=m.id WHERE m.source=? AND"
	    " m.calendarid IS NULL AND m.principal<>'' ORDER BY 1", e) < 0)
		return -1;
	rc = dbq_run(&q, &DB_STR(f->mv.st->source), 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		buf_add(&owners, dbq_str(&q, 0), q.col[0].n + 1);
		rc = owners.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
	}
	dbq_close(&q);
	for (p = owners.data; rc == 0 && p < owners.data + owners.len; p += strlen(p) + 1)
		rc = dav_transaction(f, finish_owner, (void *)(uintptr_t)p, e);
	buf_free(&owners);
	return rc;
}

/* A user's reminders whose calendars nobody brought: he has none, or they are rejected. */
static int left_reminders(struct dav_finish *f, void *arg, struct err *e)
{
	struct report_item i = { .code = "reminders-without-calendar", .table = "adav_reminders",
	    .id = -1, .action = "left out" };
	char user[USER_EMAIL_MAX] = "", reason[80];
	struct dbq q;
	int rc;

	(void)arg;
	i.user = user;
	i.reason = reason;
	if (dav_prepare(&q, f->mv.t, f->mv.st, "SELECT user, COUNT(*) FROM [reminders] WHERE"
	    " user>? GROUP BY user ORDER BY user LIMIT 1", e) < 0)
		return -1;
	while ((rc = dbq_run(&q, &DB_STR(user), 1, e)) == 0 && (rc = dbq_next(&q, e)) == 1) {
		snprintf(user, sizeof(user), "%s", dbq_str(&q, 0));
		snprintf(reason, sizeof(reason), "%s of calendars that are not in P8",
		    COUNT((uint64_t)dbq_int(&q, 1), "reminder"));
		/* The result ends before the note, which is a statement of its own. */
		rc = dbq_next(&q, e);
		if (rc == 0)
			rc = f->mv.note(f->mv.arg, &i, e);
		if (rc < 0)
			break;
	}
	dbq_close(&q);
	return rc;
}

int dav_finish_reminders(struct dav_finish *f, struct err *e)
{
	return dav_transaction(f, left_reminders, NULL, e);
}

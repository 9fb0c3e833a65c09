#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/confirm.h"
#include "kinds/entity.h"
#include "kinds/file.h"
#include "kinds/leave.h"
#include "kinds/changes.h"
#include "count.h"
#include "io.h"
#include "ledger/ledger.h"
#include "ledger/users.h"
#include "base/names.h"
#include "base/print.h"
#include "shown.h"
#include "target/reconnect.h"
#include "target/tx.h"
#include "after/undo.h"

struct undo {
	struct target *t;
	const struct undo_opts *o;
	struct sql sql;
	struct readback r;
	uint64_t done, refused;	/* users */
	uint64_t principals;	/* undone */
	uint64_t changed;	/* of those refused: P8 has changed something */
};

static int open_readback(struct undo *d, struct err *e)
{
	if (readback_open(&d->r, d->t, e) < 0)
		return -1;
	d->r.deep = true;
	return 0;
}

/* Nobody else works at this user while we do. */
static int lock(struct undo *d, const struct known_user *u, char name[LOCK_NAME_LEN],
    struct err *e)
{
	struct dbval v[] = { DB_NULL, DB_INT(30) };
	struct dbq *q;
	int rc;

	lock_name(d->t, u->uuid, name);
	v[0] = DB_STR(name);
	rc = sql_row(&d->sql, SQL_LOCK, v, 2, &q, e);
	if (rc == 1 && dbq_int(q, 0) == 1)
		return 0;
	return rc < 0 ? -1
		      : err_set(e, EXIT_TEMPORARY,
			    "%s is being loaded by another p8-load; wait "
			    "for its end",
			    u->email);
}

/* P8's clients see by the team's CTag that a member left. */
static int bump_team(struct undo *d, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CTAG), DB_INT(d->t->tenant) };
	struct dbq *q;
	int rc;

	rc = sql_row(&d->sql, SQL_CTAG_FIND, v, 2, &q, e);
	return rc <= 0 ? rc : sql_ctag_bump(&d->sql, dbq_int(q, 0), e);
}

/* One user on the way out, as tx_retry passes them around. */
struct departure {
	struct undo *d;
	const struct known_user *u;
	bool rows;		/* what is being committed: the rows, else the ledger's */
	int64_t calendars_kept;	/* they are somebody else's in P8 now */
};

/* 1: what was being committed when the connection was lost is done; 0: it is not. */
static int again(void *arg, struct err *e)
{
	const struct departure *l = arg;
	char name[LOCK_NAME_LEN];
	struct known_user now;
	int rc;

	sql_close(&l->d->sql);
	readback_close(&l->d->r);
	if (reconnect(l->d->t, l->d->o->progress, e) < 0 || open_readback(l->d, e) < 0 ||
	    lock(l->d, l->u, name, e) < 0)
		return -1;
	rc = known_user_find(l->d->t, "id=?", DB_INT(l->u->id), NULL, &now, e);
	if (rc >= 0)
		rc = rc == 0 || (l->rows && strcmp(now.state, "undoing") == 0);
	known_user_free(&now);
	return rc;
}

static int delete_rows(void *arg, struct err *e)
{
	struct departure *out = arg;
	struct undo *d = out->d;
	const struct known_user *u = out->u;
	struct dbval state[] = { DB_STR("undoing"), DB_INT(u->id) };
	struct leaving l = { .sql = &d->sql, .row = u->id, .entity = u->entity,
	    .public_id = u->public_id };

	principal_uri(u->public_id, l.principal);
	if (kinds_leave(&l, e) < 0 || (!u->principal && bump_team(d, e) < 0))
		return -1;
	out->calendars_kept = l.calendars_kept;
	return sql_run(&d->sql, SQL_USER_STATE, state, 2, e);
}

/* The ledger forgets the user, who can be migrated again. */
static int forget(void *arg, struct err *e)
{
	struct undo *d = ((struct departure *)arg)->d;
	const struct known_user *u = ((struct departure *)arg)->u;
	struct dbval id = DB_INT(u->id);
	struct dbval email = DB_STR(u->principal ? u->public_id : u->email);

	if (sql_run(&d->sql, SQL_NOTES_DELETE, &email, 1, e) < 0 ||
	    sql_run(&d->sql, SQL_P7_NAME_FORGET, &id, 1, e) < 0)
		return -1;
	return sql_do(d->t, "DELETE FROM {p7m_users} WHERE id=?", &id, 1, e);
}

/* What P8 has changed of the user is named; 1: refused because of it. */
static int refuse_changed(struct undo *d, const struct known_user *u, struct err *e)
{
	struct readback_user ru = { u->id, u->email, u->public_id, u->uuid };
	struct buf list = BUF_INIT(READBACK_LINES_MAX + (1 << 20));
	int rc;

	if (strcmp(u->state, "done") != 0 && strcmp(u->state, "rows") != 0)
		return 0;
	rc = changes_find(&d->r, &ru, u->entity, &list, e);
	if (rc == 1) {
		fwrite(list.data, 1, list.len, stdout);
		print(d->o->force ? "%s: these changes leave P8 with the user; files, and address"
		    " books and calendars that P8 made and that are not empty, stay (--force)\n" :
		    "%s: not undone, because of these changes (--force undoes all the same)\n",
		    u->email);
		d->refused += !d->o->force;
		d->changed += !d->o->force;
	}
	buf_free(&list);
	return rc == 1 ? !d->o->force : rc;
}

/* What P8 collected by being used keeps nobody, but goes with the user. */
static int print_collected(struct undo *d, const struct known_user *u, struct err *e)
{
	struct readback_user ru = { u->id, u->email, u->public_id, u->uuid };
	int64_t n;

	if (u->entity == 0)
		return 0;
	d->r.user = &ru;
	if (entities_collected(&d->r, u->entity, &n, e) < 0)
		return -1;
	if (n > 0)
		print("%s: addresses that P8 collected from mail leave with the user: %" PRId64
		    "\n", u->email, n);
	return 0;
}

/* Files that P8 added or changed keep their place: a user who comes again finds them. */
static int print_kept_files(struct undo *d, const struct known_user *u, uint64_t kept,
    struct err *e)
{
	char *path;

	if (kept > 0)
		print("%s: what was changed in P8 stays: %s\n", u->email, COUNT(kept, "file"));
	if (d->t->data == NULL)
		return 0;
	if (asprintf(&path, "%s/files/private/%s", d->t->data, u->uuid) < 0)
		return err_memory(e);
	if (access(path, F_OK) == 0)
		print("%s: files that P8 added or changed stay in %s\n", u->email, path);
	free(path);
	return 0;
}

/* The user's row under the lock: 1; 0: another undo was faster; -1. */
static int read_again(struct undo *d, struct known_user *u, struct err *e)
{
	struct known_user now;
	int rc = known_user_find(d->t, "id=?", DB_INT(u->id), NULL, &now, e);

	if (rc == 1) {
		known_user_free(u);
		*u = now;
		return 1;
	}
	known_user_free(&now);
	if (rc == 0)
		print("%s: another p8-load has undone the user\n", u->email);
	return rc;
}

/* Rows, files, ledger. */
static int take_out(struct undo *d, const struct known_user *u, struct err *e)
{
	struct departure rows = { .d = d, .u = u, .rows = true }, ledger = { .d = d, .u = u };
	const struct tx out = { .t = d->t, .run = delete_rows, .reconnect = again, .arg = &rows };
	const struct tx end = { .t = d->t, .run = forget, .reconnect = again, .arg = &ledger };
	uint64_t kept = 0;

	if ((strcmp(u->state, "undoing") != 0 && tx_retry(&out, e) < 0) ||
	    files_remove(d->t, u->id, u->uuid, &kept, e) < 0 || tx_retry(&end, e) < 0)
		return -1;
	*(u->principal ? &d->principals : &d->done) += 1;
	progress_user(d->o->progress, &(struct progress_user){ .email = u->email,
	    .verdict = "undone", .event = "undone" });
	if (!d->o->quiet)
		print("%s: undone\n", u->email);
	if (rows.calendars_kept > 0)
		print("%s: in P8 they belong to somebody else now, and stay: %s\n", u->email,
		    COUNT(rows.calendars_kept, "calendar"));
	return print_kept_files(d, u, kept, e);
}

static int undo_locked(struct undo *d, struct known_user *u, struct err *e)
{
	int rc = read_again(d, u, e);

	if (rc <= 0)
		return rc;
	rc = refuse_changed(d, u, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (print_collected(d, u, e) < 0)
		return -1;
	if (!d->o->dry_run)
		return take_out(d, u, e);
	print("%s: would be undone\n", u->email);
	*(u->principal ? &d->principals : &d->done) += 1;
	return 0;
}

static int undo_user(struct undo *d, struct known_user *u, struct err *e)
{
	char name[LOCK_NAME_LEN];

	progress_pause(d->o->progress);
	if (load_stop)
		return err_set(e, EXIT_TEMPORARY,
		    "stopped by a signal before %s; run again to go on", u->email);
	progress_begin(d->o->progress, u->email);
	if (lock(d, u, name, e) < 0 || undo_locked(d, u, e) < 0)
		return -1;
	return sql_run(&d->sql, SQL_UNLOCK, &DB_STR(name), 1, e);
}

/* A first look, before any user is touched. */
static int look(struct undo *d, struct known_user *u, struct err *e)
{
	if (load_stop)
		return err_set(e, EXIT_TEMPORARY, "stopped by a signal before any user was undone");
	progress_begin(d->o->progress, u->email);
	return refuse_changed(d, u, e) < 0 ? -1 : 0;
}

typedef int undo_step(struct undo *d, struct known_user *u, struct err *e);

static int find(struct undo *d, const char *email, struct known_user *u, struct err *e)
{
	static const char *const names[] = { "email=?", "public_id=?",
	    "email=CONCAT('" PRINCIPAL_UNIT "', ?)" };
	int rc = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names) && rc == 0; i++)
		rc = known_user_find(d->t, names[i], DB_STR(email), d->o->source, u, e);
	return rc;
}

/* A name that nobody has can be meant as lists show it. */
static int find_shown(struct undo *d, const char *email, struct known_user *u, struct err *e)
{
	struct buf meant = BUF_INIT(BUF_RECORD_MAX);
	int rc = 0;

	if (shown_read(&meant, email)) {
		buf_addc(&meant, '\0');
		rc = buf_check(&meant, e) < 0 ? -1 : find(d, meant.data, u, e);
	}
	buf_free(&meant);
	return rc;
}

static int named(struct undo *d, const char *email, undo_step *step, struct err *e)
{
	struct known_user u;
	int rc;

	rc = find(d, email, &u, e);
	if (rc == 0)
		rc = find_shown(d, email, &u, e);
	if (rc == 0 && step == undo_user) {
		print("%s: not in the ledger, nothing to undo\n", email);
		d->refused++;
	} else if (rc == 1)
		rc = step(d, &u, e);
	known_user_free(&u);
	return rc;
}

static int each(struct undo *d, undo_step *step, struct err *e)
{
	struct known_user u;
	int64_t after = 0;
	size_t i;
	int rc = 0;

	for (i = 0; i < d->o->n && rc == 0; i++)
		rc = named(d, d->o->users[i], step, e);
	while (d->o->all && rc == 0 && (rc = known_user_find(d->t, "id>?", DB_INT(after),
	    d->o->source, &u, e)) == 1) {
		after = u.id;
		rc = step(d, &u, e);
		known_user_free(&u);
	}
	return rc;
}

/* Servers that no account uses any more, and the team's CTag when P8 has no user any more. */
static int undo_globals(void *arg, struct err *e)
{
	struct undo *d = arg;
	struct dbval user = DB_STR(TYPE_USER);

	if (sql_do(d->t,
		"DELETE n FROM {eav_entities} n JOIN {p7m_globals} g ON g.entity=n.id AND"
		" g.uuid=n.uuid WHERE g.kind<>'CTAG' AND NOT EXISTS (SELECT 1 FROM "
		"{eav_attributes_int} a"
		" WHERE a.name IN ('ServerId', 'IdTenant') AND a.value=n.id)",
		NULL, 0, e) < 0 ||
	    sql_do(d->t,
		"DELETE n FROM {eav_entities} n JOIN {p7m_globals} g ON g.entity=n.id AND"
		" g.uuid=n.uuid LEFT JOIN (SELECT id FROM {eav_entities} WHERE entity_type=? "
		"LIMIT 1) u"
		" ON 1=1 WHERE g.kind='CTAG' AND u.id IS NULL",
		&user, 1, e) < 0)
		return -1;
	return sql_do(d->t, "DELETE g FROM {p7m_globals} g LEFT JOIN {eav_entities} n ON"
	    " n.id=g.entity AND n.uuid=g.uuid WHERE n.id IS NULL", NULL, 0, e);
}

/* What belongs to nobody, after all users. */
static int undo_rest(struct undo *d, struct err *e)
{
	const struct tx globals = { .t = d->t, .run = undo_globals, .arg = d };
	uint64_t kept = 0;
	int64_t others = 0;

	if (d->o->source != NULL && sql_int(d->t, "SELECT COUNT(*) FROM {p7m_users}", NULL, 0,
	    &others, e) < 0)
		return -1;
	if (others > 0) {
		print("-: servers and corporate files stay: users of another P7 are in P8\n");
		return 0;
	}
	if (tx_retry(&globals, e) < 0 || files_remove(d->t, 0, "", &kept, e) < 0)
		return -1;
	if (kept > 0)
		print("-: what was changed in P8 stays: %s\n", COUNT(kept, "corporate file"));
	return sql_do(d->t, "DELETE FROM {p7m_rejects}", NULL, 0, e);
}

/* All have been looked at; nobody was touched. */
static int confirm_all(struct undo *d, struct err *e)
{
	struct dbval v = DB_STR(d->o->source != NULL ? d->o->source : "");
	int64_t n = 0;

	if (sql_int(d->t, "SELECT COUNT(*) FROM {p7m_users} WHERE state<>'failed' AND ? IN ('',"
	    " source)", &v, 1, &n, e) < 0)
		return -1;
	return n == 0 ? 0 : confirm(d->o->yes, e, "--undo --all takes %s, with all that was loaded"
	    " of them, out of P8", COUNT(n, "user"));
}

static int run(struct undo *d, struct err *e)
{
	if (open_readback(d, e) < 0)
		return -1;
	/* One alone, and a dry run, are looked at as they come. */
	if (!d->o->force && !d->o->dry_run && (d->o->all || d->o->n > 1)) {
		if (each(d, look, e) < 0)
			return -1;
		if (d->changed > 0) {
			print("no user was undone: P8 has changed what was brought of %s, see"
			    " above; undo the others by name, or all with --force\n",
			    COUNT(d->changed, "user"));
			return 0;
		}
	}
	if ((d->o->all && !d->o->dry_run && confirm_all(d, e) < 0) || each(d, undo_user, e) < 0)
		return -1;
	return !d->o->all || d->refused > 0 || d->o->dry_run ? 0 : undo_rest(d, e);
}

static void print_end(const struct undo *d)
{
	if (d->o->quiet && !d->o->dry_run && d->refused == 0)
		return;
	if (d->o->dry_run && d->changed > 0 && d->done > 0)
		print("because of %s, see above, no user would be undone; without, ",
		    COUNT(d->changed, "user"));
	print("%s %s, %" PRIu64 " not\n", COUNT(d->done, "user"),
	    d->o->dry_run ? "would be undone" : "undone", d->refused);
	if (d->principals > 0)
		print("calendars of %s without user%s undone\n", COUNT(d->principals, "principal"),
		    d->o->dry_run ? " would be" : "");
}

int undo_run(struct target *t, const struct undo_opts *o, enum exitcode *status, struct err *e)
{
	struct undo *d = calloc(1, sizeof(*d));
	int rc;

	if (d == NULL)
		return err_memory(e);
	d->t = t;
	d->o = o;
	sql_open(&d->sql, t);
	rc = ledger_needed(t, e);
	if (rc == 0)
		rc = run(d, e);
	if (rc == 0) {
		print_end(d);
		*status = d->refused ? EXIT_REJECTS : EXIT_BALANCED;
		rc = io_std_flush(e);
	}
	readback_close(&d->r);
	sql_close(&d->sql);
	free(d);
	return rc;
}

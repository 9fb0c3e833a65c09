#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/leave.h"
#include "kinds/changes.h"
#include "kinds/heir.h"
#include "ledger/ledger.h"
#include "shown.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"

/* What the ledger says of a principal that is not a user. */
struct ledger_heir {
	char uri[USER_PRINCIPAL_LEN], uuid[UUID_LEN + 1];
	bool done;
};

/* The principal of the user's name, byte for byte but for case: 1, 0, -1. */
static int find(struct context *x, struct ledger_heir *h, struct err *e)
{
	char name[2][USER_PRINCIPAL_LEN + sizeof(PRINCIPAL_UNIT)];
	struct user *u = x->user;
	struct dbval v[4];
	struct dbq *q;
	int rc;

	if (u->heir_known || !x->s->has_ledger || u->principal)
		return 0;
	u->heir_known = true;
	snprintf(name[0], sizeof(name[0]), PRINCIPAL_UNIT PRINCIPAL_PREFIX "%s", u->public_id);
	snprintf(name[1], sizeof(name[1]), PRINCIPAL_UNIT PRINCIPAL_PREFIX "%s",
	    u->p7_email[0] != '\0' ? u->p7_email : u->public_id);
	v[0] = v[2] = DB_STR(name[0]);
	v[1] = v[3] = DB_STR(name[1]);
	rc = sql_row(&x->s->sql, SQL_HEIR, v, 4, &q, e);
	if (rc != 1)
		return rc;
	u->heir = dbq_int(q, 0);
	snprintf(h->uri, sizeof(h->uri), "%s", dbq_str(q, 1) + strlen(PRINCIPAL_UNIT));
	snprintf(h->uuid, sizeof(h->uuid), "%s", dbq_str(q, 2));
	h->done = strcmp(dbq_str(q, 3), "done") == 0;
	return 1;
}

/* Have P8's people changed something of the principal's since?  1, 0, -1. */
static int changed(struct context *x, const struct ledger_heir *h, struct err *e)
{
	struct readback_user ru = { x->user->heir, h->uri, h->uri + strlen(PRINCIPAL_PREFIX),
	    h->uuid };
	struct buf list = BUF_INIT(READBACK_LINES_MAX + (1 << 20));
	struct readback r;
	int rc;

	if (!h->done)
		return 0;
	rc = readback_open(&r, x->s->t, e);
	if (rc == 0) {
		r.deep = true;
		rc = changes_find(&r, &ru, 0, &list, e);
	}
	readback_close(&r);
	buf_free(&list);
	return rc;
}

int heir_find(struct context *x, struct err *e)
{
	char reason[USER_PRINCIPAL_LEN + 200], remedy[2 * USER_EMAIL_MAX + 200];
	char word[2 * USER_EMAIL_MAX];
	struct ledger_heir h;
	int rc = find(x, &h, e);

	if (rc == 1)
		rc = changed(x, &h, e);
	if (rc <= 0)
		return rc;
	x->user->heir_kept = true;
	snprintf(reason, sizeof(reason), "calendars that came as those of %s were changed in P8"
	    " since and were kept: what P7 has changed in them since, and their reminders, did not"
	    " come", h.uri);
	shown_shell(word, sizeof(word), x->user->email);
	snprintf(remedy, sizeof(remedy), "compare them in P7 and P8; to have P7's instead, run"
	    " p8-load --p8 DIR --undo %s --force, and " BRING_AGAIN, word);
	return note_item(x, (struct report_item){ .reject = true, .code = "calendars-kept",
	    .table = "adav_calendars", .id = -1, .reason = reason, .action = remedy }, e);
}

/* The ledger's row goes, and the word that these calendars are nobody's. */
static int forget(struct context *x, struct err *e)
{
	struct dbval id = DB_INT(x->user->heir);

	if (sql_do(x->s->t, "DELETE r FROM {p7m_rejects} r JOIN {p7m_users} u ON r.email="
	    "SUBSTRING(u.email, 22) WHERE u.id=? AND r.code='principal-without-user'", &id, 1,
	    e) < 0 || sql_run(&x->s->sql, SQL_KINDS_DELETE, &id, 1, e) < 0)
		return -1;
	return sql_do(x->s->t, "DELETE FROM {p7m_users} WHERE id=? AND principal=1", &id, 1, e);
}

int heir_make_room(struct context *x, struct err *e)
{
	struct dbval v[] = { DB_INT(x->user->row), DB_INT(x->user->heir) };

	if (!heir_leaves(x->user))
		return 0;
	/* Shares that P8's people revoked are not made again. */
	if (kinds_remove_rows(&x->s->sql, x->user->heir, e) < 0 ||
	    sql_do(x->s->t, "UPDATE {p7m_shares} SET user_id=? WHERE user_id=?", v, 2, e) < 0)
		return -1;
	return forget(x, e);
}

/* What is known of each kind of the principal's, once more as the user's. */
static int add_sums(struct context *x, struct sums *sums, struct err *e)
{
	struct dbval id = DB_INT(x->user->heir);
	struct dbq q;
	int rc, k;

	if (sql_prepare(x->s->t, &q, "SELECT kind, things, value_rows, hash FROM {p7m_kinds} WHERE"
	    " user_id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &id, 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		k = kind_index(x->kinds, dbq_str(&q, 0), e);
		rc = k < 0 ? -1 : 0;
		if (k < 0)
			break;
		sums->k[k].things += (uint64_t)dbq_int(&q, 1);
		sums->k[k].rows += (uint64_t)dbq_int(&q, 2);
		sums->k[k].hash += strtoull(dbq_str(&q, 3), NULL, 10);
	}
	dbq_close(&q);
	return rc;
}

static int take_over(struct context *x, struct sums *sums, struct err *e)
{
	static const char *const give[] = {
		"UPDATE {p7m_own} SET user_id=? WHERE user_id=?",
		"UPDATE {p7m_calendars} SET user_id=? WHERE user_id=?",
		"UPDATE {p7m_shares} SET user_id=? WHERE user_id=?",
	};
	struct dbval v[] = { DB_INT(x->user->row), DB_INT(x->user->heir) };
	char principal[USER_PRINCIPAL_LEN];
	struct dbval move[2];
	size_t i;

	user_principal(x->user, principal);
	move[0] = DB_STR(principal);
	move[1] = v[1];
	if (sql_do(x->s->t, "UPDATE {adav_calendarinstances} i JOIN {p7m_calendars} k ON"
	    " k.calendarid=i.calendarid SET i.principaluri=? WHERE k.user_id=? AND i.access=1",
	    move, 2, e) < 0 || sql_do(x->s->t, "UPDATE {p7m_calendars} SET principaluri=? WHERE"
	    " user_id=?", move, 2, e) < 0 || add_sums(x, sums, e) < 0)
		return -1;
	for (i = 0; i < sizeof(give) / sizeof(*give); i++)
		if (sql_do(x->s->t, give[i], v, 2, e) < 0)
			return -1;
	return forget(x, e);
}

int heir_take_over(struct context *x, struct sums *sums, struct err *e)
{
	struct ledger_heir h;
	int rc = find(x, &h, e);

	if (rc < 0)
		return -1;
	/* Nothing of his calendars came in their place. */
	if (rc == 1)
		x->user->heir_kept = true;
	return x->user->heir_kept ? take_over(x, sums, e) : 0;
}

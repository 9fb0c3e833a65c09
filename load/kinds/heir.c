#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/changes.h"
#include "kinds/heir.h"
#include "kinds/verbs.h"
#include "ledger/ledger.h"
#include "shown.h"
#include "run/load.h"
#include "base/names.h"
#include "utf8.h"
#include "run/note.h"

#define UNIT_MAX 250		/* bytes of a unit's name in the ledger */

/* What the ledger says of a principal that is not a user. */
struct ledger_heir {
	char uri[USER_PRINCIPAL_LEN], uuid[UUID_LEN + 1];
	bool done;
};

int principal_begin(struct load *l, struct err *e)
{
	const char *uri = jr_str(&l->si.doc, NULL, "principal", "");
	const char *uuid = jr_str(&l->si.doc, NULL, "uuid", "");
	size_t n = strlen(PRINCIPAL_PREFIX), len;
	struct user *u = &l->user;
	bool nul = uri[0] != '\0' && jr_get(&l->si.doc, NULL, "principal")->n != strlen(uri);

	user_reset(u);
	if (strncmp(uri, PRINCIPAL_PREFIX, n) != 0 || uri[n] == '\0' ||
	    !uuid_parse(uuid, strlen(uuid), u->uuid))
		return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": PRINCIPAL_BEGIN needs "
		    "\"principal\" and \"uuid\"; is it from p7-transform?", l->si.io.name,
		    l->si.lineno);
	u->open = u->principal = u->has_user = u->heir_known = true;
	/* Of one that P8 has no room for the calendars are rejected; this has its beginning. */
	len = utf8_cut(uri, strlen(uri), UNIT_MAX - strlen(PRINCIPAL_UNIT));
	snprintf(u->email, sizeof(u->email), PRINCIPAL_UNIT "%.*s", (int)len, uri);
	snprintf(u->public_id, sizeof(u->public_id), "%.*s", (int)(len - n), uri + n);
	if (user_open(l, e) < 0)
		return -1;
	return !nul ? 0 : user_reject(l, "principal-with-nul", "the name of the principal has NUL"
	    " bytes: nobody is called so", "give p8-load the stream as p7-transform made it", e);
}

/* P8's user of that name: 1 he is the migration's (his spelling is taken), 2 P8's own, 0 none. */
static int user_of(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(l->user.public_id), DB_STR(TYPE_USER) };
	struct ledger_user led = { .id = 0 };
	char uuid[UUID_LEN + 1];
	struct dbq *q;
	int rc;

	rc = sql_row(&l->sql, SQL_PUBLIC_ID, v, 2, &q, e);
	if (rc != 1)
		return rc;
	snprintf(l->user.public_id, sizeof(l->user.public_id), "%s", dbq_str(q, 2));
	snprintf(uuid, sizeof(uuid), "%s", dbq_str(q, 1));
	if (l->has_ledger && ledger_user_get(&l->sql, uuid, &led, e) < 0)
		return -1;
	return led.id != 0 && led.state != US_FAILED ? 1 : 2;
}

int principal_check(struct load *l, struct err *e)
{
	int rc = user_of(l, e);

	if (rc == 2)
		return user_reject(l, "calendars-of-foreign-user", "P8 had this user before the "
		    "migration", "export the calendars from P7 and import them in P8", e);
	if (rc != 0 || strlen(PRINCIPAL_PREFIX) + strlen(l->user.public_id) > PRINCIPAL_MAX)
		return rc < 0 ? -1 : 0;
	return note_item(l, (struct report_item){ .code = "principal-without-user",
	    .table = "adav_principals", .id = -1,
	    .reason = "these calendars belong to no account of P7",
	    .action = "calendars, objects and reminders are in P8 under the same principal" }, e);
}

/* The principal of the user's name, byte for byte but for case: 1, 0, -1. */
static int find(struct load *l, struct ledger_heir *h, struct err *e)
{
	char name[2][USER_PRINCIPAL_LEN + sizeof(PRINCIPAL_UNIT)];
	struct user *u = &l->user;
	struct dbval v[4];
	struct dbq *q;
	int rc;

	if (u->heir_known || !l->has_ledger || u->principal)
		return 0;
	u->heir_known = true;
	snprintf(name[0], sizeof(name[0]), PRINCIPAL_UNIT PRINCIPAL_PREFIX "%s", u->public_id);
	snprintf(name[1], sizeof(name[1]), PRINCIPAL_UNIT PRINCIPAL_PREFIX "%s",
	    u->p7_email[0] != '\0' ? u->p7_email : u->public_id);
	v[0] = v[2] = DB_STR(name[0]);
	v[1] = v[3] = DB_STR(name[1]);
	rc = sql_row(&l->sql, SQL_HEIR, v, 4, &q, e);
	if (rc != 1)
		return rc;
	u->heir = dbq_int(q, 0);
	snprintf(h->uri, sizeof(h->uri), "%s", dbq_str(q, 1) + strlen(PRINCIPAL_UNIT));
	snprintf(h->uuid, sizeof(h->uuid), "%s", dbq_str(q, 2));
	h->done = strcmp(dbq_str(q, 3), "done") == 0;
	return 1;
}

/* Have P8's people changed something of the principal's since?  1, 0, -1. */
static int changed(struct load *l, const struct ledger_heir *h, struct err *e)
{
	struct readback_user ru = { l->user.heir, h->uri, h->uri + strlen(PRINCIPAL_PREFIX),
	    h->uuid };
	struct buf list = BUF_INIT(READBACK_LINES_MAX + (1 << 20));
	struct readback r;
	int rc;

	if (!h->done)
		return 0;
	rc = readback_open(&r, l->t, e);
	if (rc == 0) {
		r.deep = true;
		rc = changes_find(&r, &ru, 0, &list, e);
	}
	readback_close(&r);
	buf_free(&list);
	return rc;
}

int heir_find(struct load *l, struct err *e)
{
	char reason[USER_PRINCIPAL_LEN + 200], remedy[2 * USER_EMAIL_MAX + 200];
	char word[2 * USER_EMAIL_MAX];
	struct ledger_heir h;
	int rc = find(l, &h, e);

	if (rc == 1)
		rc = changed(l, &h, e);
	if (rc <= 0)
		return rc;
	l->user.heir_kept = true;
	snprintf(reason, sizeof(reason), "calendars that came as those of %s were changed in P8"
	    " since and were kept: what P7 has changed in them since, and their reminders, did not"
	    " come", h.uri);
	shown_shell(word, sizeof(word), l->user.email);
	snprintf(remedy, sizeof(remedy), "compare them in P7 and P8; to have P7's instead, run"
	    " p8-load --p8 DIR --undo %s --force, and " BRING_AGAIN, word);
	return note_item(l, (struct report_item){ .reject = true, .code = "calendars-kept",
	    .table = "adav_calendars", .id = -1, .reason = reason, .action = remedy }, e);
}

/* The ledger's row goes, and the word that these calendars are nobody's. */
static int forget(struct load *l, struct err *e)
{
	struct dbval id = DB_INT(l->user.heir);

	if (sql_do(l->t, "DELETE r FROM {p7m_rejects} r JOIN {p7m_users} u ON r.email="
	    "SUBSTRING(u.email, 22) WHERE u.id=? AND r.code='principal-without-user'", &id, 1,
	    e) < 0 || sql_run(&l->sql, SQL_KINDS_DELETE, &id, 1, e) < 0)
		return -1;
	return sql_do(l->t, "DELETE FROM {p7m_users} WHERE id=? AND principal=1", &id, 1, e);
}

bool heir_leaves(const struct user *u)
{
	return u->heir != 0 && !u->heir_kept;
}

int heir_make_room(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_INT(l->user.row), DB_INT(l->user.heir) };

	if (!heir_leaves(&l->user))
		return 0;
	/* Shares that P8's people revoked are not made again. */
	if (ledger_remove_rows(&l->sql, l->user.heir, e) < 0 ||
	    sql_do(l->t, "UPDATE {p7m_shares} SET user_id=? WHERE user_id=?", v, 2, e) < 0)
		return -1;
	return forget(l, e);
}

/* What is known of each kind of the principal's, once more as the user's. */
static int add_sums(struct load *l, struct sums *sums, struct err *e)
{
	struct dbval id = DB_INT(l->user.heir);
	struct dbq q;
	int rc, k;

	if (sql_prepare(l->t, &q, "SELECT kind, things, value_rows, hash FROM {p7m_kinds} WHERE"
	    " user_id=?", e) < 0)
		return -1;
	rc = dbq_run(&q, &id, 1, e);
	while (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		k = load_kind(l, dbq_str(&q, 0), e);
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

static int take_over(struct load *l, struct sums *sums, struct err *e)
{
	static const char *const give[] = {
		"UPDATE {p7m_own} SET user_id=? WHERE user_id=?",
		"UPDATE {p7m_calendars} SET user_id=? WHERE user_id=?",
		"UPDATE {p7m_shares} SET user_id=? WHERE user_id=?",
	};
	struct dbval v[] = { DB_INT(l->user.row), DB_INT(l->user.heir) };
	char principal[USER_PRINCIPAL_LEN];
	struct dbval move[2];
	size_t i;

	user_principal(&l->user, principal);
	move[0] = DB_STR(principal);
	move[1] = v[1];
	if (sql_do(l->t, "UPDATE {adav_calendarinstances} i JOIN {p7m_calendars} k ON"
	    " k.calendarid=i.calendarid SET i.principaluri=? WHERE k.user_id=? AND i.access=1",
	    move, 2, e) < 0 || sql_do(l->t, "UPDATE {p7m_calendars} SET principaluri=? WHERE"
	    " user_id=?", move, 2, e) < 0 || add_sums(l, sums, e) < 0)
		return -1;
	for (i = 0; i < sizeof(give) / sizeof(*give); i++)
		if (sql_do(l->t, give[i], v, 2, e) < 0)
			return -1;
	return forget(l, e);
}

int heir_take_over(struct load *l, struct sums *sums, struct err *e)
{
	struct ledger_heir h;
	int rc = find(l, &h, e);

	if (rc < 0)
		return -1;
	/* Nothing of his calendars came in their place. */
	if (rc == 1)
		l->user.heir_kept = true;
	return l->user.heir_kept ? take_over(l, sums, e) : 0;
}

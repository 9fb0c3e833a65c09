#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ledger/ledger.h"
#include "davname.h"
#include "kinds/differs.h"
#include "kinds/removal.h"
#include "kinds/added.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/sharemake.h"
#include "kinds/itemize.h"
#include "base/names.h"
#include "kinds/note.h"

/* The calendar's share with the same sharee in this unit, or the number of shares. */
static size_t find(const struct rows *r, int64_t cal, const char *sharee)
{
	size_t i;

	for (i = r->n; i > 0 && r->of[i - 1] == cal; i--)
		if (strcasecmp(r->col[SHARE_SHAREE].p[i - 1], sharee) == 0)
			return i - 1;
	return r->n;
}

static int add(struct context *x, int64_t cal, struct rows_value *v, struct err *e)
{
	int64_t p7 = v[SHARE_P7].num, access = v[SHARE_ACCESS].num;
	struct davtext of = { "adav_calendarshares", p7, "color" };
	struct rows *r = &x->unit->r[TABLE_SHARES];
	const char *sharee = v[SHARE_SHAREE].p;
	size_t i = find(r, cal, sharee);

	if (i < r->n) {
		if (access > r->col[SHARE_ACCESS].num[i])
			r->col[SHARE_ACCESS].num[i] = access;
		return 0;
	}
	if (davtext_word(x, &of, "calendarcolor", DAV_COLOR_MAX, NULL, &v[SHARE_COLOR], e) < 0 ||
	    unit_add(x->unit, TABLE_SHARES, cal, v, e) < 0)
		return -1;
	itemize_calendar(x, "SHARE", sharee);
	return shares_dry_add(x, p7, sharee, e);
}

/* The text of member KEY; "": none, or one with NULs, which must not pass for its beginning. */
static const char *whole(const struct jdoc *d, const char *key)
{
	const struct jval *v = jr_get(d, NULL, key);

	return v != NULL && v->type == J_STR && strlen(v->s) == v->n ? v->s : "";
}

static int share_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *sharee = whole(d, "principaluri"), *uri = whole(d, "uri"), *wrong;
	size_t n = strlen(PRINCIPAL_PREFIX);
	int64_t access = jr_int(d, NULL, "access", 0);
	struct user_calendar *c;

	if (calendar_of(x, jr_str(d, NULL, "calendar", ""), &c, e) < 0)
		return -1;
	if (c != NULL && c->state == UC_OUT)
		return calendar_lost(x, c, "bad-share", "share the calendar again in P8", e);
	if (c != NULL && c->state != UC_OURS)
		return 0;
	if (strncmp(sharee, PRINCIPAL_PREFIX, n) == 0)
		sharee += n;
	else
		n = 0;
	wrong = c == NULL ? "a share needs a \"calendar\" that came before" :
	    access != 2 && access != 3 ?
	    "a share needs \"access\" 2 (to read) or 3 (to write)" :
	    uri[0] == '\0' || strlen(uri) > DAV_URI_MAX ?
	    "a share needs a \"uri\" of at most 255 bytes, none of them NUL" :
	    sharee[0] == '\0' || fit_text(&x->s->fit, AT_STRING, sharee, strlen(sharee)) != NULL ?
	    "a share needs a \"principaluri\" that fits, without NUL bytes" : NULL;
	if (wrong != NULL)
		return note_reject(x, "bad-share", wrong, "share the calendar again in P8", e);
	if (strlen(PRINCIPAL_PREFIX) + strlen(sharee) > DAV_PRINCIPAL_MAX)
		return note_reject(x, "principal-too-long", "P8's calendars take principals of at "
		    "most " PRINCIPAL_MAX_TEXT " bytes", "take the one it is shared with back"
		    " (p8-load --p8 DIR --undo EMAIL), give them a shorter e-mail address"
		    " in P7, and run again", e);
	return add(x, c - x->user->cals, (struct rows_value[SHARE_COLUMNS]){
	    [SHARE_UUID] = ROW_TEXT(c->uuid), [SHARE_P7] = ROW_NUM(jr_int(d, NULL, "id", 0)),
	    [SHARE_SHAREE] = ROW_TEXT(sharee), [SHARE_URI] = ROW_TEXT(uri),
	    [SHARE_ACCESS] = ROW_NUM(access) }, e);
}

static int instance_take(struct context *x, struct err *e)
{
	return calendar_is_instance(x->in) ? calendar_take_instance(x, e) : share_take(x, e);
}

static int shares_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct rows *r = &x->unit->r[TABLE_SHARES];
	size_t i;

	(void)how;
	rows_fill_num(r, SHARE_USER, x->user->row);
	for (i = 0; i < r->n; i++)
		r->col[SHARE_CALENDAR].num[i] = x->user->cals[r->of[i]].id;
	return rows_insert(r, TABLE_SHARES, x->s, NULL, e);
}

static void shares_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_SHARES];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, DAV_SHARE) : NULL;
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_share(r->col[SHARE_UUID].p[i], r->col[SHARE_SHAREE].p[i],
		    r->col[SHARE_SHAREE].len[i], r->col[SHARE_ACCESS].num[i]);
	}
}

/*
 * SQL: share s of the ledger has its row i of P8, when it has one, and the sharee is a user of P8.
 * The type of users is the parameter.
 */
#define SHARE_INSTANCE "{adav_calendarinstances} i ON i.id=s.instance AND" \
	" i.calendarid=s.calendarid"
#define SHAREE_IS_THERE "(s.sharee='" EVERYONE "' OR EXISTS (SELECT 1 FROM" \
	" {eav_attributes_string} a JOIN {eav_entities} e ON e.id=a.id_entity AND" \
	" e.entity_type=? WHERE a.name='PublicId' AND a.value=s.sharee))"
/* SQL: the shares with a user; the PublicId is the parameter. */
#define SHARED "s.sharee=CONVERT(? USING {:charset}) COLLATE {:collation}"
/* SQL: instances of others in calendars k of the migration, which the ledger does not know. */
#define NEW_SHARES "FROM {p7m_calendars} k JOIN {adav_calendarinstances} x ON" \
	" x.calendarid=k.calendarid AND x.access>1 LEFT JOIN {p7m_shares} s ON s.calendar=k.uuid" \
	" AND s.instance=x.id WHERE s.id IS NULL AND "

static void read_new(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)k;
	r->shared = (uint64_t)dbq_int(q, 0);
}

/*
 * What waits, or was revoked before the user came (again), is as it was loaded.  What was made has
 * to be in P8 as it was made: of the same sharee, with its access, name and color.
 */
static void read_share(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	bool made = q->col[3].p != NULL, same = !made || dbq_int(q, 5) != 0;

	r->overdue += dbq_int(q, 6) != 0;
	if (!made || q->col[4].p != NULL)
		readback_add(k, 1, rowhash_share(dbq_str(q, 0), dbq_str(q, 1), q->col[1].n,
		    dbq_int(q, 2)) + !same);
}

static int shares_read(struct readback *r, struct err *e)
{
	struct readback_kind *k = readback_find(r, DAV_SHARE);
	struct dbval v[] = { DB_STR(TYPE_USER), DB_INT(r->user->row) };

	if (readback_find(r, DAV_CALENDAR) == NULL)
		return 0;
	if (readback_rows(r, RB_NEW_SHARES, "SELECT COUNT(*) " NEW_SHARES "k.user_id=?", &v[1], 1,
	    NULL, read_new, e) < 0)
		return -1;
	return k == NULL ? 0 : readback_rows(r, RB_SHARES, "SELECT s.calendar, s.sharee, s.access,"
	    " s.instance, i.id, s.looks=" LEDGER_LOOKS("i") ", s.state='waiting' AND "
	    SHAREE_IS_THERE " FROM {p7m_shares} s LEFT JOIN " SHARE_INSTANCE " WHERE s.user_id=?",
	    v, 2, k, read_share, e);
}

/* What others share with the user, who may have given it up, another name, another color. */
static int own_instances(struct readback *r, struct buf *out, struct err *e)
{
	static const char *const what[] = { "removed in P8", "changed in P8" };
	struct dbval v[] = { DB_STR(r->user->public_id), DB_INT(r->user->row) };
	struct dbq q;
	unsigned i;
	int rc;

	if (sql_prepare(r->t, &q, "SELECT COALESCE(SUM(i.id IS NULL), 0), COALESCE(SUM(s.looks<>"
	    LEDGER_LOOKS("i") "), 0) FROM {p7m_shares} s LEFT JOIN " SHARE_INSTANCE " WHERE "
	    SHARED " AND s.state='made' AND s.instance IS NOT NULL AND s.user_id<>?", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	for (i = 0; rc == 1 && i < 2; i++)
		if (dbq_int(&q, i) > 0)
			changes_add(out, r->user, DAV_SHARE, dbq_int(&q, i), what[i]);
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

static int shares_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[2] = { DB_INT(r->user->row) };

	(void)entity;
	if (r->t->no_dav)
		return 0;
	principal_uri(r->user->public_id, principal);
	v[1] = DB_STR(principal);
	/* Of the user's calendars with others, or of calendars of the migration with the user. */
	if (changes_count(r, out, DAV_SHARE, "SELECT COUNT(DISTINCT x.id) " NEW_SHARES
	    "(k.user_id=? OR x.principaluri=?)", v, 2, e) < 0)
		return -1;
	return own_instances(r, out, e);
}

/* A calendar that is gone as a whole took its shares along: nobody has revoked them. */
#define REVOKE(whose) "UPDATE {p7m_shares} s JOIN {adav_calendars} c ON c.id=s.calendarid LEFT" \
	" JOIN " SHARE_INSTANCE " SET s.state='revoked', s.instance=NULL WHERE " whose \
	" AND s.state='made' AND s.instance IS NOT NULL AND i.id IS NULL"

/*
 * Shares that were removed in P8 are so from now on; others share with the user no more, until the
 * user comes again.
 */
static int shares_remove(struct leaving *u, struct err *e)
{
	struct dbval owner = DB_INT(u->row), sharee = DB_STR(u->public_id);
	struct target *t = u->sql->t;

	if (t->no_dav || u->public_id[0] == '\0')
		return 0;
	if (sql_do(t, REVOKE("s.user_id=?"), &owner, 1, e) < 0 ||
	    sql_do(t, REVOKE(SHARED), &sharee, 1, e) < 0 ||
	    sql_do(t, "DELETE i FROM {p7m_shares} s JOIN " SHARE_INSTANCE " WHERE " SHARED
	    " AND s.state='made' AND i.access>1", &sharee, 1, e) < 0)
		return -1;
	return sql_do(t, "UPDATE {p7m_shares} s SET s.state='waiting', s.instance=NULL WHERE "
	    SHARED " AND s.state='made'", &sharee, 1, e);
}

/* All but the color P8 has of the calendar as that was in P8 when the share was made. */
static void differ(struct differs *d, size_t i, const char *name, const struct dbq *q)
{
	const struct rows *r = &d->unit->r[TABLE_SHARES];
	int64_t access = r->col[SHARE_ACCESS].num[i];
	const struct bulk_data *color = &r->col[SHARE_COLOR];

	if (dbq_int(q, 2) != access)
		differs_print(d, DAV_SHARE, name, dbq_int(q, 2) < access ?
		    "in P8 the sharee can only read it" : "in P8 the sharee can write it");
	else if (!rows_null(r, SHARE_COLOR, i) && (q->col[5].n != color->len[i] ||
	    memcmp(dbq_str(q, 5), color->p[i], color->len[i]) != 0))
		differs_print(d, DAV_SHARE, name, "its color is another one in P8");
	else if (dbq_int(q, 4) == 0)
		differs_print(d, DAV_SHARE, name, "it is not as it was made in P8");
}

/* A sharee who is not in P8 has nothing to compare; what was revoked is P8's matter. */
static int look(struct differs *d, size_t i, struct err *e)
{
	const struct rows *r = &d->unit->r[TABLE_SHARES];
	const char *sharee = r->col[SHARE_SHAREE].p[i];
	struct dbval v[] = { DB_STR(TYPE_USER), DB_STR(r->col[SHARE_UUID].p[i]), DB_STR(sharee) };
	char name[USER_PRINCIPAL_LEN];
	const struct dbq *q;
	int rc;

	snprintf(name, sizeof(name), "%s%s", strcmp(sharee, EVERYONE) == 0 ? "" :
	    PRINCIPAL_PREFIX, sharee);
	q = differs_row(d, DQ_SHARE, "SELECT s.state, s.instance, i.access, " SHAREE_IS_THERE
	    ", s.looks=" LEDGER_LOOKS("i") ", i.calendarcolor FROM {p7m_shares} s LEFT JOIN "
	    SHARE_INSTANCE " WHERE s.calendar=? AND s.sharee=CONVERT(? USING {:charset}) COLLATE"
	    " {:collation}", v, 3, &rc, e);
	if (rc < 0)
		return -1;
	/* Without an instance it was made for the owner. */
	if (q != NULL && ((strcmp(dbq_str(q, 0), "waiting") == 0 && dbq_int(q, 3) == 0) ||
	    (strcmp(dbq_str(q, 0), "made") == 0 && q->col[1].p == NULL)))
		return 0;
	if (q == NULL || q->col[2].p == NULL)
		differs_print(d, DAV_SHARE, name, "not in P8");
	else
		differ(d, i, name, q);
	return 0;
}

/* Sums do not tell the color, nor what waits in vain: each is looked at. */
static int shares_differ(struct differs *d, struct err *e)
{
	size_t i;

	for (i = 0; i < d->unit->r[TABLE_SHARES].n; i++)
		if (look(d, i, e) < 0)
			return -1;
	return 0;
}

const struct kind_ops share_kind = {
	.kind = DAV_SHARE, .word = "shares of calendars", .part = PART_CALENDARS,
	.of_principals = true, .write = shares_write, .sum = shares_sum,
	.source = calendar_source, .read = shares_read, .added = shares_added,
	.remove = shares_remove, .differs = shares_differ
};

/* It becomes a row of its calendar, or a share. */
const struct kind_ops instance_kind = {
	.kind = DAV_INSTANCE, .word = "calendars", .part = PART_CALENDARS, .of_principals = true,
	.take = instance_take, .source = calendar_source
};

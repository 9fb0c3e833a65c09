#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "davname.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/share.h"
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

int share_take(struct context *x, struct err *e)
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
	if (strlen(PRINCIPAL_PREFIX) + strlen(sharee) > PRINCIPAL_MAX)
		return note_reject(x, "principal-too-long", "P8's calendars take principals of at "
		    "most " PRINCIPAL_MAX_TEXT " bytes", "take the one it is shared with back"
		    " (p8-load --p8 DIR --undo EMAIL), give them a shorter e-mail address"
		    " in P7, and run again", e);
	return add(x, c - x->user->cals, (struct rows_value[SHARE_COLUMNS]){
	    [SHARE_UUID] = ROW_TEXT(c->uuid), [SHARE_P7] = ROW_NUM(jr_int(d, NULL, "id", 0)),
	    [SHARE_SHAREE] = ROW_TEXT(sharee), [SHARE_URI] = ROW_TEXT(uri),
	    [SHARE_ACCESS] = ROW_NUM(access) }, e);
}

int shares_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct rows *r = &x->unit->r[TABLE_SHARES];
	size_t i;

	(void)how;
	rows_fill_num(r, SHARE_USER, x->user->row);
	for (i = 0; i < r->n; i++)
		r->col[SHARE_CALENDAR].num[i] = x->user->cals[r->of[i]].id;
	return rows_insert(r, TABLE_SHARES, x->s, NULL, e);
}

void shares_sum(const struct context *x, struct sums *sums)
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

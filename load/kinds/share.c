#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fit.h"
#include "davname.h"
#include "kinds/calendar.h"
#include "kinds/davtext.h"
#include "kinds/share.h"
#include "kinds/sharemake.h"
#include "kinds/itemize.h"
#include "kinds/context.h"
#include "base/names.h"
#include "kinds/note.h"

/* The calendar's share with the same sharee in this unit, or the number of shares. */
static size_t find(const struct context *x, int64_t cal, const char *sharee)
{
	const struct shares *s = &x->unit->shares;
	size_t i;

	for (i = s->n; i > 0 && s->cal[i - 1] == cal; i--)
		if (strcasecmp(s->sharee[i - 1], sharee) == 0)
			return i - 1;
	return s->n;
}

static int add(struct context *x, struct unit_share *h, const char *sharee, struct err *e)
{
	struct davtext of = { "adav_calendarshares", h->share, "color" };
	struct shares *s = &x->unit->shares;
	size_t i = find(x, (int64_t)h->cal, sharee);

	if (i < s->n) {
		s->access[i] = h->access > s->access[i] ? h->access : s->access[i];
		return 0;
	}
	if (davtext_word(x, &of, "calendarcolor", DAV_COLOR_MAX, NULL, &h->color, e) < 0 ||
	    unit_share(x->unit, h, e) < 0)
		return -1;
	itemize_calendar(x, "SHARE", sharee);
	return shares_dry_add(x, h->share, sharee, e);
}

/* The text of member KEY; "": none, or one with NULs, which must not pass for its beginning. */
static const char *whole(const struct jdoc *d, const char *key)
{
	const struct jval *v = jr_get(d, NULL, key);

	return v != NULL && v->type == J_STR && strlen(v->s) == v->n ? v->s : "";
}

int share_record(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *sharee = whole(d, "principaluri"), *uri = whole(d, "uri"), *wrong;
	size_t n = strlen(PRINCIPAL_PREFIX);
	struct unit_share h = { .share = jr_int(d, NULL, "id", 0),
	    .access = jr_int(d, NULL, "access", 0), .uri = { uri, strlen(uri) } };
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
	    h.access != 2 && h.access != 3 ?
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
	h.cal = (size_t)(c - x->user->cals);
	h.uuid = (struct unit_text){ c->uuid, UUID_LEN };
	h.sharee = (struct unit_text){ sharee, strlen(sharee) };
	return add(x, &h, sharee, e);
}

int shares_write(struct context *x, struct err *e)
{
	struct shares *s = &x->unit->shares;
	struct bulk_data d[] = { { .num = s->user }, { .p = s->uuid, .len = s->uuid_len },
	    { .num = s->calendarid }, { .num = s->share },
	    { .p = s->sharee, .len = s->sharee_len }, { .p = s->uri, .len = s->uri_len },
	    { .num = s->access }, { .p = s->color, .len = s->color_len, .null = s->color_null } };
	size_t i;

	for (i = 0; i < s->n; i++) {
		s->user[i] = x->user->row;
		s->calendarid[i] = x->user->cals[s->cal[i]].id;
	}
	return bulk_insert(&x->s->w.b[WB_SHARES], d, 0, s->n, e);
}

void shares_tally(const struct context *x, struct kind_sum *k)
{
	const struct shares *s = &x->unit->shares;
	size_t i;

	for (i = 0; i < s->n; i++) {
		k->things++;
		k->rows++;
		k->hash += rowhash_share(s->uuid[i], s->sharee[i], s->sharee_len[i], s->access[i]);
	}
}

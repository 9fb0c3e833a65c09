#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "calendar/dav.h"
#include "grow.h"

#define EVERYONE "@everyone"
#define TENANT_PRINCIPAL "_dav_tenant_user@localhost"

static const char *table(struct dav *d)
{
	return jr_str(&d->f->in.doc, NULL, "table", "adav_calendarshares");
}

static int report(struct dav *d, bool reject, const char *code, const char *reason,
    const char *action, struct err *e)
{
	return filter_report_row(d->f, (struct report_item){ .reject = reject, .code = code,
	    .table = table(d), .reason = reason, .action = action }, e);
}

/* Everybody of the owner's tenant, whatever the tenant's number is. */
static bool is_everyone(const char *uri, size_t n)
{
	const size_t m = sizeof(TENANT_PRINCIPAL) - 1;

	return n >= m && strcasecmp(uri + n - m, TENANT_PRINCIPAL) == 0;
}

/*
 * Append the principal by which P8 knows the sharee of the record in hand: a user by the name of
 * their account, anybody else by P7's name.  0: there is none; -1: a name with NUL bytes, which
 * must not be taken for the name that ends at the first of them.
 */
static int put_sharee(struct dav *d, struct buf *out)
{
	const struct jval *email = jr_get(&d->f->in.doc, NULL, "member_email");
	const char *name = jr_str(&d->f->in.doc, NULL, "member_email", NULL), *to;

	if (name != NULL) {
		if (strlen(name) != email->n)
			return -1;
		to = rename_of(&d->f->rename, name, strlen(name));
		buf_adds(out, PRINCIPALS);
		buf_adds(out, to != NULL ? to : name);
		return 1;
	}
	name = dav_member(d, "member_uri", &d->text);
	if (name == NULL)
		return 0;
	if (strlen(name) != d->text.len)
		return -1;
	to = is_everyone(name, d->text.len) ? EVERYONE :
	    rename_principal(&d->f->rename, name, d->text.len);
	buf_adds(out, to != NULL ? to : name);
	return 1;
}

static int keep(struct dav *d, size_t principal, struct err *e)
{
	const char *color = jr_str(&d->f->in.doc, NULL, "color", NULL);
	struct share s = { .id = jr_int(&d->f->in.doc, NULL, "id", -1), .principal = principal,
	    .order = (unsigned)d->shares,
	    .readonly = jr_int(&d->f->in.doc, NULL, "readonly", 0) != 0 };

	if (color != NULL && *color != '\0') {
		s.color = d->share_text.len;
		buf_add(&d->share_text, color, strlen(color) + 1);
	}
	if (d->shares == SHARES_MAX || d->share_text.failed)
		return report(d, true, "too-many-shares", "a calendar cannot have so many shares",
		    "share the calendar in P8", e);
	if (GROW(d->share, d->shares, d->share_size, e) < 0)
		return -1;
	d->share[d->shares++] = s;
	return 0;
}

int share_record(struct dav *d, struct err *e)
{
	struct buf *text = &d->share_text;
	const char *sharee;
	size_t at;
	int rc;

	if (!d->calendar || jr_int(&d->f->in.doc, NULL, "calendarid", -1) != d->id)
		return report(d, true, "calendar-missing", "its calendar does not stand before it",
		    "share the calendar in P8", e);
	d->fields[0] = '\0';
	if (d->shares == 0)
		buf_reset(text);
	at = text->len;
	rc = put_sharee(d, text);
	if (rc < 0)
		return report(d, true, "sharee-with-nul", "the name of the one it is shared with"
		    " has NUL bytes, which no name has", "share the calendar in P8", e);
	if (rc == 0)
		return report(d, false, "sharee-missing", "the share names a principal that P7 has"
		    " no row for: its user was deleted", "left out", e);
	buf_addc(text, '\0');
	sharee = text->failed ? "" : text->data + at;
	if (strcasecmp(sharee, d->principal.data) == 0) {
		text->len = at;
		return report(d, false, "shared-with-owner", "the calendar is shared with its own"
		    " owner", "the share was left out", e);
	}
	if (keep(d, at, e) < 0)
		return -1;
	return dav_repaired(d, table(d), e);
}

static const char *sorted_text;		/* of the shares that are being sorted */

static int by_id(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int by_sharee(const void *a, const void *b)
{
	int c = strcasecmp(sorted_text + ((const struct share *)a)->principal,
	    sorted_text + ((const struct share *)b)->principal);

	return c != 0 ? c : by_id(a, b);
}

/* One share for each sharee: the first one, with the right to write when one of them gives it. */
static void merge(struct dav *d)
{
	struct share *to = d->share, *s;

	sorted_text = d->share_text.data;
	qsort(d->share, d->shares, sizeof(*d->share), by_sharee);
	for (s = d->share + 1; s < d->share + d->shares; s++) {
		if (strcasecmp(sorted_text + to->principal, sorted_text + s->principal) != 0) {
			*++to = *s;
			continue;
		}
		to->readonly &= s->readonly;
		if (to->color == 0)
			to->color = s->color;
	}
	d->shares = (size_t)(to - d->share) + 1;
	qsort(d->share, d->shares, sizeof(*d->share), by_id);
}

int shares_flush(struct dav *d, struct err *e)
{
	const char *text = d->share_text.data;
	const struct share *s;
	struct jsonw *w;
	int rc = 0;

	if (d->shares > 0)
		merge(d);
	for (s = d->share; rc == 0 && s < d->share + d->shares; s++) {
		w = so_begin(&d->f->out, "CALENDAR_SHARE");
		jw_kv_int(w, "id", s->id);
		jw_kv_str(w, "calendar", d->uuid);
		jw_kv_str(w, "principaluri", text + s->principal);
		jw_kv_int(w, "readonly", s->readonly);
		jw_kv_str(w, "color", s->color > 0 ? text + s->color : NULL);
		rc = so_put(&d->f->out, "CALENDAR_SHARE", e);
	}
	d->shares = 0;
	return rc;
}

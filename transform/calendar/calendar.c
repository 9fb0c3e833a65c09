#include "calendar/dav.h"

#define TABLE "adav_calendars"

static void put_calendar(struct dav *d, struct jsonw *w)
{
	static const char *const rest[] = { "displayname", "description", "ctag", "calendarorder",
		"calendarcolor", "timezone", "components", "transparent", NULL };
	static const char *const known[] = { "kind", "id", "principaluri", "uri", "displayname",
		"description", "ctag", "calendarorder", "calendarcolor", "timezone", "components",
		"transparent", "uri_shared", "uuid", NULL };
	size_t i;

	jw_kv_str(w, "uuid", d->uuid);
	jw_kv_int(w, "id", d->id);
	jw_kv_str(w, "principaluri", d->principal.data);
	jw_key(w, "uri");
	jw_str_n(w, d->uri.data, d->uri.len);
	for (i = 0; rest[i] != NULL; i++)
		dav_put(d, w, rest[i]);
	dav_put_rest(d, w, known);	/* "public", for one */
}

/* Of several calendars with one URI the first one keeps it, and the reminders. */
static int take_uri(struct dav *d, struct err *e)
{
	const char *old = dav_member(d, "uri", &d->text);
	size_t n = old != NULL ? d->text.len : 0;
	int first, as_was;

	d->key = dav_key(0, d->text.data, n);
	first = names_take(&d->p7_uris, n > 0 ? old : "", n, e);
	as_was = first < 0 ? -1 : dav_choose_uri(d, &d->uris, old, n, d->id, e);
	if (as_was == 0 && first == 1 && dav_moved(d, d->key, d->uri.data, d->uri.len, e) < 0)
		return -1;
	return as_was;
}

int calendar_record(struct dav *d, struct err *e)
{
	int as_was;

	d->id = jr_int(&d->f->in.doc, NULL, "id", -1);
	d->calendar = true;
	d->fields[0] = '\0';
	names_reset(&d->taken);
	names_reset(&d->made);
	names_reset(&d->shared);
	filter_uuid(d->f, d->uuid, "calendar:%lld", (long long)d->id);
	as_was = take_uri(d, e);
	if (as_was < 0)
		return -1;
	put_calendar(d, so_begin(&d->f->out, "CALENDAR"));
	if (so_put(&d->f->out, "CALENDAR", e) < 0 || dav_repaired(d, TABLE, e) < 0)
		return -1;
	return as_was ? 0 : dav_uri_changed(d, TABLE, "the URI is empty, too long or taken", e);
}

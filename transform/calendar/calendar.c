#include "run.h"

#define TABLE "adav_calendars"

static void put_calendar(struct run *r, struct jsonw *w)
{
	static const char *const rest[] = { "displayname", "description", "ctag", "calendarorder",
		"calendarcolor", "timezone", "components", "transparent", NULL };
	static const char *const known[] = { "kind", "id", "principaluri", "uri", "displayname",
		"description", "ctag", "calendarorder", "calendarcolor", "timezone", "components",
		"transparent", "uri_shared", "uuid", NULL };
	struct dav *d = &r->dav;
	size_t i;

	jw_kv_str(w, "uuid", d->uuid);
	jw_kv_int(w, "id", d->id);
	jw_kv_str(w, "principaluri", d->principal.data);
	jw_key(w, "uri");
	jw_str_n(w, d->uri.data, d->uri.len);
	for (i = 0; rest[i] != NULL; i++)
		dav_put(r, w, rest[i]);
	dav_put_rest(r, w, known);	/* "public" is one */
}

/* Of several calendars with one URI the first one keeps it, and the reminders. */
static int take_uri(struct run *r, struct err *e)
{
	struct dav *d = &r->dav;
	const char *old = dav_member(r, "uri", &d->text);
	size_t n = old != NULL ? d->text.len : 0;
	int first, as_was;

	d->key = dav_key(0, d->text.data, n);
	first = names_take(&d->p7_uris, n > 0 ? old : "", n, e);
	as_was = first < 0 ? -1 : dav_choose_uri(r, &d->uris, old, n, d->id, e);
	if (as_was == 0 && first == 1 && dav_moved(r, d->key, d->uri.data, d->uri.len, e) < 0)
		return -1;
	return as_was;
}

int calendar_record(struct run *r, struct err *e)
{
	struct dav *d = &r->dav;
	int as_was;

	d->id = jr_int(&r->in.doc, NULL, "id", -1);
	d->calendar = true;
	d->fields[0] = '\0';
	names_reset(&d->taken);
	names_reset(&d->made);
	names_reset(&d->shared);
	run_uuid(r, d->uuid, "calendar:%lld", (long long)d->id);
	as_was = take_uri(r, e);
	if (as_was < 0)
		return -1;
	put_calendar(r, so_begin(&r->out, "CALENDAR"));
	if (so_put(&r->out, "CALENDAR", e) < 0 || dav_repaired(r, TABLE, e) < 0)
		return -1;
	return as_was ? 0 : dav_uri_changed(r, TABLE, "the URI is empty, too long or taken", e);
}

#include "calendar/dav.h"

/* Write member KEY with the text P of N bytes, or as TO when that is known. */
static void put(struct jsonw *w, const char *key, const char *p, size_t n, const char *to)
{
	jw_key(w, key);
	if (to != NULL)
		jw_str(w, to);
	else
		jw_str_n(w, p, n);
}

/* A reminder names calendar and event by their URIs, which may be others now. */
int reminder_record(struct dav *d, struct err *e)
{
	static const char *const known[] = { "kind", "id", "user", "calendaruri", "eventid", "time",
		"starttime", "allday", NULL };
	struct jsonw *w = so_begin(&d->f->out, "REMINDER");
	const char *calendar, *event;
	uint64_t key;

	d->fields[0] = '\0';
	jw_kv_int(w, "id", jr_int(&d->f->in.doc, NULL, "id", -1));
	jw_kv_str(w, "user", d->name.data);
	calendar = dav_member(d, "calendaruri", &d->uri);
	key = dav_key(0, calendar, d->uri.len);
	put(w, "calendaruri", calendar, d->uri.len, calendar != NULL ? dav_moved_to(d, key) : NULL);
	event = dav_member(d, "eventid", &d->text);
	put(w, "eventid", event, d->text.len, calendar != NULL && event != NULL ?
	    dav_moved_to(d, dav_key(key, event, dav_event(event, d->text.len))) : NULL);
	dav_put(d, w, "time");
	dav_put(d, w, "starttime");
	dav_put(d, w, "allday");
	dav_put_rest(d, w, known);
	if (so_put(&d->f->out, "REMINDER", e) < 0)
		return -1;
	return dav_repaired(d, "adav_reminders", e);
}

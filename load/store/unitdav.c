#include <mysql.h>
#include <string.h>

#include "store/set.h"
#include "store/unitdav.h"

#define CARD_COLUMNS(s) { COL((s)->book), COL((s)->book_id), COL((s)->uri), COL((s)->data), \
	COL((s)->etag), COL((s)->uri_len), COL((s)->data_len), COL((s)->etag_len), \
	COL((s)->modified), COL((s)->bytes), COL((s)->id) }
#define CALENDAR_COLUMNS(s) { COL((s)->cal), COL((s)->id), COL((s)->synctoken), COL((s)->order), \
	COL((s)->transparent), COL((s)->public), COL((s)->uuid), COL((s)->components), \
	COL((s)->name), COL((s)->uri), COL((s)->description), COL((s)->color), \
	COL((s)->timezone), COL((s)->uuid_len), COL((s)->components_len), COL((s)->name_len), \
	COL((s)->uri_len), COL((s)->description_len), COL((s)->color_len), \
	COL((s)->timezone_len), COL((s)->components_null), COL((s)->name_null), \
	COL((s)->description_null), COL((s)->color_null), COL((s)->timezone_null), \
	COL((s)->user), COL((s)->principal), COL((s)->principal_len), COL((s)->principal_null) }
#define OBJECT_COLUMNS(s) { COL((s)->cal), COL((s)->calendarid), COL((s)->modified), \
	COL((s)->bytes), COL((s)->first), COL((s)->last), COL((s)->uri), COL((s)->data), \
	COL((s)->etag), COL((s)->type), COL((s)->uid), COL((s)->uri_len), COL((s)->data_len), \
	COL((s)->etag_len), COL((s)->type_len), COL((s)->uid_len), COL((s)->data_null), \
	COL((s)->first_null), COL((s)->last_null), COL((s)->uid_null) }
#define REMINDER_COLUMNS(s) { COL((s)->id), COL((s)->time), COL((s)->start), COL((s)->allday), \
	COL((s)->user), COL((s)->calendar), COL((s)->event), COL((s)->user_len), \
	COL((s)->calendar_len), COL((s)->event_len), COL((s)->calendar_null), \
	COL((s)->event_null), COL((s)->time_null), COL((s)->start_null) }
#define SHARE_COLUMNS(s) { COL((s)->cal), COL((s)->user), COL((s)->calendarid), COL((s)->share), \
	COL((s)->access), COL((s)->uuid), COL((s)->sharee), COL((s)->uri), COL((s)->color), \
	COL((s)->uuid_len), COL((s)->sharee_len), COL((s)->uri_len), COL((s)->color_len), \
	COL((s)->color_null) }

/* Text, or "" where the column's indicator says NULL. */
static bool keep(struct unit *u, char **to, unsigned long *len, struct unit_text t)
{
	return set_keep(u, to, len, t.p != NULL ? t.p : "", t.p != NULL ? t.n : 0);
}

static bool keep_apart(struct arena *a, char **to, unsigned long *len, struct unit_text t)
{
	*len = t.p != NULL ? t.n : 0;
	*to = arena_add(a, t.p != NULL ? t.p : "", *len);
	return *to != NULL;
}

static char null(bool is)
{
	return is ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
}

int unit_card(struct unit *u, const struct unit_card *c, struct err *e)
{
	struct cards *s = &u->cards;
	const struct set_column cols[] = CARD_COLUMNS(s);
	size_t i = s->n;

	if (GROW(s, cols, e) < 0)
		return -1;
	if (!set_keep(u, &s->uri[i], &s->uri_len[i], c->uri, strlen(c->uri)) ||
	    !set_keep(u, &s->data[i], &s->data_len[i], c->data, c->n) ||
	    !set_keep(u, &s->etag[i], &s->etag_len[i], c->etag, c->etag_len))
		return set_no_memory(e);
	s->book[i] = (int64_t)c->book;
	s->modified[i] = c->modified;
	s->bytes[i] = c->size;
	s->id[i] = 0;
	s->n++;
	u->rows++;
	return 0;
}

int unit_calendar(struct unit *u, const struct unit_calendar *c, struct err *e)
{
	struct calendars *s = &u->calendars;
	const struct set_column cols[] = CALENDAR_COLUMNS(s);
	size_t i = s->n;

	if (GROW(s, cols, e) < 0)
		return -1;
	if (!keep(u, &s->uuid[i], &s->uuid_len[i], c->uuid) ||
	    !keep(u, &s->components[i], &s->components_len[i], c->components) ||
	    !keep(u, &s->name[i], &s->name_len[i], c->name) ||
	    !keep(u, &s->uri[i], &s->uri_len[i], c->uri) ||
	    !keep(u, &s->description[i], &s->description_len[i], c->description) ||
	    !keep(u, &s->color[i], &s->color_len[i], c->color) ||
	    !keep(u, &s->timezone[i], &s->timezone_len[i], c->timezone))
		return set_no_memory(e);
	s->components_null[i] = null(c->components.p == NULL);
	s->name_null[i] = null(c->name.p == NULL);
	s->description_null[i] = null(c->description.p == NULL);
	s->color_null[i] = null(c->color.p == NULL);
	s->timezone_null[i] = null(c->timezone.p == NULL);
	s->cal[i] = (int64_t)c->cal;
	s->synctoken[i] = c->synctoken;
	s->order[i] = c->order;
	s->transparent[i] = c->transparent;
	s->public[i] = c->public;
	s->id[i] = 0;
	s->n++;
	u->rows += 2;
	return 0;
}

int unit_object(struct unit *u, const struct unit_object *o, struct err *e)
{
	struct objects *s = &u->objects;
	const struct set_column cols[] = OBJECT_COLUMNS(s);
	size_t i = s->n;

	if (GROW(s, cols, e) < 0)
		return -1;
	if (!keep(u, &s->uri[i], &s->uri_len[i], o->uri) ||
	    !keep(u, &s->data[i], &s->data_len[i], o->data) ||
	    !keep(u, &s->etag[i], &s->etag_len[i], o->etag) ||
	    !keep(u, &s->type[i], &s->type_len[i], o->type) ||
	    !keep(u, &s->uid[i], &s->uid_len[i], o->uid))
		return set_no_memory(e);
	s->cal[i] = (int64_t)o->cal;
	s->modified[i] = o->modified;
	s->bytes[i] = o->bytes;
	s->first[i] = o->first;
	s->last[i] = o->last;
	s->data_null[i] = null(o->data.p == NULL);
	s->first_null[i] = null(!o->has_first);
	s->last_null[i] = null(!o->has_last);
	s->uid_null[i] = null(o->uid.p == NULL);
	s->n++;
	u->rows++;
	return 0;
}

int unit_reminder(struct unit *u, const struct unit_reminder *r, struct err *e)
{
	struct reminders *s = &u->reminders;
	const struct set_column cols[] = REMINDER_COLUMNS(s);
	size_t i = s->n;

	if (GROW(s, cols, e) < 0)
		return -1;
	if (!keep_apart(&s->a, &s->user[i], &s->user_len[i], r->user) ||
	    !keep_apart(&s->a, &s->calendar[i], &s->calendar_len[i], r->calendar) ||
	    !keep_apart(&s->a, &s->event[i], &s->event_len[i], r->event))
		return set_no_memory(e);
	s->time[i] = r->time;
	s->start[i] = r->start;
	s->allday[i] = r->allday;
	s->calendar_null[i] = null(r->calendar.p == NULL);
	s->event_null[i] = null(r->event.p == NULL);
	s->time_null[i] = null(!r->has_time);
	s->start_null[i] = null(!r->has_start);
	s->id[i] = 0;
	s->n++;
	return 0;
}

int unit_share(struct unit *u, const struct unit_share *h, struct err *e)
{
	struct shares *s = &u->shares;
	const struct set_column cols[] = SHARE_COLUMNS(s);
	size_t i = s->n;

	if (GROW(s, cols, e) < 0)
		return -1;
	if (!keep(u, &s->uuid[i], &s->uuid_len[i], h->uuid) ||
	    !keep(u, &s->sharee[i], &s->sharee_len[i], h->sharee) ||
	    !keep(u, &s->uri[i], &s->uri_len[i], h->uri) ||
	    !keep(u, &s->color[i], &s->color_len[i], h->color))
		return set_no_memory(e);
	s->color_null[i] = null(h->color.p == NULL);
	s->cal[i] = (int64_t)h->cal;
	s->share[i] = h->share;
	s->access[i] = h->access;
	s->n++;
	u->rows++;
	return 0;
}

void unit_card_drop(struct unit *u, size_t row)
{
	const struct set_column cols[] = CARD_COLUMNS(&u->cards);

	set_move(cols, COLS(cols), row, --u->cards.n);
	u->rows--;
}

void unit_object_drop(struct unit *u, size_t row)
{
	const struct set_column cols[] = OBJECT_COLUMNS(&u->objects);

	set_move(cols, COLS(cols), row, --u->objects.n);
	u->rows--;
}

void unitdav_free(struct unit *u)
{
	const struct set_column cards[] = CARD_COLUMNS(&u->cards);
	const struct set_column calendars[] = CALENDAR_COLUMNS(&u->calendars);
	const struct set_column objects[] = OBJECT_COLUMNS(&u->objects);
	const struct set_column reminders[] = REMINDER_COLUMNS(&u->reminders);
	const struct set_column shares[] = SHARE_COLUMNS(&u->shares);

	set_free(cards, COLS(cards));
	set_free(calendars, COLS(calendars));
	set_free(objects, COLS(objects));
	set_free(reminders, COLS(reminders));
	set_free(shares, COLS(shares));
}

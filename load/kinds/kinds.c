#include <string.h>

#include "base/names.h"
#include "kinds/book.h"
#include "kinds/calendar.h"
#include "kinds/card.h"
#include "kinds/entity.h"
#include "kinds/file.h"
#include "kinds/kind.h"
#include "kinds/links.h"
#include "kinds/object.h"
#include "kinds/reminder.h"
#include "kinds/share.h"

const struct kind_ops kind_ops[] = {
{ "", NULL, PART_BASE, 0, entity_take, entities_write, entities_sum, entity_source },
{ "ADDRESSBOOK", "contacts", PART_CONTACTS, 0, book_take, books_write, books_sum, entity_source },
{ "CARD", "contacts", PART_CONTACTS, SOME_CONTACTS, card_take, cards_write, cards_sum,
    card_source },
{ DAV_CALENDAR, "calendars", PART_CALENDARS, 0, calendar_take, calendars_write, calendars_sum,
    calendar_source },
{ DAV_OBJECT, "calendars", PART_CALENDARS, 0, object_take, objects_write, objects_sum,
    object_source },
{ DAV_REMINDER, "reminders", PART_CALENDARS, 0, reminder_take, reminders_write, reminders_sum,
    reminder_source },
{ DAV_SHARE, "shares of calendars", PART_CALENDARS, 0, NULL, shares_write, shares_sum,
    calendar_source },
{ "FILE", "files", PART_FILES, 0, file_take, files_write, files_sum, file_source },
{ KIND_LINK, "public links", PART_BASE, 0, link_take, links_write, links_sum, entity_source },

/* An instance becomes a row of its calendar, or a share. */
{ DAV_INSTANCE, "calendars", PART_CALENDARS, 0, instance_take, NULL, NULL, calendar_source },
{ "FILE_CHUNK", "files", PART_FILES, 0, file_chunk_take, NULL, NULL, NULL },

/* Entities of which something is to be known. */
{ "CONTACT", "contacts", PART_CONTACTS, SOME_CONTACTS, NULL, NULL, NULL, NULL },
{ "CTAG", "contacts", PART_CONTACTS, 0, NULL, NULL, NULL, NULL },
{ "GROUP", "contacts", PART_CONTACTS, SOME_GROUPS, NULL, NULL, NULL, NULL },
{ "MEMBERSHIP", "contacts", PART_CONTACTS, SOME_GROUPS, NULL, NULL, NULL, NULL },
{ KIND_USER, "settings", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ KIND_TEAM_CONTACT, "settings", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ "ACCOUNT", "accounts", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ KIND_SERVER, "accounts", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ "SOCIAL", "accounts", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ KIND_SYSTEM_FOLDER, "accounts", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ "IDENTITY", "identities", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ "SENDER", "safe senders", PART_BASE, 0, NULL, NULL, NULL, NULL },
{ NULL, NULL, PART_BASE, 0, NULL, NULL, NULL, NULL }
};

const struct kind_ops *kind_find(const char *name)
{
	const struct kind_ops *k;

	for (k = kind_ops; k->kind != NULL; k++)
		if (k->kind[0] != '\0' && strcmp(k->kind, name) == 0)
			return k;
	return NULL;
}

enum part part_of(const char *kind)
{
	const struct kind_ops *k = kind_find(kind);

	return k != NULL ? k->part : PART_BASE;
}

int kinds_take(struct context *x, struct err *e)
{
	const struct kind_ops *k = kind_find(x->in->si.kind);

	if (k != NULL && k->take != NULL)
		return k->take(x, e) < 0 ? -1 : 1;
	if (!entity_is(x))
		return 0;
	return entity_take(x, e) < 0 ? -1 : 1;
}

int kinds_write(struct context *x, const struct write_how *how, struct err *e)
{
	const struct kind_ops *k;

	own_begin(x->own, x->s, x->user->row);
	for (k = kind_ops; k->kind != NULL; k++)
		if (k->write != NULL && k->write(x, how, e) < 0)
			return -1;
	return own_send(x->own, e);
}

void kinds_sum(const struct context *x, struct sums *sums)
{
	const struct kind_ops *k;

	for (k = kind_ops; k->kind != NULL; k++)
		if (k->sum != NULL)
			k->sum(x, sums);
}

int kinds_source(struct context *x, struct err *e)
{
	const char *kind = x->in->si.kind;
	const struct kind_ops *k;
	int i;

	if (strcmp(kind, "FILE_CHUNK") == 0 || strcmp(kind, "REJECT") == 0 ||
	    strcmp(kind, "WARN") == 0)
		return 0;
	if (strcmp(kind, DAV_INSTANCE) == 0)
		kind = instance_is_owners(x->in) ? DAV_CALENDAR : DAV_SHARE;
	k = kind_find(kind);
	i = kind_index(x->kinds, kind, e);
	if (i < 0)
		return -1;
	x->user->source[i] += k != NULL && k->source != NULL ? k->source(x->in) :
	    entity_source(x->in);
	return 0;
}

struct kind_sum *kind_sum(const struct context *x, struct sums *sums, const char *name)
{
	struct err ignored = { .msg = "" };
	int i = kind_index(x->kinds, name, &ignored);

	return i < 0 ? NULL : &sums->k[i];
}

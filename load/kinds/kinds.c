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
#include "kinds/verbs.h"

#define CONTACTS(what) .kind = (what), .word = "contacts", .part = PART_CONTACTS
#define CALENDARS(what, words) .kind = (what), .word = (words), .part = PART_CALENDARS, \
	.of_principals = true
#define FILES(what) .kind = (what), .word = "files", .part = PART_FILES
#define BASE(what, words) .kind = (what), .word = (words), .part = PART_BASE

const struct kind_ops kind_ops[] = {
{ CALENDARS(DAV_CALENDAR, "calendars"), .letter = 'k', .take = calendar_take,
    .write = calendars_write, .sum = calendars_sum, .source = calendar_source,
    .read = calendars_read, .added = calendars_added, .remove = calendars_remove,
    .remove_run = calendars_remove_run, .differs = calendars_differ },
/* It becomes a row of its calendar, or a share. */
{ CALENDARS(DAV_INSTANCE, "calendars"), .take = instance_take, .source = calendar_source },
{ CALENDARS(DAV_OBJECT, "calendars"), .take = object_take, .write = objects_write,
    .sum = objects_sum, .source = object_source, .read = objects_read,
    .differs = objects_differ },
{ CALENDARS(DAV_SHARE, "shares of calendars"), .write = shares_write, .sum = shares_sum,
    .source = calendar_source, .read = shares_read, .added = shares_added,
    .remove = shares_remove, .differs = shares_differ },
{ CALENDARS(DAV_REMINDER, "reminders"), .letter = 'r', .take = reminder_take,
    .write = reminders_write, .sum = reminders_sum, .source = reminder_source,
    .read = reminders_read, .remove_run = reminders_remove_run },
{ BASE("", NULL), .letter = 'e', .take = entity_take, .write = entities_write,
    .sum = entities_sum, .source = entity_source, .read = entities_read,
    .added = entities_added, .remove = entities_remove, .remove_run = entities_remove_run,
    .differs = entities_differ },
{ CONTACTS("ADDRESSBOOK"), .letter = 'b', .take = book_take, .write = books_write,
    .sum = books_sum, .source = entity_source, .read = books_read, .remove = books_remove,
    .remove_run = books_remove_run, .differs = books_differ },
{ CONTACTS("CARD"), .some = SOME_CONTACTS, .letter = 'c', .take = card_take,
    .write = cards_write, .sum = cards_sum, .source = card_source, .read = cards_read,
    .added = cards_added, .remove = cards_remove, .remove_run = cards_remove_run,
    .differs = cards_differ },
{ FILES("FILE"), .take = file_take, .write = files_write, .sum = files_sum,
    .source = file_source, .read = files_read, .added = files_added },
{ FILES("FILE_CHUNK"), .take = file_chunk_take },
{ BASE(KIND_LINK, "public links"), .take = link_take, .write = links_write, .sum = links_sum,
    .source = entity_source, .read = links_read, .added = links_added, .remove = links_remove },

/* Entities of which something is to be known. */
{ CONTACTS("CONTACT"), .some = SOME_CONTACTS },
{ CONTACTS("CTAG") },
{ CONTACTS("GROUP"), .some = SOME_GROUPS },
{ CONTACTS("MEMBERSHIP"), .some = SOME_GROUPS },
{ BASE(KIND_USER, "settings") },
{ BASE(KIND_TEAM_CONTACT, "settings") },
{ BASE("ACCOUNT", "accounts") },
{ BASE(KIND_SERVER, "accounts") },
{ BASE("SOCIAL", "accounts") },
{ BASE(KIND_SYSTEM_FOLDER, "accounts") },
{ BASE("IDENTITY", "identities") },
{ BASE("SENDER", "safe senders") },
{ .kind = NULL }
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

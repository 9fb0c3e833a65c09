#include <string.h>

#include "base/names.h"
#include "kinds/calendar.h"
#include "kinds/entity.h"
#include "kinds/kinds.h"

/* The last line of each kind's file. */
extern const struct kind_ops book_kind, calendar_kind, card_kind, chunk_kind, file_kind,
    instance_kind, link_kind, object_kind, reminder_kind, share_kind;

/* Entities of which something is to be known. */
#define ENTITY(name, what, words, bits) static const struct kind_ops name = { .kind = (what), \
	.word = (words), .part = (bits) < 0 ? PART_BASE : PART_CONTACTS, \
	.some = (bits) < 0 ? 0 : (bits) }
ENTITY(contact, "CONTACT", "contacts", SOME_CONTACTS);
ENTITY(ctag, "CTAG", "contacts", 0);
ENTITY(group, "GROUP", "contacts", SOME_GROUPS);
ENTITY(membership, "MEMBERSHIP", "contacts", SOME_GROUPS);
ENTITY(user, KIND_USER, "settings", -1);
ENTITY(team_contact, KIND_TEAM_CONTACT, "settings", -1);
ENTITY(account, "ACCOUNT", "accounts", -1);
ENTITY(server, KIND_SERVER, "accounts", -1);
ENTITY(social, "SOCIAL", "accounts", -1);
ENTITY(system_folder, KIND_SYSTEM_FOLDER, "accounts", -1);
ENTITY(identity, "IDENTITY", "identities", -1);
ENTITY(sender, "SENDER", "safe senders", -1);

const struct kind_ops *const kind_list[] = {
	&calendar_kind, &instance_kind, &object_kind, &share_kind, &reminder_kind, &entity_kind,
	&book_kind, &card_kind, &file_kind, &chunk_kind, &link_kind, &contact, &ctag, &group,
	&membership, &user, &team_contact, &account, &server, &social, &system_folder, &identity,
	&sender, NULL
};

const struct kind_ops *kind_find(const char *name)
{
	const struct kind_ops *const *k;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->kind[0] != '\0' && strcmp((*k)->kind, name) == 0)
			return *k;
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
	const struct kind_ops *const *k;

	own_begin(x->own, x->s, x->user->row);
	for (k = kind_list; *k != NULL; k++)
		if ((*k)->write != NULL && (*k)->write(x, how, e) < 0)
			return -1;
	return own_send(x->own, e);
}

void kinds_sum(const struct context *x, struct sums *sums)
{
	const struct kind_ops *const *k;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->sum != NULL)
			(*k)->sum(x, sums);
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

int kinds_read(struct readback *r, const struct readback_user *u, struct err *e)
{
	const struct kind_ops *const *k;

	if (readback_begin(r, u, e) < 0)
		return -1;
	for (k = kind_list; *k != NULL; k++)
		if ((*k)->read != NULL && (*k)->read(r, e) < 0)
			return -1;
	return 0;
}

int kinds_read_entity(struct readback *r, int64_t id, const char *kind, struct err *e)
{
	struct readback_run one = { 'e', id, id, 1, 0 }, *runs = r->runs;
	size_t nruns = r->nruns;
	int rc;

	r->n = 0;
	if (readback_kind(r, kind, e) == NULL)
		return -1;
	r->runs = &one;
	r->nruns = 1;
	rc = entity_kind.read(r, e);
	r->runs = runs;
	r->nruns = nruns;
	return rc;
}

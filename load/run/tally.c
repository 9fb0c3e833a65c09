#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/load.h"
#include "kinds/calendar.h"
#include "kinds/object.h"
#include "kinds/reminder.h"
#include "kinds/share.h"
#include "base/names.h"
#include "run/tally.h"

static void tally_entities(struct load *l, struct sums *sums)
{
	const struct ents *s = &l->unit.ents;
	struct kind_sum *k;
	size_t i;

	for (i = 0; i < s->n; i++) {
		k = &sums->k[s->kind[i]];
		k->things++;
		k->hash += rowhash_entity(s->uuid[i], s->parent[i], s->type[i], s->module[i]);
	}
}

static void tally_attrs(struct load *l, enum attr_type t, struct sums *sums)
{
	const struct attrs *s = &l->unit.attrs[t];
	const struct ents *ents = &l->unit.ents;
	const char *uuid, *type, *val;
	struct kind_sum *k;
	char number[24];
	size_t i, n;

	for (i = 0; i < s->n; i++) {
		uuid = s->ent[i] == UNIT_USER ? l->user.uuid : ents->uuid[s->ent[i]];
		type = s->ent[i] == UNIT_USER ? TYPE_USER : ents->type[s->ent[i]];
		if (rowhash_volatile(type, s->name[i]))
			continue;
		k = &sums->k[s->ent[i] == UNIT_USER ? l->user.kind : ents->kind[s->ent[i]]];
		if (attr_is_num(t)) {
			n = (size_t)snprintf(number, sizeof(number), "%" PRId64, s->num[i]);
			val = number;
		} else {
			n = s->val_len[i];
			val = s->null[i] ? NULL : s->val[i];
		}
		if (n == 0 && rowhash_filled(type, s->name[i]))
			continue;
		k->rows++;
		k->hash +=
		    rowhash_attr(uuid, attr_type_name[t], s->name[i], s->name_len[i], val, n);
	}
}

/* The index of a kind that has no record of its own in this unit; there is room for them. */
static struct kind_sum *sum_of(struct load *l, struct sums *sums, const char *kind)
{
	struct err ignored = { .msg = "" };
	int k = kind_index(&l->kinds, kind, &ignored);

	return k < 0 ? NULL : &sums->k[k];
}

static void tally_dav(struct load *l, struct sums *sums)
{
	const struct cards *s = &l->unit.cards;
	const struct user *u = &l->user;
	char principal[USER_PRINCIPAL_LEN];
	struct kind_sum *k;
	size_t i;

	principal_uri(u->public_id, principal);
	k = sum_of(l, sums, "ADDRESSBOOK");
	for (i = 0; k != NULL && i < u->nbooks; i++) {
		if (u->books[i].unit != u->units || !u->books[i].ours)
			continue;
		k->things++;
		k->hash += rowhash_book(principal, u->books[i].uri, u->books[i].name,
		    u->books[i].name_len, u->books[i].description);
	}
	k = sum_of(l, sums, "CARD");
	for (i = 0; k != NULL && i < s->n; i++) {
		k->things++;
		k->hash += rowhash_card(u->books[s->book[i]].uri, s->uri[i], s->uri_len[i],
		    s->data[i], s->data_len[i], s->modified[i]);
	}
}

static void tally_files(struct load *l, struct sums *sums)
{
	const struct filerows *s = &l->unit.files;
	struct kind_sum *k = sum_of(l, sums, "FILE");
	size_t i;

	for (i = 0; k != NULL && i < s->n; i++) {
		k->things++;
		k->hash += rowhash_file(s->root[i], s->path[i], s->path_len[i], s->bytes[i]);
	}
}

static void tally_links(struct load *l, struct sums *sums)
{
	const struct linkrows *s = &l->unit.links;
	struct kind_sum *k = sum_of(l, sums, KIND_LINK);
	size_t i;

	for (i = 0; k != NULL && i < s->n; i++) {
		k->things++;
		k->hash += rowhash_link(s->hash_id[i], s->hash[i], s->data[i], s->data_len[i]);
	}
}

static void tally_calendars(struct load *l, struct sums *sums)
{
	const struct unit *u = &l->unit;
	const struct {
		size_t n;
		const char *kind;
		void (*tally)(const struct context *x, struct kind_sum *k);
	} v[] = { { u->calendars.n, DAV_CALENDAR, calendars_tally },
	    { u->shares.n, DAV_SHARE, shares_tally }, { u->objects.n, DAV_OBJECT, objects_tally },
	    { u->reminders.n, DAV_REMINDER, reminders_tally } };
	struct kind_sum *k;
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(*v); i++)
		if (v[i].n > 0 && (k = sum_of(l, sums, v[i].kind)) != NULL)
			v[i].tally(&l->x, k);
}

void tally_unit(struct load *l, struct sums *sums)
{
	unsigned t;

	tally_entities(l, sums);
	for (t = 0; t < AT_COUNT; t++)
		tally_attrs(l, t, sums);
	if (l->unit.cards.n > 0 || l->user.nbooks > 0)
		tally_dav(l, sums);
	tally_calendars(l, sums);
	if (l->unit.files.n > 0)
		tally_files(l, sums);
	if (l->unit.links.n > 0)
		tally_links(l, sums);
}

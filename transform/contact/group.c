#include <string.h>

#include "contact/contacts.h"
#include "grow.h"
#include "text/find.h"

struct group *group_find(const struct contacts *k, int64_t id)
{
	size_t i;

	if (k->sorted)
		return find_id(k->group, k->groups, sizeof(*k->group), id);
	for (i = 0; i < k->groups; i++)
		if (k->group[i].id == id)
			return &k->group[i];
	return NULL;
}

struct group *group_named(const struct contacts *k, const char *name, size_t n)
{
	struct group *g;

	for (g = k->group; g < k->group + k->groups; g++)
		if (g->namelen == n && memcmp(k->group_names.data + g->name, name, n) == 0)
			return g;
	return NULL;
}

int group_link(struct contacts *k, struct group *group, const char *uuid, struct err *e)
{
	uint32_t at = (uint32_t)k->members;

	if (at == MEMBERS_MAX) {
		k->lost = true;
		return 0;
	}
	if (GROW(k->member, k->members, k->member_size, e) < 0)
		return -1;
	k->members++;
	uuid_raw(uuid, k->member[at].uuid);
	k->member[at].next = NO_MEMBER;
	if (group->first == NO_MEMBER)
		group->first = at;
	else
		k->member[group->last].next = at;
	group->last = at;
	return 0;
}

/* The group's UUID: P7's own where it is a UUID and no other group has it. */
static void group_uuid(struct contacts *k, const struct val *v, int64_t id,
    char uuid[UUID_LEN + 1])
{
	const struct val *str_id = &v[k->group_str_id];

	if (str_id->type == V_STR && !val_as_bool(&v[k->group_str_id_shared]) &&
	    uuid_parse(str_id->s, str_id->n, uuid))
		return;
	filter_uuid(k->m->f, uuid, "group:%lld", (long long)id);
}

/* Keep the group that was made, with its name. */
static int remember(struct contacts *k, int64_t id, const char *uuid, struct err *e)
{
	const struct val *name = k->group_name >= 0 ? &k->m->value[k->group_name] : NULL;
	struct group *g;

	if (GROW(k->group, k->groups, k->group_size, e) < 0)
		return -1;
	g = &k->group[k->groups++];
	*g = (struct group){ .id = id, .name = k->group_names.len, .first = NO_MEMBER,
	    .last = NO_MEMBER, .namelen = name != NULL ? name->n : 0 };
	memcpy(g->uuid, uuid, sizeof(g->uuid));
	if (name != NULL)
		buf_add(&k->group_names, name->s, name->n);
	k->sorted = k->sorted && (g == k->group || g[-1].id < id);
	return buf_check(&k->group_names, e);
}

int group_record(struct contacts *k, struct err *e)
{
	struct maker *m = k->m;
	char uuid[UUID_LEN + 1];
	int64_t id;

	if (maker_take(m, S_GROUP, e) < 0)
		return -1;
	if (k->groups == GROUPS_MAX || k->group_names.len > GROUP_NAMES_MAX - (64 << 10))
		return maker_report(m, S_GROUP, true, "too-many-groups",
		    "a user cannot have so many groups", "make the group in P8", e);
	id = val_as_int(&m->vals[S_GROUP][m->map.rec[S_GROUP].key_slot]);
	group_uuid(k, m->vals[S_GROUP], id, uuid);
	if (entity_make(m, E_GROUP, uuid, e) < 0 || put_own_books(k, e) < 0 ||
	    remember(k, id, uuid, e) < 0 || entity_write(m, E_GROUP, uuid, e) < 0)
		return -1;
	maker_drop(m, S_GROUP);
	return 0;
}

static void put_member(struct vcard *c, const struct member *m)
{
	char uuid[UUID_LEN + 1];

	uuid_text(m->uuid, uuid);
	vcard_name(c, "X-ADDRESSBOOKSERVER-MEMBER:");
	buf_adds(c->out, "urn:uuid:");
	buf_adds(c->out, uuid);
	vcard_end_line(c);
}

static int group_card(struct contacts *k, const struct group *g, struct err *e)
{
	struct vcard c;
	uint32_t i;

	buf_reset(&k->card);
	vcard_begin(&c, &k->card, g->uuid);
	vcard_name(&c, "FN:");
	vcard_part(&c, k->group_names.data + g->name, g->namelen);
	vcard_end_line(&c);
	vcard_name(&c, "X-ADDRESSBOOKSERVER-KIND:GROUP");
	vcard_end_line(&c);
	for (i = g->first; i != NO_MEMBER; i = k->member[i].next)
		put_member(&c, &k->member[i]);
	vcard_end(&c);
	return put_card(k, "AddressBook", NULL, g->uuid, k->latest, e);
}

int group_cards(struct contacts *k, struct err *e)
{
	struct report_item lost = { .code = "group-cards-shortened",
	    .table = "awm_addr_groups_contacts", .id = -1,
	    .reason = "the user's groups have too many members for their vCards",
	    .action = "the contacts are in the groups, but not all are in the groups' vCards" };
	size_t i;

	for (i = 0; i < k->groups; i++)
		if (group_card(k, &k->group[i], e) < 0)
			return -1;
	return k->lost ? filter_report(k->m->f, lost, NULL, e) : 0;
}

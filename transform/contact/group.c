#include <stdlib.h>
#include <string.h>

#include "run.h"

void groups_reset(struct groups *g)
{
	g->n = g->members = 0;
	g->sorted = true;
	g->lost = false;
	buf_reset(&g->names);
	g->names.cap = GROUP_NAMES_MAX;
}

void groups_free(struct groups *g)
{
	free(g->g);
	free(g->m);
	buf_free(&g->names);
}

struct group *group_find(struct groups *g, int64_t id)
{
	uint32_t lo = 0, hi = g->n, mid;

	if (!g->sorted) {
		for (lo = 0; lo < g->n && g->g[lo].id != id; lo++)
			;
		return lo < g->n ? &g->g[lo] : NULL;
	}
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (g->g[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < g->n && g->g[lo].id == id ? &g->g[lo] : NULL;
}

struct group *group_named(struct groups *g, const char *name, size_t n)
{
	uint32_t i;

	for (i = 0; i < g->n; i++)
		if (g->g[i].namelen == n && memcmp(g->names.data + g->g[i].name, name, n) == 0)
			return &g->g[i];
	return NULL;
}

/* Room for one more element; false when there is no memory. */
static bool room(void **p, uint32_t n, uint32_t *size, size_t one)
{
	uint32_t want = *size ? 2 * *size : 64;
	void *bigger;

	if (n < *size)
		return true;
	bigger = realloc(*p, want * one);
	if (bigger == NULL)
		return false;
	*p = bigger;
	*size = want;
	return true;
}

int groups_link(struct groups *g, struct group *group, const char *uuid, struct err *e)
{
	struct member *m;

	if (g->members == MEMBERS_MAX) {
		g->lost = true;
		return 0;
	}
	if (!room((void **)&g->m, g->members, &g->msize, sizeof(*g->m)))
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	m = &g->m[g->members];
	uuid_raw(uuid, m->uuid);
	m->next = NO_MEMBER;
	if (group->first == NO_MEMBER)
		group->first = g->members;
	else
		g->m[group->last].next = g->members;
	group->last = g->members++;
	return 0;
}

/* The group's UUID: P7's own where it is one that no other group has. */
static void group_uuid(struct run *r, const struct val *v, int64_t id, char uuid[UUID_LEN + 1])
{
	const struct val *str_id = &v[r->slot.group_str_id];

	if (str_id->type == V_STR && !val_as_bool(&v[r->slot.group_str_id_shared]) &&
	    uuid_parse(str_id->s, str_id->n, uuid))
		return;
	run_uuid(r, uuid, "group:%lld", (long long)id);
}

static int remember(struct run *r, int64_t id, const char *uuid, const struct val *name,
    struct err *e)
{
	struct groups *g = &r->user.groups;
	struct group *p;

	if (!room((void **)&g->g, g->n, &g->size, sizeof(*g->g)))
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	p = &g->g[g->n];
	p->id = id;
	memcpy(p->uuid, uuid, sizeof(p->uuid));
	p->name = g->names.len;
	p->namelen = name->n;
	buf_add(&g->names, name->s, name->n);
	p->first = p->last = NO_MEMBER;
	g->sorted = g->sorted && (g->n == 0 || g->g[g->n - 1].id < id);
	g->n++;
	return 0;
}

int group_record(struct run *r, struct err *e)
{
	static const struct val unnamed = { V_STR, false, 0, "", 0 };
	struct groups *g = &r->user.groups;
	const struct val *v;
	struct val name;
	char uuid[UUID_LEN + 1];
	int64_t id;
	int at, rc;

	if (run_take(r, S_GROUP, e) < 0)
		return -1;
	v = r->vals[S_GROUP];
	if (g->n == GROUPS_MAX || g->names.len > GROUP_NAMES_MAX - (64 << 10))
		return run_report(r, S_GROUP, true, "too-many-groups",
		    "a user cannot have so many groups", "make the group in P8", e);
	id = val_as_int(&v[r->map.rec[S_GROUP].key_slot]);
	group_uuid(r, v, id, uuid);
	if (entity_make(r, E_GROUP, uuid, e) < 0)
		return -1;
	at = r->slot.group_name;
	name = at >= 0 ? r->made_of[at] : unnamed;
	rc = contacts_books(r, e) < 0 || remember(r, id, uuid, &name, e) < 0 ||
	    entity_write(r, E_GROUP, uuid, e) < 0 ? -1 : 0;
	if (g->names.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	run_drop(r, S_GROUP);
	return rc;
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

static int group_card(struct run *r, const struct group *p, struct err *e)
{
	const struct groups *g = &r->user.groups;
	struct vcard c;
	uint32_t i;

	char uri[UUID_LEN + 5];

	buf_reset(&r->card);
	vcard_begin(&c, &r->card, p->uuid);
	vcard_name(&c, "FN:");
	vcard_part(&c, g->names.data + p->name, p->namelen);
	vcard_end_line(&c);
	vcard_name(&c, "X-ADDRESSBOOKSERVER-KIND:");
	buf_adds(&r->card, "GROUP");
	vcard_end_line(&c);
	for (i = p->first; i != NO_MEMBER; i = g->m[i].next)
		put_member(&c, &g->m[i]);
	vcard_end(&c);
	card_uri(p->uuid, uri);
	return card_put(r, "AddressBook", uri, r->user.latest, e);
}

int group_cards(struct run *r, struct err *e)
{
	struct report_item lost = { .code = "group-cards-shortened", .user = r->user.name,
	    .table = "awm_addr_groups_contacts", .id = -1,
	    .reason = "the user's groups have too many members for their vCards",
	    .action = "the contacts are in the groups, but not all are in the groups' vCards" };
	uint32_t i;

	for (i = 0; i < r->user.groups.n; i++)
		if (group_card(r, &r->user.groups.g[i], e) < 0)
			return -1;
	return r->user.groups.lost ? report_add(&r->report, &lost, e) : 0;
}
